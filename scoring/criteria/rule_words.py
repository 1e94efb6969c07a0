"""Rules in plain words, the same on the agreement page, in the admin and in a receipt.

"When they downloaded content: 5 points for every different asset, at most 3 times."
"""

from collections.abc import Sequence
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lib.moments import until_words
from lib.numbers import number
from scoring.models import Criteria, Gate, Rule, SourceBar
from scoring.registry.field_types import FieldValue
from scoring.registry.fit_fields import find_field
from scoring.registry.measures import MEASURES
from scoring.registry.operators import OPERATORS

SHOWN_VALUES: Final = 12

GATES: Final[dict[str, str | Promise]] = {
    Gate.NONE: "",
    Gate.REQUIRED: gettext_lazy("Without it no lead is an MQL."),
    Gate.FAST_TRACK: gettext_lazy("It makes a lead an MQL at once and puts it on top of the queue."),
    Gate.BLOCKS: gettext_lazy("It keeps a lead from ever being an MQL."),
}


def fast_track_sentence(criteria: Criteria, *, has_fast_track: bool) -> str:
    """Since when what a lead does counts for the fast tracks of a version; empty where it has none."""
    if not has_fast_track:
        return ""
    if criteria.fast_track_counts_past:
        return _("A fast track counts what a lead did before its rule came into force, too.")
    return _("A fast track counts only what a lead does after its rule first came into force; the points count anyway.")


def version_title(criteria: Criteria) -> str:
    """How a version is called above a page: "Criteria, version 3 (draft)"."""
    return _("Criteria, version %(number)d (%(state)s)") % {
        "number": criteria.number,
        "state": criteria.get_state_display(),
    }


def rule_sentence(rule: Rule) -> str:
    """What has to be true and what it is worth, with what a match means besides points."""
    return " ".join(part for part in (rule_text(rule), str(GATES.get(rule.gate, ""))) if part)


def rule_text(rule: Rule) -> str:
    """What has to be true and what it is worth."""
    return _("When %(condition)s: %(worth)s.") % {"condition": rule_condition(rule), "worth": rule_worth(rule)}


def rule_condition(rule: Rule) -> str:
    """What has to be true: "they downloaded content", "the job title contains ...", "all of these match"."""
    match rule.kind:
        case Rule.Kind.FIT:
            return fit_condition(rule.field, rule.operator, rule.values)
        case Rule.Kind.COMBINATION:
            names = ", ".join(f"“{needed.name}”" for needed in rule.requires.all())
            return _("all of these match: %(names)s") % {"names": names or _("nothing yet")}
    what = behaviour_filter(rule)
    if rule.max_times == 1 and rule.at_least > 1 and not rule.half_life_days:
        what = f"{what} {str(MEASURES[rule.measure].enough) % {'step': number(rule.at_least)}}"
    return what


def behaviour_filter(rule: Rule) -> str:
    """Which activities count: "they visited a page (pricing) in the last 14 days"."""
    return " ".join([_did(rule), *_where(rule), *_when(rule)])


def rule_worth(rule: Rule) -> str:
    """What a match is worth: "5 points for every different asset, at most 3 times"."""
    worth = points_words(rule.points)
    if rule.kind != Rule.Kind.BEHAVIOUR or not rule.points:
        return worth
    if rule.max_times == 1 and (rule.at_least == 1 or not rule.half_life_days):
        worth = _("%(points)s, once") % {"points": worth}
    else:
        counted = MEASURES[rule.measure]
        step = counted.for_each if rule.at_least == 1 else str(counted.for_every) % {"step": number(rule.at_least)}
        limit = ngettext("at most once", "at most %(times)s times", rule.max_times)
        worth = _("%(points)s %(step)s") % {"points": worth, "step": step}
        worth = f"{worth}, {limit % {'times': number(rule.max_times)}}"
    if rule.half_life_days:
        fading = ngettext("half as much after %(days)s day", "half as much after %(days)s days", rule.half_life_days)
        worth = f"{worth}, {fading % {'days': number(rule.half_life_days)}}"
    return worth


