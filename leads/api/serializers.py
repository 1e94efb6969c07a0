"""Shapes of the API: what is answered about leads."""

from copy import deepcopy
from typing import Any

from rest_framework import serializers

from leads.api.offered_fields import offered
from leads.custom_fields.catalogue import all_fields
from leads.models import About, Lead, LeadIdentifier


class IdentifierSerializer(serializers.ModelSerializer[LeadIdentifier]):
    """What one system calls a lead."""

    class Meta:
        model = LeadIdentifier
        fields = ("system", "external_id")
        read_only_fields = fields


class LeadSerializer(serializers.ModelSerializer[Lead]):
    """A lead as other systems see it; ids are public UUIDs, moments UTC."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    external_system = serializers.CharField(
        read_only=True, help_text="Whose id it is: the system of the key or the import that brought it; often empty."
    )
    external_ids = IdentifierSerializer(
        many=True, read_only=True, source="known_ids", help_text="All ids it is known by, the first one among them."
    )
    email = serializers.CharField(read_only=True, help_text="Empty when it is not known.")
    company = serializers.CharField(allow_null=True, source="company.name", default=None, read_only=True)
    owner = serializers.CharField(allow_null=True, source="owner.email", default=None, read_only=True)
    custom = serializers.SerializerMethodField(help_text="Values of custom fields by their keys; sensitive ones never.")
    company_custom = serializers.SerializerMethodField(help_text="The same of its company.")
    first_channel = serializers.CharField(allow_null=True, source="first_channel.key", default=None, read_only=True)
    last_channel = serializers.CharField(allow_null=True, source="last_touch.channel.key", default=None, read_only=True)

    class Meta:
        model = Lead
        fields = (
            "id", "external_id", "external_system", "external_ids", "email", "first_name", "last_name", "phone",
            "job_title", "company", "country", "city", "custom", "company_custom", "stage", "status", "owner",
            "first_mql_at", "last_mql_at",
            "mql_count", "sal_at", "sql_at", "opportunity_at", "customer_at", "recycle_count", "first_channel",
            "last_channel", "created_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_custom(self, lead: Lead) -> dict[str, Any]:
        return _told(lead.custom, About.LEAD)

    def get_company_custom(self, lead: Lead) -> dict[str, Any]:
        return _told(lead.company.custom, About.COMPANY) if lead.company else {}

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return super().get_fields() | {each.name: deepcopy(each.field) for each in offered()}


def _told(values: dict[str, Any], about: About) -> dict[str, Any]:
    """What leaves the house: of fields in use that are not sensitive."""
    if not values:
        return {}
    fields = all_fields(about)
    return {
        key: value
        for key, value in values.items()
        if key in fields and fields[key].retired_at is None and not fields[key].is_sensitive
    }
