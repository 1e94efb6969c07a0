"""The shipped first version: the worked example of the field, in force from the first minute."""

from typing import Final

from django.utils.translation import gettext_noop as _

SENTENCE: Final = _(
    "A lead is ready when what they did and who they are adds up to 30 points: "
    "they came for our content, looked at the price, and their company is one we can help."
)

RULES: Final[tuple[dict[str, object], ...]] = (
    {
        "kind": "behaviour",
        "name": _("Downloaded content"),
        "points": 5,
        "type": "download",
        "measure": "assets",
        "max_times": 3,
    },
    {
        "kind": "behaviour",
        "name": _("Opened an e-mail after a download"),
        "points": 2,
        "type": "email_opened",
        "after": "download",
        "max_times": 5,
    },
    {
        "kind": "behaviour",
        "name": _("Visited the pricing page"),
        "points": 10,
        "type": "page_view",
        "page_category": "pricing",
    },
    {"kind": "behaviour", "name": _("Joined a programme"), "points": 20, "type": "programme_joined"},
    {
        "kind": "fit",
        "name": _("Has an executive title"),
        "points": 15,
        "field": "job_title",
        "operator": "contains",
        "values": ["vp", "vice president", "founder", "chief", "ceo", "cmo", "cto", "cfo", "coo", "president", "owner"],
    },
    {
        "kind": "fit",
        "name": _("Company of 50 to 500 people"),
        "points": 10,
        "field": "company_employees",
        "operator": "between",
        "values": [50, 500],
    },
)
