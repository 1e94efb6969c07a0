"""The kinds of events that are the lead's own: how it came in, what it became, and what was decided about its doing."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Final, TypedDict

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from leads.correcting.fields import change_words, field_words
from leads.events import EventKind, Transition, register
from leads.models import LeadEvent, Stage, Status
from lib.moments import moment_words
from lib.numbers import number


class Correction(TypedDict, total=False):
    """Which fields of the lead changed; where a person corrected them also from what to what, until an erasure."""

    fields: list[str]
    before: dict[str, object]
    after: dict[str, object]


class Earlier(TypedDict):
    """The first touch that an earlier one has replaced."""

    # ISO 8601.
    was_at: str
    # The channel's name; empty where none was known.
    was_channel: str


class Closed(TypedDict, total=False):
    """How a deal ended."""

    # What was bought is worth: a decimal number as text, in the organisation's currency.
    amount: str
    # What another system calls the deal.
    deal: str


class Said(TypedDict):
    """What was said of which purpose, and where."""

    # The purpose's key, and its name as it was then.
    purpose: str
    label: str
    source: str


class Verdict(TypedDict):
    """Of how many activities it was decided who did them."""

    activities: int


class Merged(TypedDict):
    """What another lead brought."""

    # The id by which that lead's page was known.
    lead: str
    activities: int


class Logged(TypedDict):
    """What was logged by hand."""

    # The name of the activity type.
    type: str


def _corrected_fields(event: LeadEvent) -> Iterable[str]:
    data: Correction = event.data
    after = data.get("after")
    words = change_words(data["before"], after) if after else map(field_words, data.get("fields", []))
    yield ", ".join(words)


def _touch_before(event: LeadEvent) -> Iterable[str]:
    data: Earlier = event.data
    moment = moment_words(datetime.fromisoformat(data["was_at"]))
    words = _("before: %(moment)s, %(channel)s") if data["was_channel"] else _("before: %(moment)s")
    yield words % {"moment": moment, "channel": data["was_channel"]}


def _deal(event: LeadEvent) -> Iterable[str]:
    data: Closed = event.data
    if "amount" in data:
        yield number(Decimal(data["amount"]))
    if "deal" in data:
        yield _("deal %(id)s") % {"id": data["deal"]}


def _purpose(event: LeadEvent) -> Iterable[str]:
    data: Said = event.data
    yield data["label"]
    yield data["source"]


def _judged_activities(event: LeadEvent) -> Iterable[str]:
    data: Verdict = event.data
    words = ngettext("%(count)s activity", "%(count)s activities", data["activities"])
    yield words % {"count": number(data["activities"])}


def _brought(event: LeadEvent) -> Iterable[str]:
    data: Merged = event.data
    words = ngettext("with %(count)s activity", "with %(count)s activities", data["activities"])
    yield words % {"count": number(data["activities"])}


def _activity_type(event: LeadEvent) -> Iterable[str]:
    data: Logged = event.data
    yield gettext(data["type"])


CREATED: Final = register(
    EventKind(key="lead.created", label=_("Created"), sentence=_("The lead came in."), icon="plus")
)
CHANGED: Final = register(
    EventKind(
        key="lead.changed",
        label=_("Changed"),
        sentence=_("Details of the lead changed."),
        facts=_corrected_fields,
        public=("fields",),
        personal=("before", "after"),
    )
)
NOTE: Final = register(EventKind(key="lead.note", label=_("Note"), sentence=_("A note."), icon="edit"))
FIRST_TOUCH: Final = register(
    EventKind(
        key="lead.first_touch",
        label=_("Earlier first touch"),
        sentence=_("An earlier first touch became known."),
        facts=_touch_before,
    )
)
RECOUNTED: Final = register(
    EventKind(
        key="lead.recounted",
        label=_("Channels counted again"),
        sentence=_("Visits were counted again by the channel rules."),
        facts=_judged_activities,
    )
)
NURTURING: Final = register(
    Transition(
        key="lead.nurturing",
        label=_("Nurturing"),
        sentence=_("Marketing keeps the lead warm."),
        starts=(Status.NEW, Status.RECYCLED),
        status=Status.NURTURING,
    )
)
MQL: Final = register(
    Transition(
        key="lead.mql",
        label=_("MQL"),
        sentence=_("The lead met the criteria."),
        icon="star",
        starts=(Status.NEW, Status.NURTURING, Status.RECYCLED),
        stage=Stage.MQL,
        status=Status.AWAITING_REVIEW,
    )
)
OPPORTUNITY: Final = register(
    Transition(
        key="lead.opportunity",
        label=_("Opportunity"),
        sentence=_("The lead became an opportunity."),
        stage=Stage.OPPORTUNITY,
        status=Status.WORKING,
    )
)
CUSTOMER: Final = register(
    Transition(
        key="lead.customer",
        label=_("Customer"),
        sentence=_("The lead became a customer."),
        icon="star",
        stage=Stage.CUSTOMER,
        status=Status.CONVERTED,
        facts=_deal,
        public=("amount", "deal"),
    )
)
CUSTOMER_SINCE: Final = register(
    EventKind(
        key="lead.customer_since",
        label=_("Customer since"),
        sentence=_("The lead has been a customer since then, as became known."),
        icon="star",
    )
)
LOST: Final = register(
    Transition(
        key="lead.lost",
        label=_("Lost"),
        sentence=_("The deal was lost."),
        status=Status.LOST,
        facts=_deal,
        public=("deal",),
    )
)
# Of a lead that is a customer, or lost, already.
DEAL_WON: Final = register(
    EventKind(
        key="lead.deal_won",
        label=_("Another deal won"),
        sentence=_("Another deal was won."),
        icon="star",
        facts=_deal,
        public=("amount", "deal"),
    )
)
DEAL_LOST: Final = register(
    EventKind(
        key="lead.deal_lost",
        label=_("Another deal lost"),
        sentence=_("Another deal was lost."),
        facts=_deal,
        public=("deal",),
    )
)
DEAL_AMOUNT: Final = register(
    EventKind(
        key="lead.amount",
        label=_("Amount"),
        sentence=_("Another amount was said of what the lead bought."),
        facts=_deal,
        public=("amount", "deal"),
    )
)
DEAL_DAY: Final = register(
    EventKind(
        key="lead.deal_day",
        label=_("Day of a deal"),
        sentence=_("Another day was said of a deal: this one."),
        facts=_deal,
        public=("amount", "deal"),
    )
)
CONSENT_GIVEN: Final = register(
    EventKind(
        key="lead.consent_given",
        label=_("Consent given"),
        sentence=_("The person gave consent."),
        icon="check",
        facts=_purpose,
        public=("purpose",),
    )
)
CONSENT_WITHDRAWN: Final = register(
    EventKind(
        key="lead.consent_withdrawn",
        label=_("Consent withdrawn"),
        sentence=_("The person withdrew consent."),
        icon="block",
        facts=_purpose,
        public=("purpose",),
    )
)
COPIED: Final = register(
    EventKind(
        key="lead.copied",
        label=_("Copy of everything"),
        sentence=_("A copy of everything that is kept about the person was made for them."),
        icon="download",
    )
)
ERASED: Final = register(
    EventKind(
        key="lead.erased",
        label=_("Erased"),
        sentence=_("The person was erased. What reports count stayed, without a name."),
        icon="trash",
    )
)
BY_PERSON: Final = register(
    EventKind(
        key="activity.by_person",
        label=_("A person did it"),
        sentence=_("Somebody decided that a person did this, not a program."),
        icon="check",
        facts=_judged_activities,
        public=("activities",),
    )
)
BY_PROGRAM: Final = register(
    EventKind(
        key="activity.by_program",
        label=_("A program did it"),
        sentence=_("Somebody decided that a program did this, not a person."),
        icon="machine",
        facts=_judged_activities,
        public=("activities",),
    )
)
FOUND_PROGRAM: Final = register(
    EventKind(
        key="activity.found_program",
        label=_("Found to be a program"),
        sentence=_("A program did this: no person is that fast."),
        icon="machine",
        facts=_judged_activities,
        public=("activities",),
    )
)
TAKEN_BACK: Final = register(
    EventKind(
        key="activity.taken_back",
        label=_("Activity taken back"),
        sentence=_("An activity that was logged by hand was taken back."),
        icon="return",
        facts=_activity_type,
    )
)
MERGED: Final = register(
    EventKind(
        key="lead.merged",
        label=_("Merged"),
        sentence=_("Another record of the same person was merged into this one."),
        icon="link",
        facts=_brought,
        public=("lead", "activities"),
    )
)
UNMERGED: Final = register(
    EventKind(
        key="lead.unmerged",
        label=_("Merge undone"),
        sentence=_("A merge was undone: what belonged to the other record went back to it."),
        icon="return",
        facts=_brought,
        public=("lead", "activities"),
    )
)
