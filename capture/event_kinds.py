"""The kinds of events that are how something came in, or was asked for."""

from collections.abc import Iterable
from typing import Final, TypedDict

from django.utils.translation import gettext_lazy as _

from leads.events import EventKind, register
from leads.models import LeadEvent


class Asked(TypedDict):
    """Which form somebody was asked to fill in."""

    # Its name as it was then.
    form: str


def _form(event: LeadEvent) -> Iterable[str]:
    data: Asked = event.data
    yield data["form"]


FORM_LINK_SENT: Final = register(
    EventKind(
        key="form.link_sent",
        label=_("Link to a form sent"),
        sentence=_("A mail with a link to a form was sent."),
        icon="mail",
        meaning="",
        facts=_form,
        public=("form",),
    )
)
