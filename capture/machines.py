"""Tells programs from people. What a program did is kept, marked, and worth nothing."""

from functools import lru_cache

import crawleruseragents

from leads.models import Machine


def verdict(*, declared: bool, user_agent: str) -> Machine:
    """Who did it: what the sender says, else what the user agent gives away."""
    if declared:
        return Machine.DECLARED
    if user_agent and _is_crawler(user_agent[:512]):
        return Machine.CRAWLER
    return Machine.HUMAN


@lru_cache(maxsize=4096)
def _is_crawler(user_agent: str) -> bool:
    return bool(crawleruseragents.is_crawler(user_agent))
