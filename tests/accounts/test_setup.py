"""The first administrator is made on a page, by who has the code; then there is no such page any more."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from accounts.invitations import change, invite, let_go
from accounts.models import SetupCode, User
from accounts.roles import ADMINISTRATOR, MARKETING, SALES_REP
from accounts.setup import MOST_ATTEMPTS, CodeRefused, become_administrator, new_code

pytestmark = pytest.mark.django_db
SECRET = "a long enough secret"
Post = Callable[..., str]


@pytest.fixture
def post(client: Client) -> Post:
    def send(code: str, **asked: str) -> str:
        form = {"code": code, "email": "Ada@Example.com", "name": "Ada First"}
        form |= {"new_password1": SECRET, "new_password2": SECRET}
        return client.post(reverse("setup"), form | asked, follow=True).content.decode()

    return send


def refused(code: str, now: datetime) -> str:
    with pytest.raises(CodeRefused) as refusal:
        become_administrator(code=code, email="a@example.com", name="A", password=SECRET, now=now)
    return str(refusal.value)


class TestFirstAdministrator:
    def test_who_has_the_code_is_in_and_the_page_is_gone(self, client: Client, post: Post) -> None:
        assert client.get("/", follow=True).redirect_chain[-1][0] == reverse("setup")
        told = StringIO()
        call_command("setup_code", stdout=told)
        address, code = told.getvalue().split()
        assert address.endswith(reverse("setup"))
        entrance = client.get(address).content.decode()
        assert "Baton is where marketing hands leads to sales" in entrance
        assert ".venv/bin/python manage.py setup_code" in entrance
        assert "not the code" in post("ABCDE-ABCDE")
        assert "The two password fields" in post(code, new_password2="other")
        assert client.get("/leads/").status_code == 302
        post(code.lower().replace("-", " "))
        assert client.get("/leads/").status_code == 200
        person = User.objects.in_role(ADMINISTRATOR).get()
        assert (str(person), person.email, person.is_staff) == ("Ada First", "ada@example.com", True)
        assert Client().get(reverse("setup")).status_code == 302
        with pytest.raises(CommandError, match="administrator already"):
            call_command("setup_code")

    def test_a_code_is_too_old_after_a_day_and_void_after_many_wrong_ones(self, now: datetime) -> None:
        code = new_code(now=now)
        assert code
        assert "too old" in refused(code, now + timedelta(days=1))
        for _attempt in range(MOST_ATTEMPTS):
            assert "not the code" in refused("ABCDE-ABCDE", now)
        assert "tried too often" in refused(code, now)

    def test_only_the_newest_code_works_and_none_once_there_is_an_administrator(
        self, now: datetime, administrator: User
    ) -> None:
        User.objects.update(is_active=False)
        first, second = new_code(now=now), new_code(now=now)
        assert first
        assert second
        assert "not the code" in refused(first, now)
        User.objects.update(is_active=True)
        assert "an administrator already" in refused(second, now)
        assert new_code(now=now) is None

    def test_it_is_kept_as_a_hash_and_once(self, now: datetime) -> None:
        code = new_code(now=now)
        assert code
        assert code not in SetupCode.objects.get().digest
        with pytest.raises(IntegrityError, match="setup_code_only_one"):
            SetupCode.objects.create(pk=2, digest="x", expires_at=now)

    def test_guesses_from_one_address_are_limited(self, client: Client, post: Post) -> None:
        answers = [post("ABCDE-ABCDE") for _attempt in range(11)]
        assert "Too many attempts" in answers[-1]


def test_who_set_it_up_may_do_no_more_than_their_roles_once_they_are_no_administrator(
    administrator: User, now: datetime
) -> None:
    first = User.objects.create_superuser("first@example.com", SECRET, name="Ada First")
    change(user_id=first.pk, name="Ada First", roles=[SALES_REP], team="")
    first.refresh_from_db()
    assert (first.is_superuser, first.is_staff, first.has_role(ADMINISTRATOR)) == (False, False, False)

    second = User.objects.create_superuser("second@example.com", SECRET, name="Bea Second")
    let_go(user_id=second.pk, keys_go_to=None, now=now)
    invite(
        email=second.email, name="Bea", roles=[MARKETING], team="", time_zone="", actor=administrator, now=now
    )  # fmt: skip
    second.refresh_from_db()
    assert (second.is_superuser, second.roles) == (False, [MARKETING])


def test_nor_when_the_role_is_taken_in_the_admin(client: Client, administrator: User) -> None:
    first = User.objects.create_superuser("first@example.com", SECRET, name="Ada First")
    client.force_login(administrator)
    form = {"email": first.email, "name": first.name, "time_zone": "UTC", "is_active": "on", "roles": [MARKETING]}
    assert client.post(reverse("admin:accounts_user_change", args=[first.pk]), form).status_code == 302
    first.refresh_from_db()
    assert (first.is_superuser, first.roles) == (False, [MARKETING])
