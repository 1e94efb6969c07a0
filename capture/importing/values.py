"""A row becomes an input: cells to values, and a Refusal naming the field for each cell that cannot be used."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any, Final, TypeVar

from django.utils.translation import gettext as _

from capture.importing.cells import SALUTATIONS, first_address, job_title, whole_id
from capture.importing.dates import read_moment
from leads.inputs import LeadInput
from leads.normalise import Refusal, country_code
from leads.numbers import parse_amount, parse_integer
from lib.cells import as_written
from lib.text import REPLACEMENT, is_storable, storable

T = TypeVar("T")

# What spreadsheets and people write into a cell that holds nothing. "unknown" is a statement, not one of these.
_PLACEHOLDERS: Final = frozenset({"n/a", "#n/a", "(n/a)", "-", "--", "–", "—", "(null)", "\\n", "(blank)"})
_YES: Final = frozenset({"1", "yes", "y", "true", "t", "x", "si", "sí", "sim", "oui", "ja"})
_NO: Final = frozenset({"0", "no", "n", "false", "f", "nao", "não", "non", "nein", "nee"})
_PARTICLES: Final = frozenset(
    {
        "da",
        "das",
        "de",
        "del",
        "della",
        "den",
        "der",
        "di",
        "do",
        "dos",
        "du",
        "la",
        "le",
        "ten",
        "ter",
        "van",
        "von",
        "zu",
        "bin",
        "al",
        "el",
    }
)


@dataclass(frozen=True, slots=True)
class OutcomeInput:
    """What became of one lead elsewhere."""

    email: str = ""
    external_id: str = ""
    deal_id: str = ""
    won_at: datetime | None = None
    amount: Decimal | None = None
    lost_at: datetime | None = None
    opportunity_at: datetime | None = None
    # Whose external ids these are.
    system: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the cells of one file are read.

    `orders` says for a date field whether day or month comes first, `marks` for a number what stands before decimals.
    """

    mapping: Mapping[str, int]
    zone: tzinfo
    orders: Mapping[str, str]
    marks: Mapping[str, str]
    now: datetime
    # Whose external ids the file holds.
    system: str = ""

    def text(self, cells: Sequence[str], field: str) -> str:
        """The mapped cell, empty for a placeholder; raises Refusal when its characters got lost."""
        index = self.mapping.get(field, -1)
        text = as_written(cells[index]) if 0 <= index < len(cells) else ""
        if not text or is_placeholder(text):
            return ""
        if not is_storable(text) or REPLACEMENT in text:
            raise Refusal(
                "broken_characters",
                field,
                _("“%(text)s” holds broken characters. Choose another encoding, or correct the value.")
                % {"text": storable(text[:60])},
            )
        return text

    def lead(self, cells: Sequence[str]) -> tuple[LeadInput, list[Refusal]]:
        """The row as a lead, without the cells that cannot be used, and why each of them cannot."""
        wrong: list[Refusal] = []
        values: dict[str, Any] = {}
        for key in _TEXTS:
            if key in self.mapping:
                values[key] = self._cell(cells, key, _TEXT_READERS.get(key, _as_it_is), wrong) or ""
        if "full_name" in self.mapping:
            first, last = split_name(self._cell(cells, "full_name", _as_it_is, wrong) or "")
            values = {"first_name": first, "last_name": last} | {key: value for key, value in values.items() if value}
        if "email" in values:
            values["email"] = self._address(values["email"], wrong)
        return LeadInput(
            **values,
            system=self.system,
            employees=self._cell(cells, "employees", self._whole, wrong),
            budget=self._cell(cells, "budget", self._budget, wrong),
            is_decision_maker=self._cell(cells, "is_decision_maker", _yes_or_no, wrong),
            created_at=self._cell(cells, "created_at", self._moment, wrong),
        ), wrong

    def outcome(self, cells: Sequence[str]) -> tuple[OutcomeInput, list[Refusal]]:
        """The row as an outcome, without the cells that cannot be used, and why each of them cannot."""
        wrong: list[Refusal] = []
        outcome = OutcomeInput(
            email=self._address(self._cell(cells, "email", _as_it_is, wrong) or "", wrong),
            external_id=self._cell(cells, "external_id", whole_id, wrong) or "",
            deal_id=self._cell(cells, "deal_id", whole_id, wrong) or "",
            won_at=self._cell(cells, "won_at", self._moment, wrong),
            amount=self._cell(cells, "amount", self._amount, wrong),
            lost_at=self._cell(cells, "lost_at", self._moment, wrong),
            opportunity_at=self._cell(cells, "opportunity_at", self._moment, wrong),
            system=self.system,
        )
        return outcome, wrong

    def _cell(self, cells: Sequence[str], field: str, read: Callable[[str, str], T], wrong: list[Refusal]) -> T | None:
        """The cell as `read` makes it, None when it is empty or cannot be used; then `wrong` says why."""
        if field not in self.mapping:
            return None
        try:
            text = self.text(cells, field)
            return read(text, field) if text else None
        except Refusal as refusal:
            wrong.append(refusal)
            return None

    def _address(self, text: str, wrong: list[Refusal]) -> str:
        address, rest = first_address(text)
        wrong += [rest] if rest else []
        return address

    def _moment(self, text: str, field: str) -> datetime:
        return read_moment(text, order=self.orders.get(field, ""), zone=self.zone, now=self.now, field=field)

    def _whole(self, text: str, field: str) -> int:
        return parse_integer(text, field=field, decimal_mark=self.marks.get(field, ""))

    def _amount(self, text: str, field: str) -> Decimal:
        return parse_amount(text, field=field, decimal_mark=self.marks.get(field, ""))

    def _budget(self, text: str, field: str) -> int:
        return int(self._amount(text, field))


def _as_it_is(text: str, _field: str) -> str:
    return text


def _job_title(text: str, _field: str) -> str:
    return job_title(text)


_TEXT_READERS: Final[Mapping[str, Callable[[str, str], str]]] = {
    "external_id": whole_id,
    "phone": whole_id,
    "job_title": _job_title,
    "country": country_code,
}
_TEXTS: Final = tuple(field.name for field in fields(LeadInput) if field.type in (str, "str"))


def is_placeholder(text: str) -> bool:
    """Whether the cell says that it says nothing, such as N/A."""
    return text.lower() in _PLACEHOLDERS or text == "NULL"


def split_name(text: str) -> tuple[str, str]:
    """First and last name: `Doe, John` as written; else the last word and the particles before it are the last name."""
    last, comma, first = text.partition(",")
    if comma and last.strip() and first.strip():
        return first.strip(), last.strip()
    words = text.split()
    while len(words) > 1 and words[0].rstrip(".").lower() in SALUTATIONS:
        words = words[1:]
    if len(words) < 2 or not any(ch.isalnum() for ch in words[-1]):  # an emoji is no last name
        return " ".join(words), ""
    particles = (place for place, word in enumerate(words[1:-1], 1) if word.lower() in _PARTICLES)
    start = next(particles, len(words) - 1)
    return " ".join(words[:start]), " ".join(words[start:])


def _yes_or_no(text: str, field: str) -> bool:
    word = text.casefold()
    if word in _YES or word in _NO:
        return word in _YES
    raise Refusal("invalid_boolean", field, _("“%(text)s” is neither yes nor no.") % {"text": text[:40]})
