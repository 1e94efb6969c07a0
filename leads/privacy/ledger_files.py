"""The ledger of erasures beside the database: a small file for each, where a restored backup does not reach.

They lie in the file storage (settings.STORAGES), which a backup of the database does not hold. A file is written
after the transaction; what a crash has prevented the next tick writes.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from leads.consent.suppression import digest
from leads.events import Agent
from leads.models import Lead
from leads.models.erasure import Erasure
from leads.privacy.erasing import as_entry, erase_again

FOLDER: Final = "erasures"
_BATCH: Final = 500
REPLAY: Final = Agent(name="erasure after a restore")


@transaction.atomic
def store_entries(*, now: datetime) -> int:
    """Writes the erasures that are not beside the database yet; harmless to repeat. Returns how many.

    What somebody else is writing is passed over: the storage would give the second file of a name another one.
    """
    owed = Erasure.objects.filter(stored_at=None).select_for_update(of=("self",), skip_locked=True)
    rows = list(owed.select_related("lead").order_by("pk")[:_BATCH])
    for erasure in rows:
        name = f"{FOLDER}/{erasure.lead.public_id.hex}.json"
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(json.dumps(as_entry(erasure)).encode()))
        Erasure.objects.filter(pk=erasure.pk).update(stored_at=now)
    return len(rows)


def entries() -> Iterator[dict[str, str]]:
    """Every erasure that is known beside the database, and those the database alone knows."""
    seen = set[str]()
    try:
        _folders, files = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        files = []
    for name in sorted(files):
        with default_storage.open(f"{FOLDER}/{name}") as file:
            entry = json.loads(file.read())
        seen.add(entry["lead"])
        yield entry
    for erasure in Erasure.objects.select_related("lead").order_by("pk").iterator(chunk_size=_BATCH):
        if erasure.lead.public_id.hex not in seen:
            yield as_entry(erasure)


def replay(*, now: datetime) -> tuple[int, int]:
    """Erases again whoever a restored backup has brought back: how many erasures are known, how many people were."""
    known = list(entries())
    wanted = {entry["digest"] for entry in known} - {""}
    by_digest: dict[str, int] = {}
    if wanted:
        named = Lead.objects.exclude(email_key=None).values_list("pk", "email_key")
        for pk, key in named.iterator(chunk_size=5000):
            if (hashed := digest(str(key))) in wanted:
                by_digest[hashed] = pk
    count = sum(erase_again(entry, leads_by_digest=by_digest, agent=REPLAY, now=now) for entry in known)
    return len(known), count
