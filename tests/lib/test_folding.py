"""Names are folded alike in Python and in PostgreSQL, and what people take for one name is one."""

import sys
import unicodedata

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.folding import fold

pytestmark = pytest.mark.django_db

# What both know: a character that only a newer Unicode has is compared as it is written.
ASSIGNED = st.characters(exclude_categories=["Cs", "Cn"], exclude_characters="\x00")


def by_postgresql(texts: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lib_fold(word) FROM unnest(%s::text[]) WITH ORDINALITY AS t (word, n) ORDER BY n", [texts]
        )
        return [row[0] for row in cursor.fetchall()]


# (one way to write a name, another)
SAME = [
    ("ΠΑΠΑΔΟΠΟΥΛΟΣ", "παπαδοπουλος"),
    ("ΔΙΕΥΘΥΝΤΗΣ", "διευθυντης"),
    ("DİYARBAKIR", "diyarbakır"),
    ("ISTANBUL", "ıstanbul"),
    ("Straße", "STRASSE"),
    ("STRAẞE", "straße"),
    ("Cafe\u0301", "café"),
    ("ＡＣＭＥ", "acme"),
    ("ﬁnance", "finance"),
    ("O’Brien", "O'Brien"),
    ("Coca‑Cola", "coca-cola"),
    ("  Acme\u00a0\u3000 Ltd\n", "acme ltd"),
    ("Ada\u202e", "ada"),
    ("so\u00adft\u200b", "soft"),
    ("ᾼΔΗΣ", "αιδης"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_of_a_name_are_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)
    assert by_postgresql([one, other]) == [fold(one)] * 2


@pytest.mark.parametrize(("one", "other"), [("café", "cafe"), ("Müller", "Mueller"), ("a b", "ab"), ("A/B", "ab")])
def test_names_that_differ_stay_two(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_every_character_is_folded_alike() -> None:
    assigned = [chr(n) for n in range(1, sys.maxunicode + 1) if unicodedata.category(chr(n)) not in ("Cs", "Cn", "Co")]
    folded = [(ch, fold(ch)) for ch in assigned]
    changed = [(ch, to) for ch, to in folded if to != ch]
    assert len(changed) > 5000
    assert by_postgresql([ch for ch, _to in changed]) == [to for _ch, to in changed]
    # All others in a few long texts: whatever one of them became would show.
    same = "".join(ch for ch, to in folded if to == ch and not unicodedata.combining(ch))
    words = [same[place : place + 2000] for place in range(0, len(same), 2000)]
    assert by_postgresql(words) == [fold(word) for word in words]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(ASSIGNED, max_size=12), min_size=1, max_size=20))
def test_every_text_is_folded_alike_and_once_is_enough(texts: list[str]) -> None:
    folded = [fold(text) for text in texts]
    assert by_postgresql(texts) == folded
    assert [fold(text) for text in folded] == folded
