"""Signing in with an account of elsewhere, at a provider that really answers."""

import http.client
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.conf import settings as django_settings
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse

from accounts.models import User
from config.environment import Environment, WrongSetting
from config.sign_in_providers import apps_of, origins_of
from outbox.models import Letter
from tests.accounts.oidc_server import CLIENT_ID, SECRET, Provider, running

LOGIN = "/accounts/oidc/google/login/"


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    """The provider stands where Google would: the rest is what the environment makes of it."""
    with running() as provider:
        [google] = apps_of(Environment({"BATON_GOOGLE_CLIENT_ID": CLIENT_ID, "BATON_GOOGLE_CLIENT_SECRET": SECRET}))
        google["settings"]["server_url"] = provider.url
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [google]}}
        yield provider


def sign_in(client: Client, path: str = LOGIN) -> Any:
    """Presses the button, goes to the provider and comes back, as a browser would."""
    away = client.post(path)
    assert away.status_code == 302
    address = urlsplit(away["Location"])
    connection = http.client.HTTPConnection(address.netloc)
    connection.request("GET", f"{address.path}?{address.query}")
    back = urlsplit(connection.getresponse().headers["Location"])
    connection.close()
    assert back.path == "/accounts/oidc/google/login/callback/"
    return client.get(f"{back.path}?{back.query}")


def who(client: Client) -> str | None:
    key = client.session.get(SESSION_KEY)
    return str(User.objects.get(pk=key).email) if key else None


@pytest.mark.django_db
class TestSigningIn:
    def test_who_is_here_comes_in_by_a_verified_address(self, client: Client, provider: Provider, rep: User) -> None:
        provider.claims = {"sub": "1", "email": "Rep@Example.com", "email_verified": True}
        assert "Sign in with Google" in client.get(reverse("account_login")).content.decode()
        answer = sign_in(client)
        assert (answer.status_code, answer["Location"]) == (302, reverse("home"))
        assert who(client) == "rep@example.com"
        assert SocialAccount.objects.get().user == rep
        assert not SocialToken.objects.exists()
        assert "An account of Google lets you in" in set(Letter.objects.values_list("subject", flat=True)).pop()

    def test_the_next_time_the_providers_id_is_known_whatever_its_address(
        self, client: Client, provider: Provider, rep: User, manager: User
    ) -> None:
        provider.claims = {"sub": "1", "email": rep.email, "email_verified": True}
        sign_in(client)
        client.logout()
        provider.claims = {"sub": "1", "email": manager.email, "email_verified": True}
        sign_in(client)
        assert who(client) == rep.email

    @pytest.mark.parametrize(
        "claims",
        [
            {"email": "stranger@example.com", "email_verified": True},
            {"email": "rep@example.com", "email_verified": False},
            {"email": "rep@example.com", "email_verified": "false"},
            {"email": "rep@example.com"},
            {"email": "gone@example.com", "email_verified": True},
            {},
        ],
        ids=["a stranger", "not verified", "a text", "not said", "who left", "no address"],
    )
    def test_nobody_else_does(self, client: Client, provider: Provider, rep: User, claims: dict[str, Any]) -> None:
        User.objects.create_user("gone@example.com", "x", is_active=False)
        people = User.objects.count()
        provider.claims = {"sub": "1"} | claims
        answer = sign_in(client)
        assert answer.status_code == 403
        assert "Nobody was invited with this account" in answer.content.decode()
        assert who(client) is None
        assert not SocialAccount.objects.exists()
        assert User.objects.count() == people

    def test_who_leaves_stays_out(self, client: Client, provider: Provider, rep: User) -> None:
        provider.claims = {"sub": "1", "email": rep.email, "email_verified": True}
        sign_in(client)
        client.logout()
        User.objects.filter(pk=rep.pk).update(is_active=False)
        sign_in(client)
        assert who(client) is None

    def test_nobody_ties_an_account_of_a_stranger_to_their_own(
        self, client: Client, provider: Provider, rep: User
    ) -> None:
        client.force_login(rep)
        provider.claims = {"sub": "1", "email": "stranger@example.com", "email_verified": True}
        assert sign_in(client, f"{LOGIN}?process=connect").status_code == 403
        assert not SocialAccount.objects.exists()

    def test_what_the_provider_refuses_is_said(self, client: Client, provider: Provider, rep: User) -> None:
        provider.claims, provider.refuses = {"sub": "1", "email": rep.email, "email_verified": True}, True
        assert "Signing in did not work" in sign_in(client).content.decode()
        assert who(client) is None

    def test_a_code_that_nobody_asked_for_is_refused(self, client: Client, provider: Provider, rep: User) -> None:
        provider.claims = {"sub": "1", "email": rep.email, "email_verified": True}
        client.get("/accounts/oidc/google/login/callback/?code=c&state=made-up")
        assert who(client) is None
        assert not any(path == "/token" for path, _asked in provider.asked)


@pytest.mark.django_db
class TestNotSet:
    def test_nothing_of_it_is_shown(self, client: Client, rep: User) -> None:
        assert django_settings.SIGN_IN_APPS == []
        assert "Sign in with" not in client.get(reverse("account_login")).content.decode()
        assert client.get(LOGIN).status_code == 404

    @pytest.mark.parametrize("path", ["/accounts/3rdparty/", "/accounts/3rdparty/signup/"])
    def test_pages_of_the_package_are_closed(self, client: Client, rep: User, path: str) -> None:
        client.force_login(rep)
        assert client.get(path).status_code == 404


class TestTheEnvironment:
    def test_each_is_set_by_its_own_variables(self) -> None:
        tenant = "8a8a8a8a-1111-2222-3333-444444444444"
        pair = {"BATON_MICROSOFT_CLIENT_ID": "i", "BATON_MICROSOFT_CLIENT_SECRET": "s"}
        [microsoft] = apps_of(Environment({**pair, "BATON_MICROSOFT_TENANT": tenant}))
        assert microsoft["settings"]["server_url"] == f"https://login.microsoftonline.com/{tenant}/v2.0"
        assert origins_of([microsoft]) == ["https://login.microsoftonline.com"]
        assert apps_of(Environment({})) == []

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({"BATON_GOOGLE_CLIENT_ID": "i"}, "BATON_GOOGLE_CLIENT_ID and BATON_GOOGLE_CLIENT_SECRET"),
            ({"BATON_MICROSOFT_CLIENT_SECRET": "s"}, "BATON_MICROSOFT_CLIENT_ID and"),
            ({"BATON_MICROSOFT_TENANT": "example.com"}, "BATON_MICROSOFT_TENANT is set"),
            *(
                (
                    {
                        "BATON_MICROSOFT_CLIENT_ID": "i",
                        "BATON_MICROSOFT_CLIENT_SECRET": "s",
                        "BATON_MICROSOFT_TENANT": tenant,
                    },
                    "your own directory",
                )
                for tenant in ("", "common", "organizations", "consumers", "a.example/../common")
            ),
        ],
    )
    def test_half_of_one_is_refused(self, values: dict[str, str], said: str) -> None:
        with pytest.raises(WrongSetting, match=said):
            apps_of(Environment(values))
