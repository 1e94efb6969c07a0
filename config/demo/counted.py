"""What becomes of the rows of a demonstration that is removed, as it is counted and told."""

from collections import Counter

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

Results = Counter[str]


class Became(TextChoices):
    """One thing that is counted. What begins with `stays` is not removed, and its label says why."""

    LEADS = "leads", _("leads, with everything they did and every handoff")
    COMPANIES = "companies", _("companies")
    CONTENT = "content", _("pages, pieces of content, campaigns, costs, personas, routing rules and proposed criteria")
    PEOPLE = "people", _("people")
    STAYS_TOUCHED = "stays_touched", _("leads stay, because somebody or something else told of them or changed them")
    STAYS_COMPANY = "stays_company", _("companies stay, because leads work there or somebody changed them")
    STAYS_CONTENT = (
        "stays_content",
        _("pages, content, campaigns, costs, personas, rules or criteria stay: they were changed or are in use"),
    )
    STAYS_PEOPLE = "stays_people", _("people stay on record, because something they did stays; they cannot sign in")

    @property
    def is_done(self) -> bool:
        """Whether it is removed."""
        return not self.value.startswith("stays")


def in_words(results: Results) -> dict[str, list[tuple[str, int]]]:
    """What is removed (`done`) and what `stays`, as pairs of words and numbers."""
    pairs = [(became, (str(became.label), results[became])) for became in Became if results[became]]
    return {
        "done": [pair for became, pair in pairs if became.is_done],
        "stays": [pair for became, pair in pairs if not became.is_done],
    }
