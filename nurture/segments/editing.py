"""Making, changing and deleting segments and lists. Two people at once lose nothing: who is second is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from leads.normalise import Refusal
from nurture.models import Membership, MembershipChange, Segment
from nurture.segments.building import ask_for_build


class Changed(Exception):
    """Somebody else changed the segment since it was looked at."""


@transaction.atomic
def make_segment(*, name: str, query: str, actor: User, now: datetime) -> Segment:
    """A segment with these conditions, which a worker builds. Raises Refusal for a name that is there already."""
    segment = Segment(
        name=name, next_query=query, build_asked_at=now, swept_to=now, created_by=actor, created_at=now, changed_at=now
    )
    with _named_once():
        segment.save(force_insert=True)
    ask_for_build(segment, query, now=now)
    return segment


@transaction.atomic
def make_list(*, name: str, actor: User, now: datetime) -> Segment:
    """A list with nobody on it. Raises Refusal for a name that is there already."""
    made = Segment(
        name=name, is_list=True, built_at=now, swept_to=now, created_by=actor, created_at=now, changed_at=now
    )
    with _named_once():
        made.save(force_insert=True)
    return made


@transaction.atomic
def change(segment_id: int, *, name: str, query: str | None, seen_at: datetime, now: datetime) -> Segment:
    """Gives it another name, and a segment other conditions: who is in it stays until they are built.

    Raises Changed, and Refusal as `make_segment` does.
    """
    segment = Segment.objects.select_for_update(no_key=True).filter(pk=segment_id).first()
    if segment is None or segment.changed_at != seen_at:
        raise Changed
    segment.name, segment.changed_at = name, now
    with _named_once():
        segment.save(update_fields=["name", "changed_at"])
    stated = segment.query if segment.next_query is None else segment.next_query
    if query is not None and query != stated:
        ask_for_build(segment, query, now=now)
    return segment


@transaction.atomic
def build_again(segment_id: int, *, now: datetime) -> None:
    """All leads are looked at again by the conditions it has."""
    segment = Segment.objects.select_for_update(no_key=True).filter(pk=segment_id, is_list=False).first()
    if segment is not None:
        ask_for_build(segment, segment.next_query or segment.query, now=now)


def asked_for_by(segment: Segment) -> list[Segment]:
    """The segments whose conditions ask for this list."""
    named = f"segment={segment.public_id}"
    return [one for one in Segment.objects.filter(is_list=False) if named in f"{one.query}&{one.next_query or ''}"]


@transaction.atomic
def delete(segment_id: int) -> None:
    """Nobody finds it any more; leads and what happened to them stay. Raises Refusal where a segment asks for it."""
    segment = Segment.objects.select_for_update().filter(pk=segment_id).first()
    if segment is None:
        return
    if using := asked_for_by(segment):
        message = _("The segment “%(name)s” asks for this list. Change its conditions first.")
        raise Refusal("asked_for", "name", message % {"name": using[0].name})
    # The history first, in one statement each: Django would read a million rows before it deletes them.
    MembershipChange.objects.filter(segment=segment)._raw_delete("default")  # noqa: SLF001
    Membership.objects.filter(segment=segment)._raw_delete("default")  # noqa: SLF001
    segment.delete()


@contextmanager
def _named_once() -> Iterator[None]:
    """Turns the refusal of the database into a sentence at the name."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        message = _("There is a segment or a list of this name. Choose another one.")
        raise Refusal("name_known", "name", message) from error
