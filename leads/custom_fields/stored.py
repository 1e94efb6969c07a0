"""Values of custom fields as one column holds them."""

import json
from collections.abc import Mapping

from leads.custom_fields.kinds import Value


def changed_keys(known: Mapping[str, Value], values: Mapping[str, Value | None]) -> list[str]:
    """The keys of what is said otherwise than it is known; None says that there is no value."""
    return [key for key, value in values.items() if known.get(key) != value]


def completed(known: Mapping[str, Value], values: Mapping[str, Value | None]) -> dict[str, Value]:
    """What is known, completed and corrected by what is said; None takes a value away."""
    return {key: value for key, value in {**known, **values}.items() if value is not None}


def completed_text(known: str, values: Mapping[str, Value]) -> tuple[str, list[str]]:
    """The same of JSON as text, as rows that are written many at a time have it, with the keys that changed.

    The very same text where nothing did.
    """
    before: dict[str, Value] = json.loads(known)
    keys = changed_keys(before, values)
    return (json.dumps(completed(before, values)) if keys else known), keys
