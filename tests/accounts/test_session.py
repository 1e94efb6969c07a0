import os
import time

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User


class TestSessionThatEnded:
    def test_a_part_of_a_page_sends_the_whole_page_to_the_sign_in(self, client: Client, db: None) -> None:
        answer = client.get(
            reverse("handoff:queue"),
            headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/queue/?show=waiting"},
        )
        assert answer.status_code == 204
        assert answer.headers["HX-Redirect"] == "/accounts/login/?next=%2Fqueue%2F%3Fshow%3Dwaiting"

    def test_a_whole_page_is_redirected_as_ever(self, client: Client, db: None) -> None:
        assert client.get(reverse("handoff:queue")).status_code == 302


def test_too_many_attempts_are_told_on_a_page(client: Client, db: None) -> None:
    elsewhere = f"10.2.{os.getpid() % 250}.{time.time_ns() % 250}"  # tests that sign in are not locked with it
    answers = [client.post(reverse("account_login"), {}, REMOTE_ADDR=elsewhere) for _attempt in range(32)]
    assert answers[-1].status_code == 429
    assert "Wait five minutes" in answers[-1].content.decode()


class TestClosedDoors:
    def test_nobody_changes_the_address_they_sign_in_with(self, client: Client, rep: User) -> None:
        client.force_login(rep)
        assert client.get("/accounts/email/").status_code == 404
        assert client.post("/accounts/email/", {"email": "other@example.com", "action_add": ""}).status_code == 404


@pytest.mark.parametrize("name", ["Mars/Base", "Europe", "../etc"])
def test_a_zone_nobody_knows_locks_nobody_out(client: Client, rep: User, name: str) -> None:
    User.objects.filter(pk=rep.pk).update(time_zone=name)
    client.force_login(rep)
    assert client.get(reverse("handoff:queue")).status_code == 200
