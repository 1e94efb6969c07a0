from django.urls import path

from leads.views import outcomes, pages

app_name = "leads"
urlpatterns = [
    path("", pages.lead_list, name="list"),
    path("new/", pages.lead_new, name="new"),
    path("<uuid:public_id>/", pages.lead_detail, name="detail"),
    path("<uuid:public_id>/edit/", pages.lead_edit, name="edit"),
    path("<uuid:public_id>/outcome/<slug:kind>/", outcomes.lead_outcome, name="outcome"),
]
