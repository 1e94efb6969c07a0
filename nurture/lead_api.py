"""What nurture adds to a lead in the API: the segments and lists it is in."""

from datetime import datetime

from django.db.models import Prefetch
from rest_framework import serializers

from leads.api.offered_fields import ApiField, offer
from leads.querysets import LeadQuerySet
from nurture.models import Membership


class MembershipSerializer(serializers.Serializer[object]):
    """One of them, and since when."""

    id = serializers.UUIDField(source="segment.public_id")
    name = serializers.CharField(source="segment.name")
    since = serializers.DateTimeField(source="entered_at")


def with_memberships(leads: LeadQuerySet, *, now: datetime) -> LeadQuerySet:
    """Each lead with what it is in, by name."""
    memberships = Membership.objects.select_related("segment").order_by("segment__name", "pk")
    return leads.prefetch_related(Prefetch("segment_memberships", queryset=memberships))


offer(
    ApiField(
        name="segments",
        field=MembershipSerializer(
            source="segment_memberships", many=True, read_only=True, help_text="The segments and lists it is in now."
        ),
        read=with_memberships,
    )
)
