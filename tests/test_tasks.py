"""Every task may run twice, and twice at once: each has an entry here, and a task without one fails."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, Final

import pytest
import time_machine
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.files.storage import default_storage
from django.db import connection, models, transaction

from accounts.models import User
from capture import inbox
from capture.channel_rules import recounting
from capture.importing import files, plan, run
from capture.models import ChannelRecount, Form, ImportBatch, ImportUndo, InboxItem, Submission, VisitorEvent
from capture.sites.adding import add_site
from capture.tracking import waiting
from capture.tracking.identification import identify
from capture.tracking.visitors import visitor_id
from config.celery import app
from config.demo import background as demonstrations
from config.models import Demonstration
from handoff.models import BacklogPolicy, Handoff, PromotionRequest, SlaPolicy
from leads.bulk import changing
from leads.consent.ledger import give
from leads.content import page_sorting
from leads.content.page_rules import add_rule
from leads.events import SYSTEM, Agent
from leads.exporting import background
from leads.exporting.lists import listed
from leads.inputs import ActivityInput, LeadInput, Taken
from leads.intake import take_activities, take_leads
from leads.lead_tasks import writing
from leads.lead_tasks.writing import Plan
from leads.merging.merging import merge
from leads.models import (
    ARRIVAL,
    Activity,
    BulkChange,
    Duplicate,
    DuplicateCheck,
    Erasure,
    ExportFile,
    Lead,
    LeadEvent,
    LeadTask,
    Merge,
    Page,
    PageSort,
)  # fmt: skip
from leads.models.erasure import ErasureReason
from leads.privacy.erasing import erase
from nurture.models import Enrolment, MailSend, Membership, Segment, SegmentLook
from nurture.segments.editing import make_segment
from outbox import letters
from outbox.models import ChatWebhook, Delivery, Letter, Notice
from scoring.engine.rescore import request_everybody
from scoring.models import (
    Analysis,
    Criteria,
    RecentChange,
    Rescore,
    RescoreChunk,
    Score,
    ScoreChange,
    ScoreRequest,
    Why,
)
from tests.conftest import make_person
from tests.nurture.mailing import approved, send_to
from tests.nurture.sequences import enrol, started
from tests.threads import at_once

OURS: Final = ("accounts", "outbox", "leads", "capture", "scoring", "handoff", "nurture", "reporting", "config")
NOW: Final = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Entry:
    """How to make work for a task, and what has to be there when it is done, however often it ran."""

    arrange: Callable[[], Any]
    done: dict[str, Callable[[], Any]]
    expected: dict[str, Any]
    arguments: Callable[[], tuple[Any, ...]] = field(default=tuple)


def a_lead(**fields: Any) -> Lead:
    [taken] = take_leads([LeadInput(email="lead@example.com", **fields)], agent=Agent(name="test"), now=NOW - 3 * DAY)
    assert isinstance(taken, Taken)
    return Lead.objects.get(pk=taken.lead_id)


def a_task_that_is_due() -> None:
    one, other = (
        User.objects.create_user(f"{name}@example.com", "x", roles=["marketing"]) for name in ("one", "other")
    )
    two_records_of_one_person()
    plan = Plan(text="Call back.", due_on=NOW.date() - timedelta(days=1), assignee=one)
    writing.add(lead=Lead.objects.all()[0], plan=plan, actor=other, now=NOW)


def two_records_of_one_person() -> None:
    said = [LeadInput(email=f"lead{number}@example.com", phone="030 1234567") for number in range(2)]
    take_leads(said, agent=Agent(name="test"), now=NOW - 3 * DAY)


def a_merge_of_long_ago() -> None:
    two_records_of_one_person()
    one, other = Lead.objects.values_list("pk", flat=True)
    merge(lead_ids=(one, other), agent=Agent(name="test"), now=NOW - 60 * DAY)


def a_segment_of_one_lead() -> None:
    a_lead(country="PT")
    make_segment(name="S", query="country=PT", actor=User.objects.create_user("s@example.com", "unused"), now=NOW)


def a_mail_that_is_owed() -> None:
    """To a lead who agreed to it."""
    lead = a_lead()
    give(lead_id=lead.pk, purpose="mailing", source="test", agent=Agent(name="test"), now=NOW - DAY)
    person = User.objects.create_user("m@example.com", "unused")
    send_to(approved(by=person, now=NOW - HOUR), [lead], now=NOW - HOUR)


def a_segment_that_time_moves() -> None:
    """Of a lead that was active two days before the segment was looked through, and three days are over."""
    view = ActivityInput("1", "page_view", LeadInput(email="lead@example.com"), NOW - 3 * DAY)
    take_activities([view], agent=Agent(name="test"), source="test", now=NOW - 3 * DAY)
    SegmentLook.objects.all().delete()
    make_segment(name="S", query="active=1", actor=User.objects.create_user("s@example.com", "unused"), now=NOW)
    Segment.objects.update(swept_to=NOW - 3 * DAY)


def a_lead_at_a_step() -> None:
    person = User.objects.create_user("s@example.com", "unused")
    steps = [{"id": "t", "kind": "task", "text": "Call", "days": 1, "person": None}]
    enrol(started(steps, by=person, now=NOW), a_lead(), by=person, now=NOW)


def a_request_that_streamed_in() -> None:
    sent = [{"message_id": str(n), "type": "page_view", "lead": {"external_id": "crm-1"}} for n in range(2)]
    inbox.append(sent, source="test", system="", agent=Agent(name="test"), now=NOW)


def a_bulk_change() -> None:
    """Nobody has begun with it; and a choice nothing was done with."""
    somebody = make_person("many@example.com", "marketing", "M")
    lead = a_lead()
    changing.choose([lead.pk], actor=somebody, now=NOW - 3 * DAY)
    change = changing.choose([lead.pk], actor=somebody, now=NOW)
    BulkChange.objects.filter(pk=change.pk).update(doing="leave_alone", values={"do_not_contact": True}, asked_at=NOW)


def a_sorting() -> None:
    """Of pages that a rule is for which came later."""
    Page.objects.create(key="/x/a")
    add_rule(pattern="/x/*", category="product", is_key=False)
    page_sorting.ask(actor=User.objects.create_user("sorter@example.com", "unused", name="S"), now=NOW)


def a_recount() -> None:
    """Of a visit that no rule knew when it came; what it changes was looked at."""
    view = ActivityInput("1", "page_view", LeadInput(email="lead@example.com"), NOW - DAY)
    view.properties = {ARRIVAL: {"referrer": "google.com"}}
    take_activities([view], agent=Agent(name="test"), source="test", now=NOW - DAY)
    somebody = User.objects.all()[0]
    recounting.ask(is_trial=True, actor=somebody, now=NOW)
    recounting.go_on(clock=lambda: NOW, until=monotonic() + 60)
    recounting.ask(is_trial=False, actor=somebody, now=NOW)


def a_visitor_who_was_identified() -> None:
    site = add_site(name="Website", origins=["https://example.com"], actor=None, now=NOW)
    visitor = visitor_id(site=site, anonymous_id="v1", now=NOW - DAY)
    event = {"message_id": "1", "type": "page_view", "page": "/pricing"}
    read = ActivityInput("1", "page_view", LeadInput(), NOW - DAY)
    waiting.store([waiting.Waiting(visitor, event, read, NOW - DAY)], source=site.source)
    identify(visitor_id=visitor, lead_id=a_lead().pk, is_verified=True, now=NOW)


def two_submissions_left_behind() -> None:
    """One whose request was killed, and one that nobody confirmed in time."""
    form = Form.objects.create(name="F", title="F", created_at=NOW - DAY, changed_at=NOW - DAY)
    sent = {"form": form, "came_by": "post", "received_at": NOW - DAY, "raw": {"email": ["lead@example.com"]}}
    Submission.objects.create(**sent, verdict="to_take", next_try_at=NOW - HOUR)
    Submission.objects.create(**sent, verdict="unconfirmed", confirm_by=NOW - HOUR)


def a_submission_of_long_ago() -> None:
    form = Form.objects.create(name="F", title="F", created_at=NOW - DAY, changed_at=NOW - DAY)
    sent = {"form": form, "came_by": "post", "received_at": NOW - 99 * DAY, "raw": {"email": ["lead@example.com"]}}
    Submission.objects.create(**sent, verdict="not_confirmed")


def an_erasure() -> None:
    erase(lead_id=a_lead().pk, reason=ErasureReason.ASKED, agent=SYSTEM, now=NOW)


def stored_erasures() -> int:
    _folders, names = default_storage.listdir("erasures")
    return len(names)


def a_lead_with_35_points() -> Lead:
    lead = a_lead(job_title="CEO", company="Acme", employees=80)
    view = ActivityInput(
        message_id="1",
        type="page_view",
        lead=LeadInput(email=lead.email),
        occurred_at=NOW - 2 * DAY,
        page="/pricing",
    )
    take_activities([view], agent=Agent(name="test"), source="test", now=NOW - 2 * DAY)
    return lead


def a_ready_handoff(at: datetime) -> Handoff:
    from handoff.lifecycle import transitions
    from scoring.engine.definition import in_force

    score = Score(lead=a_lead(), criteria=in_force(), total=35, is_fast_track=False)
    return transitions.open_handoff(
        lead=score.lead, score=score, receipt={}, policy=SlaPolicy.objects.get(), agent=SYSTEM, now=at
    )


def a_waiting_handoff(at: datetime) -> Handoff:
    from handoff.lifecycle import transitions

    handoff = a_ready_handoff(at)
    rep = User.objects.get(email="rep@example.com")
    return transitions.pass_to_sales(handoff_id=handoff.pk, assignee=rep, agent=SYSTEM, now=at)


def a_handoff_whose_rep_has_left() -> None:
    a_waiting_handoff(NOW - HOUR)
    User.objects.filter(email="rep@example.com").update(is_active=False)


def a_lead_that_is_to_be_promoted() -> None:
    from tests.scoring.building import score_leads

    score_leads([a_lead_with_35_points().pk], now=NOW - HOUR)


def a_lead_whose_promotion_was_missed() -> None:
    from tests.scoring.building import score_leads

    lead = a_lead_with_35_points()
    Lead.objects.update(rest_until=NOW - HOUR)
    score_leads([lead.pk], now=NOW - 2 * HOUR)
    assert not Handoff.objects.exists()


def three_that_wait_for_their_turn() -> None:
    """Of whom two have it today."""
    from tests.scoring.building import score_leads

    for number in range(3):
        person = LeadInput(email=f"{number}@example.com", job_title="CEO", company="Acme", employees=80)
        view = ActivityInput(
            message_id=str(number), type="page_view", lead=person, occurred_at=NOW - 2 * DAY, page="/pricing"
        )
        take_activities([view], agent=Agent(name="test"), source="test", now=NOW - 2 * DAY)
    ScoreRequest.objects.all().delete()
    score_leads(list(Lead.objects.values_list("pk", flat=True)), now=NOW - DAY, why=Why.PUBLICATION)
    BacklogPolicy.objects.update_or_create(pk=1, defaults={"per_day": 2})


def a_score_that_time_has_changed() -> None:
    from tests.scoring.building import score_leads

    score_leads([a_lead().pk], now=NOW - DAY)
    ScoreRequest.objects.all().delete()
    Score.objects.update(next_change_at=NOW - HOUR)


def a_score_that_moved_eight_days_ago() -> None:
    ScoreChange.objects.create(
        lead=a_lead(), changed_at=NOW - 8 * DAY, criteria=Criteria.objects.get(state=Criteria.State.PUBLISHED), was=0,
        total=5, qualifies=False, why=Why.ACTIVITY,
    )  # fmt: skip


def a_review_that_is_due() -> None:
    """The shipped criteria came into force long before NOW."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE scoring_criteria SET published_at = %s", [NOW - 400 * DAY])


