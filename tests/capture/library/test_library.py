"""The public side of the library: the resource centre, and delivery by a signed link."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from capture.library.links import LINK_LASTS, delivery_path
from capture.models import Form
from leads.models import Activity, Asset, Lead, Machine

pytestmark = pytest.mark.django_db
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"


@pytest.fixture
def guide(private_files: None) -> Asset:
    asset = Asset(
        key="LM_Guide_Jan2026", name="The guide", kind="ebook", funnel_stage="awareness", is_gated=True, is_listed=True,
        file_name="guide.pdf",
    )  # fmt: skip
    asset.file.save("guide.pdf", ContentFile(b"%PDF the guide"))
    return asset


@pytest.fixture
def visit(guide: Asset, make_lead: Callable[..., Lead], now: datetime) -> Callable[..., Any]:
    """`visit("post")`: the link of the lead, followed in a browser an hour later."""
    path = delivery_path(guide, make_lead(email="ana@example.com"), now=now)

    def call(method: str, at: datetime = now + timedelta(hours=1), agent: str = BROWSER) -> Any:
        client = Client(enforce_csrf_checks=True, headers={"user-agent": agent})
        with time_machine.travel(at, tick=False):
            return getattr(client, method)(path)

    return call


def doings() -> list[tuple[str, int]]:
    return list(Activity.objects.order_by("pk").values_list("type__key", "machine"))


class TestDelivery:
    def test_looking_shows_a_button_and_pressing_it_is_the_download(self, visit: Callable[..., Any]) -> None:
        page = visit("get").content.decode()
        assert "Download it" in page
        assert "ana" not in page
        file = visit("post")
        assert b"".join(file.streaming_content) == b"%PDF the guide"
        assert 'filename="guide.pdf"' in file["Content-Disposition"]
        assert doings() == [("email_clicked", Machine.HUMAN), ("download", Machine.HUMAN)]

    def test_a_scanner_is_marked_and_does_not_hide_the_person(self, visit: Callable[..., Any]) -> None:
        visit("head")
        visit("get")
        assert doings() == [("email_clicked", Machine.SCANNER), ("email_clicked", Machine.HUMAN)]

    @pytest.mark.parametrize(
        ("seconds", "agent", "address", "machine"),
        [
            (3, BROWSER, "84.130.1.1", Machine.SCANNER),  # nobody has read the mail yet
            (60, BROWSER, "148.163.148.5", Machine.DATA_CENTRE),
            (60, "curl/8.0", "84.130.1.1", Machine.CRAWLER),
        ],
    )
    def test_each_sign_of_a_program_is_seen(
        self, guide: Asset, make_lead: Callable[..., Lead], now: datetime, seconds: int, agent: str, address: str,
        machine: Machine,
    ) -> None:  # fmt: skip
        path = delivery_path(guide, make_lead(email="ana@example.com"), now=now)
        with time_machine.travel(now + timedelta(seconds=seconds), tick=False):
            Client(headers={"user-agent": agent}).get(path, REMOTE_ADDR=address)
        assert doings() == [("email_clicked", machine)]

    def test_who_follows_two_links_at_one_moment_is_a_scanner(
        self, guide: Asset, make_lead: Callable[..., Lead], now: datetime
    ) -> None:
        lead, other = make_lead(email="ana@example.com"), Asset.objects.create(key="other", name="Other")
        paths = [delivery_path(asset, lead, now=now) for asset in (guide, other)]
        with time_machine.travel(now + timedelta(hours=1), tick=False):
            for path in paths:
                Client(headers={"user-agent": BROWSER}).get(path)
        assert doings() == [("email_clicked", Machine.SCANNER)] * 2

    def test_it_counts_once_a_day(self, visit: Callable[..., Any], now: datetime) -> None:
        for at in (now + timedelta(hours=1), now + timedelta(hours=2), now + timedelta(days=1)):
            visit("post", at=at)
        assert [key for key, _machine in doings()] == ["download", "download"]

    def test_an_old_or_changed_link_is_answered_with_a_sentence(
        self, visit: Callable[..., Any], guide: Asset, now: datetime
    ) -> None:
        assert "too old" in visit("post", at=now + LINK_LASTS).content.decode()
        other = Asset.objects.create(key="other", name="Other", url="https://example.com/")
        lead = Lead.objects.get()
        token = delivery_path(guide, lead, now=now).replace(guide.public_id.hex, other.public_id.hex)
        answer = Client().post(token)
        assert answer.status_code == 404
        assert "not complete" in answer.content.decode()
        assert doings() == []


class TestTheResourceCentre:
    def test_gated_content_leads_to_its_form_and_open_content_to_itself(
        self, client: Client, guide: Asset, now: datetime
    ) -> None:
        page = client.get(reverse("resources")).content.decode()
        assert "The guide" not in page  # there is no form yet
        form = Form.objects.create(name="F", title="F", asset=guide, created_at=now, changed_at=now)
        open_one = Asset.objects.create(
            key="post", name="A post", url="https://example.com/post", is_listed=True, topic="Security"
        )
        Asset.objects.create(key="inside", name="For us alone", url="https://example.com/inside")
        page = client.get(reverse("resources")).content.decode()
        assert reverse("public_forms:page", args=[form.public_id]) in page
        assert reverse("resource", args=[open_one.public_id]) in page
        assert "For us alone" not in page
        narrowed = client.get(reverse("resources"), {"topic": "Security"}).content.decode()
        assert "The guide" not in narrowed
        assert client.get(reverse("resource", args=[open_one.public_id]))["Location"] == "https://example.com/post"

    def test_nothing_gated_is_handed_out_without_its_form(self, client: Client, guide: Asset) -> None:
        assert client.get(reverse("resource", args=[guide.public_id])).status_code == 404
