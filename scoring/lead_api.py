"""What scoring adds to a lead in the API."""

from datetime import datetime

from rest_framework import serializers

from leads.api.offered_fields import ApiField, offer
from leads.querysets import LeadQuerySet
from scoring.company_score import with_company_score
from scoring.score_change import with_score_change


class ScoreSerializer(serializers.Serializer[object]):
    """The stored score in its parts; total = fit + engagement + by_hand."""

    total = serializers.IntegerField()
    fit = serializers.IntegerField()
    engagement = serializers.IntegerField()
    by_hand = serializers.IntegerField(help_text="Points a person gave or took; no rule explains them.")
    grade = serializers.CharField(help_text="A to D for fit, 1 to 4 for engagement.")
    to_reach = serializers.IntegerField(source="bar", help_text="Points this lead needs to qualify.")
    qualifies = serializers.BooleanField()
    persona = serializers.CharField(
        source="persona.name", allow_null=True, default=None, help_text="The persona it resembles most."
    )
    persona_share = serializers.IntegerField(help_text="How many of a hundred of its conditions are met.")
    scored_at = serializers.DateTimeField()


def with_score_and_persona(leads: LeadQuerySet, *, now: datetime) -> LeadQuerySet:
    """Each lead with its score and the persona it resembles most."""
    return leads.select_related("score__persona")


offer(
    ApiField(
        name="score",
        field=ScoreSerializer(
            read_only=True, allow_null=True, default=None, help_text="Null until the lead has been scored."
        ),
        read=with_score_and_persona,
        parts=("by_hand", "grade", "persona"),
    )
)
offer(
    ApiField(
        name="company_score_best",
        field=serializers.IntegerField(
            source="company_best",
            read_only=True,
            allow_null=True,
            help_text="The best score at the company of the lead; null without a company, or before anybody is scored.",
        ),
        read=with_company_score,
    )
)
offer(
    ApiField(
        name="company_score_together",
        field=serializers.IntegerField(
            source="company_together",
            read_only=True,
            allow_null=True,
            help_text="The scores of all leads of its company together; null as above.",
        ),
        read=with_company_score,
    )
)
offer(
    ApiField(
        name="score_change_7_days",
        field=serializers.IntegerField(
            source="score_change",
            read_only=True,
            help_text="By how much the score moved in 7 days because of the lead, people or time.",
        ),
        read=with_score_change,
    )
)
