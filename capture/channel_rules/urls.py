from django.urls import path

from capture.channel_rules import views

app_name = "channels"
urlpatterns = [
    path("", views.rule_list, name="list"),
    path("new/", views.rule_new, name="new"),
    path("spelling/", views.spelling, name="spelling"),
    path("<uuid:public_id>/", views.rule_change, name="change"),
    path("<uuid:public_id>/up/", views.rule_up, name="up"),
]
