"""Names of columns, and the rules a mapping of fields to them must keep."""

from collections.abc import Collection, Mapping, Sequence

from django.utils.translation import gettext as _

from capture.importing.kinds.declaration import Kind
from capture.importing.problems import Unreadable


def column_name(columns: Sequence[str], index: int) -> str:
    """The column's name; one without a name, or with the name of an earlier one, is told by its position."""
    name = columns[index]
    if not name:
        return _("column %(number)s, without a name") % {"number": index + 1}
    if name in columns[:index]:
        return _("%(name)s (column %(number)s)") % {"name": name, "number": index + 1}
    return name


def find_column(columns: Sequence[str], wanted: str) -> int:
    """The position of the column called `wanted`, or at `#N`; raises Unreadable when there is none or several."""
    if wanted.startswith("#") and wanted[1:].isascii() and wanted[1:].isdecimal() and len(wanted) < 5:
        if 1 <= int(wanted[1:]) <= len(columns):
            return int(wanted[1:]) - 1
        raise Unreadable(
            "no_such_column",
            _("There is no column %(wanted)s: the file has %(count)s.") % {"wanted": wanted, "count": len(columns)},
        )
    positions = [index for index, name in enumerate(columns) if name == wanted]
    positions = positions or [
        index for index, name in enumerate(columns) if name.casefold() == wanted.strip().casefold()
    ]
    if not positions:
        raise Unreadable(
            "no_such_column",
            _("There is no column “%(wanted)s”. The file has: %(columns)s.")
            % {"wanted": wanted[:100], "columns": ", ".join(columns[:30])},
        )
    if len(positions) > 1:
        raise Unreadable(
            "column_not_unique",
            _("Several columns are called “%(wanted)s”. Say which one by its position: %(positions)s.")
            % {"wanted": wanted, "positions": _(" or ").join(f"#{index + 1}" for index in positions)},
        )
    return positions[0]


def check_mapping(kind: Kind, mapping: Mapping[str, int], fixed: Collection[str], columns: Sequence[str]) -> None:
    """Raises Unreadable when a field is unknown, a column is not there, or what is needed is missing.

    `fixed` are the fields that are said once for all rows.
    """
    for key in (*mapping, *fixed):
        if kind.field(key) is None:
            raise Unreadable(
                "unknown_field",
                _("“%(key)s” is no field of %(kind)s. There are: %(keys)s.")
                % {"key": key[:60], "kind": kind.key, "keys": ", ".join(kind.keys())},
            )
    for index in mapping.values():
        if not 0 <= index < len(columns):
            raise Unreadable("no_such_column", _("There is no column %(number)s.") % {"number": index + 1})
    kind.check({*mapping, *fixed})
