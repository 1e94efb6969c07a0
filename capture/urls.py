from django.urls import path

from capture.views import imports, undoing

app_name = "capture"
urlpatterns = [
    path("", imports.import_list, name="import_list"),
    path("new/", imports.import_new, name="import_new"),
    path("<uuid:public_id>/", imports.import_detail, name="import_detail"),
    path("<uuid:public_id>/columns/", imports.import_columns, name="import_columns"),
    path("<uuid:public_id>/read/", imports.import_read, name="import_read"),
    path("<uuid:public_id>/preview/", imports.import_preview, name="import_preview"),
    path("<uuid:public_id>/run/", imports.import_run, name="import_run"),
    path("<uuid:public_id>/undo/", undoing.import_undo, name="import_undo"),
    path("<uuid:public_id>/discard/", imports.import_discard, name="import_discard"),
]
