from django.urls import path

from nurture.api import sequences, views

app_name = "nurture_api"
urlpatterns = [
    path("segments", views.SegmentListView.as_view(), name="segments"),
    path("segments/<uuid:public_id>", views.SegmentView.as_view(), name="segment"),
    path("sequences", sequences.SequenceListView.as_view(), name="sequences"),
    path("sequences/<uuid:public_id>", sequences.SequenceView.as_view(), name="sequence"),
    path("sequences/<uuid:public_id>/enrolments", sequences.EnrolmentsView.as_view(), name="enrolments"),
    path("enrolments/<uuid:public_id>", sequences.EnrolmentView.as_view(), name="enrolment"),
]
