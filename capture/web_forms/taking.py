"""From a kept submission to a lead. Whatever fails leaves it kept, with the reason, for the sweeper and for people."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.standstill.taking import TAKING
from capture.models import AddressPolicy, Form, FormField, MailDomain, Submission, Verdict
from capture.web_forms import answering, as_lead, visitors
from capture.web_forms.as_lead import KnownMeanwhile
from capture.web_forms.mail_domains import kind_of
from capture.web_forms.question_form import QuestionForm, questions_of_keys
from capture.web_forms.reading import Reading, read
from leads.consent.suppression import is_suppressed
from leads.normalise import SUPPRESSED, Refusal, email_key
from lib import clock
from lib.database.away import is_blameless

logger = logging.getLogger(__name__)

ATTEMPTS: Final = 8
FIRST_WAIT: Final = timedelta(seconds=15)  # twice as long each time: the last after half an hour


@dataclass(slots=True)
class Outcome:
    """What became of a submission, and what is wrong with it by name of the field."""

    submission: Submission
    problems: dict[str, list[str]] = field(default_factory=dict)
    question_form: QuestionForm | None = None


def settle(submission_id: int, *, now: datetime) -> Outcome:
    """Takes what is to be taken, once, however often and by how many it is called. Never raises what intake raises.

    While nothing new is taken it stays kept.
    """
    if TAKING.is_off:
        return Outcome(Submission.objects.select_related("form").get(pk=submission_id))
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


def confirm(submission: Submission, *, now: datetime) -> Submission:
    """Whoever has the address pressed the button: it is taken now, once. Too late, or twice: nothing changes."""
    waiting = Submission.objects.filter(pk=submission.pk, verdict=Verdict.UNCONFIRMED, confirm_by__gte=now)
    if waiting.update(verdict=Verdict.TO_TAKE, confirmed_at=now, next_try_at=now):
        return settle(submission.pk, now=now).submission
    return Submission.objects.select_related("form").get(pk=submission.pk)


def expire(*, now: datetime) -> int:
    """What was not confirmed in time is forgotten; that there was something stays, so that people see how much."""
    late = Submission.objects.filter(verdict=Verdict.UNCONFIRMED, confirm_by__lt=now)
    reason = _("The address was not confirmed in time, so what was sent is forgotten.")
    return late.update(verdict=Verdict.EXPIRED, reason=reason, raw={}, consents=[], visitor=None, page="", person="")


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
    if is_suppressed(reading.answers["email"]):
        _leave_alone(submission)
    elif form.needs_confirmation and submission.confirmed_at is None:
        _ask_to_confirm(submission, reading, now=now)
    else:
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
    """The lead, the submission that says so, and whose visits those were, in one transaction. Raises KnownMeanwhile."""
    try:
        made = as_lead.take(submission, reading, now=now)
    except Refusal as refusal:
        if refusal.code == SUPPRESSED:
            _leave_alone(submission)
        else:
            _set_aside(submission, Verdict.UNUSABLE, refusal.code, refusal.message)
        return
    submission.verdict, submission.code, submission.taken_at = Verdict.TAKEN, "", now
    submission.reason = " ".join(f"{name}: {' '.join(why)}" for name, why in reading.left_out.items())
    submission.lead_id, submission.made_lead, submission.next_try_at = made.lead_id, made.is_new, None
    submission.differences = made.differences
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
    visitors.join(submission, now=now)
    answering.thank(submission, email=reading.answers["email"], now=now)


def _ask_to_confirm(submission: Submission, reading: Reading, *, now: datetime) -> None:
    """It waits until whoever has the address presses the button."""
    submission.verdict, submission.next_try_at = Verdict.UNCONFIRMED, None
    submission.confirm_by = now + timedelta(hours=submission.form.confirm_hours)
    submission.save(update_fields=["verdict", "next_try_at", "confirm_by", "consents"])
    answering.ask_to_confirm(submission, email=reading.answers["email"], now=now)


def _leave_alone(submission: Submission) -> None:
    """Of whoever is to be left alone nothing is kept, not even here."""
    submission.raw, submission.consents, submission.page, submission.visitor = {}, [], "", None
    submission.person = ""
    submission.save(update_fields=["raw", "consents", "page", "visitor", "person"])
    _set_aside(submission, Verdict.UNUSABLE, SUPPRESSED, _("Whoever it is about is to be left alone."))


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
    if submission.attempts >= ATTEMPTS and not is_blameless(error):
        submission.verdict, submission.code, submission.next_try_at = Verdict.FAILED, "failed", None
    else:
        submission.next_try_at = now + FIRST_WAIT * 2 ** min(submission.attempts, ATTEMPTS)
    submission.save(update_fields=["attempts", "reason", "verdict", "code", "next_try_at"])
    return submission
