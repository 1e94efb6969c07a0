"""A policy and a calendar as sentences, in the words of the people who agreed on them."""

from collections.abc import Iterable
from datetime import time

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from handoff.models import OpenHours, SlaPolicy
from handoff.models.calendars import WEEKDAYS
from lib.moments import duration_words


def policy_words(policy: SlaPolicy) -> str:
    """Whom it is for, how long sales has, and what happens then; of a policy that is stored."""
    return _("%(who)s is to be answered within %(time)s. When nobody answers, the lead goes %(then)s.") % {
        "who": _who(policy),
        "time": _time(policy),
        "then": _then(policy),
    }


def week_words(hours: Iterable[OpenHours]) -> str:
    """Monday to Friday 09:00–12:30 and 13:30–17:00, Saturday 10:00–14:00. Neighbours with the same hours in one."""
    stretches: list[list[str]] = [[] for _day in WEEKDAYS]
    for each in hours:
        stretches[each.weekday].append(f"{each.opens_at:%H:%M}–{_end(each.closes_at)}")
    days = [get_text_list(stretch, _("and")) for stretch in stretches]
    groups, day = [], 0
    while day < len(days):
        last = day
        while last + 1 < len(days) and days[last + 1] == days[day]:
            last += 1
        if days[day]:
            groups.append(f"{_days(day, last)} {days[day]}")
        day = last + 1
    return ", ".join(groups) or _("never")


def _end(closes_at: time) -> str:
    return f"{closes_at:%H:%M}" if closes_at != time(0) else "24:00"


def _days(first: int, last: int) -> str:
    names = {"first": str(WEEKDAYS[first][1]), "last": str(WEEKDAYS[last][1])}
    if first == last:
        return names["first"]
    return (_("%(first)s and %(last)s") if last == first + 1 else _("%(first)s to %(last)s")) % names


def _who(policy: SlaPolicy) -> str:
    who = {
        SlaPolicy.Priority.ANY.value: _("Every lead"),
        SlaPolicy.Priority.FAST_TRACK.value: _("A fast-track lead"),
        SlaPolicy.Priority.ORDINARY.value: _("A lead that is not fast-track"),
    }[policy.priority]
    conditions = []
    if channels := [str(channel) for channel in policy.channels.all()]:
        conditions.append(_("first came by %s") % get_text_list(channels, _("or")))
    if personas := [str(persona) for persona in policy.personas.all()]:
        conditions.append(_("fits %s best") % get_text_list(personas, _("or")))
    return _("%(who)s that %(conditions)s") % {
        "who": who, "conditions": get_text_list(conditions, _("and"))
    } if conditions else who  # fmt: skip


def _time(policy: SlaPolicy) -> str:
    words = duration_words(policy.respond_within)
    if policy.clock == SlaPolicy.Clock.BUSINESS:
        return _("%(time)s of business time (“%(calendar)s”)") % {"time": words, "calendar": policy.calendar}
    return words


def _then(policy: SlaPolicy) -> str:
    if policy.on_breach == SlaPolicy.OnBreach.REASSIGN:
        return _("to another rep")
    if policy.on_breach == SlaPolicy.OnBreach.ESCALATE:
        return _("to %s") % policy.escalate_to if policy.escalate_to else _("to the sales manager with the fewest")
    return _("back to nurture")
