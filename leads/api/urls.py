from django.urls import path

from leads.api import views

app_name = "leads_api"
urlpatterns = [
    path("activities", views.ActivitiesView.as_view(), name="activities"),
    path("leads", views.LeadsView.as_view(), name="leads"),
    path("leads/<uuid:public_id>", views.LeadView.as_view(), name="lead"),
]
