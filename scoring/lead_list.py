"""What scoring adds to the list of leads: its columns, with their orders, and a filter."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import django_filters
from django.db.models import Exists, F, OuterRef, QuerySet, Sum
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from leads import filters, offered_columns
from leads.listing import turning
from leads.listing.phrases import says
from leads.models import Lead
from leads.offered_columns import Column, Order
from leads.querysets import LeadQuerySet
from lib import clock
from lib.drawing import drawn
from lib.number_fields import WholeNumberField
from lib.numbers import NOTHING, signed
from lib.widgets import Select
from scoring.company_score import scores_at
from scoring.models import Persona, ScoreChange
from scoring.score_change import LATELY, steps, with_score_change

# As far as a whole number of PostgreSQL goes.
MOST_POINTS: Final = 2**31 - 1
# By then the sums of seven days have let go of a step that is older (scoring/tasks.py).
SUMS_FOLLOW: Final = timedelta(minutes=5)


def with_score(leads: LeadQuerySet, *, now: datetime) -> LeadQuerySet:
    """Each lead with its score, which one that was not scored yet does not have."""
    return leads.select_related("score")


def _score(lead: Lead, _now: datetime) -> str:
    score = getattr(lead, "score", None)
    if score is None:
        return NOTHING
    return drawn(
        "scoring/explain/_score_cell.html",
        total=score.total,
        fit=score.fit,
        engagement=score.engagement,
        by_hand=score.by_hand,
        threshold=score.bar,
    )


def _grade(lead: Lead, _now: datetime) -> str:
    score = getattr(lead, "score", None)
    return NOTHING if score is None else drawn("scoring/explain/_grade.html", grade=score.grade)


def _change(lead: Lead, _now: datetime) -> str:
    points: int | None = lead.score_change  # type: ignore[attr-defined]
    return signed(points) if points else format_html('<span class="quiet">{}</span>', 0)


offered_columns.offer(
    Column(
        key="score",
        label=_("Score"),
        shows=_score,
        value=lambda lead: lead.score.total if hasattr(lead, "score") else None,
        read=with_score,
        order=Order(by=(F("score__total"),), lacking="score__isnull"),
        is_numeric=True,
        is_wide=True,
    )
)
offered_columns.offer(
    Column(
        key="change",
        label=_("7 days"),
        long_label=_("Score in 7 days"),
        shows=_change,
        read=with_score_change,
        order=Order(by=(F("recent_change__points"),), lacking="recent_change__isnull"),
        is_numeric=True,
    )
)
offered_columns.offer(
    Column(
        key="grade",
        label=_("Grade"),
        shows=_grade,
        value=lambda lead: lead.score.grade if hasattr(lead, "score") else None,
        read=with_score,
    )
)


def _of_companies(leads: Sequence[Lead], user: User) -> None:
    """Gives each lead the scores of its company, of the people whom the reader sees, as its page says them."""
    companies = {lead.company_id for lead in leads if lead.company_id}
    there = scores_at(Lead.objects.visible_to(user).filter(company__in=companies))
    for lead in leads:
        lead.company_scores = there.get(lead.company_id or 0)  # type: ignore[attr-defined]


def _company_score(lead: Lead, _now: datetime) -> str:
    scores: tuple[int, int] | None = lead.company_scores  # type: ignore[attr-defined]
    if scores is None:
        return NOTHING
    best, together = scores
    return drawn("scoring/lead/_company_score.html", best=best, together=together)


offered_columns.offer(
    Column(
        key="company_score",
        label=_("Company score"),
        shows=_company_score,
        fill=_of_companies,
        is_numeric=True,
        is_usual=False,
    )
)
filters.offer(
    "persona",
    django_filters.ModelChoiceFilter(
        label=_("Persona"),
        field_name="score__persona",
        queryset=Persona.objects.filter(is_active=True),
        empty_label=_("any persona"),
        widget=Select,
    ),
    phrase=says(_("that resemble %(value)s")),
)


class ScoreMovedFilter(django_filters.ChoiceFilter):  # type: ignore[misc]
    """By what their steps in so many days come to; no publication counts, nor what things mean."""

    def filter(self, leads: LeadQuerySet, asked: str) -> LeadQuerySet:
        """Up or down in seven days by the sums that are there; any step in other days by the history."""
        if asked in ("up", "down"):
            return leads.filter(**{f"recent_change__points__{'gt' if asked == 'up' else 'lt'}": 0})
        if not asked:
            return leads
        moved = steps(now=clock.now(), lately=timedelta(days=int(asked))).filter(lead=OuterRef("pk"))
        return leads.filter(Exists(moved.order_by()))


filters.offer(
    "moved",
    ScoreMovedFilter(
        label=_("Score"),
        choices=[
            ("up", _("rose in the last 7 days")), ("down", _("fell in the last 7 days")),
            ("1", _("moved in the last day")), ("7", _("moved in the last 7 days")),
            ("30", _("moved in the last 30 days")),
        ],
        empty_label=_("moved or not"),
        widget=Select,
    ),
    phrase=says(_("whose score %(value)s")),
)  # fmt: skip


def _moved_before(asked: str, since: datetime, until: datetime) -> QuerySet[Any, Any]:
    """Leads with a step that leaves the days that are asked about; the sums of seven days follow within minutes."""
    window = LATELY if asked in ("up", "down") else timedelta(days=int(asked))
    left = ScoreChange.objects.filter(changed_at__gt=since - window - SUMS_FOLLOW, changed_at__lte=until - window)
    return left.order_by().values("lead_id").distinct()


turning.turns("moved", _moved_before)


class CompanyScoreFilter(django_filters.Filter):  # type: ignore[misc]
    """By what those people of the lead's company come to whom the reader sees, as its page says it."""

    field_class = WholeNumberField

    def people(self) -> LeadQuerySet:
        """Everybody whose score counts; a command sees all."""
        request = self.parent.request
        everybody = Lead.objects.visible_to(request.user) if request else Lead.objects.all()
        return everybody.exclude(company=None).order_by()


class BestAtCompanyFilter(CompanyScoreFilter):
    def filter(self, leads: LeadQuerySet, least: int | None) -> LeadQuerySet:
        """Those with somebody at their company who has so many points."""
        if least is None:
            return leads
        return leads.filter(company__in=self.people().filter(score__total__gte=least).values("company"))


class TogetherAtCompanyFilter(CompanyScoreFilter):
    def filter(self, leads: LeadQuerySet, least: int | None) -> LeadQuerySet:
        """Those at whose company all scores together are so many points."""
        if least is None:
            return leads
        together = self.people().values("company").annotate(together=Sum("score__total"))
        return leads.filter(company__in=together.filter(together__gte=least).values("company"))


filters.offer(
    "company_best",
    BestAtCompanyFilter(label=_("Best score at the company from"), min_value=1, max_value=MOST_POINTS),
    phrase=says(_("at whose company somebody has %(value)s points or more")),
)
filters.offer(
    "company_together",
    TogetherAtCompanyFilter(label=_("Scores at the company together from"), min_value=1, max_value=MOST_POINTS),
    phrase=says(_("at whose company all scores together are %(value)s points or more")),
)
turning.asks_others("company_best")
turning.asks_others("company_together")


class LeastScoreFilter(django_filters.Filter):  # type: ignore[misc]
    """By the lead's own score; who was not scored yet has none."""

    field_class = WholeNumberField


filters.offer(
    "score_from",
    LeastScoreFilter(
        label=_("Score from"), field_name="score__total", lookup_expr="gte", min_value=1, max_value=MOST_POINTS
    ),
    phrase=says(_("with %(value)s points or more")),
)
