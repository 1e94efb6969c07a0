"""Tags that many leads get or lose at once: of each lead the others stay."""

from collections.abc import Mapping
from typing import Final

from leads.correcting.fields import Plain
from leads.custom_fields.kinds import MOST_TAGS
from leads.models.bulk_change import Doing

TAGGING: Final = (Doing.ADD_TAGS, Doing.TAKE_TAGS)


def values_for(doing: Doing, values: Mapping[str, Plain], known: Mapping[str, Plain]) -> dict[str, Plain]:
    """What is stored of a lead of which `known` is known: what was said, or its tags with those or without them.

    A lead that would have more tags than are kept stays as it is.
    """
    if doing not in TAGGING:
        return dict(values)
    return {name: _tags(doing, known.get(name), stated) for name, stated in values.items()}


def _tags(doing: Doing, known: Plain, stated: Plain) -> Plain:
    before, named = (set(tags) if isinstance(tags, list) else set[str]() for tags in (known, stated))
    after = before | named if doing == Doing.ADD_TAGS else before - named
    return known if len(after) > MOST_TAGS else sorted(after) or None
