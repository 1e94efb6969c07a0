"""Cells that do not hold what their column promises: two values in one, an id cut by a spreadsheet, a salutation.

A row is not lost for such a cell: the lead is taken without it, and the cell is told. What a lead is known by, and
what is kept for ever once it is said (when and from where it came), is not left out: such a row waits for a correction.
"""

import re
from collections.abc import Collection, Sequence
from typing import Final

from django.utils.translation import gettext as _

from leads.normalise import Refusal, email_key
from lib.text import storable

# Of these the rest of the cell, or of the row, still says who it is.
_STILL_KNOWN: Final = frozenset({"two_values", "cut_id"})
_BETWEEN_VALUES: Final = re.compile(r"[\s,;|/<>()]+")
_CUT_BY_A_SPREADSHEET: Final = re.compile(r"\d(?:[.,]\d+)?[Ee]\+?\d{1,3}", re.ASCII)
SALUTATIONS: Final = frozenset(
    {
        "mr", "mrs", "ms", "miss", "mx", "mister", "madam", "dr", "prof", "herr", "hr", "frau", "sr", "sra", "mme",
        "mlle", "dhr", "mevr", "sig",
    }
)  # fmt: skip


def costs_the_row(refusals: Collection[Refusal], needs: Collection[str]) -> bool:
    """Whether one of them is about a field that the row cannot be taken without."""
    return any(each.field in needs and each.code not in _STILL_KNOWN for each in refusals)


def first_address(text: str) -> tuple[str, Refusal | None]:
    """The address of a cell that holds more than one value, and what is said of the rest; any other text as it is."""
    if _is_address(text):
        return text, None
    parts = [part.removeprefix("mailto:") for part in _BETWEEN_VALUES.split(text) if part]
    addresses = [part for part in parts if "@" in part and _is_address(part)]
    if not addresses:
        return text, None
    parts.remove(addresses[0])
    rest = storable(" ".join(parts)[:60])
    if not rest:
        return addresses[0], None
    message = _("The cell holds more than an address: “%(address)s” is taken, “%(rest)s” is not used.")
    return addresses[0], Refusal("two_values", "email", message % {"address": addresses[0], "rest": rest})


def whole_id(text: str, field: str) -> str:
    """The id or number as it is; raises Refusal for one that a spreadsheet has cut, such as 1.23457E+14."""
    if _CUT_BY_A_SPREADSHEET.fullmatch(text):
        message = _("“%(text)s” is not used: a spreadsheet has cut it. Export it as text, with all its digits.")
        raise Refusal("cut_id", field, message % {"text": text})
    return text


def job_title(text: str) -> str:
    """The job title; raises Refusal for a salutation."""
    if is_salutation(text):
        raise Refusal("salutation", "job_title", _("“%(text)s” is a salutation, no job title.") % {"text": text})
    return text


def is_salutation(text: str) -> bool:
    """Whether the text is `Mrs.` or `Prof. Dr.` and nothing else."""
    words = text.replace(".", " ").casefold().split()
    return bool(words) and SALUTATIONS.issuperset(words)


def joined(messages: Sequence[tuple[str, str]]) -> str:
    """What is wrong with the columns of a row, in one text: pairs of column and sentence."""
    if len(messages) == 1:
        return messages[0][1]
    return " ".join(f"{column}: {sentence}" if column else sentence for column, sentence in messages)


def _is_address(text: str) -> bool:
    try:
        email_key(text, "email")
    except Refusal:
        return False
    return True
