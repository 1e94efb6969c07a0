"""Files of what leads did: page hits, results of forms, events of e-mails, meetings."""

import hashlib
from collections.abc import Collection, Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capture.importing import cell_types
from capture.importing.cell_types import CellType
from capture.importing.kinds.declaration import Field, Kind, Stored, Taking, Values, refuse_without
from capture.importing.kinds.leads import IDENTITY, PERSON, check_identity, complete_person
from capture.importing.values import Reading
from capture.machines import verdict
from capture.models import ImportBatch
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities
from leads.normalise import Refusal, source_key
from leads.parsing import message_key

# What other systems call what a lead did, folded, beside the keys of the types themselves.
_TYPES: Final[dict[str, str]] = {
    "open": "email_opened", "opened": "email_opened", "email_open": "email_opened", "opens": "email_opened",
    "click": "email_clicked", "clicked": "email_clicked", "email_click": "email_clicked", "clicks": "email_clicked",
    "delivered": "email_delivered", "delivery": "email_delivered",
    "pageview": "page_view", "page_hit": "page_view", "page": "page_view", "hit": "page_view",
    "viewed_page": "page_view",
    "visit": "site_visit", "session": "site_visit",
    "form": "form_submitted", "form_submission": "form_submitted", "submission": "form_submitted",
    "submitted": "form_submitted", "submitted_form": "form_submitted", "responded": "form_submitted",
    "downloaded": "download", "asset_download": "download", "asset_downloaded": "download",
    "meeting": "met_in_person", "meeting_held": "met_in_person", "appointment": "met_in_person",
    "registered": "webinar_registered", "attended": "event_attended",
    "subscribed": "newsletter_joined", "subscribe": "newsletter_joined",
}  # fmt: skip
# What happened to the lead, or what we did: it says nothing of the lead.
_NOTHING_DONE: Final = frozenset(
    {
        "sent", "send", "processed", "queued", "deferred", "dropped", "bounce", "bounced", "hard_bounce", "soft_bounce",
        "not_sent", "suppressed", "unsubscribed", "unsubscribe", "spam", "spamreport", "spam_report", "complaint",
        "statuschange", "task", "call", "not_started", "planned",
    }
)  # fmt: skip


def _type(text: str, field: str, _reading: Reading) -> str:
    """The key of the type; raises Refusal for what is nothing that a lead did."""
    word = source_key(text)
    if word in _NOTHING_DONE:
        raise Refusal("nothing_done", field, _("“%(text)s” is nothing the lead did.") % {"text": text[:60]})
    return _TYPES.get(word, word)


ACTIVITY_TYPE: Final = CellType(_type, lambda text: cell_types.is_word(text) and len(text) <= 40)


def _check(keys: Collection[str]) -> None:
    check_identity(keys)
    message = _("Say which column holds the day or the moment it happened (occurred_at).")
    refuse_without(keys, ("occurred_at",), "no_moment", message)
    message = _("Say what the leads did: a column with the type, or one type for all rows (such as page_view).")
    refuse_without(keys, ("type",), "no_type", message)


def _make(values: Values, reading: Reading) -> tuple[ActivityInput | None, list[Refusal]]:
    missing = [key for key in ("type", "occurred_at") if not values.get(key)]
    if missing:
        message = _("The row says not what happened, or not when.")
        return None, [Refusal("incomplete", missing[0], message)]
    lead = {key: values[key] for key in _OF_LEAD if key in values}
    stated = {key: values[key] for key in ("page", "asset", "campaign", "channel", "seconds") if key in values}
    properties = {key: values[key] for key in ("subject", "note") if key in values}
    return ActivityInput(
        message_id=str(values.get("message_id") or _digest(values)),
        type=values["type"],
        lead=LeadInput(**lead, system=reading.system),
        occurred_at=values["occurred_at"],
        machine=verdict(declared=False, user_agent=str(values.get("user_agent", ""))),
        properties=properties,
        **stated,
    ), []


def _digest(values: Values) -> str:
    """Tells an activity without an id by all that its row says: the same row again is the same activity."""
    stated = "\x1f".join(f"{key}\x1e{values[key]}" for key in sorted(values))
    return hashlib.sha256(stated.encode()).hexdigest()[:40]


def source_of(system: str) -> str:
    """Whose message ids a file's are: the same id of another system is another activity."""
    return f"file:{system}"


def _take(inputs: Sequence[ActivityInput], taking: Taking) -> list[Stored | Refusal]:
    source = source_of(taking.batch.system)
    results = take_activities(inputs, agent=taking.agent, source=source, now=taking.now)
    stored: list[Stored | Refusal] = []
    for one, result in zip(inputs, results, strict=True):
        if isinstance(result, Refusal):
            stored.append(result)
            continue
        is_known = result.outcome == "duplicate"
        key = None if is_known else message_key(source, one.message_id)
        is_new_lead = result.outcome == "created"
        stored.append(Stored("unchanged" if is_known else "created", result.lead_id, is_new_lead=is_new_lead, made=key))
    return stored


_OF_LEAD: Final = tuple(field.key for field in (*IDENTITY, *PERSON) if field.key != "full_name")
ACTIVITIES: Final = Kind(
    choice=ImportBatch.Kind.ACTIVITIES,
    noun=gettext_lazy("a list of what leads did"),
    declared=(
        *IDENTITY,
        Field(
            "type",
            gettext_lazy("What they did"),
            gettext_lazy("A type such as page_view, or a word for it such as OPEN."),
            ACTIVITY_TYPE,
            "type activitytype eventtype eventname event activity action taskactivitytype membershipstatus status",
            may_be_fixed=True,
        ),
        Field(
            "occurred_at",
            gettext_lazy("When"),
            type=cell_types.MOMENT,
            headings="occurredat timestamp eventdate eventtime activitydate starttime datehit dateread datesubmitted "
            "firstrespondeddate submittedat submittedon visitedat openedat clickedat downloadedat created createdat "
            "createdate createddate dateadded date time when fecha datum data",
        ),
        Field(
            "page",
            gettext_lazy("Page"),
            type=cell_types.PAGE,
            headings="pageurl url page pagepath path landingpage link location",
        ),
        Field(
            "asset",
            gettext_lazy("Content"),
            headings="asset assetname content contentname filename document formname title",
        ),
        Field(
            "campaign",
            gettext_lazy("Campaign"),
            headings="campaign campaignname utmcampaign campaignid emailcampaignid",
        ),
        Field("channel", gettext_lazy("Channel"), headings="channel utmsource utmmedium", may_be_fixed=True),
        Field(
            "seconds",
            gettext_lazy("Seconds"),
            type=cell_types.WHOLE,
            headings="seconds durationseconds timeonpage timespent secondsonpage",
        ),
        Field("subject", gettext_lazy("Subject"), headings="subject emailname"),
        Field("note", gettext_lazy("Note"), headings="note notes comment"),
        Field("user_agent", gettext_lazy("Browser"), headings="useragent"),
        Field(
            "message_id",
            gettext_lazy("Id of the activity"),
            gettext_lazy("The same id counts once. Without it a row is known by all that it says."),
            cell_types.ID,
            "activityid eventid messageid conversionid submissionid hitid engagementid",
        ),
        *PERSON,
    ),
    check=_check,
    complete=complete_person,
    make=_make,
    take=_take,
    needs=frozenset({"email", "external_id", "type", "occurred_at", "message_id", ""}),
    figures=(gettext_lazy("New"), "", gettext_lazy("As before")),
    may_qualify=True,
)
