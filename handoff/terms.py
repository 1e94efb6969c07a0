"""The words of the field that are about passing leads to sales."""

from django.utils.translation import gettext_lazy as _

from lib.glossary import Term, register

register(
    Term(
        key="handoff",
        label=_("Handoff"),
        text=_("One pass of a lead from marketing to sales, from the moment it qualifies to what sales makes of it."),
    ),
    Term(
        key="sla",
        label=_("SLA"),
        text=_(
            "Service level agreement: the time within which sales has promised to answer a lead that was passed."
            " Its policies say how long, and on which clock."
        ),
    ),
    Term(
        key="breach",
        label=_("Breach"),
        text=_(
            "Nobody answered a lead by its deadline. It goes on without a person, and the breach counts against"
            " the promise, not against the lead."
        ),
    ),
    Term(
        key="accept",
        label=_("Accept"),
        text=_("A rep takes a lead that was passed, before any contact. It is a SAL then, and the clock stops."),
    ),
    Term(
        key="reject",
        label=_("Reject"),
        text=_(
            "A rep gives a lead back before any contact, with a reason: it does not meet what was agreed, or its"
            " data is wrong."
        ),
    ),
    Term(
        key="capacity",
        label=_("Capacity"),
        text=_(
            "How many open leads a rep can work on at a time. Who is full is the last to be given more, and"
            " still may be."
        ),
    ),
    Term(
        key="backlog",
        label=_("Backlog"),
        text=_(
            "Leads that qualified because the criteria changed or by an import. They are passed best first, so"
            " many a day."
        ),
    ),
    Term(
        key="receipt",
        label=_("Receipt"),
        text=_(
            "Why a lead was promoted, as it was in that moment: the score, each rule that counted, and the"
            " version of the criteria."
        ),
    ),
    Term(
        key="rest",
        label=_("Rest"),
        text=_(
            "How long a lead that was sent back is left in peace before it can go to sales again. Each reason"
            " says how long."
        ),
    ),
)
