"""Which leads of a file would go to sales: said before the file is imported."""

from collections.abc import Sequence
from datetime import datetime

from capture.importing import forecast
from leads.models import Lead
from scoring.engine.batches import score_held
from scoring.engine.passable import definition_in_force, may_go
from scoring.models import Why


def would_go(lead_ids: Sequence[int], now: datetime) -> set[int]:
    """Those of these leads that did not qualify before and do now, and may go to sales under the criteria in force.

    Scores them, in the transaction in which the file is tried and which is rolled back.
    """
    before = Lead.objects.filter(pk__among=lead_ids, score__qualifies=True).values_list("pk", flat=True)
    anew = set(lead_ids).difference(before)
    score_held(dict.fromkeys(lead_ids, int(Why.IMPORT)), now=now)
    definition = definition_in_force()
    if definition is None:
        return set()
    qualifying = Lead.objects.filter(pk__among=anew, score__qualifies=True)
    return set(qualifying.filter(may_go(definition, now=now)).values_list("pk", flat=True))


forecast.offer(would_go)