def everybody_asked_for() -> None:
    a_lead()
    ScoreRequest.objects.all().delete()
    request_everybody(now=NOW, why=Why.CATALOGUE)


def a_question_about_what_was_changed_since() -> None:
    asker = User.objects.earliest("pk")
    Analysis.objects.create(
        kind="what_if",
        criteria=Criteria.objects.get(state="published"),
        content_digest="before",
        asked_by=asker,
        asked_at=NOW,
    )


def a_message_to_an_internal_chat() -> None:
    ChatWebhook.objects.create(name="#leads", product="slack", url="https://127.0.0.1/x", kinds=["handoff.passed"])
    a_waiting_handoff(NOW - HOUR)


def two_notices_one_of_long_ago() -> None:
    person = User.objects.get(email="rep@example.com")
    for key, days in (("old", 91), ("new", 89)):
        Notice.objects.create(
            kind="criteria.review_due",
            recipient=person,
            subject="review:1",
            path="/reports/review/",
            facts={"version": 1},
            dedupe_key=key,
            created_at=NOW - days * DAY,
        )


def running_rescores() -> int:
    return Rescore.objects.filter(finished_at=None).count()


def an_import(touched_at: datetime = NOW - HOUR, state: str = ImportBatch.State.READY) -> ImportBatch:
    file = io.BytesIO(b"email,first name\nann@example.com,Ann\nbob@example.com,Bob\nnobody,Nobody\n")
    batch = plan.new_batch(file, name="two.csv", kind="leads", time_zone="UTC", actor=None, now=touched_at)
    batch.stored_as = files.store(file)
    batch.save()
    if state == ImportBatch.State.READY:
        run.start(batch.pk, now=touched_at)
    return batch


