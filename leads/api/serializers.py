"""Shapes of the API: what is answered, and how the schema describes what is taken."""

from copy import deepcopy
from typing import Any

from rest_framework import serializers

from leads.api.offers import offered
from leads.models import Lead


class LeadSerializer(serializers.ModelSerializer[Lead]):
    """A lead as other systems see it; ids are public UUIDs, moments UTC."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    company = serializers.CharField(source="company.name", default=None, read_only=True)
    owner = serializers.CharField(source="owner.email", default=None, read_only=True)
    first_channel = serializers.CharField(source="first_channel.key", default=None, read_only=True)
    last_channel = serializers.CharField(source="last_channel.key", default=None, read_only=True)

    class Meta:
        model = Lead
        fields = (
            "id", "external_id", "email", "first_name", "last_name", "phone", "job_title", "company", "country", "city",
            "stage", "status", "owner", "first_mql_at", "last_mql_at", "mql_count", "sal_at", "sql_at",
            "opportunity_at", "customer_at", "recycle_count", "first_channel", "last_channel", "created_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return super().get_fields() | {each.name: deepcopy(each.field) for each in offered()}


class LeadInputSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField(required=False)
    external_id = serializers.CharField(required=False, max_length=150)
    first_name = serializers.CharField(required=False, max_length=100)
    last_name = serializers.CharField(required=False, max_length=100)
    phone = serializers.CharField(required=False, max_length=40)
    job_title = serializers.CharField(required=False, max_length=150)
    company = serializers.CharField(required=False, max_length=200)
    company_domain = serializers.CharField(required=False, max_length=253)
    industry = serializers.CharField(required=False, max_length=100)
    employees = serializers.IntegerField(required=False, min_value=0)
    country = serializers.CharField(required=False, max_length=2)
    city = serializers.CharField(required=False, max_length=100)
    budget = serializers.IntegerField(required=False, min_value=0)
    is_decision_maker = serializers.BooleanField(required=False)


class ActivityInputSerializer(serializers.Serializer[Any]):
    message_id = serializers.CharField(max_length=200, help_text="Your own id of the event; the same id counts once.")
    type = serializers.CharField(max_length=50, help_text="The key of an activity type, such as page_view.")
    lead = LeadInputSerializer()
    occurred_at = serializers.DateTimeField(required=False, help_text="Now when left out.")
    sent_at = serializers.DateTimeField(required=False, help_text="Your clock when sending; corrects a wrong one.")
    page = serializers.CharField(required=False, max_length=500)
    asset = serializers.CharField(required=False, max_length=150)
    campaign = serializers.CharField(required=False, max_length=100)
    channel = serializers.CharField(required=False, max_length=100)
    visit = serializers.UUIDField(required=False)
    seconds = serializers.IntegerField(required=False, min_value=0, max_value=86_400)
    is_machine = serializers.BooleanField(required=False)
    user_agent = serializers.CharField(required=False)
    properties = serializers.DictField(required=False, help_text="At most 255 keys, nested at most 8 deep.")


class ActivityBatchSerializer(serializers.Serializer[Any]):
    activities = ActivityInputSerializer(many=True)


class ResultSerializer(serializers.Serializer[Any]):
    index = serializers.IntegerField()
    status = serializers.ChoiceField(choices=("accepted", "duplicate", "quarantined"))
    lead = serializers.UUIDField(required=False)
    code = serializers.CharField(required=False)
    field = serializers.CharField(required=False)
    detail = serializers.CharField(required=False)


class IntakeResultSerializer(serializers.Serializer[Any]):
    accepted = serializers.IntegerField()
    duplicate = serializers.IntegerField()
    quarantined = serializers.IntegerField()
    results = ResultSerializer(many=True)
