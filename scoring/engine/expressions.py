"""What the rules need beyond Django's own expressions: open parameters, and words of a text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, BooleanField, DateTimeField, Expression, F, Func, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.db.models.sql.compiler import SQLCompiler

from lib.folding import fold


@dataclass(frozen=True, slots=True)
class Moment:
    """A parameter known only when the statement runs: `now`, or some time before it."""

    before: timedelta = timedelta()

    def at(self, now: datetime) -> datetime:
        return now - self.before


class Batch:
    """A parameter known only when the statement runs: the leads to score."""


class Edge:
    """A parameter known only when the statement runs: the first or the last lead of the batch."""


class Reasons:
    """A parameter known only when the statement runs: why each lead of the batch is scored, in the same order."""


BATCH: Final = Batch()
FIRST: Final = Edge()
LAST: Final = Edge()
REASONS: Final = Reasons()


class Open(Expression):
    """A parameter left open until the statement runs."""

    def __init__(self, parameter: Moment | Batch) -> None:
        field = DateTimeField() if isinstance(parameter, Moment) else ArrayField(BigIntegerField())
        super().__init__(output_field=field)
        self.parameter = parameter

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self.parameter,)


def ago(before: timedelta = timedelta()) -> Open:
    """`now`, or so long before it."""
    return Open(Moment(before))


def in_batch(lead: Combinable) -> Func:
    """Whether the lead is one of the batch: one array parameter, however many leads."""
    return Func(lead, Open(BATCH), template="%(expressions)s)", arg_joiner=" = ANY(", output_field=BooleanField())


def effective_channel(path: str) -> Coalesce:
    """The channel as it counts: the one it is told to count as, else itself."""
    return Coalesce(F(f"{path}__counts_as_id"), F(f"{path}_id"), output_field=BigIntegerField())


def is_present(answer: Combinable) -> Func:
    """Whether there is a value at all."""
    return Func(answer, template="(%(expressions)s IS NOT NULL)", output_field=BooleanField())


def words(text: Combinable) -> Func:
    """A folded text as its words, one space before, between and after them."""
    return Func(
        text,
        template="(' ' || btrim(regexp_replace(%(expressions)s, '[^[:alnum:]]+', ' ', 'g')) || ' ')",
        output_field=TextField(),
    )


def holds_any(text: Combinable, looked_for: Sequence[str]) -> Func:
    """Whether the words of a folded text hold those of one of the others, side by side. Words hold no wildcard."""
    pattern = "('%%%%' || %(expressions)s || '%%%%')"
    patterns = (Func(words(Value(fold(each))), template=pattern, output_field=TextField()) for each in looked_for)
    return Func(
        words(text),
        Func(*patterns, template="ARRAY[%(expressions)s]", output_field=ArrayField(TextField())),
        template="%(expressions)s)",
        arg_joiner=" LIKE ANY (",
        output_field=BooleanField(),
    )
