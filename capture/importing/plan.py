"""From a file to an import that can run: inspected, guessed, its columns mapped, its dates settled."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import BinaryIO, Final

from django.utils.translation import gettext as _

from accounts.models import User
from capture.importing.dates import Order, order_of
from capture.importing.fields import FIELDS, check_mapping, column_name
from capture.importing.headings import guess
from capture.importing.problems import Unreadable
from capture.importing.reading import Row, inspect, read
from capture.models import ImportBatch
from lib.number_reading import DecimalMark, decimal_mark_of
from lib.text import header_text, storable

_GUESSED_FROM: Final = 50  # rows


class DateOrderUnknown(Unreadable):
    """Day and month of a column cannot be told apart; a person has to say which comes first."""

    def __init__(self, message: str) -> None:
        super().__init__("date_order", message)


class DecimalMarkUnknown(Unreadable):
    """`1.000` of a column can be a thousand or one; a person has to say which."""

    def __init__(self, message: str) -> None:
        super().__init__("decimal_mark", message)


def new_batch(
    file: BinaryIO,
    *,
    name: str,
    kind: str,
    time_zone: str,
    actor: User | None,
    now: datetime,
    encoding: str = "",
    delimiter: str = "",
) -> ImportBatch:
    """An import of this file, not saved, with the columns guessed. Raises Unreadable when the file is of no use."""
    batch = ImportBatch(
        kind=kind,
        file_name=header_text(name, 200) or _("file"),
        time_zone=time_zone,
        created_by=actor,
        created_at=now,
        touched_at=now,
    )
    read_again(batch, file, kind=kind, encoding=encoding, delimiter=delimiter)
    batch.system = _last_system(batch)
    return batch


def _last_system(batch: ImportBatch) -> str:
    """The system whose ids the last file with these columns held, which that person imported."""
    before = ImportBatch.objects.filter(created_by=batch.created_by, columns=batch.columns)
    return before.order_by("-created_at", "-pk").values_list("system", flat=True).first() or ""


def read_again(batch: ImportBatch, file: BinaryIO, *, kind: str, encoding: str = "", delimiter: str = "") -> None:
    """Reads the file of an import, in another way if said so, and guesses the columns anew; saves nothing."""
    diagnosis = inspect(file, encoding=encoding, delimiter=delimiter)
    batch.kind = ImportBatch.Kind(kind)
    batch.encoding, batch.delimiter, batch.columns, batch.rows = (
        diagnosis.encoding,
        diagnosis.delimiter,
        diagnosis.columns,
        diagnosis.rows,
    )
    batch.mapping = guess(kind, batch.columns, [row.cells for row in first_rows(batch, file, _GUESSED_FROM)])
    batch.date_orders, batch.decimal_marks = {}, {}


def first_rows(batch: ImportBatch, file: BinaryIO, count: int) -> list[Row]:
    """The first rows that can be read as rows."""
    _columns, items = read(file, encoding=batch.encoding, delimiter=batch.delimiter)
    return list(islice((item for item in items if isinstance(item, Row)), count))


def set_mapping(
    batch: ImportBatch,
    file: BinaryIO,
    mapping: Mapping[str, int],
    *,
    orders: Mapping[str, str],
    marks: Mapping[str, str] | None = None,
) -> None:
    """Takes over the mapping and finds out the order of day and month and the marks of numbers; saves nothing.

    `orders` and `marks` say it for columns that leave it open. Raises Unreadable for a mapping that cannot be used, and
    DateOrderUnknown or DecimalMarkUnknown, with everything else taken over, when a column leaves it open and nobody has
    said it.
    """
    check_mapping(batch.kind, mapping, batch.columns)
    batch.mapping = dict(mapping)
    decimal_marks = find_decimal_marks(batch, file)
    marks = marks or {}
    batch.decimal_marks = {key: column.mark or marks.get(key, "") for key, column in decimal_marks.items()}
    date_orders = find_orders(batch, file)
    batch.date_orders = {key: order.settled(orders.get(key, "")) for key, order in date_orders.items()}
    open_ones = [key for key, order in date_orders.items() if order.must_be_asked and not orders.get(key)]
    if open_ones:
        order = date_orders[open_ones[0]]
        raise DateOrderUnknown(
            (
                _("The dates in column “%(column)s” contradict each other: some have the day first, some the month.")
                if order.contradicts_itself
                else _("The dates in column “%(column)s” can be read in two ways.")
            )
            % {"column": column_name(batch.columns, mapping[open_ones[0]])}
            + " "
            + _("Say whether %(example)s has the day or the month first.") % {"example": order.example}
        )
    _check_marks(batch, decimal_marks)


def _check_marks(batch: ImportBatch, columns: Mapping[str, DecimalMark]) -> None:
    """Raises DecimalMarkUnknown for an amount that can be read in two ways; whole numbers have no three decimals."""
    amounts = {field.key for field in FIELDS[batch.kind] if field.is_amount}
    for key, column in columns.items():
        if key in amounts and column.must_be_asked and not batch.decimal_marks[key]:
            raise DecimalMarkUnknown(
                _("The amounts in column “%(column)s” can be read in two ways. Say whether %(example)s is thousands.")
                % {
                    "column": column_name(batch.columns, batch.mapping[key]),
                    "example": storable(column.example[:40]),
                }
            )


def find_orders(batch: ImportBatch, file: BinaryIO) -> dict[str, Order]:
    """For each mapped date field what its whole column says about day and month."""
    keys = [field.key for field in FIELDS[batch.kind] if field.is_date]
    return {key: order_of(_column(batch, file, key)) for key in keys if key in batch.mapping}


def find_decimal_marks(batch: ImportBatch, file: BinaryIO) -> dict[str, DecimalMark]:
    """For each mapped number what its whole column says about the mark before decimals."""
    keys = [field.key for field in FIELDS[batch.kind] if field.is_number]
    return {key: decimal_mark_of(_column(batch, file, key)) for key in keys if key in batch.mapping}


def _column(batch: ImportBatch, file: BinaryIO, key: str) -> Iterator[str]:
    """The values of the column that is mapped to the field."""
    index = batch.mapping[key]
    _columns, items = read(file, encoding=batch.encoding, delimiter=batch.delimiter)
    return (item.cells[index] for item in items if isinstance(item, Row) and index < len(item.cells))
