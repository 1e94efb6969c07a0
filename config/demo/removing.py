"""Removes the demonstration: leads that are its alone, then what they worked at and with, then its people.

What cannot be told apart from somebody's own stays, and is counted with the reason.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import Model, ProtectedError, RestrictedError
from django.db.models.deletion import Collector

from accounts.models import User
from config.demo.counted import Became, Results
from config.demo.made import Noted, unchanged
from config.demo.story_leads import candidates, sort_out
from config.demo.team import DOMAIN, PEOPLE
from handoff.models import Absence, Contact, Handoff, Rep, RoutingRule
from handoff.news_facts import subject_of
from leads import lifecycle
from leads.merging.moving import computed, referring
from leads.models import Company
from leads.stored_rows import counts_by, delete_rows
from leads.undoing.removing import delete_leads
from lib.leave import leave
from outbox.models import Delivery, Notice
from scoring.models import Comment, Criteria, PersonaCondition, Rule, SourceBar

PART: Final = 200
# In this order: what refers to others goes first.
LABELS: Final = (
    "scoring.Criteria",
    "leads.Spend",
    "leads.Asset",
    "leads.Page",
    "leads.Campaign",
    "scoring.Persona",
    "handoff.RoutingRule",
)
# Parts of these rows, which go with them.
PARTS: Final[frozenset[type[Model]]] = frozenset(
    {
        Comment,
        PersonaCondition,
        RoutingRule.channels.through,
        RoutingRule.reps.through,
        Rule,
        Rule.requires.through,
        SourceBar,
    }
)


def next_leads(*, after: int) -> list[int]:
    """The next leads to be looked at."""
    return list(candidates(after=after).values_list("pk", flat=True)[:PART])


@transaction.atomic
def remove_leads(lead_ids: Sequence[int]) -> Results:
    """Removes those of these leads that are the story's alone."""
    locked = [lead.pk for lead in lifecycle.locked(sorted(lead_ids))]
    alone, touched = sort_out(locked)
    handoffs = list(Handoff.objects.filter(lead__in=alone).defer("receipt"))
    subjects = [subject_of(handoff).key for handoff in handoffs]
    Notice.objects.filter(subject__in=subjects).delete()
    Delivery.objects.filter(subject__in=subjects).delete()
    with leave(demonstration="on"):
        delete_rows(Contact, [handoff.pk for handoff in handoffs], column="handoff_id")
        delete_leads(alone)
    return +Counter({Became.LEADS.value: len(alone), Became.STAYS_TOUCHED.value: touched})


@transaction.atomic
def remove_the_rest(noted: Noted) -> Results:
    """When the leads are gone: companies, content and people."""
    return _remove_companies() + _remove_content(noted) + _remove_people()


def _remove_companies() -> Results:
    """Those the story named, by the way it names them, at which nobody works and about which nobody said anything."""
    named = Company.objects.filter(domain__endswith=".example").values_list("pk", "name", "domain")
    story = [pk for pk, name, domain in named if domain == f"{name.lower().replace(' ', '-')}.example"]
    stays: set[int] = set()
    for model, column in referring(Company):
        if model not in computed():
            stays |= counts_by(model, str(column.column), story).keys()
    going = [pk for pk in story if pk not in stays]
    for model, column in referring(Company):
        if model in computed():
            delete_rows(model, going, column=str(column.column))
    delete_rows(Company, going)
    return +Counter({Became.COMPANIES.value: len(going), Became.STAYS_COMPANY.value: len(stays)})


def _remove_content(noted: Noted) -> Results:
    """What the story noted that it made, is as it made it, and is not used by anything that stays."""
    results: Results = Counter()
    for label in LABELS:
        same, changed = unchanged(noted, label)
        results[Became.STAYS_CONTENT] += changed
        for row in apps.get_model(label)._default_manager.filter(pk__in=same):
            results[Became.CONTENT if _is_removed(row) else Became.STAYS_CONTENT] += 1
    return +results


def _is_removed(row: Model) -> bool:
    """Whether nothing but its own parts referred to the row, which is gone then."""
    collector = Collector(using=DEFAULT_DB_ALIAS)
    try:
        collector.collect([row])
    except (ProtectedError, RestrictedError):
        return False
    # What is deleted or emptied at once was not looked at yet: it may be nothing.
    if isinstance(row, Criteria) and row.comments.exclude(author__email__endswith=DOMAIN).exists():
        return False
    others = {*collector.data, *(rows.model for rows in collector.fast_deletes if rows)} - {type(row), *PARTS}
    if others or any(rows for updates in collector.field_updates.values() for rows in updates):
        return False
    collector.delete()
    return True


def _remove_people() -> Results:
    """Who did something that stays is kept on record, and cannot sign in any more."""
    results: Results = Counter()
    for person in User.objects.filter(email__in=[email for email, *_rest in PEOPLE]).order_by("pk"):
        try:
            with transaction.atomic():
                _remove_person(person)
        except (ProtectedError, RestrictedError):
            User.objects.filter(pk=person.pk).update(is_active=False)
            results[Became.STAYS_PEOPLE] += 1
        else:
            results[Became.PEOPLE] += 1
    return results


def _remove_person(person: User) -> None:
    """Raises ProtectedError where something that stays names the person."""
    told = Delivery.objects.filter(recipient=person)
    told.exclude(gathered_in=None).delete()
    told.delete()
    Absence.objects.filter(rep=person.pk).delete()
    if RoutingRule.reps.through.objects.filter(rep=person.pk).exists():
        raise ProtectedError("A routing rule names the person.", set())
    Rep.objects.filter(user=person).delete()
    person.delete()


def handoffs_of_others() -> int:
    """How many leads that are not of the story are with its people, who are about to go."""
    with_them = Handoff.objects.open().filter(assignee__email__endswith=DOMAIN)
    return with_them.exclude(lead__email__endswith=".example").count()


def total() -> int:
    """How many leads are to be looked at."""
    return candidates().count()


def content_of(noted: Noted) -> int:
    """How many rows the story noted, whatever becomes of them."""
    return sum(len(rows) for rows in noted.values())


def people() -> int:
    """How many of its people are here."""
    return User.objects.filter(email__in=[email for email, *_rest in PEOPLE], is_active=True).count()


def forecast(*, most: int) -> Results:
    """What would become of the first so many leads; nothing is written."""
    results: Results = Counter()
    after = 0
    while (lead_ids := next_leads(after=after)) and results["looked_at"] < most:
        alone, touched = sort_out(lead_ids)
        results.update({Became.LEADS.value: len(alone), Became.STAYS_TOUCHED.value: touched})
        results["looked_at"] += len(lead_ids)
        after = lead_ids[-1]
    return +results
