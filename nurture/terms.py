"""The words of the field that are about keeping leads warm."""

from django.utils.translation import gettext_lazy as _

from lib.glossary import Term, register

register(
    Term(
        key="segment",
        label=_("Segment"),
        text=_(
            "Leads that meet conditions, such as: at the stage Lead, from Germany, active in the last 30 days. Who"
            " meets them enters by itself, and who does not any more leaves."
        ),
    ),
    Term(
        key="list",
        label=_("List"),
        text=_("Leads that people put together by hand. Nobody enters or leaves by itself."),
    ),
    Term(
        key="sequence",
        label=_("Sequence"),
        text=_(
            "What happens to a lead step by step, with waits in between: a mail, a reminder, another offer. It pauses"
            " while sales has the lead, and ends when its goal is reached."
        ),
    ),
    Term(
        key="enrolment",
        label=_("Enrolment"),
        text=_("One lead on its way through a sequence. Nobody is in the same sequence twice at once."),
    ),
)
