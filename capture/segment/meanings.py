"""What the events of a site mean: what its people said, before what Baton knows by itself."""

from typing import Final

from capture.models import EventMeaning, Site
from capture.segment.event_names import BUILT_IN, IGNORED, Meanings
from lib.process_cache import ProcessCache


class MeaningsOfSite(Meanings):
    """The lines of one site; a name of which they say nothing means what it usually means."""

    def of(self, name: str) -> str | None:
        description = super().of(name)
        return BUILT_IN.of(name) if description is None else description


_KNOWN: Final = ProcessCache[dict[int, MeaningsOfSite]](dict)


def meanings_of(site: Site) -> Meanings:
    """As they were a second ago at most."""
    known = _KNOWN.get()
    if site.pk not in known:
        rows = EventMeaning.objects.filter(site=site).order_by("pk").values_list("pattern_key", "type__key")
        known[site.pk] = MeaningsOfSite((pattern, key or IGNORED) for pattern, key in rows)
    return known[site.pk]
