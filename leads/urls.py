from django.urls import path

from leads.views import imports, outcomes, pages

app_name = "leads"
urlpatterns = [
    path("", pages.lead_list, name="list"),
    path("new/", pages.lead_new, name="new"),
    path("imports/", imports.import_list, name="import_list"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/<uuid:public_id>/", imports.import_detail, name="import_detail"),
    path("imports/<uuid:public_id>/columns/", imports.import_columns, name="import_columns"),
    path("imports/<uuid:public_id>/read/", imports.import_read, name="import_read"),
    path("imports/<uuid:public_id>/preview/", imports.import_preview, name="import_preview"),
    path("imports/<uuid:public_id>/run/", imports.import_run, name="import_run"),
    path("imports/<uuid:public_id>/discard/", imports.import_discard, name="import_discard"),
    path("imports/<uuid:public_id>/problems.csv", imports.import_problems, name="import_problems"),
    path("<uuid:public_id>/", pages.lead_detail, name="detail"),
    path("<uuid:public_id>/edit/", pages.lead_edit, name="edit"),
    path("<uuid:public_id>/outcome/<slug:kind>/", outcomes.lead_outcome, name="outcome"),
]
