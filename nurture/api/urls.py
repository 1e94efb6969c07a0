from django.urls import path

from nurture.api import views

app_name = "nurture_api"
urlpatterns = [
    path("segments", views.SegmentListView.as_view(), name="segments"),
    path("segments/<uuid:public_id>", views.SegmentView.as_view(), name="segment"),
]
