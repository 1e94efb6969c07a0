"""What a program's request goes through, and what it passes by."""

import pytest
from django.test import Client

from accounts.models import ApiKey, User

pytestmark = pytest.mark.django_db
Key = tuple[ApiKey, str]


class TestProgramsPassBy:
    def test_a_session_opens_no_door_of_the_api(self, client: Client, administrator: User) -> None:
        client.force_login(administrator)
        assert client.get("/api/v1/leads").status_code == 401

    def test_it_is_given_no_cookie(self, client: Client, api_key: Key) -> None:
        answer = client.get("/api/v1/leads", headers={"authorization": f"Bearer {api_key[1]}"})
        assert not answer.cookies

    @pytest.mark.parametrize("path", ["/api/v1/leads", "/api/v1/nothing"])
    def test_answers_are_kept_by_nobody_and_have_a_length(self, client: Client, path: str) -> None:
        answer = client.get(path)
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert int(answer.headers["Content-Length"]) == len(answer.content)

    def test_a_wrong_host_is_refused_in_json(self, client: Client) -> None:
        answer = client.get("/api/v1/leads", headers={"host": "evil.example"})
        assert answer.status_code == 400
        assert answer.headers["Content-Type"] == "application/problem+json"

    def test_an_error_is_told_in_json(self, api_key: Key, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("leads.api.views.LeadListView.get_queryset", lambda _: 1 // 0)
        answer = Client(raise_request_exception=False).get(
            "/api/v1/leads", headers={"authorization": f"Bearer {api_key[1]}"}
        )
        assert (answer.status_code, answer.json()["code"]) == (500, "server_error")


class TestPeople:
    @pytest.mark.parametrize("path", ["/accounts/login/", "/nothing", "/leads/?email=%00"])
    def test_every_page_says_what_may_run_on_it(self, client: Client, path: str) -> None:
        assert "default-src 'none'" in client.get(path).headers["Content-Security-Policy"]

    def test_a_page_for_a_wrong_host_as_well(self, client: Client) -> None:
        answer = client.get("/accounts/login/", headers={"host": "evil.example"})
        assert answer.status_code == 400
        assert "Content-Security-Policy" in answer.headers


class TestNegotiation:
    @pytest.mark.parametrize("accept", ["", "*/*", "application/json", "application/json, text/plain;q=0.5"])
    def test_json_is_answered(self, api_key: Key, accept: str) -> None:
        headers = {"authorization": f"Bearer {api_key[1]}"} | ({"accept": accept} if accept else {})
        assert Client().get("/api/v1/leads", headers=headers).headers["Content-Type"] == "application/json"

    def test_what_is_not_offered_is_refused(self, client: Client, api_key: Key) -> None:
        headers = {"authorization": f"Bearer {api_key[1]}", "accept": "text/html"}
        assert client.get("/api/v1/leads", headers=headers).status_code == 406
        headers["accept"] = "application/json"
        assert client.get("/api/v1/leads?format=xml", headers=headers).status_code == 404
