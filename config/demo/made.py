"""What the story made besides leads and people: noted while it is told, so that it can be removed for certain."""

import hashlib
import json
from collections.abc import Iterable
from typing import Final

from django.apps import apps
from django.db.models import Model

from leads.stored_rows import Row, rows_of

# {label of a model: {key: digest}}, as JSON has it.
Noted = dict[str, dict[str, str]]
LONGEST: Final = 16  # hexadecimal digits of a digest


class Made:
    """Collects rows; each is noted with what it says at the end of the story."""

    def __init__(self) -> None:
        self._rows: dict[type[Model], set[int]] = {}

    def add(self, rows: Iterable[Model]) -> None:
        """These were made just now."""
        for row in rows:
            self._rows.setdefault(type(row), set()).add(row.pk)

    def noted(self) -> Noted:
        """Every row with a digest of it: one that says something else later was changed by somebody."""
        return {
            model._meta.label: {str(pk): digest(row) for pk, row in rows_of(model, keys).items()}  # noqa: SLF001
            for model, keys in self._rows.items()
        }


def unchanged(noted: Noted, label: str) -> tuple[list[int], int]:
    """The keys of rows of one model that are as they were made, and how many are not, or are gone."""
    of_model = noted.get(label, {})
    rows = rows_of(apps.get_model(label), [int(key) for key in of_model])
    same = sorted(pk for pk, row in rows.items() if digest(row) == of_model[str(pk)])
    return same, len(rows) - len(same)


def digest(row: Row) -> str:
    """Of all its columns."""
    return hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()[:LONGEST]
