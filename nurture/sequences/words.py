"""Steps as people read them: each a sentence, with the names of what it is about, read once for all of them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from leads.correcting.fields import field_words, value_words
from leads.models import ActivityType, Asset, Page
from lib.numbers import number
from nurture.models import Mail, Segment, Sequence
from nurture.segments.conditions import sentence
from nurture.sequences.steps import (
    ADD,
    ASK,
    END,
    GO_TO,
    NOTIFY,
    REMOVE,
    SEND,
    SET_FIELD,
    TASK,
    WAIT,
    WAIT_FOR,
    WAIT_UNTIL,
    Step,
    StepKind,
)
from nurture.sequences.waits import BUSINESS_DAYS, HOURS

Says = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """How what steps are about is called, by the key with which they name it."""

    mails: Mapping[str, str]
    lists: Mapping[str, str]
    sequences: Mapping[str, str]
    activities: Mapping[str, str]
    people: Mapping[int, str]
    pages: Mapping[int, str]
    assets: Mapping[int, str]

    @classmethod
    def of(cls, steps: Iterable[Step]) -> Self:
        """Of all that these steps are about; a statement for each kind of thing."""
        named: dict[str, set[Any]] = {}
        for step in steps:
            for name, value in step.says.items():
                if value:
                    named.setdefault(name, set()).add(value if not isinstance(value, list) else None)
        lists, sequences = named.get("list", set()), named.get("sequence", set())
        return cls(
            mails=_by_public_id(Mail.objects.filter(public_id__in=named.get("mail", set()))),
            lists=_by_public_id(Segment.objects.filter(public_id__in=lists)) if lists else {},
            sequences=_by_public_id(Sequence.objects.filter(public_id__in=sequences)) if sequences else {},
            activities={one.key: one.name for one in ActivityType.objects.filter(key__in=named.get("activity", set()))},
            people={one.pk: str(one) for one in User.objects.filter(pk__in=named.get("person", set()))},
            pages={one.pk: one.key for one in Page.objects.filter(pk__in=named.get("page", set()))},
            assets={one.pk: one.name for one in Asset.objects.filter(pk__in=named.get("asset", set()))},
        )


def step_words(step: Step, names: Names) -> str:
    """What the step does, as a sentence."""
    return _WORDS[step.kind](step.says, names)


def span_words(count: int, unit: str) -> str:
    """How long, such as 3 business days."""
    if unit == HOURS:
        words = ngettext("%(count)s hour", "%(count)s hours", count)
    elif unit == BUSINESS_DAYS:
        words = ngettext("%(count)s business day", "%(count)s business days", count)
    else:
        words = ngettext("%(count)s day", "%(count)s days", count)
    return words % {"count": number(count)}


def _until(says: Says, _names: Names) -> str:
    days = ", ".join(str(WEEKDAYS[day]) for day in sorted(says["weekdays"]))
    return _("Wait until %(days)s, %(time)s.") % {"days": days, "time": says["time"]}


def _set(says: Says, _names: Names) -> str:
    words = {"field": field_words(says["field"]), "value": value_words(says["field"], says["value"])}
    return _("Set “%(field)s” to “%(value)s”.") % words


def _task(says: Says, names: Names) -> str:
    words = ngettext(
        "Give %(person)s the task “%(text)s”, due after %(days)s day.",
        "Give %(person)s the task “%(text)s”, due after %(days)s days.",
        says["days"],
    )
    return words % {"person": _person(says, names), "text": says["text"], "days": number(says["days"])}


def _tell(says: Says, names: Names) -> str:
    return _("Tell %(person)s: “%(text)s”.") % {"person": _person(says, names), "text": says["text"]}


def _awaited(says: Says, names: Names) -> str:
    if says["activity"]:
        what = names.activities.get(says["activity"], says["activity"])
        about = [names.pages.get(says["page"]), names.assets.get(says["asset"])]
        where = " ".join(f"“{name}”" for name in about if name)
        sentence_of = _("Wait until the lead “%(what)s” %(where)s, %(time)s at most.")
        words = {"what": what, "where": where, "time": span_words(says["days"], "days")}
        return " ".join((sentence_of % words).split()).replace(" ,", ",")
    words = {"conditions": sentence(says["query"]), "time": span_words(says["days"], "days")}
    return _("Wait until it is one of the leads %(conditions)s, %(time)s at most.") % words


def _person(says: Says, names: Names) -> str:
    return names.people.get(says["person"], _("who owns the lead")) if says["person"] else _("who owns the lead")


def _by_public_id(rows: Iterable[Any]) -> dict[str, str]:
    return {str(one.public_id): one.name for one in rows}


_WORDS: Final[Mapping[StepKind, Callable[[Says, Names], str]]] = {
    SEND: lambda says, names: _("Send the mail “%(mail)s”.") % {"mail": names.mails.get(says["mail"], _("gone"))},
    WAIT: lambda says, _names: _("Wait %(time)s.") % {"time": span_words(says["count"], says["unit"])},
    WAIT_UNTIL: _until,
    WAIT_FOR: _awaited,
    ASK: lambda says, _names: _("Is it one of the leads %(conditions)s?") % {"conditions": sentence(says["query"])},
    SET_FIELD: _set,
    TASK: _task,
    NOTIFY: _tell,
    ADD: lambda says, names: (
        _("Put the lead on the list “%(list)s”.") % {"list": names.lists.get(says["list"], _("gone"))}
    ),
    REMOVE: lambda says, names: (
        _("Take the lead off the list “%(list)s”.") % {"list": names.lists.get(says["list"], _("gone"))}
    ),
    GO_TO: lambda says, names: (
        _("Go on to the sequence “%(name)s”.") % {"name": names.sequences.get(says["sequence"], _("gone"))}
    ),
    END: lambda _says, _names: _("End."),
}
