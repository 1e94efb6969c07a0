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
)
