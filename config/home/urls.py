"""The addresses of what is done on the home page."""

from django.urls import path

from config.home import first_steps_views

app_name = "first_steps"
urlpatterns = [
    path("hide/", first_steps_views.hide, name="hide"),
    path("show/", first_steps_views.bring_back, name="show"),
    path("<slug:key>/leave-out/", first_steps_views.leave_out, name="leave_out"),
    path("<slug:key>/take-up/", first_steps_views.take_up, name="take_up"),
]
