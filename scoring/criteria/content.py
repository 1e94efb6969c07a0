"""What a criteria version says: read whole, fingerprinted, copied. The fingerprint is what people sign."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Final

from django.db.models import Prefetch, QuerySet

from scoring.criteria.terms import Term
from scoring.models import Criteria, Rule, Signature, SourceBar

CRITERIA_FIELDS: Final = (
    "sentence", "threshold", "fit_cap", "engagement_cap", "minimum_behaviours", "required_fields",
    "fast_track_counts_past",
)  # fmt: skip
RULE_FIELDS: Final = (
    "kind", "position", "name", "points", "gate", "is_enabled",
    "activity_type_id", "asset_id", "asset_kind", "page_id", "page_category", "on_key_page", "campaign_id",
    "channel_id", "within_days", "after_activity_type_id", "measure", "at_least", "max_times", "half_life_days",
    "field", "operator", "values",
)  # fmt: skip
BAR_FIELDS: Final = ("channel_id", "campaign_id", "extra_points", "expires_at")


def with_content(versions: QuerySet[Criteria]) -> QuerySet[Criteria]:
    """The versions with rules, bars and signatures, in a fixed number of queries."""
    rules = Rule.objects.select_related(
        "activity_type", "after_activity_type", "asset", "page", "campaign", "channel"
    ).prefetch_related("requires")
    return versions.select_related("created_by", "proposed_by", "published_by", "based_on").prefetch_related(
        Prefetch("rules", rules),
        Prefetch("source_bars", SourceBar.objects.select_related("channel", "campaign")),
        Prefetch("signatures", Signature.objects.select_related("user")),
    )


def content_of(criteria: Criteria) -> dict[str, object]:
    """Everything the version says, as JSON. What a combination needs is named by its place in the list."""
    rules = list(criteria.rules.prefetch_related("requires"))
    places = {rule.pk: place for place, rule in enumerate(rules)}
    return {
        **plain_fields(criteria, CRITERIA_FIELDS),
        "rules": [
            {
                **plain_fields(rule, RULE_FIELDS),
                "requires": sorted(places.get(needed.pk, -1) for needed in rule.requires.all()),
            }
            for rule in rules
        ],
        "source_bars": [plain_fields(bar, BAR_FIELDS) for bar in criteria.source_bars.all()],
        # Versions signed before there were any keep their digest.
        **({"terms": terms} if (terms := promised(criteria)) else {}),
    }


def promised(criteria: Criteria) -> list[Term]:
    """What the teams promised each other when the version was proposed. A draft promises nothing yet, or no longer."""
    return [] if criteria.state == Criteria.State.DRAFT else criteria.terms


def content_digest(criteria: Criteria) -> str:
    """sha256 of the content as canonical JSON (sorted keys, no spaces, UTF-8)."""
    canonical = json.dumps(content_of(criteria), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def copy_content(source: Criteria, target: Criteria, *, now: datetime) -> None:
    """Gives the (new, saved) target the rules of the source and those of its bars that have not expired."""
    copies: dict[int, Rule] = {}
    rules = list(source.rules.prefetch_related("requires"))
    for rule in rules:
        copies[rule.pk] = Rule.objects.create(criteria=target, **{name: getattr(rule, name) for name in RULE_FIELDS})
    for rule in rules:
        copies[rule.pk].requires.set(copies[needed.pk] for needed in rule.requires.all())
    SourceBar.objects.bulk_create(
        SourceBar(criteria=target, **{name: getattr(bar, name) for name in BAR_FIELDS})
        for bar in source.source_bars.filter(expires_at__gt=now)
    )


def plain_fields(row: Criteria | Rule | SourceBar, names: tuple[str, ...]) -> dict[str, object]:
    """These columns of a row, as JSON holds them."""
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: object) -> object:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
