"""Values of custom fields as one column holds them."""

import json
from collections.abc import Mapping

from leads.custom_fields.catalogue import all_fields
from leads.custom_fields.kinds import TAGS, Value


def changed_keys(known: Mapping[str, Value], values: Mapping[str, Value | None]) -> list[str]:
    """The keys of what is said otherwise than it is known; None says that there is no value."""
    return [key for key, value in values.items() if known.get(key) != value]


def completed(known: Mapping[str, Value], values: Mapping[str, Value | None]) -> dict[str, Value]:
    """What is known, completed and corrected by what is said; None takes a value away."""
    return {key: value for key, value in {**known, **values}.items() if value is not None}


def with_tags(known: Mapping[str, Value], values: Mapping[str, Value], *, about: str) -> Mapping[str, Value]:
    """What is said, with the tags that are known beside those that are said: a file names some, and takes none away."""
    lists = [key for key, value in values.items() if isinstance(value, list) and isinstance(known.get(key), list)]
    tags = [key for key in lists if all_fields(about)[key].type is TAGS]
    return {**values, **{key: _joined(known[key], values[key]) for key in tags}}


def _joined(*lists: Value) -> list[str]:
    return sorted({tag for tags in lists if isinstance(tags, list) for tag in tags})


def completed_text(known: str, values: Mapping[str, Value], *, about: str) -> tuple[str, list[str]]:
    """The same of JSON as text, as rows that are written many at a time have it, with the keys that changed.

    The very same text where nothing did.
    """
    before: dict[str, Value] = json.loads(known)
    values = with_tags(before, values, about=about)
    keys = changed_keys(before, values)
    return (json.dumps(completed(before, values)) if keys else known), keys
