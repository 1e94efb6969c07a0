"""What scoring adds to the list of leads: its columns, with their orders, and a filter."""

from datetime import datetime

import django_filters
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from leads import filters, offered_columns
from leads.offered_columns import Column, Order
from leads.querysets import LeadQuerySet
from lib.widgets import Select
from scoring.models import Persona
from scoring.score_change import with_score_change


def with_score(leads: LeadQuerySet, *, now: datetime) -> LeadQuerySet:
    """Each lead with its score, which one that was not scored yet does not have."""
    return leads.select_related("score")


offered_columns.offer(
    Column(
        key="score",
        label=_("Score"),
        template="scoring/lead/_score.html",
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
        template="scoring/lead/_score_change.html",
        read=with_score_change,
        order=Order(by=(F("recent_change__points"),), lacking="recent_change__isnull"),
        is_numeric=True,
    )
)
offered_columns.offer(
    Column(
        key="grade",
        label=_("Grade"),
        template="scoring/lead/_grade.html",
        value=lambda lead: lead.score.grade if hasattr(lead, "score") else None,
        read=with_score,
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
)
