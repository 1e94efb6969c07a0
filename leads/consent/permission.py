"""Whether somebody of ours may write to a lead."""

from django.utils.translation import gettext as _

from leads.consent.ledger import standing
from leads.consent.preferences import MAILING
from leads.consent.suppression import is_suppressed
from leads.models import Lead
from leads.models.consent import Basis


def why_not_written_to(lead: Lead) -> str:
    """The reason, in a sentence, why no mail may go to the lead; empty: it may.

    Mailing that rests on consent needs a word that gives it; on any other basis it ends with an objection.
    """
    if lead.erased_at is not None or not lead.email:
        return _("There is no address to write to.")
    if is_suppressed(lead.email):
        return _("This address is suppressed: whoever it belongs to is to be left alone.")
    if lead.do_not_contact:
        return _("Whoever this is does not want to be contacted.")
    for purpose, last in standing(lead.pk):
        if purpose.key != MAILING:
            continue
        if last is not None and not last.is_given:
            return _("They do not want mail.")
        if last is None and purpose.basis == Basis.CONSENT:
            return _("They have not agreed to get mail.")
    return ""
