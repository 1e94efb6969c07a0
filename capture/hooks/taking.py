"""Takes through the door what the mapping of a webhook makes of its messages.

What no mapping knows waits; once somebody has said what it is, it is
taken as of the moment it came. What was taken is never taken again.
"""

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from capture.hooks.keeping import keep
from capture.hooks.known import hook_of_source
from capture.hooks.mapping import stored_mapping
from capture.hooks.targets import targets
from capture.hooks.translating import Made, OfNoUse, Translation
from capture.models import Hook, HookMessage
from capture.streams import Event
from capture.usable import take_usable
from leads.consent.ledger import Word, take_words
from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput, Taken
from leads.intake import take_activities, take_leads
from leads.normalise import Refusal
from lib.database.away import is_blameless

logger = logging.getLogger(__name__)

Input = TypeVar("Input")
Outcome = HookMessage.Outcome
TO_TAKE: Final = (Outcome.WAITING, Outcome.REFUSED)
# So many are taken while somebody waits for the page.
MOST_AT_ONCE: Final = 300
_MESSAGES: Final = 50
_INPUTS: Final = 1_000


@dataclass(slots=True)
class Result:
    """What became of a message: why, and how much it brought."""

    message: HookMessage
    outcome: HookMessage.Outcome = Outcome.TAKEN
    code: str = ""
    details: list[str] = field(default_factory=list)
    made: int = 0
    leads: list[Taken] = field(default_factory=list)

    def refuse(self, refusal: Refusal) -> None:
        """What waits for a word of ours waits; the rest needs another message, or another mapping."""
        self.outcome = Outcome.WAITING if refusal.code == "unmapped" and not self.made else Outcome.REFUSED
        self.code = refusal.code
        self.details.append(refusal.message)


def agent_of(hook: Hook) -> Agent:
    return Agent(name=f"webhook {hook.name}"[:100])


def take(
    events: Sequence[Event], *, agent: Agent, source: str, system: str, now: datetime
) -> list[Taken | Refusal | None]:
    """Keeps every message; what can be read is taken. None of each: what became of it stands with the message."""
    hook = hook_of_source(source)
    if hook is None:
        gone = Refusal("unknown_hook", "hook", _("The webhook this came to is no longer there."))
        return [gone for _event in events]
    fresh = keep(hook, events)
    if not hook.is_paused:
        messages = HookMessage.objects.filter(pk__in=fresh).order_by("received_at", "pk")
        take_messages(hook, messages, agent=agent, now=now)
    return [None for _event in events]


