"""What an import said of consent is taken back by another word: the ledger is only added to."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from leads.consent.ledger import Word, take_words
from leads.events import Agent
from leads.models import Consent
from leads.undoing.results import Became, Results


def take_words_back(keys: Collection[int], *, source: str, agent: Agent, now: datetime) -> Results:
    """Says again what held before the words of these keys; what was given for the first time is withdrawn.

    A withdrawal before which nothing was said stays: nobody is asked again because a file was wrong. So does a word
    after which another was said.
    """
    spoken = {(row.lead_id, row.purpose_id) for row in Consent.objects.filter(pk__in=keys)}
    rows = Consent.objects.filter(lead__in={lead_id for lead_id, _purpose in spoken}).select_related("purpose")
    by_purpose: dict[tuple[int, int], list[Consent]] = defaultdict(list)
    for row in rows.order_by("at", "pk"):
        if (row.lead_id, row.purpose_id) in spoken:
            by_purpose[row.lead_id, row.purpose_id].append(row)
    words, results = list[Word](), Results()
    for of_purpose in by_purpose.values():
        last = of_purpose[-1]
        earlier = next((row for row in reversed(of_purpose) if row.pk not in keys), None)
        if last.pk not in keys or (earlier is None and not last.is_given):
            results[Became.STAYS_WORD] += 1
            continue
        words.append(
            Word(
                lead_id=last.lead_id,
                purpose=last.purpose.key,
                is_given=earlier is not None and earlier.is_given,
                wording=earlier.wording if earlier is not None and earlier.is_given else None,
                source=source,
            )
        )
    take_words(words, agent=agent, now=now)
    results[Became.CONSENTS] += len(words)
    return +results
