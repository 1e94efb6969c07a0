"""While nothing new is taken a form that is filled is kept, with thanks, and it is taken afterwards."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from accounts.standstill.taking import TAKING
from accounts.standstill.turning import turn_off, turn_on
from capture import tasks
from capture.models import Submission
from leads.models import Lead
from tests.capture.web_forms.conftest import new_form

pytestmark = pytest.mark.django_db


def test_it_is_kept_and_taken_afterwards(post: Callable[..., Any], administrator: User) -> None:
    form, now = new_form(), timezone.now()
    turn_off(TAKING, actor=administrator, why="We move.", now=now)
    assert post(form, email="ada@example.com").status_code == 303
    with time_machine.travel(now + timedelta(hours=1)):
        tasks.take_submissions()
        assert (Submission.objects.get().verdict, Lead.objects.count()) == ("to_take", 0)
        turn_on(TAKING, chosen={}, actor=administrator, now=timezone.now())
        tasks.take_submissions()
    assert Lead.objects.get().email == "ada@example.com"
