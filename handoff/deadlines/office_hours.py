"""The first question about the time to answer: whether every hour counts, or those of the office."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from handoff.deadlines import sla
from handoff.models import Calendar, OpenHours, SlaPolicy


@transaction.atomic
def count_every_hour(*, within: timedelta) -> SlaPolicy:
    """Nights and weekends count. Leads that wait already keep their deadline."""
    return _store(clock=SlaPolicy.Clock.ELAPSED, respond_within=within)


@transaction.atomic
def count_office_hours(*, within: timedelta, time_zone: str, week: Sequence[OpenHours]) -> SlaPolicy:
    """Only these hours count, by the calendar that has them already, else by a new one.

    A calendar that others may count by is not changed. Leads that wait already keep their deadline.
    """
    calendar = _with(time_zone, week) or _made(time_zone, week)
    return _store(clock=SlaPolicy.Clock.BUSINESS, respond_within=within, calendar=calendar)


def _store(**columns: object) -> SlaPolicy:
    """Of the policy that every lead falls back on."""
    policy = SlaPolicy.objects.select_for_update(no_key=True).get(pk=sla.fallback().pk)
    for name, value in columns.items():
        setattr(policy, name, value)
    policy.save(update_fields=[*columns])
    return policy


def _with(time_zone: str, week: Sequence[OpenHours]) -> Calendar | None:
    """The calendar that opens at these hours on this clock and knows no other days, if there is one."""
    asked = sorted((each.weekday, each.opens_at, each.closes_at) for each in week)
    plain = Calendar.objects.filter(time_zone=time_zone, country="", own_days=None).prefetch_related("hours")
    for calendar in plain.order_by("pk"):
        if sorted((each.weekday, each.opens_at, each.closes_at) for each in calendar.hours.all()) == asked:
            return calendar
    return None


def _made(time_zone: str, week: Sequence[OpenHours]) -> Calendar:
    calendar = Calendar.objects.create(
        name=_free_name(_("Office hours, %(zone)s") % {"zone": time_zone}), time_zone=time_zone
    )
    for each in week:
        each.calendar = calendar
    OpenHours.objects.bulk_create(week)
    return calendar


def _free_name(name: str) -> str:
    """The name, or with a number behind it where a calendar has it."""
    others = set(Calendar.objects.filter(name__startswith=name).values_list("name", flat=True))
    numbered = (f"{name} ({number})" for number in range(2, len(others) + 3))
    return name if name not in others else next(one for one in numbered if one not in others)
