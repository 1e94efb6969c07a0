"""A worker process of the bench: `python -m bench.worker NAME` does one kind of work when told to, and reports.

It says "ready", waits for a line, works, and prints one line of JSON: seconds, processor seconds, the most memory
it ever had, and what came of it.
"""

import bench.ready  # noqa: F401 (before any model)

import json  # isort: skip
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Final, Self

from django.db import transaction
from django.utils import timezone

from bench.clock import Clock
from bench.data import NOW
from leads.models import Lead
from lib.hints import hints_held_back
from scoring.engine.batches import compiled, drain, score_held
from scoring.engine.rescore import score_chunk
from scoring.models import Why
from scoring.signals import leads_scored

HANDOFF: Final = "handoff.leads_scored"


def everybody() -> int:
    """Takes chunks until none is left."""
    done = 0
    while leads := score_chunk(now=NOW):
        done += leads
    return done


def everybody_unpromoted() -> int:
    """The same with nobody listening to the scores."""
    leads_scored.disconnect(dispatch_uid=HANDOFF)
    return everybody()


def requests() -> int:
    """Takes what was asked for until nothing is left, with nobody listening."""
    leads_scored.disconnect(dispatch_uid=HANDOFF)
    done = 0
    while leads := drain(now=NOW):
        done += leads
    return done


def listen() -> dict[str, float]:
    """Drains as a worker that is told at once, until nothing came for three seconds; when each score was stored."""
    stored: dict[str, float] = {}
    taken: list[int] = []
    leads_scored.disconnect(dispatch_uid=HANDOFF)
    leads_scored.connect(lambda lead_ids, **_: taken.extend(lead_ids), weak=False)
    last = monotonic() + 10
    while monotonic() < last + 3:
        if drain(now=timezone.now()):
            last = monotonic()
            stored |= {str(lead_id): last for lead_id in taken if str(lead_id) not in stored}
            taken.clear()
        else:
            sleep(0.01)
    return stored


KINDS: Final[dict[str, Callable[[], object]]] = {
    work.__name__: work for work in (everybody, everybody_unpromoted, requests, listen)
}


@dataclass(frozen=True)
class Report:
    seconds: float
    cpu: float | None
    megabytes: float
    outcome: object


class Worker:
    """The side of the bench."""

    def __init__(self, kind: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.worker", kind],
            cwd=Path(__file__).resolve().parent.parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._line()

    def go(self) -> Self:
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        return self

    def report(self) -> Report:
        report = Report(**json.loads(self._line()))
        self.process.wait()
        return report

    def _line(self) -> str:
        assert self.process.stdout is not None
        line: str = self.process.stdout.readline()
        if line:
            return line
        sys.exit("A worker of the bench ended early.")


def warm() -> None:
    """As a worker that has been at it for a while: connected, and its server has read the catalogues.

    The statement is compiled again, as after a publication.
    """
    with transaction.atomic():
        lead_ids = Lead.objects.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True)[:1]
        score_held(dict.fromkeys(lead_ids, Why.PROFILE), now=NOW)
        transaction.set_rollback(True)
    compiled.cache_clear()


def main() -> None:
    work = KINDS[sys.argv[1]]
    warm()
    print("ready", flush=True)
    sys.stdin.readline()
    with hints_held_back():
        with Clock() as clock:
            outcome = work()
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        report = Report(*clock.took, megabytes=most, outcome=outcome)
        print(json.dumps(asdict(report)), flush=True)


if __name__ == "__main__":
    main()
