"""How the schema describes what is taken, and what is answered to it."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from capture.api.batch import MOST_EVENTS
from capture.api.fields import LARGEST_BUDGET, LONGEST_KEY, MOST_EMPLOYEES, MOST_KEYS
from leads.custom_fields.definitions import MOST_FIELDS


@extend_schema_field({"type": "object", "maxProperties": MOST_KEYS, "propertyNames": {"maxLength": LONGEST_KEY}})
class PropertiesField(serializers.DictField):
    """The free-form rest of an event."""


@extend_schema_field({"type": "object", "maxProperties": MOST_FIELDS})
class CustomField(serializers.DictField):
    """Values of custom fields; each as its kind is read."""


class LeadInputSerializer(serializers.Serializer[object]):
    schema_extra: ClassVar = {
        "additionalProperties": False,
        "anyOf": [{"required": ["email"]}, {"required": ["external_id"]}],
    }

    email = serializers.EmailField(required=False)
    external_id = serializers.CharField(
        required=False,
        max_length=150,
        help_text="In the system the key was made for: the same id elsewhere is another.",
    )
    first_name = serializers.CharField(required=False, max_length=100)
    last_name = serializers.CharField(required=False, max_length=100)
    phone = serializers.CharField(required=False, max_length=40)
    job_title = serializers.CharField(required=False, max_length=150)
    company = serializers.CharField(required=False, max_length=200)
    company_domain = serializers.CharField(required=False, max_length=253)
    industry = serializers.CharField(required=False, max_length=100)
    employees = serializers.IntegerField(required=False, min_value=0, max_value=MOST_EMPLOYEES)
    country = serializers.CharField(
        required=False, max_length=100, help_text="A code of ISO 3166 or a name; what is stored are the two letters."
    )
    city = serializers.CharField(required=False, max_length=100)
    budget = serializers.IntegerField(required=False, min_value=0, max_value=LARGEST_BUDGET)
    is_decision_maker = serializers.BooleanField(required=False)
    custom = CustomField(required=False, help_text="Values of custom fields of the lead, by their keys.")
    company_custom = CustomField(required=False, help_text="The same of its company, which has to be named.")


class ActivityInputSerializer(serializers.Serializer[object]):
    schema_extra: ClassVar = {"additionalProperties": False}

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
    ip = serializers.CharField(
        required=False, help_text="The IP address it was done from: what comes from a data centre is a program's."
    )
    delivered_at = serializers.DateTimeField(
        required=False, help_text="When the mail was delivered that is opened or clicked: no person is done at once."
    )
    properties = PropertiesField(required=False, help_text="At most 255 keys, nested at most 8 deep.")


class ActivityBatchSerializer(serializers.Serializer[object]):
    activities = serializers.ListField(child=ActivityInputSerializer(), min_length=1, max_length=MOST_EVENTS)


class ResultSerializer(serializers.Serializer[object]):
    index = serializers.IntegerField()
    status = serializers.ChoiceField(choices=("accepted", "duplicate", "quarantined"))
    lead = serializers.UUIDField(required=False)
    code = serializers.CharField(required=False)
    field = serializers.CharField(required=False)
    detail = serializers.CharField(required=False)


class IntakeResultSerializer(serializers.Serializer[object]):
    accepted = serializers.IntegerField()
    duplicate = serializers.IntegerField()
    quarantined = serializers.IntegerField()
    results = ResultSerializer(many=True)


class StoredSerializer(serializers.Serializer[object]):
    stored = serializers.IntegerField(help_text="How many events arrived, when the sender prefers respond-async.")
