"""What a version with other rules would mean: the engine's sums over the activities, by a sample and over everybody.

The sample answers at once. Everybody is counted in the background (scoring/analysis/analyses.py), some thousand leads
at a time, and the counts are added up. A lead that has no score by the criteria in force counts as one that does not
qualify today. The numbers of the version can be moved in both.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from accounts.models import User
from leads.models import Lead
from scoring.analysis import analyses
from scoring.engine.definition import Definition, in_force, load
from scoring.engine.fragments import Piece
from scoring.models import Analysis, Criteria
from scoring.whatif.evidence import evidence
from scoring.whatif.numbers import Answer, Numbers, moved, step_of, sweep_of
from scoring.whatif.sample import Sample, Scale, draw
from scoring.whatif.sources import computed, remembered
from scoring.whatif.sql import counting, tally_some
from scoring.whatif.tally import Tallies

CHUNK: Final = 20_000


def estimate(
    criteria: Criteria,
    published: Criteria | None,
    *,
    now: datetime,
    numbers: Numbers | None = None,
    leads: int | None = None,
) -> Answer:
    """The answer from a sample; exact where there are no more leads than it takes. None: the version's own numbers.

    `leads`: how many there are, where it is known.
    """
    definition, old = load(criteria), load(published) if published else None
    new = moved(definition, numbers) if numbers else definition
    thresholds, step = _thresholds(new.criteria, published)
    sample = draw(leads=leads)
    source = _source(definition, old, new, sample, now=now)
    part = counting(source, new, thresholds, are_neighbours=sample.are_neighbours)
    counts = tally_some(part, thresholds, lead_ids=sample.lead_ids, now=now)
    # What was remembered may be of leads drawn when there were fewer.
    scale = sample.scale if sample.scale.is_exact else Scale(sampled=counts.everybody.leads, leads=sample.leads)
    return Answer(counts=counts, thresholds=thresholds, step=step, scale=scale)


def _source(definition: Definition, old: Definition | None, new: Definition, sample: Sample, *, now: datetime) -> Piece:
    """Of leads drawn at random what is remembered; everybody is counted as of this moment, in one statement."""
    if sample.scale.is_exact:
        return computed(new, old, now=now)
    return remembered(evidence(definition, old, sample, now=now, is_moved=new is not definition), definition, new)


def ask(
    criteria: Criteria,
    published: Criteria | None,
    *,
    actor: User,
    now: datetime,
    again: bool = False,
    numbers: Numbers | None = None,
) -> Analysis:
    """Has everybody counted in the background."""
    options = _options(published, numbers)
    return analyses.ask(Analysis.Kind.WHAT_IF, criteria, options=options, actor=actor, now=now, again=again)


def asked(
    criteria: Criteria, published: Criteria | None, numbers: Numbers | None = None
) -> tuple[Analysis | None, Analysis | None]:
    """For exactly what the version says now: the count that runs (or why it failed last), and the newest answer."""
    options = _options(published, numbers)
    same = Analysis.objects.filter(**analyses.what_is_asked(Analysis.Kind.WHAT_IF, criteria, options))
    newest = same.defer("result").first()
    answered = same.filter(problem="", finished_at__isnull=False).first()
    return (newest if newest and (newest.finished_at is None or newest.problem) else None), answered


def answer_of(analysis: Analysis) -> Answer:
    """What was counted, as it was stored."""
    result: Mapping[str, Any] = analysis.result or {}
    leads = result["counts"]["everybody"][0]
    return Answer(
        counts=Tallies.from_json(result["counts"]),
        thresholds=list(result["thresholds"]),
        step=result["step"],
        scale=Scale(sampled=leads, leads=leads),
    )


def run(analysis: Analysis, *, now: datetime) -> analyses.Progress:
    """Counts everybody chunk by chunk; yields (done, of) after each."""
    criteria = analysis.criteria
    published = Criteria.objects.filter(number=analysis.options["against"]).first()
    new, old = load(criteria), load(published) if published else None
    if "numbers" in analysis.options:
        new = moved(new, Numbers.from_json(analysis.options["numbers"]))
    thresholds, step = _thresholds(new.criteria, published)
    part = counting(computed(new, old, now=now), new, thresholds, are_neighbours=True)
    counts, done, last = Tallies(), 0, 0
    leads = Lead.objects.count()
    while ids := chunk_after(last):
        counts += tally_some(part, thresholds, lead_ids=ids, now=now)
        done, last = done + len(ids), ids[-1]
        yield done, max(done, leads)
    return {"thresholds": thresholds, "step": step, "counts": counts.as_json()}


def chunk_after(last: int) -> list[int]:
    """The next leads by their keys."""
    return list(Lead.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK])


def _thresholds(criteria: Criteria, published: Criteria | None) -> tuple[list[int], int]:
    both = (criteria.threshold, published.threshold if published else criteria.threshold)
    return sweep_of(*both), step_of(*both)


def _options(published: Criteria | None, numbers: Numbers | None = None) -> dict[str, object]:
    """Who qualifies today is part of the answer."""
    return {"against": published.number if published else 0, **({"numbers": numbers.as_json()} if numbers else {})}


def best_known(criteria: Criteria, *, leads: int, now: datetime) -> Answer:
    """The exact answer where there is one for what the version says now, else the estimate. `leads`: how many."""
    published = in_force()
    _running, answered = asked(criteria, published)
    return answer_of(answered) if answered else estimate(criteria, published, now=now, leads=leads)
