"""What sequences keep about a person: which they were in, and what each step did."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from leads.events import Agent
from leads.listing.saved_views import is_named_in
from leads.privacy.holdings import DataSubject, Holding, Row, register
from nurture.models import Enrolment, EntryRequest, Sequence, StepRun
from nurture.news_kinds import subject_key
from nurture.privacy import VALUE, without_values_of
from nurture.segments.conditions import stated_conditions
from nurture.sequences.leaving import end_all
from nurture.sequences.steps import Plan
from outbox.forgetting import forget_messages

# What an erasure calls a sequence whose name named somebody.
NAMELESS: Final = "Sequence"


def _enrolments(subject: DataSubject) -> Iterator[Row]:
    rows = Enrolment.objects.filter(lead=subject.lead).select_related("sequence", "version").order_by("pk")
    for one in rows:
        yield {
            str(_("sequence")): one.sequence.name,
            str(_("entered")): one.entered_at,
            str(_("ended")): one.ended_at,
            str(_("why it ended")): one.get_reason_display(),
        }
        plan = Plan.read(one.version.steps)
        for run in StepRun.objects.filter(enrolment=one).order_by("at", "pk"):
            yield {
                str(_("sequence")): one.sequence.name,
                str(_("step")): str(plan.by_id[run.step].kind.label),
                str(_("when")): run.at,
                str(_("outcome")): run.get_outcome_display(),
            }


def _erase(subject: DataSubject, agent: Agent, now: datetime) -> int:
    """They leave; that somebody was in it stays, without a name, so that a sequence's figures do."""
    EntryRequest.objects.filter(lead=subject.lead).delete()
    forget_messages([subject_key(subject.lead.pk)])
    return len(end_all([subject.lead], reason=Enrolment.Reason.ERASED, agent=agent, now=now))


def _naming(subject: DataSubject) -> list[Sequence]:
    return [one for one in Sequence.objects.order_by("pk") if any(_is_named(text, subject) for text in _texts(one))]


def _texts(sequence: Sequence) -> list[str]:
    conditions = [*stated_conditions(sequence.goal), *stated_conditions(sequence.exit_when)]
    return [sequence.name, *(text for name, text in conditions if name == VALUE)]


def _is_named(text: str, subject: DataSubject) -> bool:
    return is_named_in(text, subject.marks, (subject.lead.last_name,))


def _rows_naming(subject: DataSubject) -> Iterator[Row]:
    for one in _naming(subject):
        yield {str(_("sequence")): one.name, str(_("goal")): one.goal, str(_("leave when")): one.exit_when}


def _erase_naming(subject: DataSubject, _agent: Agent, now: datetime) -> int:
    """Conditions without their value cannot be read: nobody takes a step until somebody says them anew."""
    naming = _naming(subject)
    for one in naming:
        Sequence.objects.filter(pk=one.pk).update(
            name=f"{NAMELESS} {one.pk}" if _is_named(one.name, subject) else F("name"),
            goal=without_values_of(one.goal, subject),
            exit_when=without_values_of(one.exit_when, subject),
            changed_at=now,
        )
    return len(naming)


register(
    Holding(
        key="sequences",
        label=_("Sequences they were in"),
        afterwards=_("They leave all of them. That somebody was in them stays, without a name."),
        rows=_enrolments,
        count=lambda subject: Enrolment.objects.filter(lead=subject.lead).count(),
        erase=_erase,
    )
)
register(
    Holding(
        key="sequences_naming",
        label=_("Sequences whose name or conditions name them"),
        afterwards=_("The name is another one; conditions that named them wait for somebody to say them anew."),
        rows=_rows_naming,
        count=lambda subject: len(_naming(subject)),
        erase=_erase_naming,
    )
)
