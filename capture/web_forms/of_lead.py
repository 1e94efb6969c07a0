"""What one lead sent by forms: when, what was taken, what is known to be otherwise, and what failed and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from capture.models import Submission
from capture.web_forms.as_lead import person_of
from capture.web_forms.askables import Askable, askables, field_name
from capture.web_forms.known_leads import known_value
from capture.web_forms.reading import values_by_key
from leads.custom_fields.catalogue import MAY_SEE_SENSITIVE
from leads.models import Lead
from leads.privacy.holdings import DataSubject


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing that was sent; `known` is what we know instead, where the form did not change it."""

    label: str
    sent: str
    is_different: bool
    known: str


@dataclass(frozen=True, slots=True)
class Sent:
    """One submission with its answers in the order of what can be asked."""

    submission: Submission
    answers: list[Answer]


def submissions_of(lead: Lead) -> QuerySet[Submission]:
    """Those that were taken as this lead, and those under its address that were not; newest first."""
    people = [person_of(key) for key in DataSubject(lead=lead).email_keys]
    mine = Submission.objects.filter(Q(lead=lead) | Q(person__in=people, lead=None))
    return mine.select_related("form").order_by("-received_at", "-pk")


def described(submissions: list[Submission], *, lead: Lead, reader: User) -> list[Sent]:
    """With what the reader may see of it: sensitive answers are for whom sensitive fields are."""
    may_see_all = reader.has_role(*MAY_SEE_SENSITIVE)
    asked = [one for one in askables().values() if may_see_all or one.own is None or not one.own.is_sensitive]
    return [Sent(one, _answers(one, asked, lead)) for one in submissions]


def _answers(submission: Submission, asked: list[Askable], lead: Lead) -> list[Answer]:
    values = values_by_key(submission.form, submission.raw)
    return [_answer(one, values, submission, lead) for one in asked if any(values.get(field_name(one.key), ()))]


def _answer(about: Askable, values: Mapping[str, list[str]], submission: Submission, lead: Lead) -> Answer:
    is_different = about.key in submission.differences
    known: Any = known_value(about, lead, lead.company) if is_different else ""
    if about.own is not None and known not in (None, ""):
        known = about.own.words(known)
    sent = ", ".join(value for value in values[field_name(about.key)] if value)
    return Answer(str(about.label), sent, is_different, str(known or ""))
