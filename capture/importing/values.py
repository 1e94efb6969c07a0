"""A row becomes an input: cells to values, with a Refusal naming the field where one cannot be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from capture.importing.dates import read_moment
from leads.inputs import LeadInput
from leads.normalise import Refusal, country_code
from leads.numbers import parse_amount, parse_integer
from lib.cells import as_written
from lib.text import REPLACEMENT, is_storable, storable

# What spreadsheets and people write into a cell that holds nothing. "unknown" is a statement, not one of these.
_PLACEHOLDERS: Final = frozenset({"n/a", "#n/a", "(n/a)", "-", "--", "–", "—", "(null)", "\\n", "(blank)"})
_YES: Final = frozenset({"1", "yes", "y", "true", "t", "x", "si", "sí", "sim", "oui", "ja"})
_NO: Final = frozenset({"0", "no", "n", "false", "f", "nao", "não", "non", "nein", "nee"})
_TITLES: Final = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "herr", "frau", "sr", "sra", "mme"})
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
    won_at: datetime | None = None
    amount: Decimal | None = None
    lost_at: datetime | None = None
    opportunity_at: datetime | None = None


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

    def text(self, cells: Sequence[str], field: str) -> str:
        """The mapped cell, empty for a placeholder; raises Refusal when its characters got lost."""
        index = self.mapping.get(field, -1)
        text = as_written(cells[index]) if 0 <= index < len(cells) else ""
        if is_placeholder(text):
            return ""
        if not is_storable(text) or REPLACEMENT in text:
            raise Refusal(
                "broken_characters",
                field,
                _("“%(text)s” holds broken characters. Choose another encoding, or correct the value.")
                % {"text": storable(text[:60])},
            )
        return text

    def moment(self, cells: Sequence[str], field: str) -> datetime | None:
        text = self.text(cells, field)
        order = self.orders.get(field, "")
        return read_moment(text, order=order, zone=self.zone, now=self.now, field=field) if text else None

    def lead(self, cells: Sequence[str]) -> LeadInput:
        """The row as a lead; raises Refusal."""
        values: dict[str, Any] = {key: self.text(cells, key) for key in _TEXTS if key in self.mapping}
        if "full_name" in self.mapping:
            first, last = split_name(self.text(cells, "full_name"))
            values = {"first_name": first, "last_name": last} | {key: value for key, value in values.items() if value}
        if values.get("country"):
            values["country"] = country_code(values["country"], "country")
        for key in ("employees", "budget"):
            if text := self.text(cells, key):
                mark = self.marks.get(key, "")
                values[key] = (
                    parse_integer(text, field=key, decimal_mark=mark)
                    if key == "employees"
                    else int(parse_amount(text, field=key, decimal_mark=mark))
                )
        return LeadInput(
            **values,
            is_decision_maker=_yes_or_no(self.text(cells, "is_decision_maker")),
            created_at=self.moment(cells, "created_at"),
        )

    def outcome(self, cells: Sequence[str]) -> OutcomeInput:
        """The row as an outcome; raises Refusal."""
        amount = self.text(cells, "amount")
        return OutcomeInput(
            email=self.text(cells, "email"),
            external_id=self.text(cells, "external_id"),
            won_at=self.moment(cells, "won_at"),
            amount=parse_amount(amount, decimal_mark=self.marks.get("amount", "")) if amount else None,
            lost_at=self.moment(cells, "lost_at"),
            opportunity_at=self.moment(cells, "opportunity_at"),
        )


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
    while len(words) > 1 and words[0].rstrip(".").lower() in _TITLES:
        words = words[1:]
    if len(words) < 2 or not any(ch.isalnum() for ch in words[-1]):  # an emoji is no last name
        return " ".join(words), ""
    particles = (place for place, word in enumerate(words[1:-1], 1) if word.lower() in _PARTICLES)
    start = next(particles, len(words) - 1)
    return " ".join(words[:start]), " ".join(words[start:])


def _yes_or_no(text: str) -> bool | None:
    word = text.casefold()
    if not word:
        return None
    if word in _YES or word in _NO:
        return word in _YES
    raise Refusal("invalid_boolean", "is_decision_maker", _("“%(text)s” is neither yes nor no.") % {"text": text[:40]})
