"""What an import still waits for when it has ended: the pace at which its leads go to sales."""

from datetime import datetime

from django.utils.translation import ngettext

from capture.importing.waiting import offer
from capture.models import ImportBatch
from handoff.models import BacklogPolicy
from handoff.promotion.backlog import waiting
from lib.numbers import number


def at_their_pace(batch: ImportBatch, now: datetime) -> str:
    """How many of the leads it made wait for their turn, and how many a day have it."""
    count = waiting(now=now).filter(imported__batch=batch).count()
    if not count:
        return ""
    per_day = BacklogPolicy.current().per_day
    if not per_day:
        sentence = ngettext(
            "%(count)s lead it made qualifies and waits until somebody passes it: none a day goes to sales by itself.",
            "%(count)s leads it made qualify and wait until somebody passes them: none a day goes to sales by itself.",
            count,
        )
        return sentence % {"count": number(count)}
    sentence = ngettext(
        "%(count)s lead it made qualifies and waits for its turn with all others: at most %(pace)s a day go to sales.",
        "%(count)s leads it made qualify and wait for their turn with all others: at most %(pace)s a day go to sales.",
        count,
    )
    return sentence % {"count": number(count), "pace": number(per_day)}


offer(at_their_pace)
