"""What a person saw a lead do and writes down: met at a fair, called us, wrote on LinkedIn.

It goes through the door like everything else, under a message id that the form was given when it was shown: sent
twice, it counts once. Its author can take it back for a day; then it is worth nothing, and stays as what it was.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from leads.event_kinds import TAKEN_BACK
from leads.events import Agent, Entry, record
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities
from leads.lifecycle import locked
from leads.models import Activity, ActivityType, Asset, Campaign, Lead, LoggedActivity, Machine
from leads.normalise import Refusal
from leads.parsing import message_key
from leads.signals import leads_changed

SOURCE: Final = "by hand"
LONGEST_NOTE: Final = 2000
# As long as its author can take it back.
TAKEN_BACK_WITHIN: Final = timedelta(days=1)


class NotYours(Exception):
    """Somebody else logged it, nobody did, or it is too late; the message tells which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """What the lead did, as somebody wrote it down. `message_id` is the form's: the same one counts once."""

    message_id: str
    type: ActivityType
    at: datetime
    note: str = ""
    asset: Asset | None = None
    campaign: Campaign | None = None


@transaction.atomic
def log(*, lead: Lead, doing: Doing, person: User, now: datetime) -> bool:
    """Records it. Returns whether that was new; raises Refusal when it cannot be used."""
    campaign = doing.campaign
    activity_input = ActivityInput(
        message_id=doing.message_id,
        type=doing.type.key,
        lead=LeadInput(email=lead.email, external_id=lead.external_id or "", system=lead.external_system),
        occurred_at=doing.at,
        asset=doing.asset.key if doing.asset else "",
        campaign=campaign.key if campaign else "",
        channel=campaign.channel.key if campaign and campaign.channel else "",
        properties={"note": doing.note} if doing.note else {},
    )
    [result] = take_activities([activity_input], agent=Agent(user=person), source=SOURCE, now=now)
    if isinstance(result, Refusal):
        raise result
    if result.outcome == "duplicate":
        return False
    activity = Activity.objects.only("pk").get(message_key=message_key(SOURCE, doing.message_id))
    LoggedActivity.objects.create(activity=activity, person=person, at=now)
    return True


def may_take_back(logged: LoggedActivity, *, person: User, now: datetime) -> bool:
    """Whether this person wrote it down, not long ago, and has not taken it back yet."""
    is_recent = now - logged.at < TAKEN_BACK_WITHIN
    return logged.person_id == person.pk and is_recent and logged.taken_back_at is None


@transaction.atomic
def take_back(*, lead_id: int, activity_id: int, person: User, now: datetime) -> bool:
    """It was a mistake: it is worth nothing from now on, and the score follows. Returns False when it was before.

    A first or last touch that it moved stays, as does a handoff it led to. Raises NotYours.
    """
    [lead] = locked([lead_id])
    logged = LoggedActivity.objects.filter(activity__lead=lead, activity=activity_id).first()
    if logged is None or logged.person_id != person.pk:
        raise NotYours(_("Only who logged this can take it back."))
    if logged.taken_back_at is not None:
        return False
    if not may_take_back(logged, person=person, now=now):
        raise NotYours(_("It was logged more than a day ago. Marketing can still decide that it does not count."))
    activity = Activity.objects.select_related("type").get(pk=activity_id)
    activity.machine = Machine.TAKEN_BACK
    activity.save(update_fields=["machine"])
    logged.taken_back_at = now
    logged.save(update_fields=["taken_back_at"])
    entry = Entry(lead_id=lead.pk, kind=TAKEN_BACK, at=now, data={"type": activity.type.name})
    record([entry], agent=Agent(user=person), now=now)
    leads_changed.send(sender=Lead, lead_ids=[lead.pk], active_ids=set(), now=now)
    return True