def replay(hook: Hook, *, now: datetime) -> tuple[int, bool]:
    """Takes the first MOST_AT_ONCE messages that wait or were refused, as of the moment they came.

    Returns how many were taken, and whether there are more of them.
    """
    waiting = hook.messages.filter(outcome__in=TO_TAKE).exclude(body="").order_by("received_at", "pk")
    ids = list(waiting.values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    count = 0
    for start in range(0, min(len(ids), MOST_AT_ONCE), _MESSAGES):
        part = ids[start : start + _MESSAGES]
        with transaction.atomic():
            messages = HookMessage.objects.filter(pk__in=part, outcome__in=TO_TAKE).order_by("pk").select_for_update()
            results = take_messages(hook, messages, agent=agent_of(hook), now=now)
        count += sum(one.outcome == Outcome.TAKEN for one in results)
    return count, len(ids) > MOST_AT_ONCE


def take_messages(hook: Hook, messages: Iterable[HookMessage], *, agent: Agent, now: datetime) -> list[Result]:
    """Takes these messages, which the caller holds, and stores what became of each."""
    results = results_of(hook, list(messages), agent=agent, now=now)
    for one in results:
        row = one.message
        row.outcome, row.code, row.made = one.outcome, one.code, one.made
        row.detail = "\n".join(dict.fromkeys(one.details))[:2_000]
    HookMessage.objects.bulk_update([one.message for one in results], ["outcome", "code", "detail", "made"])
    return results


def results_of(hook: Hook, messages: Sequence[HookMessage], *, agent: Agent, now: datetime) -> list[Result]:
    """What becomes of each message, in order. One that fails in a way nobody foresaw does not keep the others."""
    mapping = stored_mapping(hook.mapping)
    if mapping is None:
        return [Result(message, Outcome.WAITING) for message in messages]
    translation = Translation(mapping, targets(), hook.system)

    def take_part(part: Sequence[HookMessage]) -> list[Result]:
        with transaction.atomic():
            return _take(hook, part, translation, agent=agent, now=now)

    return _unharmed(messages, take_part)


def _unharmed(
    messages: Sequence[HookMessage], take_part: Callable[[Sequence[HookMessage]], list[Result]]
) -> list[Result]:
    if not messages:
        return []
    try:
        return take_part(messages)
    except Exception as error:
        if is_blameless(error):
            raise
        if len(messages) == 1:
            # Its words may repeat what was sent.
            logger.error("Message %s of a webhook: %s.", messages[0].pk, type(error).__name__)  # noqa: TRY400
            failed = Result(messages[0])
            failed.refuse(Refusal("failed", "message", _("Baton failed with this message. Take it after an update.")))
            return [failed]
    middle = len(messages) // 2
    return [*_unharmed(messages[:middle], take_part), *_unharmed(messages[middle:], take_part)]


def _take(
    hook: Hook, messages: Sequence[HookMessage], translation: Translation, *, agent: Agent, now: datetime
) -> list[Result]:
    results = [Result(message) for message in messages]
    made: list[tuple[Result, Made]] = []
    for result in results:
        for one in _read(result, translation):
            if isinstance(one, Refusal):
                result.refuse(one)
            else:
                result.details += [refusal.message for refusal in one.left_out]
                made.append((result, one))
    answers = _through_the_door(hook, [one for _result, one in made], agent=agent, now=now)
    words: list[Word] = []
    for (result, one), answer in zip(made, answers, strict=True):
        if isinstance(answer, Refusal):
            result.refuse(answer)
            continue
        result.made += 1
        result.leads.append(answer)
        words += _words(one, answer.lead_id, hook=hook, at=result.message.received_at)
    if words:
        take_words(words, agent=agent, now=now)
    return results


def _read(result: Result, translation: Translation) -> Sequence[Made | Refusal]:
    message = result.message
    try:
        return translation.read(json.loads(message.body), digest=message.digest, came_at=message.received_at)
    except OfNoUse:
        result.outcome = Outcome.IGNORED
        return []
    except Refusal as refusal:
        return [refusal]


def _through_the_door(hook: Hook, made: Sequence[Made], *, agent: Agent, now: datetime) -> list[Taken | Refusal]:
    """What became of each, in order."""

    def leads(part: Sequence[LeadInput]) -> list[Taken | Refusal]:
        return take_leads(part, agent=agent, now=now)

    def activities(part: Sequence[ActivityInput]) -> list[Taken | Refusal]:
        return take_activities(part, agent=agent, source=hook.source, now=now)

    of_leads = [one.input for one in made if isinstance(one.input, LeadInput)]
    of_activities = [one.input for one in made if isinstance(one.input, ActivityInput)]
    lead_results = iter([one for part in _parts(of_leads) for one in take_usable(part, leads)])
    activity_results = iter([one for part in _parts(of_activities) for one in take_usable(part, activities)])
    return [next(lead_results if isinstance(one.input, LeadInput) else activity_results) for one in made]


def _parts(inputs: Sequence[Input]) -> Iterator[Sequence[Input]]:
    for start in range(0, len(inputs), _INPUTS):
        yield inputs[start : start + _INPUTS]


def _words(made: Made, lead_id: int, *, hook: Hook, at: datetime) -> list[Word]:
    source = _("webhook %(name)s") % {"name": hook.name}
    return [
        Word(lead_id=lead_id, purpose=purpose, is_given=is_given, source=source, at=at)
        for purpose, is_given in made.words.items()
    ]


def messages_of(bodies: Iterable[str]) -> list[Any]:
    """The messages in what was kept of them."""
    return [json.loads(body) for body in bodies if body]
