"""Views of the list that are saved: by whoever they are for, opened by everybody they are shared with."""

import re
import uuid
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import ADMINISTRATOR
from leads.filter_groups import leads_in, stated
from leads.listing.columns import SHOW
from leads.models import Lead, SavedView
from leads.normalise import Refusal
from lib.folding import fold

# Of one person.
MOST_VIEWS: Final = 50
# A count beyond it is told as "more than", so that no view makes the list wait.
MOST_TOLD: Final = 1_000
# What an erasure calls a view whose name named somebody.
NAMELESS: Final = "View"


class Changed(Exception):
    """Somebody else changed the view since it was looked at."""


def access_view(user: User, public_id: uuid.UUID, *, to_change: bool = False) -> SavedView:
    """The view this person may open, or change; raises Http404 or PermissionDenied."""
    view = get_object_or_404(SavedView.objects.visible_to(user).select_related("owner"), public_id=public_id)
    if to_change and not may_change(user, view):
        raise PermissionDenied
    return view


def may_change(user: User, view: SavedView) -> bool:
    """Its owner may, and of what is shared an administrator."""
    return view.owner == user or (view.is_shared and user.has_role(ADMINISTRATOR))


def query_of(query: QueryDict, columns: Collection[str]) -> str:
    """What of the address of a list makes a view: filters that say something, the order, columns that were chosen."""
    asked = QueryDict(mutable=True)
    for name, text in stated(query):
        asked[name] = text
    if sort := query.get("sort", "").strip():
        asked["sort"] = sort
    asked.setlist(SHOW, list(columns))
    return asked.urlencode()


@transaction.atomic
def save(*, owner: User, name: str, query: str, is_shared: bool, now: datetime) -> SavedView:
    """A view more. Raises Refusal for a name the person has already, and beyond MOST_VIEWS."""
    User.objects.select_for_update(no_key=True).get(pk=owner.pk)
    if SavedView.objects.filter(owner=owner).count() >= MOST_VIEWS:
        message = _("You have %(most)s views, and there cannot be more. Delete one first.") % {"most": MOST_VIEWS}
        raise Refusal("too_many", "name", message)
    view = SavedView(owner=owner, name=name, query=query, is_shared=is_shared, changed_at=now)
    with _named_once():
        view.save(force_insert=True)
    return view


def change(view: SavedView, *, seen_at: datetime, now: datetime, **values: object) -> None:
    """Gives the view another name, other filters, or other readers. Raises Changed, and Refusal as `save` does."""
    with _named_once():
        rows = SavedView.objects.filter(pk=view.pk, changed_at=seen_at).update(**values, changed_at=now)
    if not rows:
        raise Changed


def delete(view: SavedView) -> None:
    """Nobody has it any more; the leads stay as they are."""
    SavedView.objects.filter(pk=view.pk).delete()


@contextmanager
def _named_once() -> Iterator[None]:
    """Turns the refusal of the database into a sentence at the name."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Refusal("name_known", "name", _("There is a view of this name already.")) from error


def counts(views: Iterable[SavedView], user: User) -> dict[uuid.UUID, int]:
    """How many leads whoever asks sees in each, MOST_TOLD + 1 at most."""
    visible = Lead.objects.visible_to(user)
    there = {view.public_id: leads_in(QueryDict(view.query), leads=visible, user=user) for view in views}
    return {public_id: leads.order_by()[: MOST_TOLD + 1].count() for public_id, leads in there.items()}


def naming(texts: Collection[str], names: Collection[str]) -> list[SavedView]:
    """The views in which one of these texts stands (an address), or one of these names as a word."""
    marks, words = {fold(one) for one in texts} - {""}, {fold(one) for one in names} - {""}
    return [view for view in SavedView.objects.order_by("pk") if _names(view, marks, words)]


def forget(texts: Collection[str], names: Collection[str], *, now: datetime) -> int:
    """Takes out of all views what names a person: their filters are wider then. Returns of how many views."""
    marks, words = {fold(one) for one in texts} - {""}, {fold(one) for one in names} - {""}
    named = naming(texts, names)
    for view in named:
        query = QueryDict(view.query, mutable=True)
        for name in [name for name, values in query.lists() if any(_is_in(text, marks, words) for text in values)]:
            del query[name]
        renamed = f"{NAMELESS} {view.pk}" if _is_in(view.name, marks, words) else view.name
        SavedView.objects.filter(pk=view.pk).update(query=query.urlencode(), name=renamed, changed_at=now)
    return len(named)


def is_named_in(text: str, texts: Collection[str], names: Collection[str]) -> bool:
    """Whether one of these texts stands in it, or one of these names as a word."""
    return _is_in(text, {fold(one) for one in texts} - {""}, {fold(one) for one in names} - {""})


def _names(view: SavedView, marks: Collection[str], words: Collection[str]) -> bool:
    texts = [view.name, *(text for _name, values in QueryDict(view.query).lists() for text in values)]
    return any(_is_in(text, marks, words) for text in texts)


def _is_in(text: str, marks: Collection[str], words: Collection[str]) -> bool:
    folded = fold(text)
    return any(mark in folded for mark in marks) or not set(words).isdisjoint(re.findall(r"\w+", folded))
