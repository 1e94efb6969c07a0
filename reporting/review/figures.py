"""What a review answers from: the numbers of the version in force, those of the version before, and who was missed.

They are plain data, because a review keeps them as they were when it was decided.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any, Final, TypedDict

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from handoff.models import Reason
from leads.models import Lead
from lib.intervals import wilson
from reporting.metrics import ACCEPTANCE, MQL_TO_CUSTOMER, MQL_TO_SQL, Counts, Rate
from reporting.review import sql
from scoring.models import Criteria, ScoreChange

# Sent back for these reasons, a lead was sent to sales before its time.
EARLY_REASONS: Final = ("bad_timing", "not_ready")
MOST_MISSED: Final = 20
MOST_REASONS: Final = 5


@dataclass(frozen=True, slots=True)
class Outcomes(Counts):
    """The counts of one version, and what a funnel does not count."""

    early: int = 0
    disqualified: int = 0
    missed: int = 0
    # Of the MQLs that are so old that their later stages are filled (periods.MATURE_AFTER).
    settled_mqls: int = 0
    settled_sqls: int = 0
    settled_customers: int = 0
    # The days from MQL to SQL of a quarter, of half and of three quarters; none without an SQL.
    days: tuple[float, float, float] | None = None


class RejectionFacts(TypedDict):
    """Rejections in all, those that blame the agreement, and the most frequent reasons of these: (name, how often)."""

    all: int
    definitional: int
    reasons: list[tuple[str, int]]


class MissedFacts(TypedDict):
    """A customer who never was an MQL: public id, when it bought (ISO 8601), and its score then."""

    lead: str
    at: str
    score: int | None


class ReviewFigures(TypedDict):
    """What a review stores. Moments are ISO 8601; `now` and `before` are Outcomes as dictionaries."""

    version: int | None
    starts_at: str | None
    as_of: str
    now: dict[str, object]
    before: dict[str, object] | None
    before_version: int | None
    rejections: RejectionFacts
    missed: list[MissedFacts]


def _sals(counts: Counts) -> int:
    return counts.sals


MISSED: Final = Rate(
    "missed",
    _("Customers who never were an MQL"),
    _("Customers who had not been an MQL when they bought, divided by all customers."),
    over=lambda counts: getattr(counts, "missed", 0),
    under=lambda counts: counts.customers,
    nothing_yet=_("no customers yet"),
)
EARLY: Final = Rate(
    "early",
    _("Sent back: bad timing or not ready"),
    _("SALs that sales sent back to nurture because of bad timing or because they were not ready, divided by SALs."),
    over=lambda counts: getattr(counts, "early", 0),
    under=_sals,
    nothing_yet=_("no SALs yet"),
)
DISQUALIFIED: Final = Rate(
    "disqualified",
    _("Disqualified after contact"),
    _("SALs that sales disqualified after talking to them, divided by SALs."),
    over=lambda counts: getattr(counts, "disqualified", 0),
    under=_sals,
    nothing_yet=_("no SALs yet"),
)
# What takes its time: a deal of a young MQL is not lost yet, it is only not won yet.
SLOW: Final = (MQL_TO_SQL, MQL_TO_CUSTOMER)
# The numbers under each question; what is better, more or less.
ASKED: Final[dict[str, tuple[tuple[Rate, str], ...]]] = {
    "good": ((ACCEPTANCE, "more"), (MQL_TO_SQL, "more"), (MQL_TO_CUSTOMER, "more")),
    "missing": ((MISSED, "less"),),
    "early": ((EARLY, "less"), (DISQUALIFIED, "less")),
}


def collect(criteria: Criteria, *, now: datetime) -> ReviewFigures:
    """Returns everything the page of a review shows, as it is stored with the decision."""
    previous = before(criteria)
    # What happened before the first version came into force happened under no other.
    starts_at = criteria.published_at if previous else None
    ends_at = criteria.retired_at
    return {
        "version": criteria.number,
        "starts_at": _moment(starts_at),
        "as_of": now.isoformat(),
        "now": asdict(_outcomes(starts_at, ends_at, now=now)),
        "before": asdict(_of(previous, now=now)) if previous else None,
        "before_version": previous.number if previous else None,
        "rejections": _rejections(starts_at, ends_at),
        "missed": _missed(starts_at, ends_at),
    }


def before(criteria: Criteria) -> Criteria | None:
    """The version that was in force until this one was."""
    earlier = Criteria.objects.filter(state=Criteria.State.RETIRED, published_at__lt=criteria.published_at)
    return earlier.order_by("-published_at").first()


def read(counts: Mapping[str, Any]) -> Outcomes:
    """The counts of a review that was kept; numbers that were not counted then are 0."""
    known = {one.name: counts[one.name] for one in fields(Outcomes) if one.name in counts}
    days = counts.get("days")
    return Outcomes(**{**known, "days": tuple(days) if days else None})


def settled(counts: Outcomes) -> Outcomes:
    """Only the MQLs that are old enough: what is compared with another version must have had its time."""
    return replace(
        counts,
        mqls=counts.settled_mqls,
        sqls_from_mqls=counts.settled_sqls,
        customers_from_mqls=counts.settled_customers,
    )


def band(over: int, under: int) -> tuple[float, float] | None:
    """Between which shares (0 to 1) the true one lies 95 times in 100, by Wilson's interval; None where under is 0."""
    share = wilson(over, under)
    return (share.low, share.high) if under else None


