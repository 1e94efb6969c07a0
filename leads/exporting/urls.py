from django.urls import path

from leads.views import exports

app_name = "exports"
urlpatterns = [
    path("", exports.export_list, name="list"),
    path("<uuid:public_id>/", exports.export_detail, name="detail"),
    path("<uuid:public_id>/file/", exports.export_download, name="download"),
    path("<slug:key>/", exports.export, name="export"),
]
