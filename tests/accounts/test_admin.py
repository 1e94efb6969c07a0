"""What the admin says to odd addresses and forms: a page that names the field, never a 500."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

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
        assert "Last used" not in asked
        made = key_form(timezone.now() + timedelta(days=30), scopes="events:write")
        shown = browser.post(reverse("admin:accounts_apikey_add"), made, follow=True).content.decode()
        assert "Copy the key now" in shown
        key = ApiKey.objects.get()
        assert "Last used" in browser.get(reverse("admin:accounts_apikey_change", args=[key.pk])).content.decode()


class TestPeople:
    @pytest.mark.parametrize(
        ("zone", "status"), [("Mars/Olympus", 200), ("../../etc/passwd", 200), ("Asia/Tokyo", 302)]
    )
    def test_a_time_zone_is_one(self, browser: Client, marketer: User, zone: str, status: int) -> None:
        said = {"email": marketer.email, "name": "M", "time_zone": zone, "is_active": "on", "is_staff": "on"}
        address = reverse("admin:accounts_user_change", args=[marketer.pk])
        assert browser.post(address, said).status_code == status


class TestFilters:
    @pytest.mark.parametrize(
        ("page", "query"),
        [
            ("accounts_user", "email__regex=["),
            ("accounts_user", "password__startswith=a"),
            ("leads_lead", "email__regex=(a+)+$"),
            ("leads_lead", "owner__password__startswith=a"),
            ("handoff_handoff", "opened_at__gte=9999-12-31T23:59:59-23:59"),
        ],
    )
    def test_only_those_beside_the_list_are_taken(self, browser: Client, page: str, query: str) -> None:
        assert browser.get(reverse(f"admin:{page}_changelist") + f"?{query}").status_code == 400

    @pytest.mark.parametrize(
        ("page", "query"),
        [
            ("accounts_user", "is_active__exact=1"),
            ("accounts_user", "groups__id__exact=1"),
            ("leads_channel", "needs_mapping__exact=1"),
            ("leads_spend", "starts_on__year=2026"),
            ("scoring_criteria", "state__exact=draft"),
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
