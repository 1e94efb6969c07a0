import time
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.keys import LONGEST_LIFE, KeyRefused, authenticate, issue, revoke
from accounts.models import ApiKey, User
from lib import process_cache


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


class TestUse:
    def test_a_key_in_use_is_not_read_again(self, administrator: User, now: datetime) -> None:
        _key, secret = issue(name="Website", scopes=[], actor=administrator, now=now)
        authenticate(secret=secret, now=now)
        with CaptureQueriesContext(connection) as queries:
            authenticate(secret=secret, now=now)
        assert [query["sql"] for query in queries] == ["SELECT array_agg(id ORDER BY id) FROM lib_change"]

    def test_its_changes_are_seen(self, administrator: User, now: datetime) -> None:
        key, secret = issue(name="Website", scopes=[], actor=administrator, now=now)
        authenticate(secret=secret, now=now)
        ApiKey.objects.filter(pk=key.pk).update(scopes=["leads:read"], name="Shop")
        changed = authenticate(secret=secret, now=now)
        assert (changed.scopes, changed.name) == (["leads:read"], "Shop")
        User.objects.filter(pk=administrator.pk).update(is_active=False)
        with pytest.raises(KeyRefused, match="no longer active"):
            authenticate(secret=secret, now=now)

    def test_it_expires_while_it_is_in_use(self, administrator: User, now: datetime) -> None:
        soon = now + timedelta(minutes=5)
        _key, secret = issue(name="Website", scopes=[], actor=administrator, now=now, expires_at=soon)
        authenticate(secret=secret, now=now)
        with pytest.raises(KeyRefused, match="expired"):
            authenticate(secret=secret, now=soon)

    def test_a_key_revoked_elsewhere_is_refused_within_a_second(
        self, administrator: User, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        key, secret = issue(name="Website", scopes=[], actor=administrator, now=now)
        authenticate(secret=secret, now=now)
        monkeypatch.setattr(process_cache, "SECONDS", 1.0)
        revoke(key=key, now=now)
        monkeypatch.setattr(process_cache._Last, "looked_at", time.monotonic() - 1)
        with pytest.raises(KeyRefused, match="revoked"):
            authenticate(secret=secret, now=now)


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
