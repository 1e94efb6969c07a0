"""What a mapping would make of the messages that came: the same code as taking them, and nothing of it stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from capture.hooks.mapping import HookMapping
from capture.hooks.masking import masked
from capture.hooks.taking import Result, agent_of, results_of
from capture.models import Hook, HookMessage
from leads.models import Lead
from lib import clock

# Messages that are looked at, the latest.
LOOKED_AT: Final = 20
_LEADS_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Preview:
    """A message, what would become of it, and the leads it would be of, masked; how many of them nobody knew."""

    result: Result
    leads: Sequence[str]
    new_leads: int


def latest(hook: Hook) -> list[HookMessage]:
    """The messages an example is made from: those that are kept whole, the newest first."""
    return list(hook.messages.exclude(body="").order_by("-last_at", "-pk")[:LOOKED_AT])


def preview(hook: Hook, mapping: HookMapping, messages: Sequence[HookMessage]) -> list[Preview]:
    """What would become of each message if it came once more and the mapping were kept."""
    tried = Hook(pk=hook.pk, public_id=hook.public_id, name=hook.name, system=hook.system)
    tried.mapping = mapping.as_stored()
    with transaction.atomic():
        results = results_of(tried, messages, agent=agent_of(hook), now=clock.now())
        ids = {answer.lead_id for one in results for answer in one.leads[:_LEADS_NAMED]}
        names = {lead.pk: masked(lead.email or str(lead)) for lead in Lead.objects.filter(pk__in=ids)}
        transaction.set_rollback(True)
    return [
        Preview(
            one,
            [names[answer.lead_id] for answer in one.leads[:_LEADS_NAMED]],
            sum(answer.outcome == "created" for answer in one.leads),
        )
        for one in results
    ]
