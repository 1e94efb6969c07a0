"""What nurture adds to the list of leads: a filter by segment or list."""

from typing import Final

import django_filters
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from leads import filters
from leads.listing.phrases import says
from leads.querysets import LeadQuerySet
from lib.widgets import Select
from nurture.models import Membership, Segment

FILTER: Final = "segment"


class SegmentFilter(django_filters.ModelChoiceFilter):  # type: ignore[misc]
    """By who is in it now, as it is computed."""

    def filter(self, leads: LeadQuerySet, segment: Segment | None) -> LeadQuerySet:
        if segment is None:
            return leads
        return leads.filter(Exists(Membership.objects.filter(segment=segment, lead=OuterRef("pk"))))


filters.offer(
    FILTER,
    SegmentFilter(
        label=_("Segment or list"),
        to_field_name="public_id",
        queryset=Segment.objects.all(),
        empty_label=_("any or none"),
        widget=Select,
    ),
    phrase=says(_("in “%(value)s”")),
)
