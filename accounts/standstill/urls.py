"""The addresses of what can stand still."""

from django.urls import path

from accounts.standstill import views

app_name = "standstill"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("<slug:key>/off/", views.switch_off, name="off"),
    path("<slug:key>/on/", views.switch_on, name="on"),
]
