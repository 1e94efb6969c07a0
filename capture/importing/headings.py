"""Guesses what the columns of a file are: by names, in several languages and with slips, and by values."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

from capture.importing.cell_types import is_address
from capture.importing.kinds.declaration import Field
from capture.importing.kinds.register import kind_of
from capture.importing.values import is_placeholder

# Columns of people of one's own house: they never say who a lead is.
_OF_STAFF: Final = re.compile(
    r".*(?:owner|assigned|assignee|salesrep|accountmanager|createdby|modifiedby|updatedby|responsible|zustandig|betreuer)"
    r".*|rep|agent|agentemail|user|username|sdr|bdr",
)
_WORDS_AROUND: Final = re.compile(r"\((?:[A-Z]{3}|in UTC|UTC|%)\)")


def guess(kind: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """Field -> column for what can be told from names and the first rows; each column is used once."""
    fields = kind_of(kind).fields
    heads = [plain(column) for column in columns]
    samples = [_sample(rows, index) for index in range(len(columns))]
    offers = sorted(
        (rank, place, index, field.key)
        for place, field in enumerate(fields)
        for index, head in enumerate(heads)
        if head and (rank := _rank(field, head)) is not None and _fits(field, samples[index])
    )
    mapping: dict[str, int] = {}
    for _rank_of, _place, index, key in offers:
        if key not in mapping and index not in mapping.values():
            mapping[key] = index
    return _settle(mapping, heads, samples, has_email=any(field.key == "email" for field in fields))


def _settle(
    mapping: dict[str, int], heads: Sequence[str], samples: Sequence[Sequence[str]], *, has_email: bool
) -> dict[str, int]:
    """An unnamed column of addresses is the e-mail, unless they are one's own people's; a name beside a first name is
    the last name; without a stage the day a deal closed is the day it was won."""
    if has_email and "email" not in mapping:
        free = (
            i
            for i, values in enumerate(samples)
            if i not in mapping.values() and not is_of_staff(heads[i]) and values and _mostly(is_address, values)
        )
        if (index := next(free, None)) is not None:
            mapping["email"] = index
    if "full_name" in mapping and "first_name" in mapping:
        index = mapping.pop("full_name")
        if "last_name" not in mapping and heads[index] in ("name", "nom", "nome", "naam"):
            mapping["last_name"] = index
    if "closed_at" in mapping and "stage" not in mapping and "is_won" not in mapping:
        index = mapping.pop("closed_at")
        mapping.setdefault("won_at", index)
    return mapping


def plain(column: str) -> str:
    """The name without accents, blanks and signs, and without the currency or zone behind it."""
    name = _WORDS_AROUND.sub("", column)
    decomposed = unicodedata.normalize("NFKD", name.casefold().removesuffix("__c"))
    letters = "".join(ch for ch in decomposed if ch.isalnum())
    return letters.removeprefix("property") or letters


def is_of_staff(head: str) -> bool:
    """Whether a plain name is that of a column of one's own people, such as the owner of a contact."""
    return bool(_OF_STAFF.fullmatch(head))


@cache
def _known(field: Field) -> list[str]:
    return [plain(word) for word in field.headings.split()]


def _rank(field: Field, head: str) -> int | None:
    known = _known(field)
    if head in known:
        return known.index(head)
    if is_of_staff(head):
        return None
    typed = field.typed_wrong.split()
    if any(_slips(head, name) <= (1 if len(name) < 7 else 2) for name in typed if abs(len(head) - len(name)) <= 2):
        return 100
    return None


def _slips(one: str, other: str) -> int:
    """Letters left out, added, changed or swapped with their neighbour between two words (Damerau, Levenshtein)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, above, row = row, before, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _sample(rows: Sequence[Sequence[str]], index: int) -> list[str]:
    return [row[index] for row in rows if index < len(row) and row[index] and not is_placeholder(row[index])]


def _mostly(test: Callable[[str], bool], values: Sequence[str]) -> bool:
    return sum(map(test, values)) * 2 > len(values)


def _fits(field: Field, values: Sequence[str]) -> bool:
    """Whether the values can be what the name says; a column without values says nothing, so it is left out."""
    return bool(values) and sum(map(field.type.fits, values)) * 2 >= len(values)
