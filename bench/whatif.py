"""How fast a what-if is answered: numbers moved beside a bare count over the scores, rules changed beside the engine.

Moved numbers are multiplied with the stored evidence. Changed rules are asked of the activities; the floor there is
the engine's own SELECT over the same chunks of leads, read and added up, with nothing written.
"""

import bench.ready  # noqa: F401 (before any model)

import argparse  # isort: skip
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

from django.db import connection
from django.utils import timezone

from bench.clock import Took, best, clocked
from bench.data import NOW, criteria, publish
from bench.table import Row, add
from leads.models import Lead
from scoring.engine import sql
from scoring.engine.definition import in_force, load
from scoring.engine.fragments import for_neighbours, piece, rows, written
from scoring.models import Analysis, Criteria, Score, Why
from scoring.whatif import numbers as whatif
from scoring.whatif import version as whatif_version
from scoring.whatif.sample import draw

COUNT = "what-if: floor, a bare count over the scores"
AGGREGATE = "what-if: floor, the engine's SELECT over every chunk"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--leads", type=int, default=100_000)
    leads = options.parse_known_args()[0].leads
    held = in_force()
    if held is None or Score.objects.filter(criteria=held).count() < leads:
        held = publish(criteria())
        score_everybody(held)
    add(*moved_numbers(held))
    add(*changed_rules(held))


def score_everybody(held: Criteria) -> None:
    statement = for_neighbours(sql.statement(load(held)))
    for ids in chunks():
        written(statement, lead_ids=ids, now=NOW, whys=[Why.PUBLICATION] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE scoring_score")


def chunks() -> Iterator[list[int]]:
    last = 0
    while ids := whatif_version.chunk_after(last):
        yield ids
        last = ids[-1]


def moved_numbers(held: Criteria) -> Iterator[Row]:
    definition = load(held)
    one = replace(whatif.Numbers.of(definition), threshold=40)
    every = replace(one, engagement_cap=50, points={rule.pk: 7 for rule in definition.rules})
    leads = Lead.objects.count()

    def floor() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FILTER (WHERE total >= bar) FROM scoring_score WHERE criteria_id = %s", [held.pk]
            )
            cursor.fetchall()

    def sampled(numbers: whatif.Numbers) -> None:
        whatif.estimate(definition, numbers, draw(), now=NOW)

    yield _row(COUNT, three(floor))
    yield _row("what-if: the threshold moved, a sample", three(lambda: sampled(one)), COUNT)
    yield _row("what-if: every number moved, a sample", three(lambda: sampled(every)), COUNT)
    yield _row("what-if: the threshold moved, exact", three(lambda: whatif.ask(definition, one, leads, now=NOW)), COUNT)
    yield _row(
        "what-if: every number moved, exact", three(lambda: whatif.ask(definition, every, leads, now=NOW)), COUNT
    )
    yield _row("the thresholds on the agreement", three(lambda: whatif.shadow(definition, now=NOW)), COUNT)


def three(work: Callable[[], object]) -> Took:
    return best([clocked(work) for _ in range(3)])


def changed_rules(held: Criteria) -> Iterator[Row]:
    draft = criteria()
    draft.rules.filter(within_days=30).update(within_days=60)
    new = load(draft)
    asked = Analysis(criteria=draft, options={"against": held.number}, asked_at=timezone.now())
    # Materialized, or PostgreSQL would leave out the columns that nobody adds up.
    plain = piece("WITH final AS MATERIALIZED ({}) SELECT count(*), sum(total) FROM final", sql.final(new))
    select = for_neighbours(plain)

    def floor() -> None:
        for ids in chunks():
            rows(select, lead_ids=ids, now=NOW)

    def everybody() -> None:
        done = max(done for done, _of in whatif_version.run(asked, now=NOW))
        if done != Lead.objects.count():
            sys.exit(f"Only {done:,} leads were counted.")

    # Turn by turn, so that both meet the same machine.
    tries = [(clocked(floor), clocked(everybody)) for _ in range(3)]
    yield _row(
        "what-if: rules changed, a sample", three(lambda: whatif_version.estimate(draft, held, now=NOW)), AGGREGATE
    )
    yield _row(AGGREGATE, best([one for one, _other in tries]))
    yield _row("what-if: rules changed, exact", best([other for _one, other in tries]), AGGREGATE)


def _row(name: str, took: Took, floor: str = "") -> Row:
    return Row(name=name, seconds=took.seconds, cpu=took.cpu, floor=floor)


if __name__ == "__main__":
    main()
