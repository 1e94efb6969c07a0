"""What the tests of the outbox share: what a row is about, and what it says to whom it is for."""

from handoff.models import Handoff
from handoff.news_facts import SUBJECT
from outbox import wording
from outbox.models import Delivery, Notice


def handoff_of(row: Notice | Delivery) -> Handoff:
    return Handoff.objects.get(public_id=row.subject.removeprefix(SUBJECT))


def sentence_of(row: Notice | Delivery) -> str:
    """As its recipient reads it now."""
    return wording.sentence(row, wording.facts_now([row], row.recipient)[row.pk])
