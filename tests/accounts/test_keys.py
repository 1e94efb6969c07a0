from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.keys import LONGEST_LIFE, KeyRefused, authenticate, issue, revoke
from accounts.models import ApiKey, User


class TestIssue:
    def test_a_key_lives_a_year_at_most(self, administrator: User, now: datetime) -> None:
        key, _secret = issue(
            name="Website", scopes=["events:write"], actor=administrator, now=now, expires_at=now + timedelta(days=5000)
        )
        assert key.expires_at == now + LONGEST_LIFE

    def test_a_mistyped_key_is_told_from_an_unknown_one(self, administrator: User, now: datetime) -> None:
        _key, secret = issue(name="Website", scopes=[], actor=administrator, now=now)
        with pytest.raises(KeyRefused, match="Check that the whole key was copied"):
            authenticate(secret=secret[:-1], now=now)
        ApiKey.objects.all().delete()
        with pytest.raises(KeyRefused, match="not known here"):
            authenticate(secret=secret, now=now)

    def test_its_use_is_remembered_once_a_minute(self, administrator: User, now: datetime) -> None:
        _key, secret = issue(name="Website", scopes=[], actor=administrator, now=now)
        for seconds in (0, 30, 90):
            authenticate(secret=secret, now=now + timedelta(seconds=seconds))
        assert ApiKey.objects.get().last_used_at == now + timedelta(seconds=90)

    def test_revoking_twice_keeps_the_first_moment(self, administrator: User, now: datetime) -> None:
        key, _secret = issue(name="Website", scopes=[], actor=administrator, now=now)
        revoke(key=key, now=now)
        revoke(key=key, now=now + timedelta(days=1))
        assert ApiKey.objects.get().revoked_at == now


class TestAdmin:
    def test_the_secret_is_shown_once(self, client: Client, administrator: User) -> None:
        client.force_login(administrator)
        expires = timezone.now() + timedelta(days=30)
        answer = client.post(
            reverse("admin:accounts_apikey_add"),
            {
                "name": "Website",
                "scopes": ["events:write"],
                "expires_at_0": f"{expires:%Y-%m-%d}",
                "expires_at_1": "12:00",
            },
            follow=True,
        )
        key = ApiKey.objects.get()
        assert key.prefix in answer.content.decode()
        [shown] = [word for word in answer.content.decode().split() if word.startswith(key.prefix) and "_" in word[20:]]
        secret = shown.split("<")[0]
        assert authenticate(secret=secret, now=timezone.now()).pk == key.pk
        again = client.get(reverse("admin:accounts_apikey_change", args=[key.pk])).content.decode()
        assert secret not in again

    def test_marketing_makes_no_keys(self, client: Client, marketer: User) -> None:
        client.force_login(marketer)
        assert client.get(reverse("admin:accounts_apikey_add")).status_code == 403
