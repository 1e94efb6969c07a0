"""From a kept submission to a lead. Whatever fails leaves it kept, with the reason, for the sweeper and for people."""

import hashlib
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from django.db import InterfaceError, OperationalError, transaction
from django.utils.translation import gettext as _

from capture.models import AddressPolicy, Form, FormField, MailDomain, Submission, Verdict
from capture.web_forms.known_leads import Told, told
from capture.web_forms.mail_domains import kind_of
from capture.web_forms.question_form import QuestionForm, questions_of_keys
from capture.web_forms.reading import Reading, read
from leads.events import Agent
from leads.inputs import ActivityInput, Taken
from leads.intake import take_activities
from leads.models import Lead
from leads.normalise import SUPPRESSED, Refusal, email_key
from lib import clock

logger = logging.getLogger(__name__)

ATTEMPTS: Final = 8
FIRST_WAIT: Final = timedelta(seconds=15)  # twice as long each time: the last after half an hour


@dataclass(slots=True)
class Outcome:
    """What became of a submission, and what is wrong with it by name of the field."""

    submission: Submission
    problems: dict[str, list[str]] = field(default_factory=dict)
    question_form: QuestionForm | None = None


class KnownMeanwhile(Exception):
    """Somebody else made the lead between looking and taking; it is looked for once more."""


def settle(submission_id: int, *, now: datetime) -> Outcome:
    """Takes what is to be taken, once, however often and by how many it is called. Never raises what intake raises."""
    for _attempt in range(3):
        try:
            return _settle(submission_id, now=now)
        except KnownMeanwhile:
            continue
        except Exception as error:  # noqa: BLE001 (it is kept, and tried again)
            return Outcome(_failed(submission_id, error, now=now))
    return Outcome(_failed(submission_id, KnownMeanwhile(), now=now))


def take_waiting(*, until: float) -> int:
    """The sweeper: takes what a request left behind, until nothing is due or `monotonic()` says `until`."""
    count, seen = 0, set[int]()
    while monotonic() < until:
        now = clock.now()
        due = Submission.objects.filter(verdict=Verdict.TO_TAKE, next_try_at__lte=now).exclude(pk__in=seen)
        pk = due.order_by("next_try_at", "pk").values_list("pk", flat=True).first()
        if pk is None:
            break
        seen.add(pk)
        settle(pk, now=now)
        count += 1
    return count


@transaction.atomic
def take_anyway(submission: Submission, *, now: datetime) -> bool:
    """Somebody looked at it and has it taken: what spoke against it does not count. False: it is not set aside."""
    aside = Submission.objects.filter(pk=submission.pk, verdict__in=(Verdict.UNUSABLE, Verdict.SUSPECT, Verdict.FAILED))
    return bool(aside.update(verdict=Verdict.TO_TAKE, is_overruled=True, attempts=0, next_try_at=now))


def expire(*, now: datetime) -> int:
    """What was not confirmed in time is not taken; it stays, so that people see how many there are."""
    late = Submission.objects.filter(verdict=Verdict.UNCONFIRMED, confirm_by__lt=now)
    return late.update(verdict=Verdict.EXPIRED, reason=_("The address was not confirmed in time."))


def questions(form: Form) -> list[FormField]:
    """What the form asks, in order. The address is asked always."""
    asked = list(form.form_fields.all())
    if any(question.ask == "email" for question in asked):
        return asked
    [address] = questions_of_keys(["email"])
    address.is_required = True
    return [address, *asked]


@transaction.atomic
def _settle(submission_id: int, *, now: datetime) -> Outcome:
    submission = Submission.objects.select_for_update(of=("self",)).select_related("form").get(pk=submission_id)
    if submission.verdict != Verdict.TO_TAKE:
        return Outcome(submission)
    form = submission.form
    reading = read(form, questions(form), submission)
    if reading.problems:
        reason = " ".join(dict.fromkeys(error for errors in reading.problems.values() for error in errors))
        _set_aside(submission, Verdict.UNUSABLE, "invalid", reason)
        return Outcome(submission, reading.problems, reading.question_form)
    refused = None if submission.is_overruled else _of_address(form, reading)
    if refused is not None:
        _set_aside(submission, *refused)
        problems = {"email": [refused[2]]} if refused[0] == Verdict.UNUSABLE else {}
        return Outcome(submission, problems, reading.question_form)
    submission.consents = reading.consents
    _take(submission, reading, now=now)
    return Outcome(submission)


