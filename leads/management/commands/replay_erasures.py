"""After a restore: erase again who was erased since the backup was made."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from leads.privacy.ledger_files import replay, store_entries
from lib import clock


class Command(BaseCommand):
    help = "Erases again whoever a restored backup has brought back. Run it before the workers start."

    def handle(self, *_args: Any, **_options: Any) -> None:
        now = clock.now()
        known, erased = replay(now=now)
        store_entries(now=now)
        words = _("%(known)s erasures are known; %(erased)s people had come back and were erased again.")
        self.stdout.write(words % {"known": known, "erased": erased})
