"""Numbers as people of every country write them: 1.000,00, 1,000.00, 1 000,00, 1'000.00, 1,00,000.00, ١٬٠٠٠٫٥٠.

Two kinds of marks: the last is the decimal one. One kind, several times: it stands between thousands. One kind, once:
it is the decimal one unless exactly three digits follow, as in `1.000`. That can be read in two ways; the other values
of its column may tell which, and where nothing does, a person has to.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

POINT: Final = "."
COMMA: Final = ","
LONGEST: Final = 60

_ARABIC_POINT: Final = "٫"
_SAME: Final = {
    "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "＇": "'", "٬": "'",
    "，": ",", "．": ".", "−": "-", "－": "-", "＋": "+",
}  # fmt: skip
_SIGNED: Final = re.compile(rf"([+-]?) ?(\d[\d .,'{_ARABIC_POINT}]*|[.,{_ARABIC_POINT}]\d+)", re.ASCII)
_CURRENCY_AROUND: Final = re.compile(r"([+-]? ?)([^\d.,+-]{0,6})(.*?)([^\d.,]{0,6})", re.ASCII | re.DOTALL)
_NO_CENTS: Final = re.compile(r"([.,]) ?[-–—]{1,2}(?=[^\d]{0,6}$)", re.ASCII)
_CURRENCY_WORDS: Final = frozenset(
    {"kr", "kč", "zł", "ft", "lei", "лв", "din", "r", "rs", "fr", "sfr", "руб", "rp", "rm", "tl"}
)


class NotANumber(ValueError):
    """The text is no number."""


class TwoReadings(NotANumber):
    """The text is one number or another: `1.000` is a thousand or one."""

    def __init__(self, thousands: Decimal, decimals: Decimal) -> None:
        super().__init__(f"{thousands} or {decimals}")
        self.thousands, self.decimals = thousands, decimals


@dataclass(frozen=True, slots=True)
class DecimalMark:
    """What a column says about its decimal mark: which it is, or a value that can be read in two ways."""

    mark: str = ""
    example: str = ""

    @property
    def must_be_asked(self) -> bool:
        return bool(self.example) and not self.mark


@dataclass(frozen=True, slots=True)
class _Written:
    """A number as it is written. `decimals` is its other reading, when it has one; `mark` the decimal one it shows."""

    value: Decimal
    mark: str = ""
    decimals: Decimal | None = None
    by: str = ""  # the mark that leaves it open


def read_number(text: str, *, decimal_mark: str = "", groups: str = COMMA) -> Decimal:
    """The number. Raises NotANumber, or TwoReadings for one like `1.000`.

    `decimal_mark` is what the column says, or a person. Where it is empty, one of the marks in `groups` before exactly
    three digits stands between thousands: nobody writes three decimals behind a comma, programs do behind a point.
    """
    written = _written(text)
    if written.decimals is None:
        return written.value
    if decimal_mark:
        return written.decimals if written.by == decimal_mark else written.value
    if written.by in groups:
        return written.value
    raise TwoReadings(written.value, written.decimals)


def without_currency(text: str) -> str:
    """The amount without the currency before or behind it, and with cents where a dash stands for none."""
    plain = _NO_CENTS.sub(r"\g<1>00", _plain(text))
    match = _CURRENCY_AROUND.fullmatch(plain)
    if match is None or not (_is_currency(match[2]) and _is_currency(match[4])):
        return plain
    return f"{match[1]}{match[3]}".strip()


def decimal_mark_of(values: Iterable[str]) -> DecimalMark:
    """What the values of a column, amounts or numbers, say about the mark before their decimals."""
    marks: set[str] = set()
    example = ""
    for value in values:
        try:
            written = _written(without_currency(value))
        except NotANumber:
            continue
        if written.mark:
            marks.add(written.mark)
        if written.by == POINT and not example:
            example = value.strip()
    return DecimalMark(marks.pop() if len(marks) == 1 else "", example)


def _written(text: str) -> _Written:
    if text.isascii() and text.isdecimal() and len(text) <= LONGEST:
        return _Written(Decimal(text))  # as nearly all whole numbers are written
    match = _SIGNED.fullmatch(_plain(text))
    if match is None:
        raise NotANumber(text[:LONGEST])
    written = _unsigned(match[2])
    if match[1] != "-":
        return written
    return _Written(-written.value, written.mark, None if written.decimals is None else -written.decimals, written.by)


def _unsigned(body: str) -> _Written:
    marks = re.findall(r"\D", body, re.ASCII)
    if not marks:
        return _Written(Decimal(body))
    last, kinds = marks[-1], set(marks)
    head, _mark, tail = body.rpartition(last)
    is_decimal = last not in " '" and marks.count(last) == 1
    if len(kinds) == 2 and is_decimal:
        [between] = kinds - {last}
        return _Written(_decimal(_joined(head, between), tail), "" if last == _ARABIC_POINT else last)
    if len(kinds) > 1:
        raise NotANumber(body)
    if not is_decimal:
        shown = {POINT: COMMA, COMMA: POINT}.get(last, "")
        return _Written(Decimal(_joined(body, last)), shown)
    if last != _ARABIC_POINT and len(tail) == 3 and 1 <= len(head) <= 3 and not head.startswith("0"):
        return _Written(Decimal(head + tail), decimals=_decimal(head, tail), by=last)
    return _Written(_decimal(head, tail), "" if last == _ARABIC_POINT else last)


def _decimal(head: str, tail: str) -> Decimal:
    return Decimal(f"{head or '0'}.{tail or '0'}")


def _joined(body: str, mark: str) -> str:
    """The digits of groups of three, or of the Indian groups of two before the last; raises NotANumber for others."""
    mark = re.escape(mark)
    if not re.fullmatch(rf"\d{{1,3}}({mark}\d{{3}})+|\d{{1,2}}({mark}\d{{2}})+{mark}\d{{3}}", body, re.ASCII):
        raise NotANumber(body)
    return re.sub(r"\D", "", body)


def _plain(text: str) -> str:
    """ASCII digits, one kind of blank and apostrophe, nothing that is not seen."""
    if len(text) > LONGEST:
        raise NotANumber(text[:LONGEST])
    return "".join(map(_plain_character, text.strip())).strip()


def _plain_character(ch: str) -> str:
    digit = unicodedata.decimal(ch, None)
    if digit is not None:
        return str(digit)
    if ch.isspace():
        return " "
    return "" if unicodedata.category(ch) == "Cf" else _SAME.get(ch, ch)


def _is_currency(affix: str) -> bool:
    word = affix.strip(" .")
    if word.casefold() in _CURRENCY_WORDS or (len(word) == 3 and word.isalpha() and word.isupper()):
        return True
    letters = word.rstrip("".join(ch for ch in word if unicodedata.category(ch) == "Sc"))  # R$, US$, €
    return not letters or (len(letters) <= 2 and letters.isalpha() and letters != word)
