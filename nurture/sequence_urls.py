from django.urls import path

from nurture.views import enrolments, sequence_steps, sequences

app_name = "sequences"
urlpatterns = [
    path("", sequences.sequence_list, name="list"),
    path("new/", sequences.sequence_new, name="new"),
    path("of-lead/<uuid:public_id>/", enrolments.enrol, name="enrol"),
    path("enrolments/<uuid:public_id>/take-out/", enrolments.take_out, name="take_out"),
    path("chosen/<uuid:choice_id>/", enrolments.enrol_many, name="enrol_many"),
    path("<uuid:public_id>/", sequences.sequence_detail, name="detail"),
    path("<uuid:public_id>/change/", sequences.sequence_change, name="change"),
    path("<uuid:public_id>/goal/", sequence_steps.goal, name="goal"),
    path("<uuid:public_id>/leave-when/", sequence_steps.exit_when, name="exit"),
    path("<uuid:public_id>/steps/", sequence_steps.steps, name="steps"),
    path("<uuid:public_id>/steps/add/", sequence_steps.step_add, name="step_add"),
    path("<uuid:public_id>/steps/<slug:step_id>/", sequence_steps.step_change, name="step_change"),
    path("<uuid:public_id>/steps/<slug:step_id>/move/", sequence_steps.step_move, name="step_move"),
    path("<uuid:public_id>/start/", sequences.sequence_start, name="start"),
    path("<uuid:public_id>/pause/", sequences.sequence_halt, name="halt"),
    path("<uuid:public_id>/go-on/", sequences.sequence_go_on, name="go_on"),
    path("<uuid:public_id>/stop/", sequences.sequence_stop, name="stop"),
    path("<uuid:public_id>/leads/", sequences.enrolment_list, name="enrolments"),
]
