"""Many values as one parameter of a statement."""

from collections.abc import Iterable


def array_literal(values: Iterable[object]) -> str:
    """The values as PostgreSQL writes an array: numbers, moments, UUIDs, truth values, texts, and None for NULL.

    A list as parameter means the same, but psycopg takes longer to write it than PostgreSQL to answer the statement.
    The place where it stands needs a type: `%s::bigint[]`.
    """
    return f"{{{','.join([_element(value) for value in values])}}}"


def _element(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return str(value)
