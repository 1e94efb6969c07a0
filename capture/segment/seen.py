"""What a batch of messages leaves for the pages of Connect: names that were seen, counts, and the latest messages."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import connection

from capture.models import SeenEvent, Sighting, Site
from capture.segment.messages import Message
from leads.inputs import ActivityInput, Taken
from leads.normalise import Refusal, page_key
from lib.zones import organisation_zone

# So many names of events a site may have; what is more is taken or kept, and not listed.
MOST_NAMES: Final = 500
MOST_SHOWN: Final = 50
_OF_A_BATCH: Final = 10
_COUNT: Final = """
INSERT INTO capture_anonymouscount (site_id, "on", type, page, channel, times) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (site_id, "on", type, page, channel) DO UPDATE SET times = capture_anonymouscount.times + EXCLUDED.times
"""
_NAME: Final = """
INSERT INTO capture_seenevent (site_id, name, times, last_at) VALUES (%s, %s, %s, %s)
ON CONFLICT (site_id, name) DO UPDATE SET
    times = capture_seenevent.times + EXCLUDED.times, last_at = greatest(capture_seenevent.last_at, EXCLUDED.last_at)
"""


class Seen:
    """Of one batch; stored at its end, in one order, so that two batches wait for each other as short as can be."""

    def __init__(self, site: Site, *, now: datetime) -> None:
        self.site = site
        self.now = now
        self.names = Counter[str]()
        self.counts = Counter[tuple[str, str, str]]()
        self.latest: list[dict[str, Any]] = []

    def note(self, message: Message, result: Taken | Refusal | None, activity: ActivityInput | None) -> None:
        """One message, what became of it, and what it was read as."""
        if message.type == "track" and message.name:
            self.names[message.name] += 1
        self.latest.append(
            {
                "message": message.type,
                "name": message.name,
                "page": page_key(message.url)[:500] if message.url else "",
                "type": activity.type if activity else "",
                "channel": activity.channel if activity else "",
                "machine": int(activity.machine) if activity else 0,
                "lead": str(result.public_id) if isinstance(result, Taken) else "",
                "problem": result.code if isinstance(result, Refusal) else "",
            }
        )

    def count(self, event: Mapping[str, Any]) -> None:
        """Something that somebody did who said no."""
        page = page_key(event.get("page", ""))[:500]
        self.counts[event["type"], page, event.get("channel", "")[:100]] += 1

    def store(self) -> None:
        on = self.now.astimezone(organisation_zone()).date()
        with connection.cursor() as cursor:
            if self.counts:
                rows = [(self.site.pk, on, *key, times) for key, times in sorted(self.counts.items())]
                cursor.executemany(_COUNT, rows)
            if self.names:
                cursor.executemany(_NAME, [(self.site.pk, name, times, self.now) for name, times in self._listed()])
        if self.latest:
            shown = self.latest[-_OF_A_BATCH:]
            Sighting.objects.bulk_create(Sighting(site=self.site, at=self.now, facts=facts) for facts in shown)
            _forget_old(self.site)

    def _listed(self) -> list[tuple[str, int]]:
        """The names to be counted: known ones, and new ones as long as there are not too many."""
        of_site = SeenEvent.objects.filter(site=self.site)
        listed = set(of_site.filter(name__in=self.names).values_list("name", flat=True))
        fresh = sorted(self.names.keys() - listed)
        if fresh:
            listed.update(fresh[: max(MOST_NAMES - of_site.count(), 0)])
        return sorted((name, times) for name, times in self.names.items() if name in listed)


def _forget_old(site: Site) -> None:
    newest = Sighting.objects.filter(site=site).order_by("-pk").values_list("pk", flat=True)[:MOST_SHOWN]
    oldest_shown = min(newest, default=None)
    if oldest_shown is not None:
        Sighting.objects.filter(site=site, pk__lt=oldest_shown).delete()
