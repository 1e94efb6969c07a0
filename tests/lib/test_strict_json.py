import json
import time

import pytest

from lib.strict_json import BadJSON, loads


class TestLoads:
    def test_it_reads_what_json_reads(self) -> None:
        value = {"a": [1, 2.5, None, True, 'brackets in "strings" ]]}}[[', "\\"], "ü": {"b": -1}}
        assert loads(json.dumps(value).encode()) == value

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            pytest.param(b"[" * 100_000, "too_deep", id="100,000 brackets"),
            pytest.param(b'{"a":' * 100_000, "too_deep", id="100,000 objects"),
            (b"[" * 21 + b"]" * 21, "too_deep"),
            (b'{"role":1,"role":2}', "duplicate_key"),
            (b"NaN", "invalid_number"),
            (b"[-Infinity]", "invalid_number"),
            (b"1e400", "invalid_number"),
            pytest.param(b"9" * 5000, "invalid_number", id="5,000 digits"),
            (b"{", "invalid_json"),
            (b"", "invalid_json"),
            (b'"\xff"', "not_utf8"),
            pytest.param(b'"' + b"[" * 100_000, "invalid_json", id="an open string"),
        ],
    )
    def test_it_refuses_with_a_code(self, body: bytes, code: str) -> None:
        with pytest.raises(BadJSON) as refused:
            loads(body)
        assert refused.value.code == code

    @pytest.mark.parametrize(
        "body",
        [
            pytest.param(b'"' + b'\\"' * 200_000, id="200,000 escaped quotation marks that never close"),
            pytest.param(
                b"{" + b"".join(b'"%d":1,' % key for key in range(40_000)) + b'"39999":1}', id="40,000 keys, one twice"
            ),
        ],
    )
    def test_it_refuses_in_a_moment_what_could_take_minutes(self, body: bytes) -> None:
        started = time.process_time()
        with pytest.raises(BadJSON):
            loads(body)
        assert time.process_time() - started < 2

    def test_a_backslash_at_the_end_hides_no_depth(self) -> None:
        with pytest.raises(BadJSON) as refused:
            loads(b"[" * 30 + b'"\\')
        assert refused.value.code == "too_deep"

    def test_the_key_it_names_can_be_sent(self) -> None:
        with pytest.raises(BadJSON) as refused:
            loads(rb'{"\ud800": 1, "\ud800": 2}')
        assert str(refused.value).encode()

    def test_twenty_levels_are_taken(self) -> None:
        assert loads(b"[" * 20 + b"]" * 20) == json.loads("[" * 20 + "]" * 20)
