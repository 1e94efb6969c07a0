"""The script of a site as it is served: with the site's settings, cached, and to everybody."""

import gzip
import json
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from capture.models import Site
from capture.sites.adding import add_site

pytestmark = pytest.mark.django_db
ADDRESS = "/w/website/b.js"


@pytest.fixture
def site(now: datetime) -> Site:
    return add_site(
        name="Website", origins=["https://www.example.com", "http://shop.example.com:8080"], actor=None, now=now
    )


def get(**headers: str) -> Any:
    return Client().get(ADDRESS, headers=headers)


def settings_in(script: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(script[script.rindex("({") + 1 : script.rindex(");")])
    return read


class TestScript:
    def test_it_comes_with_the_settings_of_the_site(self, site: Site) -> None:
        answer = get()
        assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert settings_in(answer.content.decode()) == {
            "consent": "pending",
            "gpc": True,
            "dnt": True,
            "counts": True,
            "hosts": ["example.com", "shop.example.com:8080"],
        }
        Site.objects.update(consent_mode="granted", honours_gpc=False, ends_visits_at_midnight=True)
        changed = settings_in(get().content.decode())
        assert (changed["consent"], changed.get("gpc"), changed["midnight"]) == ("granted", None, True)

    def test_it_is_kept_for_an_hour_and_asked_for_again_by_its_mark(self, site: Site) -> None:
        answer = get()
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
        again = get(**{"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        Site.objects.update(counts_denied=False)
        assert get(**{"If-None-Match": answer.headers["ETag"]}).status_code == 200

    def test_it_is_packed_for_those_who_unpack(self, site: Site) -> None:
        packed = get(**{"Accept-Encoding": "gzip, br"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert gzip.decompress(packed.content) == get().content
        assert len(packed.content) <= 4096

    def test_its_comments_stay_here(self, site: Site) -> None:
        hint, *lines = get().content.decode().splitlines()
        assert hint == "//# allFunctionsCalledOnLoad"
        assert [line for line in lines if line.startswith(("//", " "))] == []

    def test_pages_of_any_origin_load_it_and_no_cookie_comes_with_it(self, site: Site) -> None:
        answer = get()
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert not answer.cookies

    def test_it_is_read_only_and_of_sites_only(self, site: Site) -> None:
        assert Client().post(ADDRESS).status_code == 405
        assert Client().get("/w/nobody/b.js").status_code == 404
