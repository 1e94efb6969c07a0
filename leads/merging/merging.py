"""Two leads that are one person become one, and for thirty days two again.

The known one survives: who has an address, else who was here first. Everything that refers to the other goes over to it
(leads/merging/moving.py), the ids and the address of the other lead lead to it for ever, and its score is computed anew
from what it has now, never added up. The row of the other lead is gone; what undoing needs is kept with the merge.
"""

import uuid
from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from leads import deals, lifecycle
from leads.event_kinds import MERGED, UNMERGED
from leads.events import Agent, Entry, record
from leads.lead_row import FIRST_TOUCH
from leads.lead_tasks.following import follow_owner
from leads.merging.moving import Moved, move_all, move_back
from leads.merging.undoing import NotMergeable, give_back, refuse_undoing, take_chosen
from leads.models import Activity, Duplicate, DuplicateKey, LastTouch, Lead, LeadIdentifier, Merge
from leads.signals import leads_changed, leads_merging
from leads.stored_rows import Row, delete_rows, insert_row, row_of, table_of
from lib.leave import leave

# What a person may choose of either record; what is not chosen is the survivor's, where it has it.
CHOOSABLE: Final = (
    "first_name", "last_name", "phone", "job_title", "company_id", "country", "city", "budget", "is_decision_maker",
    "buying_role",
)  # fmt: skip
# A lead that went on since is not taken apart.
_UNMOVED: Final = ("stage", "status", "owner_id", "mql_count", "recycle_count")


def survivor_of(one: Lead, other: Lead) -> tuple[Lead, Lead]:
    """The record that stays and the one that goes into it: the identified one stays, of two the older one."""
    first, second = sorted((one, other), key=lambda lead: (lead.email_key is None, lead.created_at, lead.pk))
    return first, second


@transaction.atomic
def merge(*, lead_ids: tuple[int, int], chosen: Collection[str] = (), agent: Agent, now: datetime) -> Merge:
    """Makes the two one; of the fields that are `chosen` the value of the record that goes is taken.

    Raises NotMergeable when one of them is gone, or both are the same.
    """
    both = list(lifecycle.locked(sorted(set(lead_ids))))
    if len(both) != 2:
        raise NotMergeable(_("One of the two was merged meanwhile."))
    if any(lead.erased_at is not None for lead in both):
        raise NotMergeable(_("Who is behind one of the two was erased."))
    survivor, merged = survivor_of(*both)
    current = lifecycle.goes_on_as(survivor, merged)
    leads_merging.send(
        sender=Lead,
        survivor_id=survivor.pk,
        merged_id=merged.pk,
        goes_on_as_merged=current is merged,
        agent=agent,
        now=now,
    )
    survivor.refresh_from_db()
    merged.refresh_from_db()
    rows = {"survivor": row_of(Lead, survivor.pk), "merged": row_of(Lead, merged.pk)}
    touch = _later_touch(survivor, merged)
    before: dict[str, Any] = rows | {"touch": _touch_row(survivor), "merged_touch": _touch_row(merged)}
    with leave(merging="on"):
        moved = move_all(Lead, merged_id=merged.pk, survivor_id=survivor.pk)
        delete_rows(Lead, [merged.pk])
        _take_over(survivor, merged, chosen=chosen, current=current, agent=agent, now=now)
        if touch is not None:
            LastTouch.objects.update_or_create(lead_id=survivor.pk, defaults=touch)
    follow_owner(survivor, before_id=None, agent=agent, now=now)
    after = row_of(Lead, survivor.pk)
    activities = len(moved.keys.get(table_of(Activity), ()))
    stored = Merge.objects.create(
        survivor=survivor,
        merged_key=merged.pk,
        merged_public_id=merged.public_id,
        before=before | {"after": after, "moved": asdict(moved)},
        at=now,
        actor=agent.user,
        agent=agent.name,
    )
    _tell(survivor.pk, MERGED, merged.public_id, activities, agent=agent, now=now)
    leads_changed.send(sender=Lead, lead_ids=[survivor.pk], active_ids=set(), now=now)
    return stored


@transaction.atomic
def undo(*, merge_id: int, agent: Agent, now: datetime) -> Lead:
    """Both are there again as they were; what came since stays with the survivor. Returns the lead that is back.

    What somebody changed of the survivor since stays as it is now. Raises NotMergeable after thirty days, when a later
    merge has to be undone first, and when the lead went on with sales since.
    """
    survivor_id = Merge.objects.values_list("survivor_id", flat=True).get(pk=merge_id)
    [survivor] = lifecycle.locked([survivor_id])
    stored = Merge.objects.select_for_update().get(pk=merge_id)
    _refuse_undoing(stored, survivor, now=now)
    before, moved = stored.before, Moved(**stored.before["moved"])
    with leave(merging="on"):
        _give_back(survivor, before)
        insert_row(Lead, before["merged"])
        move_back(Lead, moved, merged_id=stored.merged_key, survivor_id=survivor.pk)
        _give_back_touches(stored, survivor)
    stored.undone_at, stored.before = now, {}
    stored.save(update_fields=["undone_at", "before"])
    merged = Lead.objects.get(pk=stored.merged_key)
    for lead in (survivor, merged):
        lead.refresh_from_db()
        deals.add_up(lead, agent=agent, now=now)
    activities = len(moved.keys.get(table_of(Activity), ()))
    _tell(survivor.pk, UNMERGED, merged.public_id, activities, agent=agent, now=now)
    leads_changed.send(sender=Lead, lead_ids=sorted((survivor.pk, merged.pk)), active_ids=set(), now=now)
    return merged


