"""Shapes of the API of segments."""

from typing import ClassVar

from rest_framework import serializers

from nurture.models import Segment


class SegmentSerializer(serializers.ModelSerializer[Segment]):
    """A segment or list, and how many are in it now."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    is_building = serializers.SerializerMethodField(
        help_text="Other conditions are being looked at; until then the members stay."
    )

    class Meta:
        model = Segment
        fields: ClassVar = ["id", "name", "is_list", "members", "is_building", "built_at", "created_at", "changed_at"]
        read_only_fields = fields

    def get_is_building(self, segment: Segment) -> bool:
        return segment.next_query is not None
