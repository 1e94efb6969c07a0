"""Sentences that reports have in common."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lib.numbers import number
from reporting.filters import MODE, Mode, Options
from reporting.metrics import Counts
from reporting.periods import Period, mature_before


def span(period: Period) -> str:
    """The days of a period in words."""
    first, last = (date_format(day, "j F Y") if day else "" for day in (period.starts_on, period.ends_on))
    if first and last:
        return _("%(first)s to %(last)s.") % {"first": first, "last": last}
    if first:
        return _("From %(first)s on.") % {"first": first}
    return _("Until %(last)s.") % {"last": last} if last else _("All time.")


def _young(totals: Counts, day: str) -> str:
    """That some of the leads came after that day, too late for their rates to be whole."""
    if totals.leads == 1:
        sentence = _("This lead was created in the last 90 days (after %(day)s).")
    else:
        sentence = ngettext(
            "%(young)s of these %(all)s leads was created in the last 90 days (after %(day)s).",
            "%(young)s of these %(all)s leads were created in the last 90 days (after %(day)s).",
            totals.immature,
        )
    words = sentence % {"young": number(totals.immature), "all": number(totals.leads), "day": day}
    return f"{words} {_('Later stages are still filling, so the rates may still rise.')}"


def cohort_notes(options: Options, totals: Counts, *, now: datetime) -> list[str]:
    """What one has to know to read rates rightly: which leads are still young, and who never was an MQL."""
    notes = []
    if MODE.of(options) == Mode.COHORT and totals.immature:
        first = timezone.localtime(mature_before(now), timezone.get_default_timezone()).date()
        day = date_format(first - timedelta(days=1), "j F Y")
        notes.append(_young(totals, day))
    if totals.unanswered:
        notes.append(
            ngettext(
                "%(count)s MQL waits for an answer of sales within its time; the acceptance rate leaves it out.",
                "%(count)s MQLs wait for an answer of sales within their time; the acceptance rate leaves them out.",
                totals.unanswered,
            )
            % {"count": number(totals.unanswered)}
        )
    if totals.mqls and (strays := totals.customers - totals.customers_from_mqls):
        notes.append(
            _("%(count)s of the %(all)s customers never were an MQL; they are not part of MQL to customer.")
            % {"count": number(strays), "all": number(totals.customers)}
        )
    return notes
