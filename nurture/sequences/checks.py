"""What keeps steps from being started, each named by its step."""

from collections.abc import Callable, Iterator
from collections.abc import Sequence as Many
from typing import Any, Final, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from leads.custom_fields.catalogue import by_path
from leads.models import ActivityType
from nurture.models import Mail, Segment, Sequence
from nurture.segments.conditions import problem
from nurture.sequences.steps import (
    ADD,
    ASK,
    GO_TO,
    NOTIFY,
    REMOVE,
    SEND,
    SET_FIELD,
    TASK,
    WAIT_FOR,
    Malformed,
    Plan,
    Step,
    StepKind,
)


class Problem(NamedTuple):
    """What is wrong with a step; with the sequence itself where there is no step."""

    step: str
    text: str


def problems(sequence: Sequence, steps: Any) -> list[Problem]:
    """All that is wrong, in the order of the steps."""
    try:
        plan = Plan.read(steps)
    except Malformed as malformed:
        return [Problem("", str(malformed))]
    wrong = [Problem("", text) for text in _of_rules(sequence)]
    if plan.first is None:
        wrong.append(Problem("", _("There is no step yet. Add what is to happen first.")))
    wrong += [Problem(step.id, text) for step in plan.by_id.values() for text in _of_step(sequence, step)]
    wrong += [
        Problem(step.id, _("Nothing comes to this step: the one before it is the last."))
        for step in _behind(plan.steps)
    ]
    return wrong


def _of_rules(sequence: Sequence) -> Iterator[str]:
    for label, query in ((_("Goal"), sequence.goal), (_("Leave when"), sequence.exit_when)):
        if query and (why := problem(query)):
            yield _("“%(condition)s” cannot be read. %(why)s") % {"condition": label, "why": why}
    if sequence.entry == Sequence.Entry.RETURN and not sequence.on_breach and not sequence.reasons.exists():
        yield _("Say for which reasons leads that sales gives back enter.")


def _of_step(sequence: Sequence, step: Step) -> Iterator[str]:
    check = _CHECKS.get(step.kind)
    if check and (why := check(sequence, step)):
        yield why


def _behind(steps: Many[Step]) -> Iterator[Step]:
    """Steps that nobody comes to."""
    for number, step in enumerate(steps):
        if number and steps[number - 1].kind.is_last:
            yield step
        for branch in step.branches.values():
            yield from _behind(branch)


def _conditions(_sequence: Sequence, step: Step) -> str:
    query = step.says["query"]
    if step.kind is ASK and not query:
        return _("Say by which conditions the ways part.")
    return problem(query) if query else ""


def _awaited(sequence: Sequence, step: Step) -> str:
    activity = step.says["activity"]
    if bool(activity) == bool(step.says["query"]):
        return _("Say what it waits for: an activity or conditions.")
    if activity and not ActivityType.objects.filter(key=activity, is_active=True).exists():
        return _("There is no such activity any more.")
    return _conditions(sequence, step)


def _field(_sequence: Sequence, step: Step) -> str:
    return "" if by_path(step.says["field"]) else _("This field is not in use any more.")


def _list(_sequence: Sequence, step: Step) -> str:
    return (
        ""
        if _is_there(Segment.objects.filter(is_list=True), step.says["list"])
        else _("This list is not there any more.")
    )


def _other(sequence: Sequence, step: Step) -> str:
    key = step.says["sequence"]
    if key == str(sequence.public_id):
        return _("A sequence cannot go on to itself.")
    running = Sequence.objects.filter(state__in=[Sequence.State.RUNNING, Sequence.State.HALTED])
    return "" if _is_there(running, key) else _("The sequence to go on to is not running.")


def _mail(_sequence: Sequence, step: Step) -> str:
    approved = Mail.objects.filter(approved__isnull=False)
    return "" if _is_there(approved, step.says["mail"]) else _("Nothing is sent of a mail before it is approved.")


def _person(_sequence: Sequence, step: Step) -> str:
    key = step.says["person"]
    if key is None or User.objects.filter(pk=key, is_active=True).exists():
        return ""
    return _("The person it names has left.")


def _is_there(rows: Any, public_id: str) -> bool:
    try:
        return bool(rows.filter(public_id=public_id).exists())
    except ValidationError:
        return False


_CHECKS: Final[dict[StepKind, Callable[[Sequence, Step], str]]] = {
    SEND: _mail,
    ASK: _conditions,
    WAIT_FOR: _awaited,
    SET_FIELD: _field,
    ADD: _list,
    REMOVE: _list,
    GO_TO: _other,
    TASK: _person,
    NOTIFY: _person,
}
