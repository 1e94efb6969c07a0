"""What upper packages add to a lead in the API."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from rest_framework import serializers

from leads.reading import Read


@dataclass(frozen=True, kw_only=True)
class ApiField:
    """One read-only field of a lead, declared by the package that knows its value."""

    name: str
    field: serializers.Field[Any, Any, Any, Any]
    read: Read
    # Parts of it under a name of their own: to send one of these is an error that says so, as it is for `name`.
    parts: tuple[str, ...] = ()


_offered: Final[list[ApiField]] = []


def offer(field: ApiField) -> None:
    """A field more of each lead; said when the application starts."""
    _offered.append(field)


def offered() -> Sequence[ApiField]:
    """The fields that upper packages offer, in their order."""
    return tuple(_offered)


def not_taken() -> set[str]:
    """The names that are decided by upper packages, so that nobody can send them."""
    return {name for field in _offered for name in (field.name, *field.parts)}
