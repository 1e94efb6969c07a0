"""What sales keeps about a person: handoffs with their receipts, contacts, and what reps were told."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from handoff.lifecycle.machine import empty_words
from handoff.lifecycle.transitions import withdraw_forgotten
from handoff.models import Contact, Handoff
from handoff.news_facts import GIVEN_AWAY, SUBJECT
from handoff.states import OPEN
from leads.events import Agent
from leads.privacy.holdings import DataSubject, Holding, Row, register
from outbox.forgetting import forget_messages, messages_about

_ANSWERS: Final = ("timeline", "budget", "problem", "involved")


def _handoffs(subject: DataSubject) -> Iterator[Row]:
    for handoff in Handoff.objects.filter(lead=subject.lead).select_related("reason", "assignee").order_by("pk"):
        yield {
            str(_("opened")): handoff.opened_at,
            str(_("state")): handoff.get_state_display(),
            str(_("sales rep")): str(handoff.assignee or ""),
            str(_("reason")): str(handoff.reason or ""),
            str(_("in words")): handoff.reason_text,
            **{str(Handoff._meta.get_field(name).verbose_name): getattr(handoff, name) for name in _ANSWERS},  # type: ignore[union-attr]  # noqa: SLF001 (Django's way)
            str(_("receipt")): handoff.receipt,
        }


def _erase_handoffs(subject: DataSubject, agent: Agent, now: datetime) -> int:
    rows = Handoff.objects.filter(lead=subject.lead).order_by("pk")
    for handoff in rows.filter(state__in=OPEN):
        withdraw_forgotten(handoff_id=handoff.pk, agent=agent, now=now)
    for handoff in rows:
        empty_words(handoff)
    return rows.count()


def _contacts(subject: DataSubject) -> Iterator[Row]:
    for contact in Contact.objects.filter(handoff__lead=subject.lead).order_by("pk"):
        yield {
            str(_("when")): contact.at,
            str(_("how")): contact.get_way_display(),
            str(_("what came of it")): contact.get_outcome_display(),
            str(_("note")): contact.note,
        }


def _erase_contacts(subject: DataSubject, _agent: Agent, _now: datetime) -> int:
    return Contact.objects.filter(handoff__lead=subject.lead).update(note="")


def _subjects(subject: DataSubject) -> list[str]:
    ids = list(Handoff.objects.filter(lead=subject.lead).values_list("public_id", flat=True))
    return [f"{prefix}{public_id}" for public_id in ids for prefix in (SUBJECT, GIVEN_AWAY)]


def _messages(subject: DataSubject) -> Iterator[Row]:
    _notices, deliveries = messages_about(_subjects(subject))
    for delivery in deliveries.order_by("pk"):
        yield {
            str(_("when")): delivery.created_at,
            str(_("by")): delivery.transport,
            str(_("facts")): delivery.facts,
        }


def _erase_messages(subject: DataSubject, _agent: Agent, _now: datetime) -> int:
    return forget_messages(_subjects(subject))


register(
    Holding(
        key="handoffs",
        label=_("Handoffs to sales"),
        afterwards=_("An open one is withdrawn. Moments, states and points stay; answers and words are gone."),
        rows=_handoffs,
        count=lambda subject: Handoff.objects.filter(lead=subject.lead).count(),
        erase=_erase_handoffs,
    )
)
register(
    Holding(
        key="contacts",
        label=_("Contacts by sales"),
        afterwards=_("Moment, way and outcome stay; notes are gone."),
        rows=_contacts,
        count=lambda subject: Contact.objects.filter(handoff__lead=subject.lead).count(),
        erase=_erase_contacts,
    )
)
register(
    Holding(
        key="messages",
        label=_("Messages to your people about them"),
        afterwards=_("Deleted, with what was not sent yet."),
        rows=_messages,
        count=lambda subject: sum(rows.count() for rows in messages_about(_subjects(subject))),
        erase=_erase_messages,
    )
)
