from django.urls import path

from reporting import views

app_name = "reporting"
urlpatterns = [
    path("", views.funnel_page, name="funnel"),
    path("volume/", views.volume_page, name="volume"),
    path("channels/", views.channels_page, name="channels"),
    path("charts/<slug:name>.svg", views.chart, name="chart"),
]
