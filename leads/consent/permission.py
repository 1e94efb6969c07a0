"""Whether somebody of ours may write to leads, and why not."""

from collections.abc import Collection

from django.db import models
from django.utils.translation import gettext_lazy as _

from leads.consent.ledger import words_among
from leads.consent.preferences import MAILING
from leads.consent.suppression import suppressed_among
from leads.models import Lead, Purpose
from leads.models.consent import Basis


class NoMail(models.TextChoices):
    """Why no mail may go to a lead: the first of these that holds."""

    NO_ADDRESS = "addressless", _("There is no address to write to.")
    SUPPRESSED = "suppressed", _("This address is suppressed: whoever it belongs to is to be left alone.")
    LEFT_ALONE = "alone", _("Whoever this is does not want to be contacted.")
    OBJECTED = "objected", _("They do not want mail.")
    NOT_GIVEN = "unasked", _("They have not agreed to get mail.")


def why_not_written_to(lead: Lead) -> str:
    """The reason, in a sentence, why no mail may go to the lead; empty: it may."""
    why = reasons_against([lead], purpose=Purpose.objects.filter(key=MAILING).first()).get(lead.pk)
    return str(why.label) if why else ""


def reasons_against(leads: Collection[Lead], *, purpose: Purpose | None) -> dict[int, NoMail]:
    """Those of the leads that no mail of this purpose may go to, by id, in two statements at most.

    A purpose that rests on consent needs a word that gives it; any other ends with an objection. Who objects to mail
    gets none of any purpose: the button of a mail program says that, and knows no purposes.
    """
    against = {lead.pk: NoMail.NO_ADDRESS for lead in leads if lead.erased_at is not None or not lead.email}
    some = [lead for lead in leads if lead.pk not in against]
    suppressed = suppressed_among(str(lead.email_key) for lead in some)
    purposes = {MAILING, *([purpose.key] if purpose else [])}
    words = words_among([lead.pk for lead in some], purposes)
    needs_word = purpose is not None and purpose.basis == Basis.CONSENT
    for lead in some:
        if lead.email_key in suppressed:
            against[lead.pk] = NoMail.SUPPRESSED
        elif lead.do_not_contact:
            against[lead.pk] = NoMail.LEFT_ALONE
        elif any(words.get((lead.pk, key)) is False for key in purposes):
            against[lead.pk] = NoMail.OBJECTED
        elif purpose is not None and needs_word and (lead.pk, purpose.key) not in words:
            against[lead.pk] = NoMail.NOT_GIVEN
    return against
