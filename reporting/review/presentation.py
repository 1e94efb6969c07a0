"""The figures of a review in words: each number beside the version before, and what that says."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from leads.models import Lead
from lib.numbers import NOTHING, number, percent
from reporting.metrics import ENOUGH, Rate
from reporting.review.figures import (
    ASKED,
    SLOW,
    MissedFacts,
    Outcomes,
    RejectionFacts,
    ReviewFigures,
    band,
    read,
    settled,
)

TITLES: Final[dict[str, str | Promise]] = {
    "good": gettext_lazy("Are they good?"),
    "missing": gettext_lazy("Are we missing people?"),
    "early": gettext_lazy("Are we sending too early?"),
}
# What is divided, in words: "12 of 30 MQLs".
UNDER: Final[dict[str, str | Promise]] = {
    "acceptance": gettext_lazy("%(over)s of %(under)s MQLs that were answered"),
    "mql_to_sql": gettext_lazy("%(over)s of %(under)s MQLs"),
    "mql_to_customer": gettext_lazy("%(over)s of %(under)s MQLs"),
    "missed": gettext_lazy("%(over)s of %(under)s customers"),
    "early": gettext_lazy("%(over)s of %(under)s SALs"),
    "disqualified": gettext_lazy("%(over)s of %(under)s SALs"),
}


@dataclass(frozen=True, kw_only=True)
class ReviewNumber:
    """One number now and under the version before. `says` is what the comparison says; meaning is its colour."""

    label: str
    definition: str
    value: str
    counted: str = ""
    before: str = ""
    before_counted: str = ""
    says: str
    meaning: str = ""


@dataclass(frozen=True, kw_only=True)
class MissedCustomer:
    """Somebody who bought without having been an MQL; the lead is None for who may not see it."""

    lead: Lead | None
    at: datetime
    score: int | None


@dataclass(frozen=True, kw_only=True)
class Question:
    """One of the three questions with everything that answers it."""

    key: str
    title: str
    numbers: list[ReviewNumber]
    reasons: list[tuple[str, int]] = field(default_factory=list)
    reasons_words: str = ""
    missed: list[MissedCustomer] = field(default_factory=list)
    missed_total: int = 0
    has_customers: bool = False


def questions(figures: ReviewFigures, user: User) -> list[Question]:
    """The three questions, answered from figures that were collected or kept."""
    now = read(figures["now"])
    before = read(figures["before"]) if figures["before"] else None
    numbers = {key: [_rate(rate, better, now, before) for rate, better in declared] for key, declared in ASKED.items()}
    numbers["early"].append(_days(now, before))
    rejections = figures["rejections"]
    return [
        Question(
            key="good",
            title=str(TITLES["good"]),
            numbers=numbers["good"],
            reasons=[(name, count) for name, count in rejections["reasons"]],
            reasons_words=_reasons_words(rejections),
        ),
        Question(
            key="missing",
            title=str(TITLES["missing"]),
            numbers=numbers["missing"],
            missed=_missed(figures["missed"], user),
            missed_total=now.missed,
            has_customers=now.customers > 0,
        ),
        Question(key="early", title=str(TITLES["early"]), numbers=numbers["early"]),
    ]


def scope(figures: ReviewFigures) -> list[str]:
    """Whose numbers these are, and what one has to know to read them rightly."""
    now = read(figures["now"])
    starts_at, as_of = figures["starts_at"], figures["as_of"]
    if starts_at:
        whose = _(
            "These figures count the leads that became an MQL since version %(version)d came into force on %(day)s."
        ) % {
            "version": figures["version"],
            "day": _day(starts_at),
        }
    else:
        whose = _("Version %(version)d is the first, so all leads that ever became an MQL are counted.") % {
            "version": figures["version"]
        }
    sentences = [
        whose,
        _("What became of each counts from then on, until %(day)s; customers are counted when they bought.")
        % {"day": _day(as_of)},
    ]
    if figures["before_version"] is None:
        sentences.append(_("There is no version before it to compare with."))
    else:
        sentences.append(
            _(
                "Usual is the range of the version before: 95 times in 100 its true share lies there. Of the "
                "days it is the range in which the middle half of its SQLs lies."
            )
        )
    if now.immature:
        young = ngettext(
            "%(young)s of the %(all)s MQLs is younger than 90 days: what becomes of it is not known yet, so its SQL "
            "and its deal are not compared with the version before.",
            "%(young)s of the %(all)s MQLs are younger than 90 days: what becomes of them is not known yet, so their "
            "SQLs and deals are not compared with the version before.",
            now.immature,
        )
        sentences.append(young % {"young": number(now.immature), "all": number(now.mqls)})
    return sentences


def _rate(rate: Rate, better: str, now: Outcomes, before: Outcomes | None) -> ReviewNumber:
    over, under, value = rate.over(now), rate.under(now), rate.of(now)
    ripe, before = _comparable(rate, now), _comparable(rate, before) if before else None
    says, meaning = _comparison(rate, better, ripe, before)
    if rate in SLOW and ripe != now and rate.under(ripe) >= ENOUGH:
        says = _("%(says)s, counting %(mqls)s older MQLs") % {"says": says, "mqls": number(ripe.mqls)}
    earlier = rate.of(before) if before else None
    return ReviewNumber(
        label=str(rate.label),
        definition=str(rate.definition),
        value=percent(value),
        counted=_counted(rate, over, under) if under else str(rate.nothing_yet),
        before=percent(earlier),
        before_counted=_before_counted(rate, before),
        says=says,
        meaning=meaning,
    )


def _comparable(rate: Rate, counts: Outcomes) -> Outcomes:
    return settled(counts) if rate in SLOW else counts


def _counted(rate: Rate, over: int, under: int) -> str:
    return str(UNDER[rate.key]) % {"over": number(over), "under": number(under)}


def _before_counted(rate: Rate, before: Outcomes | None) -> str:
    if before is None:
        return ""
    over, under = rate.over(before), rate.under(before)
    usual = band(over, under)
    if usual is None:
        return _("no MQL is 90 days old yet") if rate in SLOW and before.immature else str(rate.nothing_yet)
    low, high = (percent(share, 0) for share in usual)
    counted = _counted(rate, over, under)
    return _("%(counted)s, where %(low)s to %(high)s is usual") % {"counted": counted, "low": low, "high": high}


def _comparison(rate: Rate, better: str, now: Outcomes, before: Outcomes | None) -> tuple[str, str]:
    """Different is what lies outside the band of the version before, when that lies outside the band of now too."""
    under, value = rate.under(now), rate.of(now)
    if under < ENOUGH or value is None:
        return _too_few(ENOUGH - under), ""
    if before is None:
        return _("nothing to compare with"), ""
    if rate.under(before) < ENOUGH:
        return _("the version before had too few"), ""
    usual, mine = band(rate.over(before), rate.under(before)), band(rate.over(now), under)
    earlier = rate.of(before)
    if usual is None or mine is None or earlier is None or _inside(value, usual) or _inside(earlier, mine):
        return _("as before"), ""
    if (value > earlier) is (better == "more"):
        return _("better than before"), "fine"
    return _("worse than before"), "late"


def _days(now: Outcomes, before: Outcomes | None) -> ReviewNumber:
    """The median says how fast; the band is where half of the version before lay."""
    says, meaning = _("nothing to compare with"), ""
    if now.sqls < ENOUGH:
        says = _too_few(ENOUGH - now.sqls)
    elif before and before.sqls < ENOUGH:
        says = _("the version before had too few")
    elif now.days and before and before.days:
        low, _middle, high = before.days
        slower = now.days[1] > high
        says = _("slower than before") if slower else _("faster than before")
        meaning = "late" if slower else "fine"
        if _inside(now.days[1], (low, high)):
            says, meaning = _("as before"), ""
    return ReviewNumber(
        label=_("Days from MQL to SQL"),
        definition=_("The median: half of the SQLs took at most so many days from MQL to SQL."),
        value=number(now.days[1], 1) if now.days else NOTHING,
        counted=_sqls(now),
        before=number(before.days[1], 1) if before and before.days else NOTHING,
        before_counted=_usual_days(before),
        says=says,
        meaning=meaning,
    )


def _sqls(counts: Outcomes) -> str:
    if not counts.sqls:
        return _("no SQLs yet")
    return ngettext("%(sqls)s SQL", "%(sqls)s SQLs", counts.sqls) % {"sqls": number(counts.sqls)}


def _usual_days(before: Outcomes | None) -> str:
    if before is None:
        return ""
    if not before.days:
        return _("no SQLs yet")
    if before.sqls < ENOUGH:
        return _sqls(before)
    low, _middle, high = before.days
    return _("%(sqls)s, where %(low)s to %(high)s days are usual") % {
        "sqls": _sqls(before),
        "low": number(low, 1),
        "high": number(high, 1),
    }


def _too_few(missing: int) -> str:
    return ngettext(
        "too few to tell, %(missing)s more is needed", "too few to tell, %(missing)s more are needed", missing
    ) % {"missing": number(missing)}


def _reasons_words(rejections: RejectionFacts) -> str:
    if not rejections["all"]:
        return _("Sales has rejected nobody.")
    return _("%(definitional)s of %(all)s rejections say that the lead does not meet the agreement.") % {
        "definitional": number(rejections["definitional"]),
        "all": number(rejections["all"]),
    }


def _missed(customers: list[MissedFacts], user: User) -> list[MissedCustomer]:
    visible = Lead.objects.visible_to(user).filter(public_id__in=[one["lead"] for one in customers])
    leads = {str(lead.public_id): lead for lead in visible.select_related("company")}
    return [
        MissedCustomer(lead=leads.get(one["lead"]), at=datetime.fromisoformat(one["at"]), score=one["score"])
        for one in customers
    ]


def _inside(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]


def _day(moment: str) -> str:
    local = timezone.localtime(datetime.fromisoformat(moment), timezone.get_default_timezone())
    return date_format(local, "j F Y")
