"""Addresses for the people who make forms."""

from django.urls import path

from capture.views import forms_of_lead, submissions, web_forms

app_name = "forms"
urlpatterns = [
    path("", web_forms.form_list, name="list"),
    path("lead/<uuid:public_id>/", forms_of_lead.of_lead, name="of_lead"),
    path("lead/<uuid:public_id>/link/", forms_of_lead.link, name="link"),
    path("new/", web_forms.form_new, name="new"),
    path("<uuid:public_id>/", web_forms.form_questions, name="questions"),
    path("<uuid:public_id>/order/", web_forms.question_order, name="order"),
    path("<uuid:public_id>/questions/<int:pk>/", web_forms.form_question, name="question"),
    path("<uuid:public_id>/questions/<int:pk>/move/", web_forms.question_move, name="move"),
    path("<uuid:public_id>/questions/<int:pk>/remove/", web_forms.question_remove, name="remove"),
    path("<uuid:public_id>/settings/", web_forms.form_settings, name="settings"),
    path("<uuid:public_id>/website/", web_forms.form_website, name="website"),
    path("<uuid:public_id>/duplicate/", web_forms.form_duplicate, name="duplicate"),
    path("<uuid:public_id>/archive/", web_forms.form_archive, name="archive"),
    path("<uuid:public_id>/reopen/", web_forms.form_reopen, name="reopen"),
    path("<uuid:public_id>/submissions/", submissions.submission_list, name="submissions"),
    path("<uuid:public_id>/submissions/<uuid:submission_id>/", submissions.submission_detail, name="submission"),
    path("<uuid:public_id>/submissions/<uuid:submission_id>/take/", submissions.submission_take, name="take"),
]
