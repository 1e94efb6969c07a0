from django.urls import path

from reporting.api import views

app_name = "reporting_api"
urlpatterns = [
    path("reports/", views.ReportsView.as_view(), name="reports"),
    path("reports/<slug:key>/", views.ReportView.as_view(), name="report"),
]
