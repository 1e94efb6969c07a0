"""The API of segments as other systems read them; which of them a lead is in stands with the lead."""

from typing import ClassVar

import django_filters
from rest_framework import generics

from nurture.api.scopes import SEGMENTS_READ
from nurture.api.serializers import SegmentSerializer
from nurture.models import Segment


class SegmentApiFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Segments alone, or lists alone."""

    is_list = django_filters.BooleanFilter()

    class Meta:
        model = Segment
        fields = ("is_list",)


class SegmentListView(generics.ListAPIView[Segment]):
    """All segments and lists, newest first."""

    scopes: ClassVar = {"GET": SEGMENTS_READ}
    serializer_class = SegmentSerializer
    queryset = Segment.objects.all()
    filterset_class = SegmentApiFilter


class SegmentView(generics.RetrieveAPIView[Segment]):
    """One segment or list."""

    scopes: ClassVar = {"GET": SEGMENTS_READ}
    serializer_class = SegmentSerializer
    queryset = Segment.objects.all()
    lookup_field = "public_id"
    filter_backends = ()
