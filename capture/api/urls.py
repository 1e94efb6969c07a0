from django.urls import path

from capture.api import views

app_name = "capture_api"
urlpatterns = [
    path("activities", views.ActivitiesView.as_view(), name="activities"),
    path("leads", views.LeadsView.as_view(), name="leads"),
]
