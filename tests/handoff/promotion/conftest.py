from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from leads.models import Lead
from tests.handoff.conftest import MakeLead

Act = Callable[..., None]


@pytest.fixture
def make_qualified(make_lead: MakeLead, act: Act, now: datetime) -> Callable[..., Lead]:
    """A lead with 35 points of the shipped example's 30, not scored yet."""

    def make(**fields: Any) -> Lead:
        lead = make_lead(job_title="Chief Executive", company=f"Acme {fields}", employees=80, **fields)
        act(lead, "page_view", at=now - timedelta(hours=1), page="/pricing")
        return lead

    return make
