"""Making, changing, starting, pausing and stopping sequences. Of two people at once, who is second is told."""

from collections.abc import Collection, Iterator, Mapping
from collections.abc import Sequence as Many
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.db.models.functions import Least
from django.utils.translation import gettext as _

from accounts.models import User
from leads.normalise import Refusal
from nurture.models import Enrolment, EntryRequest, Membership, Segment, Sequence, SequenceVersion
from nurture.sequences import entering
from nurture.sequences.checks import Problem, problems
from nurture.sequences.steps import Plan


class Changed(Exception):
    """Somebody else changed the sequence, or its draft, since it was looked at."""


class NotReady(Exception):
    """What is wrong with the steps keeps them from being started; `problems` says what, by step."""

    def __init__(self, wrong: Many[Problem]) -> None:
        super().__init__(" ".join(problem.text for problem in wrong))
        self.problems = wrong


@dataclass(frozen=True, kw_only=True)
class Rules:
    """All that is said of a sequence beside its steps."""

    name: str
    goal: str = ""
    exit_when: str = ""
    entry: str = Sequence.Entry.BY_HAND
    segment: Segment | None = None
    on_breach: bool = False
    reasons: Collection[int] = ()
    reentry: str = Sequence.Reentry.NEVER
    reentry_days: int | None = None
    on_return: str = Sequence.OnReturn.RESUME

    def columns(self) -> Mapping[str, Any]:
        """What stands in the row of the sequence."""
        return {name: value for name, value in vars(self).items() if name != "reasons"}


@transaction.atomic
def make(rules: Rules, *, actor: User, now: datetime) -> Sequence:
    """A sequence without steps, with a draft to put them into. Raises Refusal for a name that is there already."""
    sequence = Sequence(**rules.columns(), created_by=actor, created_at=now, changed_at=now)
    with _named_once():
        sequence.save(force_insert=True)
    sequence.reasons.set(rules.reasons)
    SequenceVersion.objects.create(sequence=sequence, number=1, changed_at=now)
    return sequence


@transaction.atomic
def change(sequence_id: int, rules: Rules, *, seen_at: datetime, now: datetime) -> Sequence:
    """Other rules, which hold for everybody who is on the way, too. Raises Changed, and Refusal as `make` does."""
    sequence = _held(sequence_id)
    if sequence.changed_at != seen_at:
        raise Changed
    columns = {**rules.columns(), "changed_at": now}
    for name, value in columns.items():
        setattr(sequence, name, value)
    with _named_once():
        sequence.save(update_fields=[*columns])
    sequence.reasons.set(rules.reasons)
    return sequence


@transaction.atomic
def save_steps(draft_id: int, steps: Many[Mapping[str, Any]], *, seen_at: datetime, now: datetime) -> None:
    """The draft has these steps. Raises Changed where somebody changed or started it meanwhile, and Malformed."""
    Plan.read(steps)
    draft = SequenceVersion.objects.filter(pk=draft_id, state=SequenceVersion.State.DRAFT, changed_at=seen_at)
    if not draft.update(steps=list(steps), changed_at=now):
        raise Changed


@transaction.atomic
def new_draft(sequence_id: int, *, now: datetime) -> SequenceVersion:
    """The draft of the next version, with the steps of the one in force; the one that is there, if there is one."""
    sequence = _held(sequence_id)
    newest = sequence.versions.order_by("-number").first()
    if newest is not None and newest.state == SequenceVersion.State.DRAFT:
        return newest
    steps = newest.steps if newest else []
    number = newest.number + 1 if newest else 1
    return SequenceVersion.objects.create(sequence=sequence, number=number, steps=steps, changed_at=now)


