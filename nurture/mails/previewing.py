"""What a mail looks like for one person, before anybody gets it; and a test to oneself."""

from smtplib import SMTPException

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from leads.models import Lead
from nurture.mails.compiling import Written, compile_content
from nurture.mails.fields import merge_fields, values_of
from nurture.models.mails import Content
from nurture.sending.composing import message_of
from outbox.mail_test import in_words
from outbox.transports.base import Undeliverable

LEADS_OFFERED = 30


def leads_offered(user: User) -> QuerySet[Lead]:
    """Those of the leads this person may see that came last, to look at a mail as one of them."""
    return Lead.objects.visible_to(user).filter(erased_at=None).exclude(email="").order_by("-created_at", "-pk")


def written_for(content: Content, lead: Lead | None) -> Written:
    """The mail as this lead would get it; without one as somebody of whom nothing is known.

    Its link to the preference page is none of theirs: whoever looks must not be able to choose for them.
    """
    person = lead or Lead(first_name="", last_name="")
    values = values_of(person, merge_fields(), preference_link=f"{settings.BASE_URL}/preferences/")
    return compile_content(content).write(values)


def send_test(content: Content, lead: Lead | None, *, actor: User) -> str:
    """Sends the mail to whoever asks, as that lead would get it. Returns what went wrong, in words; empty: nothing."""
    written = written_for(content, lead)
    test = Written(subject=_("[Test] %(subject)s") % {"subject": written.subject}, html=written.html, text=written.text)
    try:
        message_of(test, name=actor.name, address=actor.email, headers={"Auto-Submitted": "auto-generated"}).send()
    except (SMTPException, OSError, Undeliverable) as error:
        return in_words(error)
    return ""
