"""What a cell can hold, each declared once: how it is read, and what values of a column can be it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from capture.importing.cells import is_salutation, job_title, whole_id
from capture.importing.dates import read_moment, reads_as_date
from leads.normalise import Refusal, country_code
from leads.numbers import parse_amount, parse_integer
from lib.number_reading import NotANumber, TwoReadings, read_number, without_currency
from lib.zones import organisation_day

if TYPE_CHECKING:
    from capture.importing.values import Reading

_YES: Final = frozenset({"1", "yes", "y", "true", "t", "x", "si", "sí", "sim", "oui", "ja"})
_NO: Final = frozenset({"0", "no", "n", "false", "f", "nao", "não", "non", "nein", "nee"})
_SALESFORCE_ID_LENGTHS: Final = (15, 18)
_MICROS: Final = 1_000_000
_LONGEST_STATED: Final = 40


@dataclass(frozen=True, slots=True)
class CellType:
    """How the text of a cell is read; raises Refusal for one that is none."""

    read: Callable[[str, str, "Reading"], object]
    # Whether a value of the column can be it.
    fits: Callable[[str], bool] = bool
    is_date: bool = False
    is_whole: bool = False
    is_amount: bool = False

    @property
    def is_number(self) -> bool:
        return self.is_whole or self.is_amount


def is_address(text: str) -> bool:
    """Whether the text looks like an e-mail address, or holds one."""
    return "@" in text and "." in text.rpartition("@")[2]


def is_number(text: str) -> bool:
    """Whether the text is an amount, though it can be read in two ways."""
    try:
        read_number(without_currency(text))
    except TwoReadings:
        return True
    except NotANumber:
        return False
    return True


def is_word(text: str) -> bool:
    return any(ch.isalpha() for ch in text)


def is_record_id(text: str) -> bool:
    """Whether it is an id as Salesforce gives its records, not what they are called."""
    return len(text) in _SALESFORCE_ID_LENGTHS and text.isalnum() and text.isascii() and text[:2].isdecimal()


def yes_or_no(text: str, field: str, _reading: "Reading") -> bool:
    word = text.casefold()
    if word in _YES or word in _NO:
        return word in _YES
    raise Refusal("invalid_boolean", field, _("“%(text)s” is neither yes nor no.") % {"text": text[:_LONGEST_STATED]})


def _as_it_is(text: str, _field: str, _reading: "Reading") -> str:
    return text


def _phone(text: str, field: str, _reading: "Reading") -> str:
    """Lead ads write `p:+49 30 1234`, so that no spreadsheet takes it for a sum."""
    return whole_id(text.removeprefix("p:"), field)


def _id(text: str, field: str, _reading: "Reading") -> str:
    return whole_id(text, field)


def _moment(text: str, field: str, reading: "Reading") -> datetime:
    return read_moment(text, order=reading.orders.get(field, ""), zone=reading.zone, now=reading.now, field=field)


def _day(text: str, field: str, reading: "Reading") -> date:
    return organisation_day(_moment(text, field, reading))


def _amount(text: str, field: str, reading: "Reading") -> Decimal:
    return parse_amount(text, field=field, decimal_mark=reading.marks.get(field, ""))


def _micros(text: str, field: str, _reading: "Reading") -> Decimal:
    return (Decimal(parse_integer(text, field=field, largest=10**18)) / _MICROS).quantize(Decimal("0.01"))


def _whole(text: str, field: str, reading: "Reading") -> int:
    return parse_integer(text, field=field, decimal_mark=reading.marks.get(field, ""))


def _whole_amount(text: str, field: str, reading: "Reading") -> int:
    return int(_amount(text, field, reading))


TEXT: Final = CellType(_as_it_is)
NAME: Final = CellType(_as_it_is, is_word)
ADDRESS: Final = CellType(_as_it_is, is_address)
ID: Final = CellType(_id)
PHONE: Final = CellType(_phone, lambda text: sum(ch.isdigit() for ch in text) >= 5)
JOB_TITLE: Final = CellType(
    lambda text, _field, _reading: job_title(text), lambda text: is_word(text) and not is_salutation(text)
)
COMPANY: Final = CellType(_as_it_is, lambda text: not is_record_id(text))
DOMAIN: Final = CellType(_as_it_is, lambda text: "." in text and " " not in text)
COUNTRY: Final = CellType(
    lambda text, field, _reading: country_code(text, field),
    lambda text: is_word(text) and not any(ch.isdigit() for ch in text),
)
PAGE: Final = CellType(_as_it_is, lambda text: " " not in text)
WHOLE: Final = CellType(_whole, is_number, is_whole=True)
AMOUNT: Final = CellType(_amount, is_number, is_amount=True)
WHOLE_AMOUNT: Final = CellType(_whole_amount, is_number, is_amount=True)
# Millionths, as Google Ads counts money.
MICROS: Final = CellType(_micros, str.isdecimal)
MOMENT: Final = CellType(_moment, reads_as_date, is_date=True)
DAY: Final = CellType(_day, reads_as_date, is_date=True)
YES_NO: Final = CellType(yes_or_no, lambda text: text.casefold() in _YES | _NO)
