from datetime import datetime

import pytest
from django.test import Client

from accounts.models import User
from scoring.models import Criteria
from scoring.whatif import sample, version
from tests.scoring.shipped import make_draft


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten leads are many."""
    monkeypatch.setattr(sample.draw, "__defaults__", (10,))
    monkeypatch.setattr(version, "CHUNK", 7)


@pytest.fixture
def browser(client: Client, marketer: User) -> Client:
    """What a marketer has signed in with."""
    client.force_login(marketer)
    return client


@pytest.fixture
def draft(marketer: User, now: datetime) -> Criteria:
    """A draft nobody has changed yet."""
    return make_draft(marketer, now)
