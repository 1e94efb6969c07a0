"""A lead is on its way to sales once, whoever forgets a lock."""

import pytest

from tests.chaos import promotion
from tests.chaos.evidence import keep
from tests.chaos.size import pick

pytestmark = [pytest.mark.slow, pytest.mark.chaos]


def test_each_lead_is_opened_once(transactional: None) -> None:
    crowd = promotion.run(leads=pick(small=10, full=200))
    promotion.check(crowd)
    keep("promotion", leads=crowd.leads, at_once=promotion.AT_ONCE, opened=crowd.opened, refused=crowd.refused)
