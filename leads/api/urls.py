from django.urls import path

from leads.api import views

# The list lies at `leads` of capture/api/urls.py, where leads are sent to as well.
app_name = "leads_api"
urlpatterns = [
    path("leads/<uuid:public_id>", views.LeadView.as_view(), name="lead"),
]
