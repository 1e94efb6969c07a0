from django.urls import path

from leads.views import custom_fields

app_name = "custom_fields"
urlpatterns = [
    path("", custom_fields.field_list, name="list"),
    path("new/", custom_fields.field_new, name="new"),
    path("<uuid:public_id>/", custom_fields.field_change, name="change"),
    path("<uuid:public_id>/retire/", custom_fields.field_retire, name="retire"),
    path("<uuid:public_id>/up/", custom_fields.field_up, name="up"),
]
