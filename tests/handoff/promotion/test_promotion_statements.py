"""What a promotion costs: so many statements a lead, however many are promoted together."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from handoff.models import Handoff
from handoff.promotion import promotions
from handoff.promotion.ready_leads import pass_ready
from leads.models import Lead
from tests.conftest import be_out
from tests.scoring.building import score_leads

Act = Callable[..., None]
# What the leads of one call share: the work, the criteria and the policy.
SHARED = 3
# Each with its transaction, receipt, two transitions and the look at its segments that each asks for, routing, the
# lead's tasks for its new owner, and news for the rep by bell and by mail.
EACH = 24
# The policy, who is in, what could be passed, and the transaction of the sweep.
LOOKS = 5


@pytest.mark.parametrize("count", [1, 20])
def test_every_lead_costs_the_same(make_qualified: Callable[..., Lead], rep: User, now: datetime, count: int) -> None:
    leads = [make_qualified(email=f"{n}@example.com") for n in range(count + 1)]
    score_leads([leads[0].pk], now=now)
    promotions.promote_requested(now=now)  # the first one fills what a process keeps
    score_leads([lead.pk for lead in leads[1:]], now=now)
    with CaptureQueriesContext(connection) as queries:
        assert promotions.promote_requested(now=now) == count
    assert Handoff.objects.count() == count + 1
    assert len(queries) == SHARED + EACH * count


@pytest.mark.parametrize("count", [1, 5])
def test_with_nobody_in_none_is_tried(
    make_qualified: Callable[..., Lead], rep: User, now: datetime, count: int
) -> None:
    be_out(rep, since=now, until=now + timedelta(days=1))
    score_leads([make_qualified(email=f"{n}@example.com").pk for n in range(count)], now=now)
    assert promotions.promote_requested(now=now) == count
    with CaptureQueriesContext(connection) as queries:
        assert pass_ready(now=now) == 0
    assert len(queries) == LOOKS
