"""Which leads are the demonstration's alone.

A lead is of the story by its first message: the id of a message counts once, for ever, and only the story has this one.
It is the story's alone while every message of it is, and nobody but the story's people and Baton itself has done
anything with it. Whatever refers to a lead otherwise, in whichever package, is somebody else who knows it.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from config.demo.history import SOURCE, WEBSITE
from config.demo.team import DOMAIN
from handoff.models import Handoff
from leads.events import SYSTEM
from leads.merging.moving import computed, referring
from leads.models import Activity, Deal, LastTouch, Lead, LeadEvent, LeadIdentifier
from leads.parsing import message_key
from leads.stored_rows import counts_by

# The number of a person of the story, in the address.
NUMBER: Final = re.compile(r"\.(\d{1,6})@[a-z-]+\.example")
# More messages than anybody of the story sends.
MOST_MESSAGES: Final = 600
OWN_MODELS: Final[frozenset[type[Model]]] = frozenset({Activity, LeadEvent, LastTouch, LeadIdentifier, Deal, Handoff})
OWN_AGENTS: Final = ("", SYSTEM.name, WEBSITE.name)


class Sorted(NamedTuple):
    """Of some leads: those that are the story's alone, and how many of the story are not any more."""

    alone: list[int]
    touched: int


def candidates(*, after: int = 0) -> QuerySet[Lead]:
    """Leads that may be of the story: every address of it ends in a domain that cannot exist elsewhere."""
    return Lead.objects.filter(pk__gt=after, email__endswith=".example").order_by("pk")


def sort_out(lead_ids: Collection[int]) -> Sorted:
    """Which of these leads are the story's alone; some statements, however many there are."""
    emails = dict(Lead.objects.filter(pk__in=lead_ids).values_list("pk", "email"))
    keys: dict[int, set[UUID]] = defaultdict(set)
    for lead_id, key in Activity.objects.filter(lead__in=lead_ids).values_list("lead_id", "message_key"):
        keys[lead_id].add(key)
    numbers = {lead_id: int(known[1]) for lead_id, email in emails.items() if (known := NUMBER.search(email))}
    of_story = {lead_id for lead_id, number in numbers.items() if _key(number, 1) in keys[lead_id]}
    alone = {lead_id for lead_id in of_story if _sent_all(numbers[lead_id], keys[lead_id])}
    alone -= _touched(sorted(alone))
    return Sorted(sorted(alone), len(of_story) - len(alone))


def _key(number: int, message: int) -> UUID:
    return message_key(SOURCE, f"{number}-{message}")


def _sent_all(number: int, messages: Collection[UUID]) -> bool:
    """Whether this person of the story sent all of these messages; of some it sent none, they lie in the future."""
    left = set(messages)
    for message in range(1, MOST_MESSAGES + 1):
        left.discard(_key(number, message))
        if not left:
            return True
    return False


def _touched(lead_ids: Sequence[int]) -> set[int]:
    """With which of them somebody else did something."""
    own = Q(actor__email__endswith=DOMAIN) | Q(actor=None, agent__in=OWN_AGENTS)
    events = LeadEvent.objects.filter(lead__in=lead_ids).exclude(own)
    touched = set(events.values_list("lead_id", flat=True))
    for model, column in referring(Lead):
        if model not in OWN_MODELS and model not in computed():
            touched |= counts_by(model, str(column.column), lead_ids).keys()
    return touched
