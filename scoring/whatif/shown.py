"""The answer to a what-if in words and tables, counted or estimated."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from leads.models import Channel, Lead
from lib.numbers import number
from scoring.models import Persona
from scoring.whatif.curve import curve
from scoring.whatif.numbers import Answer
from scoring.whatif.sample import Scale
from scoring.whatif.sources import RECENT
from scoring.whatif.tally import Near, Tally, added

GROUPS_SHOWN: Final = 12


@dataclass(frozen=True)
class Named:
    """A lead at the edge that this person may see."""

    lead: Lead
    near: Near

    @property
    def change(self) -> str:
        """ "becomes", "stops" or nothing."""
        if self.near.before == self.near.after:
            return ""
        return "becomes" if self.near.after else "stops"


@dataclass(frozen=True, kw_only=True)
class Group:
    """A table of tallies: what its rows are, and each with its cells in words."""

    title: str
    first: str
    rows: list[tuple[str, list[str]]]


def shown(
    answer: Answer, user: User, *, asked: int, in_force: int, address: Callable[[int], str] | None
) -> dict[str, object]:
    """What the templates need; `asked` and `in_force` are thresholds, `address` is where one is looked at, if any."""
    scale = answer.scale
    sweep = [(threshold, scale.of(count)) for threshold, count in answer.sweep]
    counts = answer.counts
    return {
        "answer": answer,
        "scale": scale,
        "figures": _figures(answer),
        "sales": _sales(answer),
        "curve": curve(sweep, step=answer.step, asked=asked, in_force=in_force),
        "sweep": [(threshold, count, address(threshold) if address else "") for threshold, count in sweep],
        "asked_threshold": asked,
        "held_threshold": in_force,
        "groups": [group for group in (_by_channel(answer), _by_persona(answer), _by_letter(answer)) if group],
        "over": _named(counts.over, user),
        "under": _named(counts.under, user),
    }


def figure(scale: Scale, count: int) -> str:
    """ "1,234", or "about 1,200"."""
    value = number(scale.of(count))
    return value if scale.is_exact else _("about %(count)s") % {"count": value}


def interval(scale: Scale, count: int) -> str:
    """ "1,100 to 1,300"; nothing where it was counted."""
    low, high = scale.between(count)
    return "" if scale.is_exact else _("%(low)s to %(high)s") % {"low": number(low), "high": number(high)}


# --- figures -----------------------------------------------------------------------------------------------


def _figures(answer: Answer) -> list[dict[str, object]]:
    scale, counted = answer.scale, answer.counts.everybody
    before = _("%(before)s do under the criteria in force") % {"before": figure(scale, counted.before)}
    return [
        {
            "label": _("Would qualify"),
            "value": figure(scale, counted.after),
            "note": _noted(scale, counted.after, before),
            "definition": _(
                "Leads that would reach what they have to reach, with every gate and with points by hand."
                " Wherever they are now: with sales, decided or in nurture."
            ),
        },
        {
            "label": _("Newly qualify"),
            "value": figure(scale, counted.becomes),
            "note": _noted(scale, counted.becomes, _("do not qualify today")),
        },
        {
            "label": _("No longer qualify"),
            "value": figure(scale, counted.stops),
            "note": _noted(scale, counted.stops, _("qualify today")),
        },
    ]


def _sales(answer: Answer) -> list[dict[str, object]]:
    scale, counted = answer.scale, answer.counts.everybody
    a_day = _("%(before)s under the criteria in force") % {"before": _daily(scale, counted.recent_before)}
    return [
        {
            "label": _("New to sales"),
            "value": figure(scale, counted.arrives),
            "unit": ngettext("lead", "leads", counted.arrives),
            "note": interval(scale, counted.arrives),
            "definition": _(
                "The leads that newly qualify and that are neither with sales nor decided, that do not rest and have"
                " not asked to be left alone. A lead that was returned also has to do something new, and needed fields"
                " have to be known. Leads that only other criteria made an MQL wait for their turn: a few are passed a"
                " day."
            ),
        },
        {
            "label": _("New leads a day"),
            "value": _daily(scale, counted.recent_after),
            "note": a_day,
            "definition": _(
                "Leads that came in during the last 30 days and would qualify by now, divided by 30."
                " Weekends count as days."
            ),
        },
    ]


def margin_figures(answer: Answer) -> list[dict[str, object]]:
    """In few words: who qualifies now and then, and what that means for sales."""
    scale, counted = answer.scale, answer.counts.everybody
    now_words = _("%(before)s now") % {"before": figure(scale, counted.before)}
    return [
        {"label": _("Would qualify"), "value": figure(scale, counted.after), "note": now_words},
        {"label": _("Newly qualify"), "value": figure(scale, counted.becomes)},
        {"label": _("No longer qualify"), "value": figure(scale, counted.stops)},
        {"label": _("New to sales"), "value": figure(scale, counted.arrives)},
        {
            "label": _("New leads a day"),
            "value": _daily(scale, counted.recent_after),
            "note": _("%(before)s now") % {"before": _daily(scale, counted.recent_before)},
        },
    ]


def _daily(scale: Scale, count: int) -> str:
    value = number(round(scale.of(count) / RECENT.days, 1))
    return value if scale.is_exact else _("about %(count)s") % {"count": value}


def _noted(scale: Scale, count: int, note: str) -> str:
    between = interval(scale, count)
    return _("%(note)s (%(interval)s)") % {"interval": between, "note": note} if between else note


# --- groups and names --------------------------------------------------------------------------------------


def _by_channel(answer: Answer) -> Group:
    names = dict(Channel.objects.filter(pk__in=_keys(answer.counts.channels)).values_list("pk", "name"))
    rows = _ranked(answer.counts.channels, names, _("not known"))
    return Group(title=_("By first channel"), first=_("Channel"), rows=_cut(rows, answer.scale, _more_channels))


def _more_channels(count: int) -> str:
    return ngettext("%(count)d more channel", "%(count)d more channels", count) % {"count": count}


def _by_persona(answer: Answer) -> Group | None:
    """Nothing where no lead is like a persona, which is so where none are kept."""
    if not any(answer.counts.personas):
        return None
    names = dict(Persona.objects.filter(pk__in=_keys(answer.counts.personas)).values_list("pk", "name"))
    rows = _ranked(answer.counts.personas, names, _("fits none of them"))
    return Group(title=_("By persona"), first=_("Persona it fits best"), rows=_cut(rows, answer.scale, _more_personas))


def _more_personas(count: int) -> str:
    return ngettext("%(count)d more persona", "%(count)d more personas", count) % {"count": count}


def _by_letter(answer: Answer) -> Group:
    rows = [(letter, _cells(tally, answer.scale)) for letter, tally in sorted(answer.counts.letters.items())]
    return Group(title=_("By fit"), first=_("Fit it would have"), rows=rows)


def _keys(groups: Mapping[int | None, Tally]) -> list[int]:
    return [key for key in groups if key is not None]


def _ranked(groups: Mapping[int | None, Tally], names: Mapping[int, str], unknown: str) -> list[tuple[str, Tally]]:
    """Those first of which most leads qualify, before or after."""

    def rank(item: tuple[int | None, Tally]) -> tuple[int, int, Hashable]:
        key, tally = item
        return -tally.before - tally.after, -tally.leads, key or 0

    return [
        (unknown if key is None else names.get(key, unknown), tally) for key, tally in sorted(groups.items(), key=rank)
    ]


def _cut(rows: list[tuple[str, Tally]], scale: Scale, more: Callable[[int], str]) -> list[tuple[str, list[str]]]:
    """The first rows, and what is left in one."""
    rest = [tally for _name, tally in rows[GROUPS_SHOWN:]]
    shown = [*rows[:GROUPS_SHOWN], *([(more(len(rest)), added(*rest))] if rest else [])]
    return [(name, _cells(tally, scale)) for name, tally in shown]


def _cells(tally: Tally, scale: Scale) -> list[str]:
    return [figure(scale, count) for count in (tally.leads, tally.before, tally.after, tally.becomes, tally.stops)]


def _named(edge: Sequence[Near], user: User) -> list[Named]:
    leads = Lead.objects.visible_to(user).select_related("company").in_bulk([near.lead_id for near in edge])
    return [Named(leads[near.lead_id], near) for near in edge if near.lead_id in leads]


# --- in a sentence -----------------------------------------------------------------------------------------


def foretold(answer: Answer) -> list[str]:
    """What a publication would do, for the page that asks whether it is meant."""
    scale, counted = answer.scale, answer.counts.everybody
    if not scale.leads:
        return []
    words = {
        "becomes": _ranged(scale, counted.becomes),
        "arrives": _ranged(scale, counted.arrives),
        "stops": _ranged(scale, counted.stops),
    }
    sentences = [
        _("Leads that newly qualify: %(becomes)s. Of those, %(arrives)s can go to sales.") % words,
        _("Leads that no longer qualify: %(stops)s. Handoffs that are open stay open.") % words,
    ]
    if scale.is_exact:
        return sentences
    return [
        *sentences,
        drawn_from(scale),
    ]


def drawn_from(scale: Scale) -> str:
    """Of how many leads an estimate was made."""
    return _("These numbers are estimated from %(sampled)s leads drawn at random.") % {"sampled": number(scale.sampled)}


def _ranged(scale: Scale, count: int) -> str:
    between = interval(scale, count)
    return f"{figure(scale, count)} ({between})" if between else figure(scale, count)
