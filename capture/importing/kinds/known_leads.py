"""The leads that rows of a file are about, where the file makes none."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from leads.models import Lead
from leads.normalise import Refusal
from leads.parsing import Identity
from leads.recognising import HeldLeads


def known_leads(identities: Sequence[Identity]) -> list[Lead | Refusal]:
    """The lead of each, held until the transaction ends, or why there is none. In their order."""
    leads = HeldLeads(identities)
    results: list[Lead | Refusal] = []
    for identity in identities:
        try:
            results.append(leads.find(identity) or _unknown(identity))
        except Refusal as refusal:
            results.append(refusal)
    return results


def _unknown(identity: Identity) -> Refusal:
    name = identity.external_id or identity.email
    message = _("There is no lead “%(name)s”. Import the leads first, then what is known of them.")
    field = "external_id" if identity.external_id else "email"
    return Refusal("unknown_lead", field, message % {"name": name[:150]})
