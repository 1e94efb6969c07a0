"""The addresses of loading and removing the demonstration."""

from django.urls import path

from config.demo import views

app_name = "demo"
urlpatterns = [
    path("load/", views.load, name="load"),
    path("remove/", views.remove, name="remove"),
    path("state/", views.state, name="state"),
]
