"""Where an answer is put: on the page of a handoff, or in the dialog over the queue."""

from typing import Final

from django.http import HttpResponse
from django_htmx.http import trigger_client_event

from accounts.doors import SignedInRequest

# The elements that htmx puts an answer into.
PANEL: Final = "handoff"
DIALOG: Final = "answer-body"


def is_in_dialog(request: SignedInRequest) -> bool:
    """Whether the answer is shown over the queue."""
    return bool(request.htmx.target == DIALOG)


def answered() -> HttpResponse:
    """Nothing to show: the dialog closes, and the queue asks for itself."""
    response = trigger_client_event(HttpResponse(status=204), "answered")
    return trigger_client_event(response, "queue-changed")
