"""The lines by which people say what events of a site mean."""

from capture.models import EventMeaning, Site
from capture.segment.event_names import squeezed_pattern
from leads.models import ActivityType


def add_line(*, site: Site, pattern: str, type: ActivityType | None) -> EventMeaning:  # noqa: A002 (the field's name)
    """A name or a pattern and what is meant by it; None: nothing of use. What comes in from now on follows it."""
    key = squeezed_pattern(pattern)
    return EventMeaning.objects.create(site=site, pattern=pattern, pattern_key=key, type=type)


def remove_line(line: EventMeaning) -> None:
    """Its names mean again what they usually do."""
    line.delete()
