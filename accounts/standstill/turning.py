"""Turning switches off and on again. What came due meanwhile is done late, unless somebody chooses otherwise."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Standstill, User
from accounts.standstill.switches import Switch
from lib.process_cache import look_again

LONGEST_WHY: Final = 300


class NotPossible(Exception):
    """It was not turned; the message says why."""


def current() -> dict[str, Standstill]:
    """What stands still now, by the key of its switch."""
    rows = Standstill.objects.filter(ended_at=None).select_related("began_by")
    return {row.switch: row for row in rows}


def turn_off(switch: Switch, *, actor: User, why: str, now: datetime) -> Standstill:
    """It stands still from now on. Raises NotPossible where it does already, or without words."""
    why = why.strip()
    if not why:
        raise NotPossible(_("Say why, so that the others know."))
    try:
        with transaction.atomic():
            row = Standstill.objects.create(switch=switch.key, why=why[:LONGEST_WHY], began_at=now, began_by=actor)
    except IntegrityError as error:
        raise NotPossible(_("Somebody was faster: it stands still already.")) from error
    look_again()
    return row


def turn_off_restored(switches: Iterable[Switch], *, backup_at: datetime, why: str, now: datetime) -> None:
    """All of it stands still: the database comes from a backup, and much may be due that is done elsewhere by now."""
    rows = [
        Standstill(switch=switch.key, why=why[:LONGEST_WHY], began_at=now, backup_at=min(backup_at, now))
        for switch in switches
    ]
    Standstill.objects.bulk_create(rows, ignore_conflicts=True)
    look_again()


@transaction.atomic
def turn_on(switch: Switch, *, chosen: Mapping[str, str], actor: User, now: datetime) -> dict[str, int]:
    """It goes on, and of what is owed becomes what is chosen: the key of a choice by the key of what is owed.

    Returns of how many, by that key. Raises NotPossible where it goes on already.
    """
    open_rows = Standstill.objects.select_for_update(of=("self",)).filter(switch=switch.key, ended_at=None)
    standstill = open_rows.first()
    if standstill is None:
        raise NotPossible(_("Somebody was faster: it goes on already."))
    done = {}
    for owed in switch.owed(standstill, now):
        for choice in owed.choices:
            if chosen.get(owed.key) == choice.key:
                done[owed.key] = choice.do(standstill, actor, now)
    standstill.ended_at, standstill.ended_by = now, actor
    standstill.save(update_fields=["ended_at", "ended_by"])
    look_again()
    return done
