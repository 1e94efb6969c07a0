"""What the script asks for that draws a form within another page, and who may read it."""

from typing import Any

import pytest
from django.test import Client

from capture.models import Form, FormViews
from tests.capture.web_forms.conftest import BROWSER, new_form

pytestmark = pytest.mark.django_db


def questions(form: Form, origin: str = "") -> Any:
    headers = {"user-agent": BROWSER} | ({"origin": origin} if origin else {})
    return Client(headers=headers).get(f"/f/{form.public_id}/questions.json")


class TestQuestions:
    def test_they_describe_the_form_and_count_a_view(self, form: Form) -> None:
        body = questions(form, "https://www.example.com").json()
        assert [field["name"] for field in body["fields"]][:2] == ["email", "first_name"]
        assert body["fields"][0]["type"] == "email"
        assert ".accent-blue" in body["style"]
        assert "accent-teal" in body["look"]
        assert FormViews.objects.get().views == 1

    @pytest.mark.parametrize(
        ("origin", "status"),
        [
            ("https://www.example.com", 200),
            ("https://example.com", 403),
            ("https://www.example.com.evil.tld", 403),
            ("null", 403),
        ],
    )
    def test_only_websites_of_the_form_read_them(self, origin: str, status: int) -> None:
        answer = questions(new_form(origins=["https://www.example.com"]), origin)
        assert answer.status_code == status
        assert answer.headers.get("Access-Control-Allow-Origin") == (origin if status == 200 else None)
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert "Origin" in answer["Vary"]

    def test_every_website_where_the_form_names_none(self, form: Form) -> None:
        assert questions(form, "https://any.example")["Access-Control-Allow-Origin"] == "https://any.example"


class TestScript:
    def test_it_is_small_cached_and_may_be_loaded_from_anywhere(self, form: Form) -> None:
        answer = Client().get(f"/f/{form.public_id}/embed.js")
        assert answer["Content-Type"].startswith("text/javascript")
        assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "max-age" in answer["Cache-Control"]
        assert not answer.cookies
