"""What merges of every kind share: what a person chooses, and that for thirty days the two can be two again."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Manager, Model
from django.utils.translation import gettext as _

from leads.custom_fields.stored import with_tags
from leads.models import About, CompanyMerge, Lead, Merge
from leads.models.merge import MergeBase
from leads.stored_rows import Row, row_of, write_row

UNDONE_WITHIN: Final = timedelta(days=30)
# A custom field among what is chosen.
CUSTOM: Final = "custom."


class NotMergeable(Exception):
    """The two cannot become one, or not two again; the message tells why."""


def is_undoable(stored: MergeBase, *, now: datetime) -> bool:
    """Whether its time is not over yet."""
    return stored.undone_at is None and bool(stored.before) and now - stored.at < UNDONE_WITHIN


def refuse_undoing(stored: MergeBase, merges: "Manager[Any]", *, now: datetime) -> None:
    """`merges` are those of the survivor. Raises NotMergeable."""
    if stored.undone_at is not None:
        raise NotMergeable(_("This merge was undone already."))
    if not is_undoable(stored, now=now):
        raise NotMergeable(_("A merge can be undone for 30 days, and these are over."))
    if merges.filter(undone_at=None, at__gte=stored.at).exclude(pk=stored.pk).exists():
        raise NotMergeable(_("Another record was merged into this one since. Undo that merge first."))


def let_go(*, now: datetime) -> int:
    """Forgets what was kept for undoing where its time is over. Returns of how many merges."""
    late = {"at__lte": now - UNDONE_WITHIN}
    return sum(merges.objects.filter(**late).exclude(before={}).update(before={}) for merges in (Merge, CompanyMerge))


def take_chosen(survivor: Any, merged: Any, names: Collection[str], *, chosen: Collection[str]) -> None:
    """The survivor gets what is chosen of the other, and what it does not know itself. Saving is the caller's."""
    for name in names:
        value = getattr(merged, name)
        if value not in (None, "") and (name in chosen or getattr(survivor, name) in (None, "")):
            setattr(survivor, name, value)
    preferred = {key: value for key, value in merged.custom.items() if f"{CUSTOM}{key}" in chosen}
    values = merged.custom | survivor.custom | preferred
    about = About.LEAD if isinstance(survivor, Lead) else About.COMPANY
    for record in (merged, survivor):
        values = {**with_tags(record.custom, values, about=about)}
    survivor.custom = values


def give_back(model: type[Model], pk: int, before: dict[str, Row]) -> None:
    """The survivor's columns as they were, but for what somebody changed since."""
    now_is, was, after = row_of(model, pk), before["survivor"], before["after"]
    changed = {name: was[name] for name in was if was[name] != after[name] and now_is[name] == after[name]}
    changed.pop("search", None)
    write_row(model, pk, changed)
