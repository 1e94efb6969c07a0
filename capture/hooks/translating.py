"""Reads a message by a mapping: what it brings of each lead, or why it brings nothing. Nothing is asked of the database
but the fields there are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from capture.hooks.mapping import IGNORED, LEAD_ONLY, HookMapping
from capture.hooks.paths import Step, entries_at, read_path, text_of, value_at
from capture.hooks.targets import CONSENT
from capture.importing.cells import costs_the_row
from capture.importing.kinds.declaration import Field
from capture.importing.kinds.leads import complete_person
from capture.importing.kinds.own_fields import own_values
from capture.importing.values import Reading, is_placeholder
from leads.inputs import ActivityInput, LeadInput
from leads.normalise import Refusal
from lib.text import is_storable, storable
from lib.zones import organisation_zone

MOST_ENTRIES: Final = 1_000
# Without a value that can be used in one of these nothing can be made, or something wrong for ever.
_NEEDS: Final = frozenset({"email", "external_id", "occurred_at", "message_id"})
_OF_ACTIVITY: Final = ("page", "asset", "campaign", "channel", "seconds")
_LONGEST_VALUE: Final = 2_000


@dataclass(slots=True)
class Made:
    """What one entry of a message brings."""

    # An activity with its lead, or what is said of the lead alone.
    input: ActivityInput | LeadInput
    # Key of a purpose -> whether they agree.
    words: Mapping[str, bool]
    # Values that cannot be used, without which the rest is taken.
    left_out: Sequence[Refusal]


class OfNoUse(Exception):
    """The message tells of something that is known and of no use."""


@dataclass(frozen=True, slots=True)
class Translation:
    """How the messages of one address are read. `system` is the one whose ids they name."""

    mapping: HookMapping
    targets: Mapping[str, Field]
    system: str

    @property
    def names_entries(self) -> bool:
        """Whether each entry of a message says its own id, by which it is known wherever it stands."""
        each = self.mapping.each
        return bool(each) and any(
            key == "message_id" and path.startswith(each) for path, key in self.mapping.values.items()
        )

    def read(self, message: Any, *, digest: str, came_at: datetime) -> list[Made | Refusal]:
        """What each entry brings, in order. Raises OfNoUse, and Refusal when nothing can be read of it.

        `digest` tells the message where none of its values does.
        """
        kind = self.mapping.kind_of(message)
        if kind is None:
            raise Refusal("unmapped", "kind", _("Nobody has said yet what this kind of event is."))
        if kind == IGNORED:
            raise OfNoUse
        entries = entries_at(message, read_path(self.mapping.each)) if self.mapping.each else [None]
        if not entries:
            raise Refusal("no_entries", "each", _("The list of leads is not in this message, or it is empty."))
        if len(entries) > MOST_ENTRIES:
            raise Refusal("too_many", "each", _("A message holds at most %(most)s leads.") % {"most": MOST_ENTRIES})
        return [
            self._made(message, entry, kind=kind, place=place, digest=digest, came_at=came_at)
            for place, entry in enumerate(entries)
        ]

    def _made(
        self, message: Any, entry: Any, *, kind: str, place: int, digest: str, came_at: datetime
    ) -> Made | Refusal:
        values, refused = self._values(message, entry, came_at=came_at)
        refused += complete_person(values)
        if costs_the_row(refused, _NEEDS):
            return next(one for one in refused if costs_the_row([one], _NEEDS))
        words = {key.removeprefix(CONSENT): value for key, value in values.items() if key.startswith(CONSENT)}
        stated = {key: values.pop(key) for key in (*_OF_ACTIVITY, "occurred_at", "message_id", "note") if key in values}
        lead = self._lead({key: value for key, value in values.items() if not key.startswith(CONSENT)})
        occurred_at = min(stated.pop("occurred_at", came_at), came_at)
        named, note = stated.pop("message_id", digest), stated.pop("note", "")
        if kind == LEAD_ONLY:
            lead.channel, lead.campaign = stated.get("channel", ""), stated.get("campaign", "")
            lead.landing_page, lead.created_at = stated.get("page", ""), occurred_at
            return Made(lead, words, refused)
        # Tools send several kinds of events about one id, and a message may tell of several leads under one.
        message_id = f"{named}:{kind}" if self.names_entries else f"{named}:{kind}:{place}"
        properties = {"note": note} if note else {}
        activity = ActivityInput(message_id, kind, lead, occurred_at, properties=properties, **stated)
        return Made(activity, words, refused)

    def _lead(self, values: Mapping[str, Any]) -> LeadInput:
        columns, custom = own_values(values, prefix="custom")
        columns, of_company = own_values(columns, prefix="company_custom")
        return LeadInput(**columns, custom=custom, company_custom=of_company, system=self.system)

    def _values(self, message: Any, entry: Any, *, came_at: datetime) -> tuple[dict[str, Any], list[Refusal]]:
        reading = Reading({}, organisation_zone(), {}, {}, came_at)
        values: dict[str, Any] = {}
        refused: list[Refusal] = []
        for key, text in self._texts(message, entry):
            target = self.targets.get(key)
            if target is None or key in values:
                continue
            try:
                values[key] = target.type.read(_whole(text, key), key, reading)
            except Refusal as refusal:
                refused.append(refusal)
        return values, refused

    def _texts(self, message: Any, entry: Any) -> Iterator[tuple[str, str]]:
        """What the places hold and, after all of them, the constants: what is said first counts."""
        each = read_path(self.mapping.each) if self.mapping.each else ()
        for path, key in self.mapping.values.items():
            text = text_of(_value(message, entry, read_path(path), each))[:_LONGEST_VALUE]
            if text and not is_placeholder(text):
                yield key, text
        yield from self.mapping.constants.items()


def _whole(text: str, field: str) -> str:
    """Raises Refusal for a text that cannot be stored as it is: it would be another one."""
    if not is_storable(text):
        raise Refusal(
            "broken_characters", field, _("“%(text)s” holds broken characters.") % {"text": storable(text[:60])}
        )
    return text


def _value(message: Any, entry: Any, path: Sequence[Step], each: Sequence[Step]) -> Any:
    if each and tuple(path[: len(each)]) == tuple(each):
        return value_at(entry, path[len(each) :])
    return value_at(message, path)
