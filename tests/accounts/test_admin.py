"""What the admin says to odd addresses and forms: a page that names the field, never a 500."""

import html
import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib import admin
from django.db import models
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.admin import RoleAdmin
from accounts.keys import LONGEST_LIFE
from accounts.models import ApiKey, User

Key = tuple[ApiKey, str]


def key_form(expires_at: datetime, **said: str) -> dict[str, str]:
    day, clock = f"{expires_at:%Y-%m-%d %H:%M:%S}".split()
    return {"name": "Website", "scopes": "leads:read", "expires_at_0": day, "expires_at_1": clock, **said}


@pytest.fixture
def browser(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


class TestKeys:
    @pytest.mark.parametrize("ahead", [timedelta(days=-1), LONGEST_LIFE + timedelta(days=2)])
    def test_one_ends_within_a_year_and_not_before_it_began(self, browser: Client, ahead: timedelta) -> None:
        answer = browser.post(reverse("admin:accounts_apikey_add"), key_form(timezone.now() + ahead))
        assert answer.status_code == 200
        assert "expires_at" in answer.context["adminform"].errors
        assert not ApiKey.objects.exists()

    @pytest.mark.parametrize("ahead", [timedelta(days=-400), timedelta(days=-1), LONGEST_LIFE + timedelta(days=2)])
    def test_a_change_keeps_to_the_same_bounds(self, browser: Client, api_key: Key, ahead: timedelta) -> None:
        address = reverse("admin:accounts_apikey_change", args=[api_key[0].pk])
        answer = browser.post(address, key_form(timezone.now() + ahead))
        assert "expires_at" in answer.context["adminform"].errors

    def test_one_that_has_ended_can_still_be_renamed(self, browser: Client, api_key: Key) -> None:
        ended = timezone.now().replace(microsecond=0) - timedelta(days=1)
        ApiKey.objects.update(created_at=ended - timedelta(days=1), expires_at=ended)
        address = reverse("admin:accounts_apikey_change", args=[api_key[0].pk])
        assert browser.post(address, key_form(ended, name="Old website")).status_code == 302
        assert ApiKey.objects.get().name == "Old website"

    @pytest.mark.parametrize(("system", "kept"), [(" CRM ", ["crm"]), ("ß" * 26, [])])
    def test_whose_ids_it_sends_is_folded_and_has_fifty_characters_then(
        self, browser: Client, system: str, kept: list[str]
    ) -> None:
        browser.post(reverse("admin:accounts_apikey_add"), key_form(timezone.now() + timedelta(days=30), system=system))
        assert list(ApiKey.objects.values_list("system", flat=True)) == kept


class TestWords:
    def test_what_was_saved_is_told_without_praise(self, browser: Client) -> None:
        answer = browser.post(
            reverse("admin:leads_channel_add"), {"name": "A <b>fair</b>", "key": "fair"}, follow=True
        ).content.decode()
        assert "The channel “<a href=" in answer
        assert "A &lt;b&gt;fair&lt;/b&gt;</a>” was added." in answer
        assert "successful" not in answer.lower()

    def test_moments_are_written_as_on_every_page(self, browser: Client, api_key: Key) -> None:
        ApiKey.objects.update(expires_at=datetime(2027, 3, 10, 21, 5, tzinfo=UTC))
        assert "10 March 2027, 21:05" in browser.get(reverse("admin:accounts_apikey_changelist")).content.decode()

    def test_a_new_key_is_asked_for_what_it_needs_and_shown_once(self, browser: Client) -> None:
        asked = browser.get(reverse("admin:accounts_apikey_add")).content.decode()
        assert "The same id of two systems is two leads." in asked
        assert "Last used" not in asked
        made = key_form(timezone.now() + timedelta(days=30), scopes="events:write")
        shown = browser.post(reverse("admin:accounts_apikey_add"), made, follow=True).content.decode()
        assert "Copy the key now" in shown
        key = ApiKey.objects.get()
        assert "Last used" in browser.get(reverse("admin:accounts_apikey_change", args=[key.pk])).content.decode()


class TestPeople:
    @pytest.mark.parametrize(
        ("zone", "status"), [("Mars/Olympus", 200), ("Europe", 200), ("../../etc/passwd", 200), ("Asia/Tokyo", 302)]
    )
    def test_a_time_zone_is_one(self, browser: Client, marketer: User, zone: str, status: int) -> None:
        said = {"email": marketer.email, "name": "M", "time_zone": zone, "is_active": "on", "is_staff": "on"}
        address = reverse("admin:accounts_user_change", args=[marketer.pk])
        assert browser.post(address, said).status_code == status


class TestEveryList:
    @pytest.mark.parametrize("model", admin.site._registry, ids=str)
    def test_it_is_not_read_through_relations_letter_by_letter(
        self, rf: RequestFactory, administrator: User, model: type[models.Model]
    ) -> None:
        page, request = admin.site._registry[model], rf.get("/")
        request.user = administrator
        if not isinstance(page, RoleAdmin):  # of another package; the roles open none of them
            assert not page.has_view_permission(request)
            return
        asked: list[tuple[str, type[models.Model]]] = [("", model)]
        for depth in range(2):
            paths = [(path, each) for path, each in asked if path.count("__") == depth]
            asked += [
                (f"{path}{field.name}__", field.related_model)
                for path, each in paths
                for field in each._meta.get_fields()
                if field.is_relation and isinstance(field.related_model, type)
            ]
        read = {f"{path}{field.name}__{lookup}" for path, each in asked if path for field in each._meta.fields
                for lookup in ("startswith", "contains", "gt", "regex", "length", "in", "range")}  # fmt: skip
        assert read or all(relation.hidden for relation in model._meta.related_objects)
        assert not [lookup for lookup in sorted(read) if page.lookup_allowed(lookup, "a", request)]

    @pytest.mark.parametrize("model", admin.site._registry, ids=str)
    def test_what_its_filters_offer_is_taken(
        self, client: Client, administrator: User, model: type[models.Model]
    ) -> None:
        if not isinstance(admin.site._registry[model], RoleAdmin):
            return
        client.force_login(administrator)
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        page = client.get(address)
        if page.status_code != 200:  # a page of one row leads to it
            return
        links = set(re.findall(r'href="(\?[^"&o=][^"]*)"', page.content.decode()))
        assert {client.get(address + html.unescape(link)).status_code for link in links} <= {200}


class TestRows:
    @pytest.mark.parametrize("total", ["101", "999999999", "9" * 30, "9" * 4000])
    def test_more_than_are_sent_are_refused_before_one_is_built(self, browser: Client, total: str) -> None:
        said = {"name": "New", "time_zone": "Europe/Lisbon", "hours-TOTAL_FORMS": total, "hours-INITIAL_FORMS": "0"}
        began = time.perf_counter()
        answer = browser.post(reverse("admin:handoff_calendar_add"), said)
        assert answer.status_code == 400
        assert time.perf_counter() - began < 0.5


class TestFilters:
    @pytest.mark.parametrize(
        ("page", "query"),
        [
            ("accounts_user", "email__regex=["),
            ("accounts_user", "password__startswith=a"),
            ("leads_lead", "email__regex=(a+)+$"),
            ("leads_lead", "owner__password__startswith=a"),
            ("handoff_handoff", "opened_at__gte=9999-12-31T23:59:59-23:59"),
            ("outbox_chatwebhook", "owner__password__startswith=pbkdf2_sha256$"),
            ("outbox_chatwebhook", "owner__authenticator__data__contains=a"),
            ("outbox_chatwebhook", "owner__isempty__password=1"),
            ("outbox_delivery", "webhook__url__startswith=https"),
            ("outbox_delivery", "created_at__gte=9999-12-31T23:59:59-23:59"),
            ("outbox_delivery", "created_at__gte=yesterday"),
            ("outbox_delivery", "created_at__year=2026"),
            ("accounts_user", "roles__0__startswith=a"),
            ("accounts_user", "roles__contains=a"),
            ("leads_activity", "type__key__startswith=a"),
            ("leads_lead", "stage__contains=l"),
            ("leads_spend", "starts_on__year=999999999"),
            ("leads_spend", "starts_on__year=" + "9" * 40),
            ("leads_spend", "starts_on__year=9999"),
            ("leads_spend", "starts_on__year=0"),
            ("leads_spend", "starts_on__year=2026&starts_on__month=13"),
            ("leads_spend", "starts_on__year=2026&starts_on__day=" + "9" * 40),
        ],
    )
    def test_only_those_beside_the_list_are_taken(self, browser: Client, page: str, query: str) -> None:
        assert browser.get(reverse(f"admin:{page}_changelist") + f"?{query}").status_code == 400

    @pytest.mark.parametrize(
        ("page", "query"),
        [
            ("accounts_user", "is_active__exact=1"),
            ("leads_channel", "needs_mapping__exact=1"),
            ("leads_spend", "starts_on__year=2026"),
            ("scoring_criteria", "state__exact=draft"),
            ("leads_activity", "type__id__exact=1"),
            ("capture_quarantinedevent", "code=unknown_type"),
            ("outbox_chatwebhook", "owner__isempty=1"),
            (
                "outbox_delivery",
                "created_at__gte=2026-03-10+00%3A00%3A00%2B00%3A00&created_at__lt=2026-03-11+00%3A00%3A00%2B00%3A00",
            ),
            ("leads_spend", "starts_on__year=2026&starts_on__month=2&starts_on__day=28"),
        ],
    )
    def test_those_are_taken(self, browser: Client, page: str, query: str) -> None:
        assert browser.get(reverse(f"admin:{page}_changelist") + f"?{query}").status_code == 200

    @pytest.mark.parametrize("chosen", ["abc", "-1", "1'", "9" * 40])
    def test_a_choice_that_is_no_id_is_named(self, browser: Client, chosen: str) -> None:
        said = {"key": "spring", "name": "Spring", "channel": chosen}
        answer = browser.post(reverse("admin:leads_campaign_add"), said)
        assert answer.status_code == 200
        assert "channel" in answer.context["adminform"].errors
