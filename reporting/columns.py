"""What a report says of each row: columns, each of a kind, with the definition that stands under its numbers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lib.numbers import number, percent

Text = str | Promise
# One value of a row; None where there is nothing to say.
Value = int | float | str | None


@dataclass(frozen=True, slots=True)
class Kind:
    """What the values of a column are, and how a page words one of them."""

    key: str
    meaning: Text
    in_words: Callable[[Value], str]


def _growth(share: Value) -> str:
    words = percent(_numeric(share))
    return f"+{words}" if (_numeric(share) or 0) > 0 else words


def _numeric(value: Value) -> float | None:
    return None if isinstance(value, str) else value


COUNT: Final = Kind("count", _("a whole number"), lambda value: number(_numeric(value)))
SHARE: Final = Kind("share", _("a share: 0.5 is 50 %"), lambda value: percent(_numeric(value)))
GROWTH: Final = Kind("growth", _("growth: 0.5 is half as much again"), _growth)
TEXT: Final = Kind("text", _("text"), lambda value: "" if value is None else str(value))


@dataclass(frozen=True, slots=True)
class Column:
    """Something a report says of each row. `nothing_yet` is said in place of a value that is None."""

    key: str
    label: Text
    definition: Text
    kind: Kind = field(default=COUNT, kw_only=True)
    unit: Text = field(default="", kw_only=True)
    nothing_yet: Text = field(default="", kw_only=True)
    # It compares or describes one row: files have it neither among the totals nor among the definitions.
    is_of_one_row: bool = field(default=False, kw_only=True)
