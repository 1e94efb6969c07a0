from django.urls import path

from reporting import views
from reporting.review import pages as review_pages

app_name = "reporting"
urlpatterns = [
    path("", views.funnel_page, name="funnel"),
    path("volume/", views.volume_page, name="volume"),
    path("channels/", views.channels_page, name="channels"),
    path("segments/", views.segments_page, name="segments"),
    path("review/", review_pages.review, name="review"),
    path("review/note/", review_pages.review_note, name="review_note"),
    path("review/count/", review_pages.review_count, name="review_count"),
    path("review/<uuid:public_id>/", review_pages.past_review, name="past_review"),
    path("review/<uuid:public_id>/draft/", review_pages.review_draft, name="review_draft"),
    path("charts/<slug:name>.svg", views.chart, name="chart"),
]