def _of_address(form: Form, reading: Reading) -> tuple[Verdict, str, str] | None:
    """What the form's policy says of the address, where it does not just take it."""
    kind = kind_of(email_key(reading.answers["email"]))
    if kind == MailDomain.Kind.DISPOSABLE:
        policy, code, refusal = (
            form.disposable_mail,
            "disposable_address",
            _("Write an address that you will still read next week."),
        )
        reason = _("The address is one that is thrown away.")
    elif kind == MailDomain.Kind.FREE:
        policy, code, refusal = form.free_mail, "free_address", _("Write the address you have at work.")
        reason = _("The address is one at a free mail provider.")
    else:
        return None
    if policy == AddressPolicy.REFUSE:
        return Verdict.UNUSABLE, code, refusal
    return (Verdict.SUSPECT, code, reason) if policy == AddressPolicy.REVIEW else None


def _take(submission: Submission, reading: Reading, *, now: datetime) -> None:
    """One lead, the activities, and the submission that says so, in one transaction. Raises KnownMeanwhile."""
    key = email_key(reading.answers["email"])
    known = Lead.objects.select_for_update(of=("self",)).select_related("company").filter(email_key=key).first()
    said_of = told(reading.answers, known)
    activities = _activities(submission, said_of, key)
    try:
        results = _all_taken(activities, submission.form, now=now)
    except Refusal as refusal:
        _set_aside(submission, Verdict.UNUSABLE, refusal.code, refusal.message)
        if refusal.code == SUPPRESSED:
            # Of whoever is to be left alone nothing is kept, not even here.
            Submission.objects.filter(pk=submission.pk).update(raw={})
        return
    lead_id = results[0].lead_id
    is_new = any(result.outcome == "created" for result in results)
    if known is None and not is_new:
        raise KnownMeanwhile
    submission.verdict, submission.code, submission.taken_at = Verdict.TAKEN, "", now
    submission.reason = " ".join(f"{name}: {' '.join(why)}" for name, why in reading.left_out.items())
    submission.lead_id, submission.made_lead, submission.next_try_at = lead_id, is_new, None
    submission.differences = said_of.differences
    submission.save(
        update_fields=[
            "verdict",
            "code",
            "reason",
            "taken_at",
            "lead",
            "made_lead",
            "next_try_at",
            "differences",
            "consents",
        ]
    )


@transaction.atomic
def _all_taken(activities: list[ActivityInput], form: Form, *, now: datetime) -> list[Taken]:
    """Through the door, all of them or none. Raises Refusal."""
    agent, source = Agent(name=f"form {form.name}"[:100]), f"form:{form.public_id}"
    taken_ones = []
    for result in take_activities(activities, agent=agent, source=source, now=now):
        if isinstance(result, Refusal):
            raise result
        taken_ones.append(result)
    return taken_ones


def _activities(submission: Submission, said_of: Told, key: str) -> list[ActivityInput]:
    """That a form was submitted, and that what it gives was downloaded.

    What is sent twice from one showing of the form, by one person, happened once.
    """
    form = submission.form
    person = hashlib.sha256(key.encode()).hexdigest()[:16]
    message = f"{submission.showing}-{person}" if submission.showing else submission.public_id.hex
    submitted = ActivityInput(
        message_id=f"{message}-form",
        type="form_submitted",
        lead=said_of.lead_input(),
        occurred_at=submission.received_at,
        page=submission.page,
        campaign=submission.raw.get("utm_campaign", [""])[-1][:100],
        properties={"form": form.name},
    )
    if form.asset is None:
        return [submitted]
    downloaded = ActivityInput(
        message_id=f"{message}-download",
        type="download",
        lead=said_of.lead_input(),
        occurred_at=submission.received_at,
        page=submission.page,
        asset=form.asset.key,
        properties={"form": form.name},
    )
    return [submitted, downloaded]


def _set_aside(submission: Submission, verdict: Verdict, code: str, reason: str) -> None:
    submission.verdict, submission.code, submission.reason, submission.next_try_at = verdict, code, reason, None
    submission.save(update_fields=["verdict", "code", "reason", "next_try_at"])


@transaction.atomic
def _failed(submission_id: int, error: Exception, *, now: datetime) -> Submission:
    """Keeps it for another attempt, or for people when there were enough. Its words may repeat what was sent."""
    logger.error("Submission %s was not taken: %s.", submission_id, type(error).__name__)
    submission = Submission.objects.select_for_update(of=("self",)).select_related("form").get(pk=submission_id)
    if submission.verdict != Verdict.TO_TAKE:
        return submission
    submission.attempts += 1
    submission.reason = _("Baton failed with it (%(error)s).") % {"error": type(error).__name__}
    is_outage = isinstance(error, OperationalError | InterfaceError)
    if submission.attempts >= ATTEMPTS and not is_outage:
        submission.verdict, submission.code, submission.next_try_at = Verdict.FAILED, "failed", None
    else:
        submission.next_try_at = now + FIRST_WAIT * 2 ** min(submission.attempts, ATTEMPTS)
    submission.save(update_fields=["attempts", "reason", "verdict", "code", "next_try_at"])
    return submission
