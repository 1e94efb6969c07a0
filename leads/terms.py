"""The words of the field that are about leads: how far they are, and what is happening with them."""

from django.utils.translation import gettext_lazy as _

from lib.glossary import Term, register

register(
    Term(
        key="lead",
        label=_("Lead"),
        text=_(
            "A person who may become a customer. Somebody who was never passed to sales, or came back, is at"
            " this stage."
        ),
    ),
    Term(
        key="stage",
        label=_("Stage"),
        text=_(
            "How far a lead has come: lead, MQL, SAL, SQL, opportunity, customer. It is the furthest point that was"
            " agreed in this run; a lead that goes back begins a new one."
        ),
    ),
    Term(
        key="status",
        label=_("Status"),
        text=_(
            "What is happening with a lead now, such as nurturing, awaiting sales or working. The stage says how"
            " far it is."
        ),
    ),
    Term(
        key="marketing-qualified-lead",
        label=_("MQL"),
        text=_(
            "A lead that meets the criteria both teams have signed, by who it is and by what it did. From here"
            " on it is"
            " on its way to sales."
        ),
    ),
    Term(
        key="sales-accepted-lead",
        label=_("SAL"),
        text=_("A lead that a sales rep has accepted: it meets what was agreed, and nobody has talked to it yet."),
    ),
    Term(
        key="sales-qualified-lead",
        label=_("SQL"),
        text=_(
            "A lead that sales has talked to and found worth an offer. The rep knows its timeline, its budget, its"
            " problem and who else is involved."
        ),
    ),
    Term(
        key="opportunity",
        label=_("Opportunity"),
        text=_("A lead with whom there is a deal that is neither won nor lost yet."),
    ),
    Term(
        key="nurture",
        label=_("Nurture"),
        text=_(
            "Staying in touch with leads that are not ready for sales: they get content until what they do qualifies"
            " them."
        ),
    ),
    Term(
        key="recycling",
        label=_("Recycled"),
        text=_(
            "Sales gave the lead back, or nobody answered in time. It is nurtured again, and can qualify again"
            " by doing"
            " something new."
        ),
    ),
    Term(
        key="disqualification",
        label=_("Disqualified"),
        text=_("Sales has talked to the lead and found that it is not for you. It does not come back by itself."),
    ),
    Term(
        key="consent",
        label=_("Consent"),
        text=_("What a person allowed you to do with their data, for one purpose, in which words and when."),
    ),
)
