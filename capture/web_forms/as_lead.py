"""What a submission says, through the door: the lead, what it did, and what it agreed to."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from capture.channel_rules.arrivals import Arrival, arrival
from capture.channel_rules.matching import channel_of
from capture.models import Form, Submission
from capture.web_forms.known_leads import Told, told
from capture.web_forms.reading import Reading
from leads.consent.ledger import Word, take_words
from leads.events import Agent
from leads.inputs import ActivityInput, Taken
from leads.intake import take_activities
from leads.models import Lead, Purpose
from leads.normalise import Refusal, email_key


class KnownMeanwhile(Exception):
    """Somebody else made the lead between looking and taking; it is looked for once more."""


@dataclass(frozen=True, slots=True)
class Made:
    """Which lead it is now."""

    lead_id: int
    is_new: bool
    # What was sent and is known to be otherwise.
    differences: dict[str, Any]


@transaction.atomic
def take(submission: Submission, reading: Reading, *, now: datetime) -> Made:
    """All of it or nothing. Raises Refusal, and KnownMeanwhile."""
    form, key = submission.form, email_key(reading.answers["email"])
    agent = Agent(name=f"form {form.name}"[:100])
    known = Lead.objects.select_for_update(of=("self",)).select_related("company").filter(email_key=key).first()
    about = told(reading.answers, known)
    results = []
    activities = _activities(submission, about, key)
    for result in take_activities(activities, agent=agent, source=f"form:{form.public_id}", now=now):
        if isinstance(result, Refusal):
            raise result
        results.append(result)
    made = Made(results[0].lead_id, _is_new(results), about.differences)
    if known is None and not made.is_new:
        raise KnownMeanwhile
    _agree(made.lead_id, reading, submission, agent=agent, now=now)
    return made


def person_of(key: str) -> str:
    """The same for one address, and not the address."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def _is_new(results: list[Taken]) -> bool:
    return any(result.outcome == "created" for result in results)


def _activities(submission: Submission, about: Told, key: str) -> list[ActivityInput]:
    """That a form was submitted, and that what it gives was downloaded.

    What is sent twice from one showing of the form, by one person, happened once.
    """
    form = submission.form
    message = f"{submission.showing}-{person_of(key)}" if submission.showing else submission.public_id.hex
    submitted = _activity("form_submitted", f"{message}-form", submission, about)
    if form.asset is None:
        return [submitted]
    downloaded = _activity("download", f"{message}-download", submission, about)
    downloaded.asset = form.asset.key
    return [submitted, downloaded]


def _activity(kind: str, message_id: str, submission: Submission, about: Told) -> ActivityInput:
    form: Form = submission.form
    came = _arrival(submission)
    return ActivityInput(
        message_id=message_id,
        type=kind,
        lead=about.lead_input(),
        occurred_at=submission.received_at,
        page=submission.page,
        campaign=came.campaign[:100] if came else "",
        channel=channel_of(came) if came and came.is_tagged else "",
        properties={"form": form.name},
    )


def _arrival(submission: Submission) -> Arrival | None:
    """What the tags of the address say of where the person came from; without any, tracking knows better."""
    tags = {name: submission.raw.get(f"utm_{name}", [""])[-1] for name in ("source", "medium", "campaign")}
    campaign = {"name": tags["campaign"], "source": tags["source"], "medium": tags["medium"]}
    return arrival(address=submission.page, campaign=campaign)


def _agree(lead_id: int, reading: Reading, submission: Submission, *, agent: Agent, now: datetime) -> None:
    """To what somebody agreed, in the words that were shown. A box that was left empty takes nothing back."""
    purposes = set(Purpose.objects.values_list("key", flat=True)) if reading.consents else set()
    words = [
        Word(
            lead_id=lead_id,
            purpose=consent["purpose"],
            is_given=True,
            source=f"form {submission.form.name}",
            at=submission.confirmed_at or submission.received_at,
            wording=consent["wording"],
        )
        for consent in reading.consents
        if consent["is_given"] and consent["purpose"] in purposes
    ]
    if words:
        take_words(words, agent=agent, now=now)
