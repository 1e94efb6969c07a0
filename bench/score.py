"""How fast everybody is scored, beside the same result by SQL written by hand (the floor), in one run.

Both start from the same stored scores: after a publication that moves nearly every total, where 5 % differ, and
where nothing does. The engine goes the way of the product: a publication or `request_everybody`, then workers
that take chunks, with everybody listening who listens in the product.
"""

import bench.ready  # noqa: F401 (before any model)

import argparse  # isort: skip
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection

from bench import floor
from bench.clock import Took, best, clocked, timed
from bench.data import LEADS, NOW, POINTS, THRESHOLD, criteria, publish
from bench.table import Row, add
from bench.worker import Report, Worker
from scoring.engine.definition import in_force
from scoring.engine.rescore import request_everybody
from scoring.models import Rule, Why

__all__ = ["LEADS", "NOW", "criteria", "timed"]

# Beside the process itself: as many processes as two workers are.
PARALLEL = 1


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--leads", type=int, default=100_000)
    leads = options.parse_known_args()[0].leads
    publish(criteria(threshold=THRESHOLD))
    first = together("everybody")
    add(engine_row("everybody for the first time, 1 process", first, leads=leads))
    statement(floor.TABLES)
    for what, prepare in (("all rows", all_off), ("5 % of the rows", some_off), ("no row", none_off)):
        add(*Comparison(what=what, prepare=prepare, leads=leads, tries=3 if leads <= 200_000 else 1).rows())
    all_off()
    alone = engine_row("all rows, 1 process, nobody listening", together("everybody_unpromoted"), leads=leads)
    add(alone, Row(name="worker memory, the most while everybody was scored", note=f"{first.megabytes:,.0f} MB"))


# --- where both start --------------------------------------------------------------------------------------


def all_off() -> dict[str, object]:
    """A publication under which every rule is worth a point more, or again a point less."""
    worth = Rule.objects.filter(criteria=in_force()).order_by("position").values_list("points", flat=True)
    points = [given + (worth[0] == POINTS[0]) for given in POINTS]
    made = publish(criteria(points, threshold=THRESHOLD))
    return floor.values(criteria=made.pk, points=points, now=NOW)


def some_off() -> dict[str, object]:
    """One lead in twenty has a total that is wrong by one."""
    for table in ("scoring_score", "bench_score"):
        statement(f"UPDATE {table} SET total = total - 1 WHERE mod(lead_id, 20) = 0")  # noqa: S608 (names are ours)
    return none_off()


def none_off() -> dict[str, object]:
    request_everybody(now=NOW, why=Why.CATALOGUE)
    rules = Rule.objects.filter(criteria=in_force()).order_by("position")
    points = list(rules.values_list("points", flat=True))
    return floor.values(criteria=rules[0].criteria_id, points=points, now=NOW)


# --- the comparison ----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Comparison:
    what: str
    prepare: Callable[[], dict[str, object]]
    leads: int
    tries: int

    def rows(self) -> Iterator[Row]:
        for processes in (1, 2):
            floors, engines = zip(*(self._once(processes) for _ in range(self.tries)), strict=True)
            by_hand = f"floor by hand: {self.what}, {processes} process{'es' * (processes > 1)}"
            took = best(list(floors))
            # The processor time of the server's parallel workers is not known.
            yield Row(name=by_hand, seconds=took.seconds, cpu=took.cpu if processes == 1 else None)
            name = f"engine: {self.what}, {processes} process{'es' * (processes > 1)}"
            took = best([Took(report.seconds, report.cpu) for report in engines])
            yield Row(
                name=name, seconds=took.seconds, cpu=took.cpu, floor=by_hand, per_second=self.leads / took.seconds
            )

    def _once(self, processes: int) -> tuple[Took, Report]:
        given = self.prepare()
        tidy()
        by_hand = clocked(lambda: floor.rescore(given, workers=(processes - 1) * PARALLEL))
        statement("CHECKPOINT")
        report = together(*["everybody"] * processes)
        check()
        return by_hand, report


def together(*kinds: str) -> Report:
    """Workers at once: the time of the slowest, the processor time and the chunks of all."""
    reports = [worker.report() for worker in [worker.go() for worker in [Worker(kind) for kind in kinds]]]
    known = [report.cpu for report in reports if report.cpu is not None]
    return Report(
        seconds=max(report.seconds for report in reports),
        cpu=sum(known) if known else None,
        megabytes=max(report.megabytes for report in reports),
        outcome=sum(report.outcome for report in reports),
    )


def engine_row(name: str, report: Report, *, leads: int) -> Row:
    against = "floor by hand: all rows, 1 process"
    return Row(name=name, seconds=report.seconds, cpu=report.cpu, floor=against, per_second=leads / report.seconds)


def tidy() -> None:
    """As autovacuum leaves the tables, and with nothing to write that was there before."""
    for table in ("scoring_score", "bench_score", "scoring_scorechange", "leads_lead"):
        statement(f"VACUUM ANALYZE {table}")
    statement("CHECKPOINT")


def check() -> None:
    """The two results are the same, or the comparison is worth nothing."""
    with connection.cursor() as cursor:
        columns = f"lead_id, {floor.NAMES}, {floor.UNTOUCHED}"
        cursor.execute(
            f"SELECT count(*) FROM (SELECT {columns} FROM scoring_score"  # noqa: S608 (names are ours)
            f" EXCEPT SELECT {columns} FROM bench_score) AS other"
        )
        [different] = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM scoring_score")
        [scored] = cursor.fetchone()
    if different or not scored:
        sys.exit(f"The engine and the floor differ for {different} of {scored} leads.")


def statement(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(text)


if __name__ == "__main__":
    main()
