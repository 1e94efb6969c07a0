"""What an import still waits for when it has ended: the pace at which its leads go to sales."""

from datetime import datetime
from math import ceil

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from capture.importing.waiting import offer, offer_beforehand
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


def before_it_begins(leads: int, now: datetime) -> str:
    """How many a day have their turn, and until when so many more have had it, behind those that wait already."""
    before, per_day = waiting(now=now).count(), BacklogPolicy.current().per_day
    if not per_day:
        return _("None a day goes to sales by itself at the moment: somebody passes them.")
    days = ceil((before + leads) / per_day)
    pace = ngettext("One a day goes to sales.", "At most %(pace)s a day go to sales.", per_day)
    if before:
        takes = ngettext(
            "With those that wait already (%(before)s) these take about %(days)s day.",
            "With those that wait already (%(before)s) these take about %(days)s days.",
            days,
        )
    else:
        takes = ngettext("These take about %(days)s day.", "These take about %(days)s days.", days)
    words = {"pace": number(per_day), "before": number(before), "days": number(days)}
    return f"{pace % words} {takes % words}"


offer(at_their_pace)
offer_beforehand(before_it_begins)
