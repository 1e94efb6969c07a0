"""Figures on their way into one table: each bench adds rows, `python -m bench` prints them all at the end."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

ROWS: Final = "BATON_BENCH_ROWS"  # names the file in which the rows are kept until the end


@dataclass(frozen=True, kw_only=True)
class Row:
    """One figure. `floor` is the name of the row it is held against; `cpu` is of the processes and their server."""

    name: str
    seconds: float | None = None
    cpu: float | None = None
    floor: str = ""
    per_second: float | None = None
    note: str = ""


def add(*rows: Row) -> None:
    """Into the table of the whole run, or printed at once when this bench runs alone."""
    if kept := os.environ.get(ROWS):
        with Path(kept).open("a") as out:
            out.writelines(json.dumps(asdict(row)) + "\n" for row in rows)
    else:
        show(rows)


def read(path: Path) -> list[Row]:
    return [Row(**json.loads(line)) for line in path.read_text().splitlines()]


def show(rows: Sequence[Row]) -> None:
    print(f"{'':<64}{'ms':>11}{'x floor':>9}{'CPU ms':>11}{'x floor':>9}{'a second':>11}  ")
    by_name = {row.name: row for row in rows}
    for row in rows:
        floor = by_name.get(row.floor, Row(name=""))
        cells = (
            _figure(row.seconds, 1000, 11, 1),
            _figure(_ratio(row.seconds, floor.seconds), 1, 9, 2),
            _figure(row.cpu, 1000, 11, 1),
            _figure(_ratio(row.cpu, floor.cpu), 1, 9, 2),
            _figure(row.per_second, 1, 11, 0),
        )
        print(f"{row.name:<64}{''.join(cells)}  {row.note}".rstrip(), flush=True)


def facts(*, server: str, leads: int, activities: int) -> str:
    """The machine, as far as it matters to somebody who compares."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{leads:,} leads, {activities:,} activities, 12 rules. {os.cpu_count()} cores ({platform.machine()}), "
        f"{memory:.0f} GB, load {os.getloadavg()[0]:.1f}; PostgreSQL {server}, Python {platform.python_version()}."
    )


def _figure(value: float | None, times: int, width: int, digits: int) -> str:
    return f"{'':>{width}}" if value is None else f"{value * times:>{width},.{digits}f}"


def _ratio(value: float | None, floor: float | None) -> float | None:
    return value / floor if value is not None and floor else None
