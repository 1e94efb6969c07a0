"""Addresses for the public."""

from django.urls import path

from capture.views import public_forms

app_name = "public_forms"
urlpatterns = [
    path("<uuid:public_id>/", public_forms.form_page, name="page"),
    path("<uuid:public_id>/thanks/", public_forms.form_thanks, name="thanks"),
]
