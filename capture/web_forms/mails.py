"""The mails that Baton owed one lead because of a form or of its address: what each was, and whether it left.

A letter forgets to whom it went and what it said; its key tells the form and the person, without the address.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from capture.event_kinds import FORM_LINK_SENT
from capture.models import Form, Submission
from capture.web_forms.answering import CONFIRM, THANKS, key_before
from capture.web_forms.as_lead import person_of
from capture.web_forms.inviting import link_key_before
from leads.correcting.addresses import letter_key_before
from leads.models import Lead
from leads.privacy.holdings import DataSubject
from outbox import letters
from outbox.models import Letter

MOST_SHOWN: Final = 10
KINDS: Final[dict[str, str | Promise]] = {
    CONFIRM: _("The link to confirm their address"),
    THANKS: _("The answer to what they sent, with the content of the form where it gives some"),
}
ADDRESS: Final = _("Whether the address somebody wrote is theirs")
LINK: Final = _("Their own link to the form")


@dataclass(frozen=True, slots=True)
class Mail:
    """One of them."""

    what: str | Promise
    # None: it has to do with no form.
    form: Form | None
    letter: Letter

    @property
    def is_tried_again(self) -> bool:
        """Whether it did not leave at the first attempt, and waits for another."""
        return self.letter.state == Letter.State.PENDING and bool(self.letter.last_error)


def mails_of(lead: Lead) -> list[Mail]:
    """The latest, newest first; so many statements for one as for a hundred."""
    people = [person_of(key) for key in DataSubject(lead=lead).email_keys]
    sent = Submission.objects.filter(person__in=people).order_by().values("form")
    linked = lead.events.filter(kind=FORM_LINK_SENT.key).order_by().values_list("data__form", flat=True)
    about: dict[str, tuple[str | Promise, Form | None]] = {letter_key_before(lead): (ADDRESS, None)}
    for form in Form.objects.filter(Q(pk__in=sent) | Q(name__in=list(linked))):
        about |= {key_before(kind, form.pk, person): (what, form) for person in people for kind, what in KINDS.items()}
        about[link_key_before(form.pk, lead.pk)] = (LINK, form)
    return [_mail(letter, about) for letter in letters.owed_under(about)[:MOST_SHOWN]]


def _mail(letter: Letter, about: Mapping[str, tuple[str | Promise, Form | None]]) -> Mail:
    what, form = next(words for prefix, words in about.items() if letter.dedupe_key.startswith(prefix))
    return Mail(what, form, letter)