def fit_condition(field: str, operator: str, values: Sequence[FieldValue]) -> str:
    """A fit rule's condition; one that nobody knows (any more) is named as such, not hidden."""
    asked, compared = find_field(field), OPERATORS.get(operator)
    if asked is None or compared is None or not compared.takes(len(values)):
        return _("“%(field)s” fulfils a condition that cannot be evaluated") % {"field": field}
    shown_values = field_words(field, values)
    shown = [_value(value) for value in shown_values]
    low, high = (shown[0], shown[-1]) if shown else ("", "")
    return str(compared.sentence) % {
        "field": asked.type.in_sentence(str(asked.label)),
        "values": values_words(shown_values),
        "low": low,
        "high": high,
    }


def field_words(field: str, values: Sequence[FieldValue]) -> list[FieldValue]:
    """Values of a condition as people call them: a choice by its label, a day by its name."""
    asked = find_field(field)
    return [asked.words(value) if asked and asked.words else value for value in values]


def values_words(values: Sequence[FieldValue]) -> str:
    """Values of a condition: "“vp” or “ceo”"; a long list is cut and says how much is left."""
    return _any_of([_value(value) for value in values])


def points_words(points: int) -> str:
    """5 points, 1 point, -10 points, no points."""
    if points == 0:
        return _("no points")
    return ngettext("%(points)s point", "%(points)s points", abs(points)) % {"points": number(points)}


def bar_sentence(bar: SourceBar) -> str:
    """A higher bar for one source: "Leads from Paid social need 10 points more, until 31 May 2026."."""
    return _("Leads whose first touch was %(source)s need %(points)s more, until %(until)s.") % {
        "source": bar.channel or bar.campaign,
        "points": points_words(bar.extra_points),
        "until": until_words(bar.expires_at),
    }


def field_labels(keys: list[str]) -> list[str]:
    """Fields needed before sales may call, as people call them."""
    known = {key: find_field(key) for key in keys}
    return [str(one.label) if one else key for key, one in known.items()]


def _did(rule: Rule) -> str:
    what = rule.activity_type.name if rule.activity_type else _("did anything")
    return _("they %(did)s") % {"did": what}


def _where(rule: Rule) -> list[str]:
    """Of which things, as additions to what they did."""
    parts = []
    if rule.asset:
        parts.append(_("(“%(asset)s”)") % {"asset": rule.asset})
    if rule.asset_kind:
        parts.append(_("(%(kind)s)") % {"kind": rule.get_asset_kind_display()})
    if rule.page:
        parts.append(_("(“%(page)s”)") % {"page": rule.page})
    if rule.page_category:
        parts.append(_("(%(kind)s)") % {"kind": rule.get_page_category_display()})
    if rule.on_key_page:
        parts.append(_("on a key page"))
    if rule.campaign:
        parts.append(_("in the campaign “%(campaign)s”") % {"campaign": rule.campaign})
    if rule.channel:
        parts.append(_("through %(channel)s") % {"channel": rule.channel})
    return parts


def _when(rule: Rule) -> list[str]:
    parts = []
    if rule.after_activity_type:
        parts.append(_("after they first %(did)s") % {"did": rule.after_activity_type.name})
    if rule.within_days:
        within = ngettext("in the last %(days)s day", "in the last %(days)s days", rule.within_days)
        parts.append(within % {"days": number(rule.within_days)})
    return parts


def _any_of(shown: list[str]) -> str:
    """a, b or c; a long list is cut and says how much is left."""
    if len(shown) > SHOWN_VALUES:
        more = number(len(shown) - SHOWN_VALUES)
        return _("%(values)s or one of %(more)s more") % {
            "values": ", ".join(shown[:SHOWN_VALUES]),
            "more": more,
        }
    if len(shown) > 1:
        return _("%(values)s or %(last)s") % {"values": ", ".join(shown[:-1]), "last": shown[-1]}
    return "".join(shown)


def _value(value: FieldValue | float) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return number(value)
    return f"“{value}”"
