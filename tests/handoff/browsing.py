"""What the tests of the handoff's pages share: addresses, what a browser sends, what a person is told."""

from typing import Any, Final

from django.contrib.messages import get_messages
from django.urls import reverse

from handoff.models import Handoff

# What htmx says about itself: from the panel of the handoff's page, from the dialog of the queue, and from its list.
PANEL: Final = {"HX-Request": "true", "HX-Target": "handoff"}
DIALOG: Final = {"HX-Request": "true", "HX-Target": "answer-body"}
LIST: Final = {"HX-Request": "true"}
FORMS: Final = ("reject", "qualify", "accept_and_qualify", "recycle", "disqualify")
EVERY_ACTION: Final = ("accept", *FORMS)


def address_of(action: str, handoff: Handoff) -> str:
    """Of the page of a handoff ("detail") or of one of its answers."""
    return reverse(f"handoff:{action}", args=[handoff.public_id])


def state_of(handoff: Handoff) -> str:
    """As the database has it."""
    return Handoff.objects.values_list("state", flat=True).get(pk=handoff.pk)


def said(response: Any) -> list[str]:
    """The messages that wait for the next page."""
    return [str(message) for message in get_messages(response.wsgi_request)]
