"""Marketing names a website and gets one line for its pages, a write key, and a server key that is shown once."""

import hashlib
import hmac
from datetime import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from capture.models import Site
from capture.sites.adding import add_site
from capture.sites.keys import is_signed, new_server_key
from capture.sites.known import is_of, site_of_server_key, site_of_slug, site_of_write_key
from capture.sites.origins import NoOrigin, read_origin

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(now: datetime) -> Site:
    return add_site(name="Website", origins=["https://example.com"], actor=None, now=now)


class TestOrigins:
    @pytest.mark.parametrize(
        ("written", "origin"),
        [
            ("example.com", "https://example.com"),
            (" HTTPS://Www.Example.com:443/shop?x=1 ", "https://www.example.com"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("http://[::1]:80/", "http://[::1]"),
            ("https://bücher.example", "https://xn--bcher-kva.example"),
        ],
    )
    def test_an_address_is_read_as_browsers_say_it(self, written: str, origin: str) -> None:
        assert read_origin(written) == origin

    @pytest.mark.parametrize(
        "written", ["", "null", "ftp://example.com", "https://", "https://a b", "javascript:x", "*"]
    )
    def test_what_is_no_address_is_refused(self, written: str) -> None:
        if written == "null":
            assert read_origin(written) == "https://null"  # a host of that name; the origin "null" is never its own
            return
        with pytest.raises(NoOrigin):
            read_origin(written)

    @pytest.mark.parametrize(
        ("origin", "is_ours"),
        [
            ("https://example.com", True),
            ("https://www.example.com", True),
            ("https://EXAMPLE.com", True),
            ("http://example.com", False),
            ("https://example.com:8443", False),
            ("https://example.com.evil.tld", False),
            ("https://evil-example.com", False),
            ("null", False),
        ],
    )
    def test_only_pages_of_the_site_are_its_own(self, site: Site, origin: str, is_ours: bool) -> None:
        assert is_of(site, origin) is is_ours


class TestPages:
    def test_a_site_is_named_and_its_line_is_shown(self, client: Client, marketer: User) -> None:
        client.force_login(marketer)
        answer = client.post(reverse("connect:list"), {"name": "Shop", "origins": "shop.example.com\n"}, follow=True)
        site = Site.objects.get()
        assert (site.slug, site.origins, site.created_by) == ("shop", ["https://shop.example.com"], marketer)
        line = f'&lt;script src="http://testserver/w/shop/b.js" data-key="{site.write_key}" defer&gt;&lt;/script&gt;'
        assert line in answer.content.decode()

    def test_a_wrong_address_is_said_beside_the_field(self, client: Client, marketer: User) -> None:
        client.force_login(marketer)
        answer = client.post(reverse("connect:list"), {"name": "Shop", "origins": "ftp://shop.example.com"})
        assert answer.status_code == 422
        assert "is no address of a website" in answer.content.decode()
        assert not Site.objects.exists()

    def test_its_privacy_can_be_changed(self, client: Client, marketer: User, site: Site) -> None:
        client.force_login(marketer)
        fields = {"name": "Website", "origins": "https://example.com", "consent_mode": "denied", "honours_dnt": "on"}
        assert client.post(reverse("connect:settings", args=[site.slug]), fields).status_code == 302
        site.refresh_from_db()
        assert (site.consent_mode, site.honours_gpc, site.honours_dnt) == ("denied", False, True)

    def test_two_sites_of_one_name_have_addresses_of_their_own(self, site: Site, now: datetime) -> None:
        other = add_site(name="Website", origins=["https://example.org"], actor=None, now=now)
        assert other.slug.startswith("website-")
        assert other.write_key != site.write_key


class TestKeys:
    def test_the_server_key_is_shown_once_and_stored_nowhere(
        self, client: Client, marketer: User, site: Site, settings: Settings
    ) -> None:
        client.force_login(marketer)
        answer = client.post(reverse("connect:server_key", args=[site.slug]))
        [key] = [
            word for word in answer.content.decode().replace("<", " ").replace(">", " ").split() if "batonsite_" in word
        ]
        assert "no-store" in answer.headers["Cache-Control"]
        assert site_of_server_key(key) == site
        assert key not in client.get(reverse("connect:detail", args=[site.slug])).content.decode()
        with connection.cursor() as cursor:
            cursor.execute("SELECT row_to_json(capture_site)::text FROM capture_site")
            assert key.split("_")[1] not in cursor.fetchone()[0]

    def test_another_one_ends_the_one_before(self, site: Site, now: datetime) -> None:
        first = new_server_key(site=site, now=now)
        second = new_server_key(site=site, now=now)
        assert (site_of_server_key(first), site_of_server_key(second)) == (None, site)

    def test_a_mistyped_key_is_nobodys(self, site: Site, now: datetime) -> None:
        key = new_server_key(site=site, now=now)
        assert site_of_server_key(key[:-1] + ("0" if key[-1] != "0" else "1")) is None
        assert site_of_server_key("batonsite_\ud800_00000000") is None

    def test_a_server_signs_who_a_visitor_is(self, site: Site, now: datetime) -> None:
        key = new_server_key(site=site, now=now)
        site.refresh_from_db()
        token = hmac.new(key.encode(), b"ada@example.com", hashlib.sha256).hexdigest()
        assert is_signed(site=site, who="ada@example.com", token=token)
        assert is_signed(site=site, who="ada@example.com", token=token.upper())
        assert not is_signed(site=site, who="eve@example.com", token=token)
        assert not is_signed(site=site, who="ada@example.com", token="")
        assert not is_signed(site=site, who="ada@example.com", token="é")
        new_server_key(site=site, now=now)
        site.refresh_from_db()
        assert not is_signed(site=site, who="ada@example.com", token=token)

    def test_tokens_survive_another_secret_of_the_installation_that_names_the_old_one(
        self, site: Site, now: datetime, settings: Settings
    ) -> None:
        key = new_server_key(site=site, now=now)
        site.refresh_from_db()
        token = hmac.new(key.encode(), b"ada@example.com", hashlib.sha256).hexdigest()
        settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 10
        assert is_signed(site=site, who="ada@example.com", token=token)
        settings.SECRET_KEY_FALLBACKS = []
        assert not is_signed(site=site, who="ada@example.com", token=token)

    def test_a_site_that_is_gone_is_gone_from_memory(self, site: Site) -> None:
        assert site_of_slug("website") == site_of_write_key(site.write_key) == site
        site.delete()
        assert site_of_slug("website") is site_of_write_key(site.write_key) is None


class TestCommand:
    def test_it_prints_the_write_key_alone_on_a_line(self) -> None:
        out = StringIO()
        call_command(
            "add_site", "Shop", "--origin", "https://shop.example.com", "--origin", "shop.example.org", stdout=out
        )
        site = Site.objects.get()
        assert out.getvalue() == f"{site.write_key}\n"
        assert site.origins == ["https://shop.example.com", "https://shop.example.org"]

    @pytest.mark.parametrize(("name", "origin"), [("", "https://a.example"), ("Shop", "ftp://a.example")])
    def test_what_cannot_be_used_is_said(self, name: str, origin: str) -> None:
        with pytest.raises(CommandError):
            call_command("add_site", name, "--origin", origin)


class TestIllegalRows:
    @pytest.mark.parametrize(
        ("change", "guard"),
        [
            ("consent_mode = 'maybe'", "site_consent_known"),
            ("origins = '{}'", "site_has_an_address"),
            ("server_key_nonce = 'a'", "site_server_key_whole"),
            ("server_key_digest = 'a'", "site_server_key_whole"),
            ("server_key_made_at = now()", "site_server_key_whole"),
        ],
    )
    def test_a_site_cannot_become(self, site: Site, change: str, guard: str) -> None:
        with pytest.raises(DatabaseError, match=guard), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE capture_site SET {change}")  # noqa: S608

    @pytest.mark.parametrize("column", ["slug", "write_key"])
    def test_two_sites_cannot_share(self, site: Site, now: datetime, column: str) -> None:
        other = add_site(name="Other", origins=["https://example.org"], actor=None, now=now)
        with pytest.raises(DatabaseError, match=column), transaction.atomic():
            Site.objects.filter(pk=other.pk).update(**{column: getattr(site, column)})
