from django.urls import path

from reporting import views
from reporting.machines_list import machines_list
from reporting.reports import REPORTS
from reporting.review import pages as review_pages

app_name = "reporting"
urlpatterns = [
    *(path(report.path, views.report_page, {"key": key}, name=key) for key, report in REPORTS.items()),
    path("machines/list/", machines_list, name="machines_list"),
    path("review/", review_pages.review, name="review"),
    path("review/note/", review_pages.review_note, name="review_note"),
    path("review/count/", review_pages.review_count, name="review_count"),
    path("review/<uuid:public_id>/", review_pages.past_review, name="past_review"),
    path("review/<uuid:public_id>/draft/", review_pages.review_draft, name="review_draft"),
    path("charts/<slug:key>.svg", views.chart, name="chart"),
    path("files/<slug:key>.csv", views.csv_file, name="csv"),
]
