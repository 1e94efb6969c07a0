"""A database that was copied from another server stands still until somebody has looked: it may not be the only one."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.standstill.switches import switches
from accounts.standstill.turning import turn_off_restored
from config.backups.catalogue import server_name
from config.models import Server
from handoff.models import SweepMark


def stand_still_if_copied(*, now: datetime) -> bool:
    """Asked when a worker starts, before it does anything. Returns whether the database is a copy.

    Each cluster of PostgreSQL has a number of its own, and each database in it; a dump that is loaded elsewhere keeps
    neither. A file system or a standby that is copied keeps both, and is not noticed.
    """
    name = server_name()
    known = Server.objects.values_list("name", flat=True).first()
    if not name or name == known:
        return False
    if known:
        swept_at = SweepMark.objects.order_by("-swept_at").values_list("swept_at", flat=True).first()
        why = _("The database was loaded on another server.")
        turn_off_restored(switches(), backup_at=swept_at or now, why=why, now=now)
    Server.objects.update_or_create(pk=1, defaults={"name": name})
    return bool(known)
