"""Which leads of a file would go to sales, said before it is imported, and which wait for a score when it was."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import ngettext

from capture.importing import forecast, waiting
from capture.models import ImportBatch
from leads.models import Lead
from lib.numbers import number
from scoring.engine.batches import score_held
from scoring.engine.passable import definition_in_force, may_go
from scoring.models import ScoreRequest, Why


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


def being_scored(batch: ImportBatch, _now: datetime) -> str:
    """How many of the leads it made wait for a score that takes in what it said of them."""
    count = ScoreRequest.objects.filter(lead__imported__batch=batch).count()
    sentence = ngettext(
        "%(count)s lead it made waits to be scored.", "%(count)s leads it made wait to be scored.", count
    )
    return sentence % {"count": number(count)} if count else ""


forecast.offer(would_go)
waiting.offer(being_scored)
