from django.urls import path

from capture.sites import views

app_name = "connect"
urlpatterns = [
    path("", views.site_list, name="list"),
    path("<slug:slug>/", views.site_detail, name="detail"),
    path("<slug:slug>/settings/", views.site_settings, name="settings"),
    path("<slug:slug>/server-key/", views.server_key, name="server_key"),
]