def _of(criteria: Criteria, *, now: datetime) -> Outcomes:
    return _outcomes(criteria.published_at if before(criteria) else None, criteria.retired_at, now=now)


def _outcomes(starts_at: datetime | None, ends_at: datetime | None, *, now: datetime) -> Outcomes:
    numbers = sql.outcomes(starts_at, ends_at, early=list(EARLY_REASONS), now=now)
    mqls, passed, sals, sqls, bought, early, disqualified, *settled, days, unanswered = numbers
    customers, missed = sql.customers(starts_at, ends_at)
    return Outcomes(
        mqls=mqls,
        passed=passed,
        sals=sals,
        sqls=sqls,
        sqls_from_mqls=sqls,
        customers=customers,
        customers_from_mqls=bought,
        immature=mqls - settled[0],
        early=early,
        disqualified=disqualified,
        missed=missed,
        settled_mqls=settled[0],
        settled_sqls=settled[1],
        settled_customers=settled[2],
        unanswered=unanswered,
        days=(days[0], days[1], days[2]) if days else None,
    )


def _rejections(starts_at: datetime | None, ends_at: datetime | None) -> RejectionFacts:
    """How many rejections there were, and the reasons among them that blame the agreement, most frequent first."""
    counted = sql.rejections(starts_at, ends_at)
    blaming = dict(Reason.objects.filter(kind=Reason.Kind.DEFINITIONAL).values_list("key", "name"))
    reasons = [(str(blaming[key]), count) for key, count in counted if key in blaming]
    return {
        "all": sum(count for _key, count in counted),
        "definitional": sum(count for _name, count in reasons),
        "reasons": reasons[:MOST_REASONS],
    }


def _missed(starts_at: datetime | None, ends_at: datetime | None) -> list[MissedFacts]:
    """Who bought without having been an MQL, latest first, with the score of that moment. Names are not kept.

    A lead whose score never moved has 0 points; one that came in only after it had bought has no score of then.
    """
    customers = sql.missed(starts_at, ends_at, most=MOST_MISSED)
    changes = ScoreChange.objects.filter(lead=OuterRef("pk"), changed_at__lte=OuterRef("customer_at"))
    newest = changes.order_by("-changed_at", "-pk")
    leads = Lead.objects.filter(pk__in=[lead_id for lead_id, _at in customers]).annotate(
        score_then=Subquery(newest.values("total")[:1])
    )
    known = {lead.pk: lead for lead in leads}
    return [
        {
            "lead": str(known[lead_id].public_id),
            "at": at.isoformat(),
            "score": _score_then(known[lead_id], at),
        }
        for lead_id, at in customers
    ]


def _score_then(lead: Any, at: datetime) -> int | None:
    score: int | None = lead.score_then
    return 0 if score is None and lead.recorded_at <= at else score


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
