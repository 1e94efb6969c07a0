"""A batch of events that comes in with one call."""

from typing import Final

from rest_framework import exceptions

MOST_EVENTS: Final = 500


def events_of(data: object) -> list[object]:
    """The events of a body that is one event, or {"activities": [event, ...]}, or a list of them.

    Raises ParseError when there is none, and when there are more than MOST_EVENTS.
    """
    if isinstance(data, dict):
        data = data["activities"] if set(data) == {"activities"} else [data]
    if not isinstance(data, list) or not data:
        raise exceptions.ParseError('Send one event, or {"activities": [event, ...]}.', code="no_events")
    if len(data) > MOST_EVENTS:
        raise exceptions.ParseError(
            f"A batch has at most {MOST_EVENTS} events; this one has {len(data):,}.", "too_many_events"
        )
    return data
