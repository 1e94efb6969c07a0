"""The goal of MQLs a month: who sets it, what is no goal, and where it is told."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from handoff.agreement_terms import terms
from handoff.promotion.goal import goal, set_goal
from tests.handoff.conftest import MakeHandoff

pytestmark = pytest.mark.django_db
PAGE = "/queue/goal/"


class TestPage:
    def test_marketing_sets_it_and_takes_it_away(self, client: Client, marketer: User) -> None:
        client.force_login(marketer)
        assert "Set a goal" in client.get("/").content.decode()
        told = client.post(PAGE, {"mqls_per_month": "1,200"}, follow=True).content.decode()
        assert "The goal is 1,200 MQLs a month." in told
        assert "Change the goal" in told
        assert 'value="1200"' in client.get(PAGE).content.decode()
        client.post(PAGE, {"mqls_per_month": ""})
        assert goal() is None

    @pytest.mark.parametrize("number", ["0", "-3", "some", "1000001"])
    def test_what_is_none_is_said_and_stays_in_the_form(self, client: Client, marketer: User, number: str) -> None:
        client.force_login(marketer)
        answer = client.post(PAGE, {"mqls_per_month": number})
        assert answer.status_code == 422
        assert f'value="{number}"' in answer.content.decode()
        assert goal() is None


class TestTelling:
    def test_the_home_page_says_how_far_it_is(self, client: Client, marketer: User, manager: User) -> None:
        set_goal(mqls_per_month=40)
        client.force_login(marketer)
        page = client.get("/").content.decode()
        assert "0% of the goal of 40 a month" in page
        assert page.count('<svg class="bar"') == 1
        client.force_login(manager)
        assert "of the goal" not in client.get("/").content.decode()

    def test_this_months_mqls_are_a_part_of_it(
        self, client: Client, marketer: User, make_waiting: MakeHandoff, now: datetime
    ) -> None:
        set_goal(mqls_per_month=2)
        make_waiting()
        client.force_login(marketer)
        with time_machine.travel(now + timedelta(minutes=1), tick=False):
            assert "50% of the goal of 2 a month" in client.get("/").content.decode()

    def test_the_agreement_has_it_where_there_is_one(self) -> None:
        assert "Marketing's goal" not in [term["subject"] for term in terms()]
        set_goal(mqls_per_month=40)
        assert terms()[0] == {"subject": "Marketing's goal", "sentence": "Marketing brings 40 MQLs a month."}
