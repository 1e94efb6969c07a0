from django.http import HttpRequest
from django.test import RequestFactory
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
        assert [place.url_name for place in PLACES if not address_of(place.url_name)] == []

    def test_what_does_not_exist_has_no_address(self) -> None:
        assert address_of("nurture:sequences") is None

    def test_a_manager_sees_where_they_are_and_nothing_of_marketing_alone(self, manager: User) -> None:
        assert places_of(manager) == ["Queue", "Leads (here)", "Content", "Criteria", "Reports"]

    def test_marketing_sees_them_all(self, marketer: User) -> None:
        assert places_of(marketer) == [
            "Queue", "Leads (here)", "Connect", "Forms", "Content", "Privacy", "Criteria", "Reports",
        ]  # fmt: skip

    def test_a_rep_is_not_shown_the_reports(self, rep: User) -> None:
        assert places_of(rep) == ["Queue", "Leads (here)", "Criteria"]

    def test_somebody_without_a_role_is_shown_nothing(self, db: None) -> None:
        assert places_of(User.objects.create_user("nobody@example.com")) == []
