"""What the messages of a webhook hold, as somebody said by an example of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from capture.hooks.paths import EACH, Step, places, read_path, text_of, value_at, written
from capture.hooks.targets import CONSENT, targets
from capture.importing.headings import guess, is_of_staff, plain
from capture.models import ImportBatch

# What a message brings that is neither an activity nor of no use: what is known of the lead.
LEAD_ONLY: Final = "_lead"
IGNORED: Final = "_nothing"
# Names of the place that says what kind of event a message tells.
_KINDS: Final = frozenset({"event", "eventtype", "eventname", "type", "action", "trigger", "topic", "field"})
_IDS: Final = frozenset({"eventid", "messageid", "submissionid", "leadid", "leadgenid", "responseid", "token", "id"})
# Names under which a form's answers stand, whatever was asked.
_EMPTY: Final = frozenset({"", "value", "values", "answer", "string_value", "text"})


@dataclass(slots=True, kw_only=True)
class HookMapping:
    """Which place (capture/hooks/paths.py) holds what (a key of capture/hooks/targets.py).

    A place below `each` is one of each entry of that list; any other says the same for all of them.
    """

    # Place -> target; of several places with one target the first one that holds something counts.
    values: Mapping[str, str] = field(default_factory=dict)
    # Target -> text that holds for every message which does not say it itself.
    constants: Mapping[str, str] = field(default_factory=dict)
    # The place of the entries, each of which is one lead; empty: the whole message is.
    each: str = ""
    # The place that says what kind of event it is, and what each kind is: an activity type, LEAD_ONLY or IGNORED.
    kind: str = ""
    kinds: Mapping[str, str] = field(default_factory=dict)
    # What it is where nothing says it.
    type: str = LEAD_ONLY

    def as_stored(self) -> dict[str, Any]:
        return asdict(self)

    def kind_of(self, message: Any) -> str | None:
        """What the message is; None where its kind is one of which nobody has said anything."""
        text = text_of(value_at(message, read_path(self.kind))) if self.kind else ""
        return self.kinds.get(text) if text else self.type


def stored_mapping(stored: Mapping[str, Any]) -> HookMapping | None:
    """The mapping as it is kept; None where there is none yet."""
    return HookMapping(**stored) if stored else None


def proposed(messages: Sequence[Any]) -> HookMapping:
    """What the names and values of messages tell by themselves."""
    samples = values_in(messages, each="")
    usable = {path: text for path, text in samples.items() if not is_of_staff(plain(_last_name(path)))}
    names = [_last_name(path) for path in usable]
    known = targets()
    columns = guess(ImportBatch.Kind.LEADS, names, [list(usable.values())])
    paths = list(usable)
    values = {paths[index]: key for key, index in columns.items() if key in known}
    kind = next((path for path in paths if path not in values and plain(path) in _KINDS), "")
    used = {*values, kind}
    message_id = next((path for path in paths if path not in used and plain(_last_name(path)) in _IDS), "")
    if message_id and "external_id" not in values.values():
        values[message_id] = "message_id"
    return HookMapping(values=values, kind=kind)


def values_in(messages: Iterable[Any], *, each: str) -> dict[str, str]:
    """Every place of the messages with the first value it holds; the first message's places come first."""
    steps = read_path(each) if each else ()
    samples: dict[str, str] = {}
    for message in messages:
        for place, text in places(message, each=steps):
            samples.setdefault(written(place), text)
    return samples


def kinds_in(messages: Iterable[Any], kind: str) -> list[str]:
    """The kinds of events that came, in the order in which they did."""
    steps = read_path(kind)
    return list(dict.fromkeys(text for one in messages if (text := text_of(value_at(one, steps)))))


def _last_name(path: str) -> str:
    """What a place is called: the last name in it, or the text by which its entry is told."""
    steps = read_path(path)
    return next((_word(step) for step in reversed(steps) if _word(step) not in _EMPTY), path)


def _word(step: Step) -> str:
    if isinstance(step, str):
        return step
    return "" if step is EACH or isinstance(step, int) else getattr(step, "text", "")


def is_consent(target: str) -> bool:
    return target.startswith(CONSENT)
