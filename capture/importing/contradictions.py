"""Rows of one file that say different things of the same lead or company: the last one counts, and the others are told.

Taken one after the other they would undo each other, and do so again each time the file is imported: whoever imports it
twice would see changes, and scores would follow each of them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from capture.importing.kinds.declaration import Item, Kind, Subject
from capture.importing.reading import Row
from capture.importing.values import Reading
from leads.normalise import Refusal
from lib.folding import fold
from lib.text import storable

_CODE: Final = "contradicted"
# Beyond these the rest of a file is not looked at: memory stays the same however long it is.
MOST_SUBJECTS: Final = 300_000
MOST_CELLS: Final = 10_000
Superseded = dict[str, dict[str, int]]


def find_contradictions(kind: Kind, reading: Reading, rows: Callable[[], Iterable[Item]]) -> Superseded:
    """Of each line the fields that a later line contradicts, with that line. `rows` reads the file from its start.

    First the cells alone are compared, as they are; then, of the few that differ, what they mean: a cell that cannot be
    used contradicts nothing.
    """
    contradictions: Superseded = {}
    for subject in kind.subjects:
        keys = [key for key in reading.mapping if _is_said(key, subject)]
        if keys and any(key in reading.mapping for key in subject.by):
            differing = _differing(subject, reading, keys, rows())
            if differing:
                fields = [field for field in kind.fields if field.key in keys]
                alike = _about(differing, subject, reading, rows())
                values = ((about, row.line, reading.values(fields, row.cells)[0]) for about, row in alike)
                _compare(values, contradictions)
    return contradictions


def drop_superseded(values: dict[str, Any], row: Row, reading: Reading) -> list[Refusal]:
    """Takes out of the row's values what a later line contradicts, and says so."""
    told = []
    for key, line in reading.superseded.get(str(row.line), {}).items():
        if values.pop(key, None) is not None:
            message = _(
                "“%(text)s” is not used: line %(line)s says something else of the same, and the last line counts."
            )
            text = storable(row.cells[reading.mapping[key]][:60])
            told.append(Refusal(_CODE, key, message % {"text": text, "line": line}))
    return told


def is_contradicted(refusal: Refusal) -> bool:
    """Whether it says no more than that a later line counts."""
    return refusal.code == _CODE


def _is_said(key: str, subject: Subject) -> bool:
    return any(key == each or (each.endswith(".") and key.startswith(each)) for each in subject.says)


def _key(subject: Subject, reading: Reading, cells: Sequence[str]) -> int:
    """What the row is about, as a number; 0 where it does not say."""
    for key in subject.by:
        index = reading.mapping.get(key, -1)
        text = fold(cells[index]) if 0 <= index < len(cells) else ""
        if text:
            return hash((key, text)) or 1
    return 0


def _differing(subject: Subject, reading: Reading, keys: Sequence[str], rows: Iterable[Item]) -> set[int]:
    """What rows with different cells are about."""
    indexes = [reading.mapping[key] for key in keys]
    first: dict[int, int] = {}
    differing: set[int] = set()
    for row in rows:
        if not isinstance(row, Row):
            continue
        about = _key(subject, reading, row.cells)
        if about:
            digest = hash(tuple(row.cells[index] for index in indexes if index < len(row.cells)))
            if first.setdefault(about, digest) != digest:
                differing.add(about)
            if len(first) >= MOST_SUBJECTS:
                break
    return differing


def _about(wanted: set[int], subject: Subject, reading: Reading, rows: Iterable[Item]) -> Iterator[tuple[int, Row]]:
    for row in rows:
        if isinstance(row, Row) and (about := _key(subject, reading, row.cells)) in wanted:
            yield about, row


def _compare(rows: Iterable[tuple[int, int, Mapping[str, object]]], contradictions: Superseded) -> None:
    """Adds the cells of these rows, each what it is about with its line and values, that later ones contradict."""
    # Of each thing and field the last value, and the lines that say it.
    statements: dict[tuple[int, str], tuple[object, list[int]]] = {}
    count = 0
    for about, line, values in rows:
        for key, value in values.items():
            last, lines = statements.get((about, key), (value, list[int]()))
            if last == value:
                lines.append(line)
                statements[about, key] = (value, lines)
                continue
            for earlier in lines:
                contradictions.setdefault(str(earlier), {})[key] = line
                count += 1
            statements[about, key] = (value, [line])
        if count >= MOST_CELLS:
            return
