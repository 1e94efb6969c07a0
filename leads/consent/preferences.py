"""What a person chooses on their own: by a link of our mail, without signing in."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.urls import reverse

from leads.consent.ledger import Word, standing, take_words
from leads.events import Agent
from leads.models import Lead
from lib.signed_links import LinkRefused, read_link, sign_link

# A mail may be read long after it was sent; whoever wants to leave must be able to.
LINK_LASTS: Final = timedelta(days=800)
MAILING: Final = "mailing"
_PURPOSE: Final = "leads.consent.preferences"
_SOURCE: Final = "preference page"
_ONE_CLICK: Final = "unsubscribe button of the mail program"
THEMSELVES: Final = Agent(name="the person themselves")


def preference_path(lead: Lead, *, now: datetime) -> str:
    """The address of the lead's preference page, without the host. It also takes the POST of List-Unsubscribe."""
    token = sign_link(lead.public_id, purpose=_PURPOSE, until=now + LINK_LASTS)
    return reverse("preferences", args=[token])


def unsubscribe_url(lead: Lead, *, now: datetime) -> str:
    """Where a mail program says with one POST that its owner wants no more mail: the preference page, with the host."""
    return f"{settings.BASE_URL}{preference_path(lead, now=now)}"


def lead_of_link(token: str, *, now: datetime) -> Lead:
    """Raises LinkRefused, also when the lead is no longer there."""
    public_id = read_link(token, purpose=_PURPOSE, now=now)
    try:
        return Lead.objects.get(public_id=public_id)
    except Lead.DoesNotExist as error:
        raise LinkRefused from error


def choose(*, lead_id: int, allowed: Collection[str], now: datetime) -> bool:
    """The person allows the purposes of these keys and no other; returns whether that changed anything.

    A purpose that they were never asked about and do not choose stays what it was: never asked.
    """
    words = []
    for purpose, last in standing(lead_id):
        is_allowed = purpose.key in allowed
        was_allowed = None if last is None else last.is_given
        # What was given stays as it was given, whatever its wording is by now.
        if is_allowed != (was_allowed or False):
            words.append(Word(lead_id=lead_id, purpose=purpose.key, is_given=is_allowed, source=_SOURCE))
    return any(take_words(words, agent=THEMSELVES, now=now))


def stop_everything(*, lead_id: int, now: datetime) -> bool:
    """The person objects to every purpose, also those they were never asked about; whether that changed anything."""
    words = [
        Word(lead_id=lead_id, purpose=purpose.key, is_given=False, source=_SOURCE)
        for purpose, _last in standing(lead_id)
    ]
    return any(take_words(words, agent=THEMSELVES, now=now))


def unsubscribe(*, lead_id: int, now: datetime) -> bool:
    """The mail program of the person says for them that no more mail is wanted (RFC 8058)."""
    word = Word(lead_id=lead_id, purpose=MAILING, is_given=False, source=_ONE_CLICK)
    return any(take_words([word], agent=THEMSELVES, now=now))
