"""Places within a message, as people choose and write them.

`payload.invitee.email` goes inside by names; `answers[0]` takes an entry of a list by its place; `fields[name=email]`
the entry of which something is said, wherever it stands; `leads[]` each entry. A name or text with signs of its own is
quoted as in JSON. A list of plain values is one value.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from django.utils.translation import gettext as _

LONGEST: Final = 400
# Steps of one place; JSON that comes in is nested no deeper than 20.
_MOST_STEPS: Final = 25
_PLAIN: Final = re.compile(r'[^.\[\]="]+')
# What tells entries of a list apart better than their place, the surest first.
_TELLING: Final = ("field.ref", "field.id", "column_id", "name", "question", "key", "label", "slug")
_LONGEST_TELLING: Final = 100
MOST_VALUES: Final = 200


class BadPath(ValueError):
    """The text names no place; the message says how to write one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The entry of a list in which the place of these names holds this text."""

    names: tuple[str, ...]
    text: str


class Each:
    """Each entry of a list."""


EACH: Final = Each()
Step = str | int | Entry | Each


@lru_cache(maxsize=4096)
def read_path(text: str) -> tuple[Step, ...]:
    """The steps of a place; raises BadPath."""
    if not text or len(text) > LONGEST:
        raise _bad(text)
    steps: list[Step] = []
    at = 0
    while at < len(text):
        if text[at] == "[":
            step, at = _bracket(text, at + 1)
        else:
            if steps:
                if text[at] != ".":
                    raise _bad(text)
                at += 1
            step, at = _word(text, at)
        steps.append(step)
    if len(steps) > _MOST_STEPS:
        raise _bad(text)
    return tuple(steps)


def _word(text: str, at: int) -> tuple[str, int]:
    if text[at : at + 1] == '"':
        try:
            word, end = json.JSONDecoder().raw_decode(text, at)
        except ValueError as error:
            raise _bad(text) from error
        return str(word), end
    match = _PLAIN.match(text, at)
    if match is None:
        raise _bad(text)
    return match[0], match.end()


def _bracket(text: str, at: int) -> tuple[Step, int]:
    if text[at : at + 1] == "]":
        return EACH, at + 1
    names = []
    while True:
        word, at = _word(text, at)
        names.append(word)
        if text[at : at + 1] != ".":
            break
        at += 1
    step: Step
    if text[at : at + 1] == "=":
        value, at = _word(text, at + 1)
        step = Entry(tuple(names), value)
    elif len(names) == 1 and names[0].isascii() and names[0].isdecimal() and len(names[0]) < 5:
        step = int(names[0])
    else:
        raise _bad(text)
    if text[at : at + 1] != "]":
        raise _bad(text)
    return step, at + 1


def written(steps: Sequence[Step]) -> str:
    """The place as `read_path` reads it."""
    text = ""
    for step in steps:
        if isinstance(step, str):
            text += f".{_quoted(step)}" if text else _quoted(step)
        elif isinstance(step, int):
            text += f"[{step}]"
        elif isinstance(step, Entry):
            text += f"[{'.'.join(map(_quoted, step.names))}={_quoted(step.text)}]"
        else:
            text += "[]"
    return text


def _quoted(word: str) -> str:
    is_plain = _PLAIN.fullmatch(word) and not (word.isascii() and word.isdecimal())
    return word if is_plain else json.dumps(word, ensure_ascii=False)


def value_at(value: Any, steps: Sequence[Step]) -> Any:
    """What stands there; None where nothing does. `Each` is not among the steps."""
    for step in steps:
        if isinstance(step, str):
            value = value.get(step) if isinstance(value, dict) else None
        elif not isinstance(value, list):
            return None
        elif isinstance(step, int):
            value = value[step] if step < len(value) else None
        else:
            value = next((one for one in value if _is_entry(one, step)), None)
        if value is None:
            return None
    return value


def _is_entry(value: Any, step: Step) -> bool:
    return isinstance(step, Entry) and text_of(value_at(value, step.names)) == step.text


def entries_at(value: Any, steps: Sequence[Step]) -> list[Any]:
    """The entries that are meant by a place with `Each` in it, in their order; none where no list is."""
    values = [value]
    rest = list(steps)
    while EACH in rest:
        place = rest.index(EACH)
        lists = [value_at(one, rest[:place]) for one in values]
        values = [entry for one in lists if isinstance(one, list) for entry in one]
        rest = rest[place + 1 :]
    return [value_at(one, rest) for one in values] if rest else values


def text_of(value: Any) -> str:
    """A value as text: lists of plain values joined by commas, yes and no in words; empty for what holds more."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list) and all(isinstance(one, str | int | float) for one in value):
        return ", ".join(filter(None, map(text_of, value)))
    return ""


def places(value: Any, *, each: Sequence[Step] = ()) -> Iterator[tuple[tuple[Step, ...], str]]:
    """Every value in a message with its place, in its order; below the list of `each` those of its first entries."""
    yield from _places(value, (), tuple(each))


def _places(value: Any, at: tuple[Step, ...], each: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _places(inner, (*at, name), each)
    elif isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
        if (*at, EACH) == each[: len(at) + 1]:
            for inner in value[:3]:
                yield from _places(inner, (*at, EACH), each)
            return
        telling = _telling(value)
        for place, inner in enumerate(value):
            step: Step = Entry(telling, text_of(value_at(inner, telling))) if telling else place
            yield from _places(inner, (*at, step), each)
    elif text := text_of(value):
        yield at, text


def _telling(entries: Sequence[Any]) -> tuple[str, ...]:
    """The names of what tells the entries apart; empty where nothing does."""
    for names in (tuple(one.split(".")) for one in _TELLING):
        texts = [text_of(value_at(entry, names)) for entry in entries]
        if all(text and len(text) <= _LONGEST_TELLING for text in texts) and len(set(texts)) == len(texts):
            return names
    return ()


def lists_in(value: Any, at: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:
    """The places of lists of objects, each as the place of its entries; lists within their entries too."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from lists_in(inner, (*at, name))
    elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        yield (*at, EACH)
        yield from lists_in(value[0], (*at, EACH))


def _bad(text: str) -> BadPath:
    message = _("“%(text)s” names no place in a message. Write it like payload.email or fields[name=email].")
    return BadPath(message % {"text": text[:60]})
