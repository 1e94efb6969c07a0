"""Which rule would decide about leads like those of lately: what a change of the rules means, in numbers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from handoff.models import Handoff
from handoff.routing.rules import Facts, Rule, facts_of_many, why_not

# So many leads are looked at: those that were handed over last.
LATELY: Final = 200


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Of how many leads the answer speaks, and how many each rule decides; of None: no rule matches."""

    leads: int
    by_rule: Mapping[int | None, int]


def facts_of_lately() -> list[Facts]:
    """What is known now of the leads that were handed over last."""
    lead_ids = Handoff.objects.order_by("-opened_at", "-pk").values_list("lead_id", flat=True)[:LATELY]
    return facts_of_many(set(lead_ids))


def tally(rules: Sequence[Rule], leads: Sequence[Facts]) -> Tally:
    """With everybody in, so that the answer is the same on Sunday. A rule that is not stored yet has the key 0."""
    decided = Counter(_deciding(rules, facts) for facts in leads)
    return Tally(leads=len(leads), by_rule=decided)


def _deciding(rules: Sequence[Rule], facts: Facts) -> int | None:
    return next((rule.row.pk or 0 for rule in rules if not why_not(rule, facts)), None)
