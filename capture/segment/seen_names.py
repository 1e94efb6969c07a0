"""The names of events that came in, with what each is taken for."""

from dataclasses import dataclass
from datetime import datetime

from capture.models import SeenEvent, Site
from capture.segment.event_names import IGNORED, Meanings, squeezed, squeezed_pattern
from capture.segment.meanings import meanings_of
from capture.segment.seen import MOST_NAMES
from leads.models import ActivityType


@dataclass(frozen=True, slots=True)
class SeenName:
    """One name; `type` is None where it is ignored, or unknown."""

    name: str
    times: int
    last_at: datetime
    type: ActivityType | None
    is_ignored: bool

    @property
    def is_unmapped(self) -> bool:
        """Whether nothing says what it is, so that its events are kept aside."""
        return self.type is None and not self.is_ignored


def seen_names(site: Site) -> list[SeenName]:
    """Every name that is counted, the latest first; what nothing is said of goes before the rest."""
    meanings, types = meanings_of(site), {row.key: row for row in ActivityType.objects.all()}
    rows = SeenEvent.objects.filter(site=site).order_by("-last_at", "pk")[:MOST_NAMES]
    names = []
    for row in rows:
        meaning = meanings.of(squeezed(row.name))
        names.append(SeenName(row.name, row.times, row.last_at, types.get(meaning or ""), meaning == IGNORED))
    return sorted(names, key=lambda one: not one.is_unmapped)


def names_with(site: Site, pattern: str) -> list[str]:
    """The names that came in which a line with this pattern would be for."""
    line = Meanings([(squeezed_pattern(pattern), "this")])
    names = SeenEvent.objects.filter(site=site).order_by("name").values_list("name", flat=True)[:MOST_NAMES]
    return [name for name in names if line.of(squeezed(name)) is not None]
