"""How many leads or companies have a value of a custom field, and which: looked at before it is taken away."""

from collections import Counter
from dataclasses import dataclass, field

from leads.models import About, Company, CustomField, Lead
from lib.page_sizes import MOST_COUNTED


@dataclass(frozen=True, slots=True)
class Counts:
    """At most MOST_COUNTED are looked at; `has_more` says that there are others."""

    values: int
    has_more: bool
    choices: Counter[str] = field(default_factory=Counter)


def counts_of(custom: CustomField) -> Counts:
    """How many have a value, and of each choice how many have it."""
    objects = Lead.objects if custom.about == About.LEAD else Company.objects
    # The condition of the index of the column, by which the few that have something are found.
    rows = objects.exclude(custom={}).filter(custom__has_key=custom.key).order_by()
    values = [known[custom.key] for known in rows.values_list("custom", flat=True)[: MOST_COUNTED + 1]]
    counted = values[:MOST_COUNTED]
    answers = (one for value in counted for one in (value if isinstance(value, list) else [value]))
    choices = Counter(answers) if custom.type.has_choices else Counter[str]()
    return Counts(len(counted), len(values) > MOST_COUNTED, choices)
