"""JSON from strangers: depth, numbers and keys are bounded before anything is built from them."""

import json
import re
from collections import Counter
from typing import Any, Final, NoReturn

from lib.text import storable

DEEPEST: Final = 20
LONGEST_NUMBER: Final = 40
# A string that is never closed is taken to the end of the text: tried again from each quotation mark in it, 200 kB of
# them would take minutes.
_STRING: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)', re.DOTALL)
_NO_BRACKETS: Final = bytes(byte for byte in range(256) if byte not in b"[]{}")


class BadJSON(ValueError):
    """The text is not JSON we take; `code` for programs, the message for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def loads(body: bytes) -> Any:
    """The value in a UTF-8 JSON text; raises BadJSON.

    Refused: nesting deeper than 20 (counted before parsing, so that no recursion is spent on it), numbers longer
    than 40 characters or infinite, NaN, and a key said twice in one object.
    """
    if _depth(body) > DEEPEST:
        raise BadJSON("too_deep", f"The JSON is nested deeper than {DEEPEST} levels.")
    try:
        return json.loads(
            body.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_int=_integer,
            parse_float=_float,
        )
    except UnicodeDecodeError as error:
        raise BadJSON("not_utf8", f"The body is not UTF-8 (byte {error.start}).") from error
    except json.JSONDecodeError as error:
        raise BadJSON(
            "invalid_json", f"This is no JSON: {error.msg}, line {error.lineno} column {error.colno}."
        ) from error


def _depth(body: bytes) -> int:
    """How deep the brackets nest, counted on the bytes with the strings taken out."""
    depth = deepest = 0
    for bracket in _STRING.sub(b"", body).translate(None, delete=_NO_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        [(twice, _times)] = Counter(name for name, _ in pairs).most_common(1)
        raise BadJSON("duplicate_key", f"The key “{storable(twice[:60])}” is there twice in one object.")
    return value


def _constant(text: str) -> NoReturn:
    raise BadJSON("invalid_number", f"{text} is no number here.")


def _integer(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise BadJSON("invalid_number", f"A number has more than {LONGEST_NUMBER} digits.")
    return int(text)


def _float(text: str) -> float:
    value = float(text) if len(text) <= 400 else float("inf")
    if value in (float("inf"), float("-inf")):
        raise BadJSON("invalid_number", "A number is too large.")
    return value
