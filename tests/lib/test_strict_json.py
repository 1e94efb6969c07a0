import json

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
            pytest.param(b'"' + b"[" * 100_000, "too_deep", id="an open string"),
        ],
    )
    def test_it_refuses_with_a_code(self, body: bytes, code: str) -> None:
        with pytest.raises(BadJSON) as refused:
            loads(body)
        assert refused.value.code == code

    def test_twenty_levels_are_taken(self) -> None:
        assert loads(b"[" * 20 + b"]" * 20) == json.loads("[" * 20 + "]" * 20)