def an_import_to_undo() -> None:
    batch = an_import()
    run.run(batch.pk, clock=lambda: NOW)
    ImportUndo.objects.create(batch=batch, asked_at=NOW, total=2)


def sessions_of_two_moments() -> None:
    for key, ends_at in (("ended", NOW - DAY), ("lasts", NOW + DAY)):
        Session.objects.create(session_key=key, session_data="", expire_date=ends_at)


def a_demonstration() -> None:
    actor = User.objects.get(email="manager@example.com")
    demonstrations.ask_to_load(leads=5, months=1, actor=actor, now=NOW)


def an_export() -> ExportFile:
    reader = User.objects.get(email="rep@example.com")
    return background.ask(listed("leads"), file_format="csv", count=0, query="", user=reader, now=NOW)


def an_old_export() -> None:
    export = an_export()
    background.write(export.pk, clock=lambda: NOW - 2 * DAY)


def written_exports() -> int:
    return len(default_storage.listdir("exports")[1])


def events(kind: str) -> Callable[[], int]:
    return lambda: LeadEvent.objects.filter(kind=kind).count()


def states(model: type[models.Model]) -> Callable[[], list[str]]:
    return lambda: list(model._default_manager.order_by("pk").values_list("state", flat=True))


IMPORTED: Final = {
    "state": lambda: ImportBatch.objects.get().state,
    "counts": lambda: ImportBatch.objects.values_list("created", "unchanged", "rejected").get(),
    "leads": Lead.objects.count,
}
ENTRIES: Final[dict[str, Entry]] = {
    "handoff.tasks.breach_overdue": Entry(
        lambda: a_waiting_handoff(NOW - 2 * DAY),
        {"states": states(Handoff), "events": events("handoff.breached")},
        {"states": ["breached"], "events": 1},
    ),
    "handoff.tasks.warn_due": Entry(
        lambda: a_waiting_handoff(NOW - 12 * HOUR),
        {"told": lambda: list(Delivery.objects.values_list("kind", flat=True).exclude(kind="handoff.passed"))},
        {"told": ["handoff.half_time"]},
    ),
    "handoff.tasks.pass_ready": Entry(
        lambda: a_ready_handoff(NOW - HOUR),
        {"states": states(Handoff), "events": events("handoff.passed")},
        {"states": ["waiting"], "events": 1},
    ),
    "handoff.tasks.reroute_held": Entry(
        a_handoff_whose_rep_has_left,
        {
            "holders": lambda: list(Handoff.objects.values_list("assignee__email", "hops")),
            "events": events("handoff.reassigned"),
        },
        {"holders": [("manager@example.com", 1)], "events": 1},
    ),
    "handoff.tasks.promote_requested": Entry(
        a_lead_that_is_to_be_promoted,
        {"states": states(Handoff), "events": events("lead.mql"), "asked for": PromotionRequest.objects.count},
        {"states": ["waiting"], "events": 1, "asked for": 0},
    ),
    "handoff.tasks.request_missed": Entry(
        a_lead_whose_promotion_was_missed,
        {"asked for": PromotionRequest.objects.count},
        {"asked for": 1},
    ),
    "handoff.tasks.pass_from_backlog": Entry(
        three_that_wait_for_their_turn,
        {"states": states(Handoff), "today": lambda: Handoff.objects.filter(backlog_on__isnull=False).count()},
        {"states": ["waiting", "waiting"], "today": 2},
    ),
    "nurture.tasks.keep_segments": Entry(
        a_segment_of_one_lead,
        {"in it": Membership.objects.count, "to look at": SegmentLook.objects.count},
        {"in it": 1, "to look at": 0},
    ),
    "nurture.tasks.sweep_segments": Entry(
        a_segment_that_time_moves,
        {"to look at": SegmentLook.objects.count},
        {"to look at": 1},
    ),
    "nurture.tasks.take_steps": Entry(
        a_lead_at_a_step,
        {"states": states(Enrolment), "tasks": LeadTask.objects.count, "events": events("nurture.ended")},
        {"states": ["done"], "tasks": 1, "events": 1},
    ),
    "nurture.tasks.send_mails": Entry(
        a_mail_that_is_owed,
        {"sent": lambda: [message.to for message in mail.outbox], "states": states(MailSend)},
        {"sent": [["lead@example.com"]], "states": ["sent"]},
    ),
    "outbox.tasks.send_deliveries": Entry(
        lambda: a_waiting_handoff(NOW - HOUR),
        {"sent": lambda: [message.to for message in mail.outbox]},
        {"sent": [["Ana Rep <rep@example.com>"]]},
    ),
    # An address inside is refused before anything is sent, and not tried again.
    "outbox.tasks.send_to_chat": Entry(
        a_message_to_an_internal_chat,
        {"states": lambda: list(Delivery.objects.filter(webhook__isnull=False).values_list("state", "attempts"))},
        {"states": [("dead", 1)]},
    ),
    "leads.tasks.remove_what_is_due": Entry(
        a_submission_of_long_ago,
        {"emptied": Submission.objects.filter(raw={}).count},
        {"emptied": 1},
    ),
    "leads.tasks.find_duplicates": Entry(
        two_records_of_one_person,
        {"pairs": Duplicate.objects.count, "checks": DuplicateCheck.objects.count},
        {"pairs": 1, "checks": 0},
    ),
    "leads.tasks.remind_of_tasks": Entry(a_task_that_is_due, {"told": Notice.objects.count}, {"told": 1}),
    "leads.tasks.let_go_of_merges": Entry(
        a_merge_of_long_ago, {"kept": Merge.objects.exclude(before={}).count}, {"kept": 0}
    ),
    "leads.tasks.store_erasures": Entry(
        an_erasure,
        {"stored": Erasure.objects.filter(stored_at__isnull=False).count, "files": stored_erasures},
        {"stored": 1, "files": 1},
    ),
    "outbox.tasks.send_letters": Entry(
        lambda: letters.write(address="a@example.com", subject="S", text="T", dedupe_key="k", now=NOW),
        {"sent": lambda: [message.to for message in mail.outbox], "kept": lambda: Letter.objects.get().address},
        {"sent": [["a@example.com"]], "kept": ""},
    ),
    "outbox.tasks.forget_notices": Entry(
        two_notices_one_of_long_ago,
        {"kept": lambda: list(Notice.objects.values_list("dedupe_key", flat=True))},
        {"kept": ["new"]},
    ),
    "reporting.tasks.remind_of_review": Entry(
        a_review_that_is_due,
        {"owed": lambda: list(Delivery.objects.values_list("recipient__email", flat=True))},
        {"owed": ["manager@example.com"]},
    ),
    "scoring.tasks.score_everybody": Entry(
        everybody_asked_for,
        {"scores": Score.objects.count, "left": RescoreChunk.objects.count, "running": running_rescores},
        {"scores": 1, "left": 0, "running": 0},
    ),
    "scoring.tasks.answer_analyses": Entry(
        a_question_about_what_was_changed_since,
        {"told": lambda: Analysis.objects.exclude(problem="").filter(attempts=1).count()},
        {"told": 1},
    ),
    "scoring.tasks.drain_score_requests": Entry(
        a_lead_with_35_points,
        {
            "left": ScoreRequest.objects.count,
            "totals": lambda: list(Score.objects.values_list("total", flat=True)),
            "to be promoted": PromotionRequest.objects.count,
        },
        {"left": 0, "totals": [35], "to be promoted": 1},
    ),
    "scoring.tasks.request_due_scores": Entry(
        a_score_that_time_has_changed, {"asked": ScoreRequest.objects.count}, {"asked": 1}
    ),
    "scoring.tasks.let_go_of_old_score_changes": Entry(
        a_score_that_moved_eight_days_ago, {"kept": RecentChange.objects.count}, {"kept": 0}
    ),
    "capture.tasks.run_import": Entry(
        an_import,
        IMPORTED,
        {"state": "done", "counts": (2, 0, 1), "leads": 2},
        arguments=lambda: (ImportBatch.objects.get().pk,),
    ),
    "capture.tasks.drain_inbox": Entry(
        a_request_that_streamed_in,
        {"waiting": InboxItem.objects.count, "activities": Activity.objects.count},
        {"waiting": 0, "activities": 2},
    ),
    "capture.tasks.join_visitors": Entry(
        a_visitor_who_was_identified,
        {"waiting": VisitorEvent.objects.count, "activities": Activity.objects.count},
        {"waiting": 0, "activities": 1},
    ),
    "leads.tasks.sort_pages": Entry(
        a_sorting,
        {
            "sorted": Page.objects.filter(category="product").count,
            "scored again": Rescore.objects.count,
            "owed": PageSort.objects.filter(finished_at=None).count,
        },
        {"sorted": 1, "scored again": 1, "owed": 0},
    ),
    "capture.tasks.recount_channels": Entry(
        a_recount,
        {
            "channels": lambda: list(Activity.objects.values_list("channel__key", flat=True)),
            "told": LeadEvent.objects.filter(kind="lead.recounted").count,
            "owed": ChannelRecount.objects.filter(finished_at=None).count,
        },
        {"channels": ["organic_search"], "told": 1, "owed": 0},
    ),
    # The choice of long ago is forgotten as well.
    "leads.tasks.change_in_bulk": Entry(
        a_bulk_change,
        {
            "owed": BulkChange.objects.owed().count,
            "there": BulkChange.objects.count,
            "left alone": Lead.objects.filter(do_not_contact=True).count,
            "corrections": LeadEvent.objects.filter(kind="lead.changed").count,
        },
        {"owed": 0, "there": 1, "left alone": 1, "corrections": 1},
    ),
    "config.tasks.forget_sessions": Entry(
        sessions_of_two_moments,
        {"left": lambda: list(Session.objects.values_list("session_key", flat=True))},
        {"left": ["lasts"]},
    ),
    "config.tasks.go_on_with_demonstration": Entry(
        a_demonstration,
        {
            "leads": Lead.objects.count,
            "loaded": lambda: [row.is_here for row in Demonstration.objects.all()],
        },
        {"leads": 5, "loaded": [True]},
    ),
    "leads.tasks.write_export": Entry(
        an_export,
        {"owed": ExportFile.objects.filter(finished_at=None).count, "files": written_exports},
        {"owed": 0, "files": 1},
        arguments=lambda: (ExportFile.objects.get().pk,),
    ),
    # It hints write_export for what is owed, and deletes what is older than a day.
    "leads.tasks.resume_exports": Entry(
        an_old_export, {"files": written_exports, "kept": ExportFile.objects.count}, {"files": 0, "kept": 1}
    ),
    "capture.tasks.undo_import": Entry(
        an_import_to_undo,
        {"owed": ImportUndo.objects.filter(finished_at=None).count, "leads": Lead.objects.count},
        {"owed": 0, "leads": 0},
        arguments=lambda: (ImportBatch.objects.get().pk,),
    ),
    # It hints run_import for what is owed and changes nothing itself.
    "capture.tasks.resume_imports": Entry(an_import, IMPORTED, {"state": "ready", "counts": (0, 0, 0), "leads": 0}),
    "capture.tasks.take_submissions": Entry(
        two_submissions_left_behind,
        {"verdicts": lambda: sorted(Submission.objects.values_list("verdict", flat=True)), "leads": Lead.objects.count},
        {"verdicts": ["as_lead", "not_confirmed"], "leads": 1},
    ),
    "capture.tasks.forget_import_files": Entry(
        lambda: an_import(NOW - 8 * DAY, ImportBatch.State.UPLOADED),
        {"batches": ImportBatch.objects.count},
        {"batches": 0},
    ),
}


