"""The addresses of the queue. The parts in angle brackets are public ids."""

from django.urls import path

from handoff.views.absences import absence_end, absences_page
from handoff.views.backlog import backlog, backlog_more, backlog_note
from handoff.views.deadlines.hold import hold, hold_note
from handoff.views.deadlines.office_hours import office_hours
from handoff.views.deadlines.recount import deadlines_page
from handoff.views.decisions import ways
from handoff.views.decisions.decide import decide, detail
from handoff.views.dry_run import dry_run_page
from handoff.views.goal import goal_page
from handoff.views.panel import panel
from handoff.views.queue.queue import queue, queue_count
from handoff.views.reassigning.give_many import give_many
from handoff.views.reassigning.reassign import reassign_page
from handoff.views.reassigning.take_back import take_back_page
from handoff.views.review import review, review_count
from handoff.views.routing import rules
from handoff.views.team.capacity import capacity
from handoff.views.team.promises import promises
from handoff.views.team.team import person_page, team_page

app_name = "handoff"
urlpatterns = [
    path("", queue, name="queue"),
    path("count/", queue_count, name="queue_count"),
    path("capacity/", capacity, name="capacity"),
    path("backlog/", backlog, name="backlog"),
    path("backlog/note/", backlog_note, name="backlog_note"),
    path("backlog/more/", backlog_more, name="backlog_more"),
    path("review/", review, name="review"),
    path("review/count/", review_count, name="review_count"),
    path("team/", team_page, name="team"),
    path("team/<uuid:public_id>/", person_page, name="team_person"),
    path("reassign/", reassign_page, name="reassign"),
    path("reassign/<uuid:public_id>/", give_many, name="give_many"),
    path("absences/", absences_page, name="absences"),
    path("absences/<int:absence_id>/end/", absence_end, name="absence_end"),
    path("dry-run/", dry_run_page, name="dry_run"),
    path("rules/", rules.rules, name="rules"),
    path("rules/new/", rules.rule_new, name="rule_new"),
    path("rules/<int:rule_id>/", rules.rule_edit, name="rule"),
    path("rules/<int:rule_id>/move/", rules.rule_move, name="rule_move"),
    path("rules/<int:rule_id>/remove/", rules.rule_remove, name="rule_remove"),
    path("deadlines/", deadlines_page, name="deadlines"),
    path("goal/", goal_page, name="goal"),
    path("office-hours/", office_hours, name="office_hours"),
    path("hold/", hold, name="hold"),
    path("hold/note/", hold_note, name="hold_note"),
    path("promises/", promises, name="promises"),
    path("lead/<uuid:lead_id>/", panel, name="panel"),
    path("<uuid:public_id>/", detail, name="detail"),
    path("<uuid:public_id>/take-back/", take_back_page, name="take_back"),
    *(
        path(
            f"<uuid:public_id>/{decision.key.replace('_', '-')}/",
            decide,
            {"decision": decision},
            name=decision.key,
        )
        for decision in ways.DECISIONS
    ),
]
