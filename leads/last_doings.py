"""What leads did last, in words, asked once for all leads of a page."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from django.db.models import CharField, F, QuerySet, Value, Window
from django.db.models.functions import Coalesce, NullIf, RowNumber

from leads.models import BY_PERSON, Activity
from leads.timeline import touch_sentence
from lib.compiled_queries import CompiledQuery, GivenKeys

MOST: Final = 2


def last_doings(lead_ids: Collection[int]) -> dict[int, list[tuple[str, datetime]]]:
    """Of each of these leads the last things a person did and when, newest first."""
    doings: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    for lead_id, did, what, at in LAST.rows(leads=lead_ids) if lead_ids else ():
        doings[lead_id].append((touch_sentence(did, what), at))
    return doings


def _last() -> QuerySet[Any, Any]:
    """No more columns than are read: instances of five models would take longer than the rest of a row."""
    # As these print themselves.
    page = Coalesce(NullIf(F("page__title"), Value("")), F("page__key"))
    what = Coalesce("asset__name", page, "campaign__name", Value(""), output_field=CharField())
    place = Window(RowNumber(), partition_by=F("lead"), order_by=[F("occurred_at").desc(), F("pk").desc()])
    doings = Activity.objects.filter(machine__in=BY_PERSON, lead__among=GivenKeys("leads")).annotate(
        what=what, place=place
    )
    newest = doings.filter(place__lte=MOST).order_by("lead", "place")
    return newest.values_list("lead_id", "type__name", "what", "occurred_at")


LAST: Final = CompiledQuery(_last)
