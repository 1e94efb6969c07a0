"""From a file to an import that can run: inspected, guessed, its columns mapped, its dates settled."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import BinaryIO, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.models import User
from capture.importing.contradictions import find_contradictions
from capture.importing.dates import Order, order_of
from capture.importing.fields import check_mapping, column_name
from capture.importing.files import read_rows
from capture.importing.headings import guess
from capture.importing.kinds.declaration import Kind
from capture.importing.kinds.register import kind_of
from capture.importing.kinds.stages import DealStage, count_stages
from capture.importing.problems import Unreadable
from capture.importing.reading import Row, inspect, preamble_of
from capture.importing.recognition import OtherKind, recognise
from capture.importing.titles import currency_in, period_in
from capture.importing.values import Reading
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
    kind: str = "",
    time_zone: str,
    actor: User | None,
    now: datetime,
    encoding: str = "",
    delimiter: str = "",
    sheet: str = "",
    sheets: Sequence[str] = (),
    is_mapped: bool = False,
) -> ImportBatch:
    """An import of this file, not saved, with the columns guessed. Raises Unreadable when the file is of no use.

    Without a kind the file is taken for what it is; raises OtherKind when it is nothing, or not the kind it is said to
    be, unless somebody has said what its columns are (`is_mapped`). `sheet` is the one of `sheets` whose rows the file
    holds.
    """
    batch = ImportBatch(
        file_name=header_text(name, 200) or _("file"),
        sheet=sheet[:100],
        sheets=list(sheets)[:100],
        time_zone=time_zone,
        created_by=actor,
        created_at=now,
        touched_at=now,
    )
    read_again(batch, file, kind=kind, encoding=encoding, delimiter=delimiter, is_mapped=is_mapped)
    return batch


def read_again(
    batch: ImportBatch, file: BinaryIO, *, kind: str, encoding: str = "", delimiter: str = "", is_mapped: bool = True
) -> None:
    """Reads the file of an import, in another way if said so, and guesses the columns anew; saves nothing."""
    diagnosis = inspect(file, encoding=encoding, delimiter=delimiter, is_sheet=bool(batch.sheet))
    batch.encoding, batch.delimiter, batch.columns, batch.rows, batch.preamble_lines = (
        diagnosis.encoding,
        diagnosis.delimiter,
        diagnosis.columns,
        diagnosis.rows,
        diagnosis.preamble,
    )
    rows = [row.cells for row in first_rows(batch, file, _GUESSED_FROM)]
    recognition = recognise(batch.columns, rows)
    wanted = kind or recognition.kind
    if wanted is None or not (is_mapped or recognition.allows(wanted)):
        raise OtherKind(recognition.sentence)
    batch.kind = ImportBatch.Kind(wanted)
    batch.stages = {}
    if recognition.kind == batch.kind:
        batch.mapping, batch.fixed, batch.system = (
            dict(recognition.mapping),
            dict(recognition.fixed),
            recognition.system,
        )
    else:
        batch.mapping, batch.fixed, batch.system = guess(batch.kind, batch.columns, rows), {}, ""
    if batch.kind == ImportBatch.Kind.SPEND:
        _fix_period_and_currency(batch, file)
    _remember(batch)
    batch.date_orders, batch.decimal_marks, batch.superseded = {}, {}, {}


def _fix_period_and_currency(batch: ImportBatch, file: BinaryIO) -> None:
    """The days of the title of a report, and the currency of the name of its column, where no column says them."""
    if not batch.mapping.keys() & {"starts_on", "month"}:
        days = period_in(preamble_of(file, encoding=batch.encoding, lines=batch.preamble_lines))
        batch.fixed |= dict(zip(("starts_on", "ends_on"), days, strict=False))
    cost = batch.mapping.get("amount", -1)
    currency = currency_in(batch.columns[cost]) if cost >= 0 else ""
    if currency and "currency" not in batch.mapping:
        batch.fixed["currency"] = currency


def _remember(batch: ImportBatch) -> None:
    """What that person said of the last file of this kind with these columns goes before everything else."""
    before = ImportBatch.objects.filter(created_by=batch.created_by, kind=batch.kind, columns=batch.columns)
    stated = before.order_by("-created_at", "-pk").first()
    if stated is None:
        return
    batch.fixed, batch.stages, batch.system = stated.fixed, stated.stages, stated.system
    if stated.is_corrected:
        batch.mapping, batch.is_corrected = stated.mapping, True


def first_rows(batch: ImportBatch, file: BinaryIO, count: int) -> list[Row]:
    """The first rows that can be read as rows."""
    _columns, items = read_rows(batch, file)
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
    kind = kind_of(batch.kind)
    batch.fixed = {key: text for key, text in batch.fixed.items() if key not in mapping and text}
    check_mapping(kind, mapping, batch.fixed, batch.columns)
    batch.is_corrected |= batch.mapping != mapping
    batch.mapping = dict(mapping)
    _check_fixed(batch, kind)
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
    batch.superseded = _contradictions(batch, file)


def _contradictions(batch: ImportBatch, file: BinaryIO) -> dict[str, dict[str, int]]:
    kind = kind_of(batch.kind)
    reading = Reading(
        batch.mapping, ZoneInfo(batch.time_zone), batch.date_orders, batch.decimal_marks, batch.touched_at, batch.system
    )
    return find_contradictions(kind, reading, lambda: read_rows(batch, file)[1])


def _check_fixed(batch: ImportBatch, kind: Kind) -> None:
    """Raises Unreadable for a value said for all rows that is none."""
    reading = Reading({}, ZoneInfo(batch.time_zone), {}, {}, batch.touched_at, fixed=batch.fixed)
    _values, wrong = reading.values(kind.fields, [])
    if wrong:
        raise Unreadable("invalid_fixed", str(wrong[0]))


def what_it_is(batch: ImportBatch, file: BinaryIO) -> str:
    """A sentence that says what the file is."""
    return recognise(batch.columns, [row.cells for row in first_rows(batch, file, _GUESSED_FROM)]).sentence


def stages_of(batch: ImportBatch, file: BinaryIO) -> list[tuple[str, int, DealStage]]:
    """The words of the stage column with their number of rows and what they mean; none where there is none."""
    return count_stages(_column(batch, file, "stage"), batch.stages) if "stage" in batch.mapping else []


def _check_marks(batch: ImportBatch, columns: Mapping[str, DecimalMark]) -> None:
    """Raises DecimalMarkUnknown for an amount that can be read in two ways; whole numbers have no three decimals."""
    amounts = kind_of(batch.kind).keys(of=lambda type_: type_.is_amount)
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
    keys = kind_of(batch.kind).keys(of=lambda type_: type_.is_date)
    return {key: order_of(_column(batch, file, key)) for key in keys if key in batch.mapping}


def find_decimal_marks(batch: ImportBatch, file: BinaryIO) -> dict[str, DecimalMark]:
    """For each mapped number what its whole column says about the mark before decimals."""
    keys = kind_of(batch.kind).keys(of=lambda type_: type_.is_number)
    return {key: decimal_mark_of(_column(batch, file, key)) for key in keys if key in batch.mapping}


def _column(batch: ImportBatch, file: BinaryIO, key: str) -> Iterator[str]:
    """The values of the column that is mapped to the field."""
    index = batch.mapping[key]
    _columns, items = read_rows(batch, file)
    return (item.cells[index] for item in items if isinstance(item, Row) and index < len(item.cells))
