"""Places in messages: written as they are read, and found wherever a tool puts them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.hooks.paths import BadPath, entries_at, lists_in, places, read_path, text_of, value_at, written

TYPEFORM = {
    "form_response": {
        "answers": [
            {"type": "email", "email": "ada@example.com", "field": {"ref": "r1", "type": "email"}},
            {"type": "choices", "choices": {"labels": ["A", "B"]}, "field": {"ref": "r.2", "type": "x"}},
        ]
    }
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=15,
)


class TestPlaces:
    def test_entries_are_told_by_what_they_say_not_by_where_they_stand(self) -> None:
        found = {written(place): text for place, text in places(TYPEFORM)}
        assert found["form_response.answers[field.ref=r1].email"] == "ada@example.com"
        assert found['form_response.answers[field.ref="r.2"].choices.labels'] == "A, B"
        turned = {"form_response": {"answers": TYPEFORM["form_response"]["answers"][::-1]}}
        for path, text in found.items():
            assert text_of(value_at(turned, read_path(path))) == text

    def test_lists_within_lists(self) -> None:
        sent = {"entry": [{"changes": [{"id": 1}, {"id": 2}]}, {"changes": [{"id": 3}]}]}
        assert [written(one) for one in lists_in(sent)] == ["entry[]", "entry[].changes[]"]
        assert entries_at(sent, read_path("entry[].changes[]")) == [{"id": 1}, {"id": 2}, {"id": 3}]
        assert entries_at([{"a": 1}], read_path("[]")) == [{"a": 1}]
        assert entries_at({"entry": "none"}, read_path("entry[]")) == []

    @given(JSON)
    def test_every_value_is_found_again_where_it_is_said_to_be(self, sent: Any) -> None:
        for place, text in places(sent):
            path = written(place)
            if 0 < len(path) <= 400:
                assert read_path(path) == place
                assert text_of(value_at(sent, place)) == text

    @pytest.mark.parametrize("text", ["", "a..b", "a[", "a[b", "a[b=", "a]b", 'a."', "a[x].b", "a" * 401, "a[=b]"])
    def test_what_names_no_place_is_refused(self, text: str) -> None:
        with pytest.raises(BadPath):
            read_path(text)
