"""Lookups that Django has not."""

from typing import Any

from django.db.models import Field, Lookup
from django.db.models.sql.compiler import SQLCompiler


@Field.register_lookup
class Among(Lookup[Any]):
    """`name__among=values`: what `__in` means, with all values in one parameter.

    With `__in` each value is a parameter of its own; to build and to read a statement of a thousand of them takes
    longer than to answer it.
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", (*parameters, list(self.rhs))
