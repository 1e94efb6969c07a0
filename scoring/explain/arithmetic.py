"""How a rule came to its points, in words: "3 different assets × 5, at most 2 → 10"."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leads.models import Lead
from lib.moments import moment_words, until_words
from lib.numbers import number
from scoring.engine.worth import is_match, matches, parts, worth
from scoring.models import Override, Rule
from scoring.registry.fit_fields import field
from scoring.registry.measures import MEASURES


def of_behaviour(rule: Rule, *, times: int, measure: float, last: datetime | None, now: datetime) -> str:
    """`measure` is what there is now, `times` what was stored; where they mean different things only that is told.

    `last` is when the lead did such a thing last, whether it counts or not.
    """
    by_now = _times(rule, measure)
    if worth(rule, by_now) != worth(rule, times) or is_match(rule, by_now) != is_match(rule, times):
        return _product(_matches(rule, times), rule, times)
    if not (is_match(rule, by_now) or worth(rule, by_now)):
        return _so_far(rule, measure, last, now)
    counted = _amount(rule, measure)
    if rule.at_least > 1:
        counted = _("%(counted)s, %(step)s for each match: %(times)s") % {
            "counted": counted,
            "step": number(rule.at_least),
            "times": _cut(rule, matches(rule, by_now)),
        }
    is_cut = measure / rule.at_least >= rule.max_times + (0 if rule.half_life_days else 1)
    return _product(counted, rule, by_now, is_cut=is_cut)


def of_no_fast_track(detail: str, *, since: datetime) -> str:
    """Of a fast track that matches by what was done before its rule came into force."""
    values = {"detail": detail, "moment": moment_words(since)}
    if not detail:
        return _("no fast track: it was before %(moment)s, when the rule came into force") % values
    return _("%(detail)s (no fast track: it was before %(moment)s, when the rule came into force)") % values


def _times(rule: Rule, measure: float) -> int:
    """How often the rule matches now, as a score holds it."""
    return parts(rule, measure) if rule.half_life_days else min(rule.max_times, int(measure) // rule.at_least)


def _matches(rule: Rule, times: int) -> str:
    """ "2 matches"."""
    exact = matches(rule, times)
    words = ngettext("%(count)s match", "%(count)s matches", 1 if exact == 1 else 2)
    return words % {"count": _cut(rule, exact)}


def _so_far(rule: Rule, measure: float, last: datetime | None, now: datetime) -> str:
    if measure == 0:
        column = MEASURES[rule.measure].column
        if last is not None:
            return _none_that_counts(rule, last, now)
        return _("not yet; %(left_out)s") % {"left_out": column.left_out} if column else _("not yet")
    return _("%(so_far)s of %(needed)s") % {
        "so_far": _cut(rule, measure),
        "needed": _amount(rule, rule.at_least),
    }


def _none_that_counts(rule: Rule, last: datetime, now: datetime) -> str:
    """Why what the lead did does not count: it is too long ago, or it lacks what is counted, or a program did it."""
    column = MEASURES[rule.measure].column
    if rule.within_days and last <= now - timedelta(days=rule.within_days):
        words = ngettext(
            "not in the last day (last on %(moment)s)",
            "not in the last %(days)s days (last on %(moment)s)",
            rule.within_days,
        )
        return words % {"days": number(rule.within_days), "moment": moment_words(last)}
    if column:
        return _("none that counts; %(left_out)s") % {"left_out": column.left_out}
    return _("none that counts (last on %(moment)s)") % {"moment": moment_words(last)}


def _amount(rule: Rule, measure: float) -> str:
    """ "3 different assets", or "2.4 times after fading"."""
    words = MEASURES[rule.measure].amount % {"number": 1 if measure == 1 else 2, "count": _cut(rule, measure)}
    return _("%(amount)s after fading") % {"amount": words} if rule.half_life_days else str(words)


def _cut(rule: Rule, amount: float) -> str:
    """Whole where nothing fades; else three decimals, rounded down: 0.9999 is not 1 yet."""
    exact = Decimal(str(amount)).quantize(Decimal("0.001"), ROUND_DOWN) if rule.half_life_days else Decimal(amount)
    return number(exact.normalize(), max(0, -int(exact.normalize().as_tuple().exponent)))


def _product(counted: str, rule: Rule, times: int, *, is_cut: bool = False) -> str:
    """What was counted, times the points, and the limit where it cut something off."""
    if not rule.points:
        return counted
    words = {
        "counted": counted,
        "points": number(rule.points),
        "most": number(rule.max_times),
        "result": number(worth(rule, times)),
    }
    if is_cut:
        return _("%(counted)s × %(points)s, at most %(most)s → %(result)s") % words
    if not is_match(rule, times):
        return _("%(counted)s × %(points)s, rounded → %(result)s (less than half a match)") % words
    if rule.half_life_days:
        return _("%(counted)s × %(points)s, rounded → %(result)s") % words
    return _("%(counted)s × %(points)s → %(result)s") % words


def of_fit(rule: Rule, lead: Lead) -> str:
    """What is known of the lead now: "Job title is “VP Sales”"."""
    asked = field(rule.field)
    value = asked.value(lead)
    if value is None:
        return _("%(field)s is not known") % {"field": asked.label}
    return asked.type.told(str(asked.label), value)


def of_combination(parts: Sequence[Rule], missing: Sequence[Rule]) -> str:
    """Which of its rules match, or which do not yet."""
    if not parts:
        return _("it cannot match as it stands")
    names = ", ".join(f"“{rule.name}”" for rule in missing or parts)
    return _("still missing: %(names)s") % {"names": names} if missing else names


def of_cap(most: int, *, reached: int) -> str:
    """Why points are taken off."""
    return _("%(reached)s points, at most %(most)s count") % {
        "reached": number(reached),
        "most": number(most),
    }


def of_override(override: Override) -> str:
    """Why, who and until when, as no rule says it: "Met them at the fair, Mara Marketer, until 2 Apr 2026"."""
    return _("“%(reason)s”, %(person)s, until %(until)s") % {
        "reason": override.reason,
        "person": override.created_by,
        "until": until_words(override.expires_at),
    }


def points_to_go(points: int) -> str:
    """ "9 points to go"."""
    return ngettext("%(points)s point to go", "%(points)s points to go", points) % {"points": number(points)}
