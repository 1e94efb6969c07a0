"""Addresses for the public."""

from django.urls import path

from capture.views import embedded_forms, public_forms

app_name = "public_forms"
urlpatterns = [
    path("<uuid:public_id>/", public_forms.form_page, name="page"),
    path("<uuid:public_id>/thanks/", public_forms.form_thanks, name="thanks"),
    path("<uuid:public_id>/confirm/<str:about>/", public_forms.form_confirm, name="confirm"),
    path("<uuid:public_id>/embed.js", embedded_forms.embed_script, name="embed"),
    path("<uuid:public_id>/questions.json", embedded_forms.embed_questions, name="questions"),
]
