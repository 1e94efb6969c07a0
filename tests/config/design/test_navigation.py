import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import resolve

from accounts.models import User
from config.design.navigation import PLACES, address_of, navigation


def places_of(person: User, path: str = "/leads/") -> list[str]:
    request: HttpRequest = RequestFactory().get(path)
    request.user = person
    request.resolver_match = resolve(path)
    places = navigation(request)["places"]
    assert isinstance(places, list)
    return [f"{entry['place'].label}{' (here)' if entry['is_here'] else ''}" for entry in places]


class TestPlaces:
    def test_every_place_exists(self) -> None:
        everywhere = [*PLACES, *(part for place in PLACES for part in place.parts)]
        assert [place.url_name for place in everywhere if not address_of(place.url_name)] == []
        assert len({place.key for place in everywhere}) == len(everywhere) - 1  # Capture is its first part
        assert len(PLACES) <= 5

    def test_what_does_not_exist_has_no_address(self) -> None:
        assert address_of("nurture:sequences") is None

    def test_a_manager_sees_where_they_are_and_nothing_of_marketing_alone(self, manager: User) -> None:
        assert places_of(manager) == ["Queue", "Leads (here)", "Capture", "Criteria", "Reports"]

    def test_marketing_sees_them_all(self, marketer: User) -> None:
        assert places_of(marketer) == ["Queue", "Leads (here)", "Capture", "Criteria", "Reports"]

    @pytest.mark.parametrize("path", ["/content/", "/connect/hooks/", "/channels/recount/"])
    def test_its_parts_are_tabs_of_where_one_is(self, client: Client, marketer: User, manager: User, path: str) -> None:
        client.force_login(marketer)
        page = client.get(path)
        parts = [str(entry["place"].label) for entry in page.context["place_parts"]]
        assert parts == ["Connect", "Forms", "Content", "Channels", "Fields", "Privacy"]
        assert sum(entry["is_here"] for entry in page.context["place_parts"]) == 1
        assert '<nav class="tabs" aria-label="Capture">' in page.text
        client.force_login(manager)
        assert 'aria-label="Capture"' not in client.get("/content/").text  # one part needs no tabs
        [capture] = [entry for entry in page.context["places"] if entry["is_here"]]
        assert (capture["url"], str(capture["place"].label)) == ("/connect/", "Capture")

    def test_a_rep_is_not_shown_the_reports(self, rep: User) -> None:
        assert places_of(rep) == ["Queue", "Leads (here)", "Criteria"]

    def test_somebody_without_a_role_is_shown_nothing(self, db: None) -> None:
        assert places_of(User.objects.create_user("nobody@example.com")) == []
