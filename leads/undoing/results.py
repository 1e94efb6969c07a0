"""What becomes of the rows of an import that is undone, as it is counted and told."""

from collections import Counter

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Became(TextChoices):
    """One thing that is counted. What begins with `stays` could not be taken back, and its label says why."""

    LEADS = "leads", _("leads removed")
    VALUES = "values", _("values of leads and companies as before")
    ACTIVITIES = "activities", _("activities removed")
    OUTCOMES = "outcomes", _("leads whose outcomes are taken back")
    COMPANIES = "companies", _("companies removed")
    SPEND = "spend", _("costs removed or as before")
    CONSENTS = "consents", _("consents taken back")
    SUPPRESSIONS = "suppressions", _("addresses no longer left alone")
    STAYS_WITH_SALES = "stays_with_sales", _("leads stay, because they qualified, went to sales or bought since")
    STAYS_KNOWN = "stays_known", _("leads stay, because others have told of them or changed them since")
    STAYS_CHANGED = "stays_changed", _("values stay, because they were changed since")
    STAYS_OUTCOME = "stays_outcome", _("leads keep their outcome, because sales had them in hand or they went on since")
    STAYS_COMPANY = "stays_company", _("companies stay, because leads work there or they were changed since")
    STAYS_WORD = "stays_word", _("consents and withdrawals stay, because more was said since or nothing before")
    STAYS_GONE = "stays_gone", _("rows are gone already, because they were merged, erased or removed since")

    @property
    def is_done(self) -> bool:
        """Whether it was taken back."""
        return not self.value.startswith("stays")


Results = Counter[str]


def told_results(results: Results) -> dict[str, list[tuple[str, int]]]:
    """What was taken back (`done`) and what `stays`, as pairs of words and numbers."""
    pairs = {became: (str(became.label), results[became]) for became in Became if results[became]}
    return {
        "done": [pair for became, pair in pairs.items() if became.is_done],
        "stays": [pair for became, pair in pairs.items() if not became.is_done],
    }
