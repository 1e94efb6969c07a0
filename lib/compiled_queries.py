"""Querysets that are compiled once per process and run many times, each time with other values.

Django builds the statement of a queryset anew whenever it runs, which takes longer than PostgreSQL needs to answer one
that looks for a key. Where the same is asked of one lead after the other, only its values are new.
"""

from collections.abc import Callable, Iterator
from copy import copy
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, Generic, NamedTuple, Self, TypeVar, cast

from django.contrib.postgres.fields import ArrayField
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, DateTimeField, Expression, Field, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.query import Query

from lib.arrays import array_literal

Row = TypeVar("Row")


class Given(Expression):
    """In the place of a value that is handed over, by this name, when the queryset runs: a key, if nothing is said."""

    def __init__(self, name: str, output_field: "Field[Any, Any] | None" = None) -> None:
        super().__init__(output_field=output_field or BigIntegerField())
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)

    def value(self, values: dict[str, Any]) -> object:
        return values[self.name]


class GivenKeys(Given):
    """In the place of a list of keys, for `name__among`."""

    def __init__(self, name: str) -> None:
        super().__init__(name, ArrayField(BigIntegerField()))

    def value(self, values: dict[str, Any]) -> object:
        return array_literal(values[self.name])


class GivenMoment(Given):
    """In the place of a moment, or of one so long before the moment that is handed over."""

    def __init__(self, name: str, before: timedelta = timedelta()) -> None:
        super().__init__(name, DateTimeField())
        self.before = before

    def __sub__(self, before: timedelta) -> Self:  # type: ignore[override]
        return type(self)(self.name, self.before + before)

    def value(self, values: dict[str, Any]) -> object:
        return values[self.name] - self.before


class _Compiled(NamedTuple):
    queryset: QuerySet[Any, Any]
    compiler: SQLCompiler
    text: str
    parameters: tuple[object, ...]


class CompiledQuery(Generic[Row]):
    """What `build` returns: a queryset with a `Given` in the place of each value, built when it first runs.

    Its statement must depend on nothing but these values: on no row that may change, and on no language.
    """

    def __init__(self, build: Callable[[], QuerySet[Any, Row]]) -> None:
        self._build = build
        self._compiled: _Compiled | None = None

    def rows(self, **values: object) -> list[Row]:
        """What the queryset finds with these values, in one statement: instances, dictionaries, tuples or values."""
        queryset, compiler, text, parameters = self._compiled or self._compile()
        filled = tuple(each.value(values) if isinstance(each, Given) else each for each in parameters)
        compiler = copy(compiler)
        # Another thread, with a connection of its own, may have compiled it.
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        compiler.as_sql = cast("Any", lambda *_args, **_kwargs: (text, filled))  # type: ignore[method-assign]
        # All that Django's iterables ask a queryset for.
        asked = SimpleNamespace(
            db=DEFAULT_DB_ALIAS,
            model=queryset.model,
            query=_Query(queryset.query, compiler),
            _known_related_objects={},
        )
        iterable = queryset._iterable_class  # noqa: SLF001 (there is no other way)
        return list(cast("Iterator[Row]", iterable(cast("Any", asked))))

    def first(self, **values: object) -> Row | None:
        """The first of these; None where there are none."""
        return next(iter(self.rows(**values)), None)

    def get(self, **values: object) -> Row:
        """The only one; raises DoesNotExist of its model where there is none."""
        rows = self.rows(**values)
        if not rows:
            raise (self._compiled or self._compile()).queryset.model.DoesNotExist
        [row] = rows
        return row

    def _compile(self) -> _Compiled:
        queryset = self._build()
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        text, parameters = compiler.as_sql()
        self._compiled = _Compiled(queryset, compiler, text, tuple(parameters))
        return self._compiled


class _Query:
    """The query of a queryset, with the compiler that knows its statement already."""

    def __init__(self, query: Query, compiler: SQLCompiler) -> None:
        self._query, self._compiler = query, compiler

    def get_compiler(self, *_args: object, **_kwargs: object) -> SQLCompiler:
        return self._compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._query, name)
