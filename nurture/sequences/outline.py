"""The steps of a version as a list to be read: each with its sentence, how deep it lies, and how many are at it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q

from nurture.models import Enrolment, SequenceVersion, StepRun
from nurture.sequences.checks import Problem
from nurture.sequences.steps import Plan, Step
from nurture.sequences.words import Names, step_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One step as it is read, and the steps of its branches below it."""

    step: Step
    words: str
    at_it: int = 0
    went: int = 0
    yes: int = 0
    refused: int = 0
    problems: Sequence[str] = ()
    branches: Mapping[str, Sequence["Line"]] = field(default_factory=dict)

    @property
    def no(self) -> int:
        """How many went the other way."""
        return self.went - self.yes


def outline(version: SequenceVersion, *, problems: Sequence[Problem] = (), counted: bool = True) -> list[Line]:
    """All of a version; `counted` with how many leads are at each step, went through it, and by which branch."""
    plan = Plan.read(version.steps)
    names = Names.of(plan.by_id.values())
    at_it = _at_each(version) if counted else {}
    went = _went_through(version) if counted else {}

    def line(step: Step) -> Line:
        through = went.get(step.id, {})
        return Line(
            step=step,
            words=step_words(step, names),
            at_it=at_it.get(step.id, 0),
            went=through.get("went", 0),
            yes=through.get("yes", 0),
            refused=through.get("refused", 0),
            problems=[one.text for one in problems if one.step == step.id],
            branches={name: [line(one) for one in branch] for name, branch in step.branches.items()},
        )

    return [line(step) for step in plan.steps]


def lines_in_order(lines: Sequence[Line]) -> Iterator[Line]:
    """All lines, in the order in which they are read."""
    for one in lines:
        yield one
        for branch in one.branches.values():
            yield from lines_in_order(branch)


def _at_each(version: SequenceVersion) -> dict[str, int]:
    rows = Enrolment.objects.open().filter(sequence=version.sequence_id, version=version).order_by()
    return dict(rows.values_list("step").annotate(Count("pk")))


def _went_through(version: SequenceVersion) -> dict[str, dict[str, int]]:
    runs = StepRun.objects.filter(enrolment__sequence=version.sequence_id, enrolment__version=version).order_by()
    counts = runs.values("step").annotate(
        went=Count("pk"),
        yes=Count("pk", filter=Q(outcome=StepRun.Outcome.YES)),
        refused=Count("pk", filter=Q(outcome=StepRun.Outcome.REFUSED)),
    )
    return {row["step"]: {name: row[name] for name in ("went", "yes", "refused")} for row in counts}