app.loader.import_default_modules()
TASKS: Final = sorted(name for name in app.tasks if name.split(".")[0] in OURS)


def everything() -> dict[str, list[Any]]:
    """Every row of our tables."""
    found = [model for label in OURS if label in apps.app_configs for model in apps.get_app_config(label).get_models()]
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values()) for model in found if not model._meta.proxy
    }


def check(entry: Entry) -> None:
    assert {name: look() for name, look in entry.done.items()} == entry.expected


@pytest.fixture
def an_installation(rep: User, manager: User, private_files: None) -> None:
    """People who are told and asked, and a place for files."""


@pytest.mark.parametrize("name", sorted(ENTRIES))
class TestEveryTask:
    @pytest.mark.usefixtures("an_installation")
    def test_twice_in_a_row(self, name: str) -> None:
        entry = ENTRIES[name]
        with time_machine.travel(NOW, tick=False):
            entry.arrange()
            arguments = entry.arguments()
            app.tasks[name].run(*arguments)
            check(entry)
            before = everything()
            app.tasks[name].run(*arguments)
        check(entry)
        assert everything() == before

    @pytest.mark.slow
    @pytest.mark.usefixtures("transactional", "an_installation")
    def test_twice_at_once(self, name: str) -> None:
        entry = ENTRIES[name]
        with time_machine.travel(NOW, tick=False):
            entry.arrange()
            arguments = entry.arguments()
            answers = at_once(*[lambda: app.tasks[name].run(*arguments)] * 4)
            assert answers == [None] * 4
            check(entry)
            before = everything()
            app.tasks[name].run(*arguments)
        check(entry)
        assert everything() == before


def test_each_task_has_an_entry_and_each_entry_a_task() -> None:
    """What does running it twice do?"""
    assert sorted(ENTRIES) == TASKS


def test_the_schedule_names_tasks_that_exist(settings: Any) -> None:
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(TASKS)
