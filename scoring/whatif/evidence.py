"""How often each rule of a version matched among the leads drawn, remembered while somebody moves its numbers.

The activities are asked once; every other number is a multiplication. The cache may be emptied at any time: then they
are asked again. What is remembered names leads by their keys only and is forgotten after some minutes.
"""

import logging
from datetime import datetime
from typing import Final

from django.core.cache import cache
from redis import RedisError

from scoring.content import content_digest
from scoring.definition import Definition
from scoring.pieces import rows
from scoring.whatif.sample import Sample
from scoring.whatif.sources import gathered

logger = logging.getLogger(__name__)

KEPT_FOR: Final = 10 * 60


def evidence(new: Definition, old: Definition | None, sample: Sample, *, now: datetime, is_moved: bool) -> str:
    """The text scoring.whatif.sources.remembered reads.

    The version as it says is asked afresh each time; its moved numbers are those of the same leads at the same
    moment. Where everybody is drawn nothing is remembered, because the answer is called a count of this moment.
    """
    key = f"what-if:{new.criteria.pk}:{content_digest(new.criteria)}:{old.criteria.pk if old else 0}"
    kept = None if sample.scale.is_exact or not is_moved else _kept(key)
    if kept is not None:
        return kept
    [(text,)] = rows(gathered(new, old, now=now), lead_ids=sample.lead_ids, now=now)
    found = str(text or "[]")
    if not sample.scale.is_exact:
        _keep(key, found)
    return found


def _kept(key: str) -> str | None:
    try:
        kept = cache.get(key)
    except RedisError:
        logger.warning("The cache does not answer; the activities are asked again.")
        return None
    return None if kept is None else str(kept)


def _keep(key: str, text: str) -> None:
    try:
        cache.set(key, text, KEPT_FOR)
    except RedisError:
        logger.warning("The cache does not answer; the evidence of a sample was not kept.")
