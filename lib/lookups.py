"""Lookups that Django has not."""

from typing import Any

from django.db.models import Field, ForeignObject, Lookup
from django.db.models.sql.compiler import SQLCompiler

from lib.arrays import array_literal
from lib.compiled_queries import GivenKeys


@Field.register_lookup
@ForeignObject.register_lookup
class Among(Lookup[Any]):
    """`name__among=values`: what `__in` means, with all values in one parameter.

    With `__in` each value is a parameter of its own; to build and to read a statement of a thousand of them takes
    longer than to answer it. The values are of the column's type: none is converted.
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        # Without its length, as texts compare: a value that is longer than the column is not among its values.
        kind = str(self.lhs.output_field.db_type(connection)).partition("(")[0]
        values = self.rhs if isinstance(self.rhs, GivenKeys) else array_literal(self.rhs)
        return f"{column} = ANY(%s::{kind}[])", (*parameters, values)
