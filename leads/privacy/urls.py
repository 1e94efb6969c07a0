from django.urls import path

from leads.views import retention

app_name = "privacy"
urlpatterns = [
    path("", retention.retention, name="retention"),
    path("retention/<slug:key>/", retention.retention_policy, name="policy"),
    path("records/", retention.records, name="records"),
    path("suppressed/", retention.suppressed, name="suppressed"),
]
