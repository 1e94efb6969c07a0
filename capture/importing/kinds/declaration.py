"""What a kind of file, and a field of it, is."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from capture.importing.cell_types import TEXT, CellType
from capture.importing.problems import RowProblem, Unreadable
from capture.importing.reading import Row
from capture.importing.values import Reading
from capture.models import ImportBatch
from leads.events import Agent
from leads.normalise import Refusal

Item = Row | RowProblem


@dataclass(frozen=True, slots=True)
class Field:
    """A field as the mapping page and the command name it.

    `headings` are names of columns that mean it, without accents, blanks and signs; the earlier, the surer. Of those in
    `typed_wrong` a slip or two is seen through.
    """

    key: str
    label: str | Promise
    help: str | Promise = ""
    type: CellType = TEXT
    headings: str = ""
    typed_wrong: str = ""
    # A file without such a column may say it once for all rows.
    may_be_fixed: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """What several rows of a file may be about: the fields it is known by, the surest first, and what rows say of it.

    One of `says` that ends with a point stands for all fields that begin so.
    """

    by: tuple[str, ...]
    says: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a row that was taken. Kinds that are not about a lead name none."""

    outcome: Literal["created", "updated", "unchanged", "duplicate"]
    lead_id: int | None = None
    # Nobody knew the lead before this row.
    is_new_lead: bool = False
    # What the row made that goes when the import is undone.
    made: Any = None


@dataclass(frozen=True, slots=True)
class Taking:
    """Under which name, for which import and when rows are taken."""

    batch: ImportBatch
    agent: Agent
    now: datetime


Values = Mapping[str, Any]
_FIGURES: Final = (_("New"), _("Changed"), _("As before"))


def _as_they_are(_values: dict[str, Any]) -> list[Refusal]:
    return []


def _each(items: Iterator[Item], reading: Reading) -> Iterator[Item]:
    return items


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of file: what its columns can be, what a row of it says, and what becomes of that."""

    choice: ImportBatch.Kind
    declared: tuple[Field, ...]
    # A file is said to be this: "a list of leads".
    noun: str | Promise
    # Raises Unreadable when what is mapped, or said once for all rows, is not enough.
    check: Callable[[Collection[str]], None]
    # Makes of what cells say what they say together, in place; what of it cannot be used.
    complete: Callable[[dict[str, Any]], list[Refusal]] = _as_they_are
    # The input a row's values make, and what of it cannot be used.
    make: Callable[[Values, Reading], tuple[Any, list[Refusal]]]
    # What became of each input, in order; one transaction, or a savepoint of the caller's.
    take: Callable[[Sequence[Any], Taking], list[Stored | Refusal]]
    # Fields without which a row is left out, when their cell cannot be used: the rest says nothing, or for ever less.
    needs: frozenset[str]
    # What new, changed and known rows are called; an empty one cannot happen.
    figures: tuple[str | Promise, str | Promise, str | Promise] = _FIGURES
    # Of what the last row counts where rows of a file contradict each other (capture/importing/contradictions.py).
    subjects: tuple[Subject, ...] = ()
    # Rows that belong together become one.
    gather: Callable[[Iterator[Item], Reading], Iterator[Item]] = _each
    # Whether it can make leads that qualify for sales.
    may_qualify: bool = False
    # Fields that the organisation has defined itself; asked each time.
    own: Callable[[], Sequence[Field]] = tuple
    # Whose own fields a column without a place can become.
    about: str = ""

    @property
    def fields(self) -> Sequence[Field]:
        """What a column can be: what everybody has, and what the organisation has defined."""
        return (*self.declared, *self.own())

    @property
    def key(self) -> str:
        return str(self.choice)

    def field(self, key: str) -> Field | None:
        return next((field for field in self.fields if field.key == key), None)

    def keys(self, *, of: Callable[[CellType], bool] | None = None) -> list[str]:
        """The keys of its fields; with `of` of those whose type is one."""
        return [field.key for field in self.fields if of is None or of(field.type)]


def refuse_without(keys: Collection[str], wanted: Sequence[str], code: str, message: str) -> None:
    """Raises Unreadable with the message when none of the wanted keys is there."""
    if not any(key in keys for key in wanted):
        raise Unreadable(code, message)
