"""A table of one row: reading it never writes, whether anybody ever set it or not."""

from collections.abc import Callable
from functools import cache
from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import QuerySet

from lib.compiled_queries import CompiledQuery

One = TypeVar("One", bound=models.Model)


class Singleton(models.Model):
    """The one row has the key 1, which a constraint of each model sees to. It is made when a form saves it first."""

    # Relations that are read together with the row.
    read_with: ClassVar[tuple[str, ...]] = ()

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def current(cls) -> Self:
        """Returns the stored row; one with the defaults, which is not stored, where nobody ever set it."""
        rows: CompiledQuery[Self] = _compiled(cls, cls._row)
        return rows.first() or cls()

    @classmethod
    def locked(cls) -> Self:
        """Returns the row, held until the commit; what is read after it sees what the holder before has written."""
        rows: CompiledQuery[Self] = _compiled(cls, cls._held_row)
        if (row := rows.first()) is not None:
            return row
        cls.make()
        return rows.get()

    @classmethod
    def locked_if_free(cls) -> Self | None:
        """As `locked`, but None where somebody else holds it."""
        rows = cls._row().select_for_update(of=("self",), no_key=True, skip_locked=True)
        if (row := rows.first()) is not None:
            return row
        cls.make()
        return rows.first()

    @classmethod
    def make(cls) -> None:
        """Stores the row with its defaults where there is none, for whoever is about to lock or save it."""
        cls._default_manager.bulk_create([cls()], ignore_conflicts=True)

    @classmethod
    def _row(cls) -> QuerySet[Self]:
        return cls._default_manager.select_related(*cls.read_with).filter(pk=1)

    @classmethod
    def _held_row(cls) -> QuerySet[Self]:
        return cls._row().select_for_update(of=("self",), no_key=True)


@cache
def _compiled(model: type[One], build: Callable[[], QuerySet[One]]) -> CompiledQuery[One]:
    """Whoever does one thing after the other by the row asks for it each time."""
    return CompiledQuery(build)
