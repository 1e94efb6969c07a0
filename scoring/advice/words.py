"""Advice in sentences: what history says about a rule, what to change, and what is missing to say anything."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lib.intervals import Share
from lib.numbers import number, percent
from scoring.criteria.rule_words import points_words
from scoring.models import Gate

if TYPE_CHECKING:
    from scoring.advice.verdicts import Source, Verdict


def of(share: Share) -> str:
    """ "9.3% of 1,263"."""
    return _("%(percent)s of %(leads)s") % {"percent": percent(share.share), "leads": number(share.of)}


def times(ratio: float) -> str:
    """2.13, 0.45, 12."""
    return number(ratio, 0 if ratio >= 10 else 2)


def lacking(*, leads: int, won: int, closed_needed: int, outcomes_needed: int) -> list[str]:
    """What is missing of closed leads, of customers and of leads not won; nothing when there is enough."""
    asked = (
        (leads, closed_needed, _("%(missing)s more closed leads are needed: there are %(there)s of %(needed)s.")),
        (won, outcomes_needed, _("%(missing)s more customers are needed: there are %(there)s of %(needed)s.")),
        (
            leads - won,
            outcomes_needed,
            _("%(missing)s more leads that were not won are needed: there are %(there)s of %(needed)s."),
        ),
    )
    return [
        sentence % {"missing": number(needed - there), "there": number(there), "needed": number(needed)}
        for there, needed, sentence in asked
        if there < needed
    ]


def verdict_words(verdict: "Verdict") -> str:
    """What the ratio means, or why nothing can be said."""
    if verdict.missing:
        return _("Too few leads match it to say anything: %(missing)s more are needed, %(needed)s in all.") % {
            "missing": number(verdict.missing),
            "needed": number(verdict.needed),
        }
    if verdict.missing_without:
        return _("Nearly all leads match it: %(missing)s more that do not are needed, %(needed)s in all.") % {
            "missing": number(verdict.missing_without),
            "needed": number(verdict.needed_without),
        }
    interval = {
        "ratio": times(verdict.ratio.ratio),
        "low": times(verdict.ratio.low),
        "high": times(verdict.ratio.high),
    }
    if verdict.is_better:
        return _("Who matches becomes a customer %(ratio)s times as often (%(low)s to %(high)s).") % interval
    if verdict.is_worse:
        return (
            _("Who matches becomes a customer less often: %(ratio)s times as often (%(low)s to %(high)s).") % interval
        )
    return _("It could be chance: %(ratio)s times as often (%(low)s to %(high)s).") % interval


def points_change(verdict: "Verdict") -> str:
    """What would change: "“Downloaded”: 8 points instead of 5"."""
    return _("“%(name)s” gives %(points)s a match instead of %(before)s") % {
        "name": verdict.rule.name,
        "points": points_words(verdict.other_points or 0),
        "before": points_words(verdict.rule.points),
    }


def required_change(verdict: "Verdict") -> str:
    return _("“%(name)s” has to match to be an MQL") % {"name": verdict.rule.name}


def required_reason(verdict: "Verdict") -> str:
    customers = verdict.with_it.cases + verdict.without_it.cases
    return _(
        "Of %(customers)s customers %(matching)s matched it, and %(with_it)s of the leads that match become "
        "customers against %(without)s of the others."
    ) % {
        "customers": number(customers),
        "matching": number(verdict.with_it.cases),
        "with_it": percent(verdict.with_it.share),
        "without": percent(verdict.without_it.share),
    }


def bar_change(source: "Source") -> str:
    return _("Leads whose first touch was %(source)s need %(points)s more, for six months") % {
        "source": source.source,
        "points": points_words(source.extra),
    }


def bar_reason(source: "Source") -> str:
    return ngettext(
        "%(won)s of its %(leads)s leads became a customer (%(share)s), of all others %(others)s.",
        "%(won)s of its %(leads)s leads became customers (%(share)s), of all others %(others)s.",
        source.leads.cases,
    ) % {
        "won": number(source.leads.cases),
        "leads": number(source.leads.of),
        "share": percent(source.leads.share),
        "others": percent(source.others.share),
    }


def contradiction_words(verdict: "Verdict") -> str:
    """A rule whose sign history does not bear out."""
    told = {"name": verdict.rule.name, "points": points_words(verdict.rule.points)}
    shares = {"with_it": of(verdict.with_it), "without": of(verdict.without_it)}
    if verdict.rule.gate in (Gate.REQUIRED, Gate.FAST_TRACK) and not verdict.rule.points:
        return _(
            "“%(name)s” lets leads go to sales, and those that match it become customers less often: "
            "%(with_it)s against %(without)s without it."
        ) % (told | shares)
    if verdict.is_worse:
        return _(
            "“%(name)s” gives %(points)s, and leads that match it become customers less often: %(with_it)s against "
            "%(without)s without it."
        ) % (told | shares)
    return _(
        "“%(name)s” takes points away (%(points)s), and leads that match it become customers more often: %(with_it)s "
        "against %(without)s without it."
    ) % (told | shares)


def size_words(much: "Verdict", little: "Verdict") -> str:
    """A rule worth many times another that history says means more."""
    return _(
        "“%(much)s” gives %(points)s and “%(little)s” %(fewer)s; history says the opposite: %(much_share)s of those "
        "that match the first became customers, and %(little_share)s of those that match the second."
    ) % {
        "much": much.rule.name,
        "little": little.rule.name,
        "points": points_words(much.rule.points),
        "fewer": points_words(little.rule.points),
        "much_share": percent(much.with_it.share),
        "little_share": percent(little.with_it.share),
    }
