"""How often each rule of a version matched among the leads drawn, remembered while somebody moves its numbers.

The activities are asked once; every other number is a multiplication. The cache may be emptied at any time: then they
are asked again. What is remembered names leads by their keys only and is forgotten after some minutes.
"""

from datetime import datetime
from typing import Final

from lib.text_cache import cached, refresh
from scoring.criteria.content import content_digest
from scoring.engine.definition import Definition
from scoring.engine.fragments import rows
from scoring.whatif.sample import Sample
from scoring.whatif.sources import gathered

KEPT_FOR: Final = 10 * 60


def evidence(new: Definition, old: Definition | None, sample: Sample, *, now: datetime, is_moved: bool) -> str:
    """The text scoring.whatif.sources.remembered reads.

    The version as it says is asked afresh each time; its moved numbers are those of the same leads at the same
    moment.
    """
    key = f"what-if:{new.criteria.pk}:{content_digest(new.criteria)}:{old.criteria.pk if old else 0}"

    def ask() -> str:
        [(text,)] = rows(gathered(new, old, now=now), lead_ids=sample.lead_ids, now=now)
        return str(text or "[]")

    return (cached if is_moved else refresh)(key, ask, seconds=KEPT_FOR)
