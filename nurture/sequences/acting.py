"""What steps do to leads. Each doer gets the enrolments that are at such a step, whose leads are held, and says of
which it was not done, and why; what it writes is in the transaction that takes the step."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from collections.abc import Sequence as Many
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Final, NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from leads.correcting.leads import correct
from leads.custom_fields.catalogue import by_path
from leads.events import SYSTEM
from leads.lead_tasks.lists import may_do
from leads.lead_tasks.writing import Plan as TaskPlan
from leads.lead_tasks.writing import add as add_task
from leads.normalise import Refusal
from nurture.models import Enrolment, Mail, Segment, Sequence
from nurture.news_kinds import TOLD, ToldFacts, subject_key
from nurture.segments import lists
from nurture.segments.upkeep import request_looks
from nurture.sending.owing import Owed
from nurture.sending.owing import enqueue as enqueue_mail
from nurture.sequences.entering import request
from nurture.sequences.sends import send_key
from nurture.sequences.steps import ADD, GO_TO, NOTIFY, REMOVE, SEND, SET_FIELD, TASK, Step, StepKind
from outbox.enqueue import Subject, enqueue


class Turn(NamedTuple):
    """An enrolment, read with its lead, sequence and version, at a step that is taken now."""

    enrolment: Enrolment
    step: Step


Refusals = dict[int, str]
Doer = Callable[[Many[Turn], datetime], Refusals]


def act(turns: Iterable[Turn], *, now: datetime) -> dict[int, str]:
    """Does what these steps do; returns of which enrolments it was not done, and why, by key.

    Whoever looks at leads in segments takes the looks before the segments, so looks are asked for first.
    """
    by_kind: dict[StepKind, list[Turn]] = defaultdict(list)
    for turn in turns:
        by_kind[turn.step.kind].append(turn)
    listed = [turn.enrolment.lead_id for turn in (*by_kind[ADD], *by_kind[REMOVE])]
    request_looks(listed, now=now)
    refusals: Refusals = {}
    for kind, doer in _DOERS.items():
        if kind in by_kind:
            refusals |= doer(by_kind[kind], now)
    return refusals | _change_lists([*by_kind[ADD], *by_kind[REMOVE]], now)


def _send(turns: Many[Turn], now: datetime) -> Refusals:
    """Owes the mail as it is approved now; whether the person may be mailed is looked at when it goes."""
    by_mail: dict[str, list[Turn]] = defaultdict(list)
    for turn in turns:
        by_mail[turn.step.says["mail"]].append(turn)
    approved = {
        str(mail.public_id): mail.approved
        for mail in Mail.objects.filter(public_id__in=by_mail).select_related("approved")
    }
    refusals: Refusals = {}
    for key, some in by_mail.items():
        if version := approved.get(key):
            owed = [Owed(one.lead_id, send_key(one.pk, step.id)) for one, step in some]
            enqueue_mail(version, owed, now=now)
        else:
            refusals |= dict.fromkeys([one.pk for one, _step in some], _("This mail is not approved."))
    return refusals


def _set_fields(turns: Many[Turn], now: datetime) -> Refusals:
    refusals: Refusals = {}
    for enrolment, step in turns:
        if by_path(step.says["field"]) is None:
            refusals[enrolment.pk] = _("This field is not in use any more.")
            continue
        try:
            correct(lead_id=enrolment.lead_id, values={step.says["field"]: step.says["value"]}, agent=SYSTEM, now=now)
        except Refusal as refusal:
            refusals[enrolment.pk] = refusal.message[:200]
    return refusals


def _give_tasks(turns: Many[Turn], now: datetime) -> Refusals:
    for enrolment, step in turns:
        due_on = timezone.localdate(now) + timedelta(days=step.says["days"])
        plan = TaskPlan(text=step.says["text"], due_on=due_on, assignee=_person(enrolment, step))
        add_task(lead=enrolment.lead, plan=plan, actor=_starter(enrolment), now=now)
    return {}


def _tell(turns: Many[Turn], now: datetime) -> Refusals:
    for enrolment, step in turns:
        lead = enrolment.lead
        facts: ToldFacts = {"lead": lead.name, "sequence": enrolment.sequence.name, "text": step.says["text"]}
        subject = Subject(key=subject_key(lead.pk), path=reverse("leads:detail", args=[lead.public_id]))
        key = f"{enrolment.pk}:{step.id}"
        enqueue(TOLD, subject, facts, key=key, recipients=[_person(enrolment, step)], now=now)
    return {}


def _change_lists(turns: Many[Turn], now: datetime) -> Refusals:
    """Lists are held in the order of their keys, as everybody does who holds many."""
    by_list: dict[tuple[str, StepKind], list[Enrolment]] = defaultdict(list)
    for enrolment, step in turns:
        by_list[step.says["list"], step.kind].append(enrolment)
    known = {str(one.public_id): one for one in Segment.objects.filter(public_id__in=[key for key, _kind in by_list])}
    refusals: Refusals = {}
    changes = [(known[key].pk if key in known else 0, kind, some) for (key, kind), some in by_list.items()]
    for list_id, kind, some in sorted(changes, key=itemgetter(0)):
        change = lists.add_to_list if kind is ADD else lists.take_off_list
        try:
            change(list_id, [one.lead_id for one in some], actor=_starter(some[0]), now=now)
        except lists.ListGone:
            refusals |= dict.fromkeys([one.pk for one in some], _("This list is not there any more."))
    return refusals


def _go_on(turns: Many[Turn], now: datetime) -> Refusals:
    by_sequence: dict[str, list[Enrolment]] = defaultdict(list)
    for enrolment, step in turns:
        by_sequence[step.says["sequence"]].append(enrolment)
    known = {str(one.public_id): one for one in Sequence.objects.filter(public_id__in=by_sequence)}
    refusals: Refusals = {}
    for key, some in by_sequence.items():
        if key in known:
            request([known[key].pk], [one.lead_id for one in some], how=Enrolment.How.SEQUENCE, now=now)
        else:
            refusals |= dict.fromkeys([one.pk for one in some], _("This sequence is not there any more."))
    return refusals


def _person(enrolment: Enrolment, step: Step) -> User:
    """Whom the step names, else who owns the lead, else who started the sequence; of those who may see the lead."""
    wanted = [step.says["person"], enrolment.lead.owner_id]
    may = {person.pk: person for person in may_do(enrolment.lead)}
    return next((may[key] for key in wanted if key in may), _starter(enrolment))


def _starter(enrolment: Enrolment) -> User:
    """In whose name the sequence acts."""
    starter: User | None = enrolment.version.started_by
    if starter is None:
        raise ValueError("A version in force was started by somebody.")  # a constraint sees to it
    return starter


_DOERS: Final[dict[StepKind, Doer]] = {
    SEND: _send,
    SET_FIELD: _set_fields,
    TASK: _give_tasks,
    NOTIFY: _tell,
    GO_TO: _go_on,
}