def survivor_behind(public_id: uuid.UUID) -> uuid.UUID | None:
    """The lead into which the one of this id went; None when it was not merged, or is back."""
    stored = Merge.objects.filter(merged_public_id=public_id, undone_at=None).select_related("survivor").first()
    return stored.survivor.public_id if stored else None


def forget(lead: Lead) -> None:
    """Nothing is kept of the records that went into this lead, nor of whom it was taken for."""
    lead.merges.update(before={})
    DuplicateKey.objects.filter(lead=lead).delete()
    Duplicate.objects.filter(Q(one=lead) | Q(other=lead)).delete()


def _take_over(
    survivor: Lead, merged: Lead, *, chosen: Collection[str], current: Lead, agent: Agent, now: datetime
) -> None:
    lifecycle.join(survivor, merged, current=current)
    take_chosen(survivor, merged, CHOOSABLE, chosen=chosen)
    survivor.do_not_contact = survivor.do_not_contact or merged.do_not_contact
    survivor.created_at = min(survivor.created_at, merged.created_at)
    survivor.recorded_at = min(survivor.recorded_at, merged.recorded_at)
    if _is_earlier_touch(merged, survivor):
        for name in FIRST_TOUCH:
            setattr(survivor, name, getattr(merged, name))
    names = [*CHOOSABLE, "custom", "do_not_contact", "created_at", "recorded_at", *FIRST_TOUCH]
    survivor.save(update_fields=[name.removesuffix("_id") for name in names])
    if merged.email_key:  # the survivor has one as well: who has an address survives
        LeadIdentifier.objects.create(lead=survivor, email_key=merged.email_key)
    deals.add_up(survivor, agent=agent, now=now)


def _is_earlier_touch(merged: Lead, survivor: Lead) -> bool:
    if merged.first_touch_at is None:
        return False
    return survivor.first_touch_at is None or merged.first_touch_at < survivor.first_touch_at


def _later_touch(survivor: Lead, merged: Lead) -> Row | None:
    """The last touch of both; None when it is the survivor's, or there is none."""
    touches = {touch.lead_id: touch for touch in LastTouch.objects.filter(lead__in=[survivor.pk, merged.pk])}
    mine, theirs = touches.get(survivor.pk), touches.get(merged.pk)
    if theirs is None or (mine is not None and mine.at >= theirs.at):
        return None
    names = ("at", "channel_id", "campaign_id", "page_id")
    return {name: getattr(theirs, name) for name in names}


def _touch_row(lead: Lead) -> Row | None:
    row: Any = (
        LastTouch.objects.filter(lead=lead).values("lead_id", "at", "channel_id", "campaign_id", "page_id").first()
    )
    return row  # type: ignore[no-any-return]


def _refuse_undoing(stored: Merge, survivor: Lead, *, now: datetime) -> None:
    refuse_undoing(stored, survivor.merges, now=now)
    after = stored.before["after"]
    if any(getattr(survivor, name) != after[name] for name in _UNMOVED):
        raise NotMergeable(_("The lead went on since it was merged, so its records are not taken apart any more."))


def _give_back(survivor: Lead, before: dict[str, Row]) -> None:
    """The survivor's columns as they were; the names of the other are free."""
    merged = before["merged"]
    names = LeadIdentifier.objects.filter(lead=survivor)
    if merged["email_key"]:
        names.filter(email_key=merged["email_key"]).delete()
    if merged["external_id"]:  # its own row says it again
        names.filter(external_id=merged["external_id"], system=merged["external_system"]).delete()
    give_back(Lead, survivor.pk, before)


def _give_back_touches(stored: Merge, survivor: Lead) -> None:
    """The last touches of both; the survivor's stays where something came since."""
    mine, theirs = stored.before["touch"], stored.before["merged_touch"]
    touch = LastTouch.objects.filter(lead=survivor).first()
    if theirs is not None:
        LastTouch.objects.update_or_create(
            lead_id=stored.merged_key, defaults={name: theirs[name] for name in theirs if name != "lead_id"}
        )
    if (
        touch is not None
        and theirs is not None
        and touch.at.isoformat() == datetime.fromisoformat(theirs["at"]).isoformat()
    ):
        touch.delete()
        if mine is not None:
            LastTouch.objects.create(**mine)


def _tell(
    lead_id: int, kind: Any, merged_public_id: uuid.UUID, activities: int, *, agent: Agent, now: datetime
) -> None:
    data = {"lead": str(merged_public_id), "activities": activities}
    record([Entry(lead_id=lead_id, kind=kind, at=now, data=data)], agent=agent, now=now)