@transaction.atomic
def start(sequence_id: int, *, seen_at: datetime, with_members: bool, actor: User, now: datetime) -> Sequence:
    """The draft is in force: who enters from now on begins it, who is on the way finishes what they began.

    `with_members` lets those in who are in its segment now. Raises NotReady, and Changed for another draft.
    """
    sequence = _held(sequence_id)
    draft = sequence.versions.filter(state=SequenceVersion.State.DRAFT, changed_at=seen_at).first()
    if draft is None:
        raise Changed
    if wrong := problems(sequence, draft.steps):
        raise NotReady(wrong)
    sequence.versions.filter(state=SequenceVersion.State.IN_FORCE).update(state=SequenceVersion.State.RETIRED)
    draft.state, draft.started_at, draft.started_by = SequenceVersion.State.IN_FORCE, now, actor
    draft.save(update_fields=["state", "started_at", "started_by"])
    _become(sequence, Sequence.State.RUNNING, now=now)
    if with_members and sequence.segment_id:
        members = Membership.objects.filter(segment=sequence.segment_id).values_list("lead_id", flat=True)
        entering.request([sequence.pk], list(members), how=Enrolment.How.SEGMENT, now=now)
    return sequence


@transaction.atomic
def halt(sequence_id: int, *, now: datetime) -> bool:
    """Nobody takes a step until it goes on. Returns whether it was running."""
    sequence = _held(sequence_id)
    if not sequence.is_running:
        return False
    _become(sequence, Sequence.State.HALTED, now=now)
    return True


@transaction.atomic
def go_on(sequence_id: int, *, now: datetime) -> bool:
    """Everybody goes on where they were, as if no time had passed. Returns whether it was paused."""
    sequence = _held(sequence_id)
    if sequence.halted_at is None:
        return False
    let_clock_stand(sequence, since=sequence.halted_at, now=now)
    _become(sequence, Sequence.State.RUNNING, now=now)
    transaction.on_commit(entering.hint, robust=True)
    return True


@transaction.atomic
def let_clock_stand(sequence: Sequence, *, since: datetime, now: datetime) -> int:
    """The time since then does not count for whoever is in it. Returns how many that is."""
    open_ones = Enrolment.objects.open().filter(sequence=sequence)
    # Held in the order of their keys, as everybody does who holds many.
    keys = list(open_ones.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    stood = now - since
    held_ones = Enrolment.objects.filter(pk__in=keys)
    held_ones.update(since=Least(F("since") + stood, Value(now)), due_at=now)
    held_ones.filter(paused_at__isnull=False).update(paused_at=Least(F("paused_at") + stood, Value(now)))
    return len(keys)


@transaction.atomic
def stop(sequence_id: int, *, now: datetime) -> bool:
    """It is over for everybody, for good; a worker takes them out. Returns whether it was running or paused."""
    sequence = _held(sequence_id)
    if sequence.state not in (Sequence.State.RUNNING, Sequence.State.HALTED):
        return False
    _become(sequence, Sequence.State.STOPPED, now=now)
    EntryRequest.objects.filter(sequence=sequence).delete()
    transaction.on_commit(entering.hint, robust=True)
    return True


@transaction.atomic
def delete(sequence_id: int) -> None:
    """A sequence that was never started is not there any more. Raises Refusal for one that was."""
    sequence = _held(sequence_id)
    if sequence.state != Sequence.State.DRAFT:
        raise Refusal("was_started", "name", _("A sequence that was started stays, with what it did. Stop it instead."))
    sequence.delete()


def _become(sequence: Sequence, state: Sequence.State, *, now: datetime) -> None:
    sequence.state, sequence.changed_at = state, now
    sequence.halted_at = now if state == Sequence.State.HALTED else None
    sequence.save(update_fields=["state", "changed_at", "halted_at"])


def _held(sequence_id: int) -> Sequence:
    sequence = Sequence.objects.select_for_update(no_key=True).filter(pk=sequence_id).first()
    if sequence is None:
        raise Changed
    return sequence


@contextmanager
def _named_once() -> Iterator[None]:
    """Turns the refusal of the database into a sentence at the name."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        message = _("There is a sequence of this name. Choose another one.")
        raise Refusal("name_known", "name", message) from error
