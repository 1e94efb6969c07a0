"""Custom fields are defined, said anew, put in order and retired on pages of their own."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from leads.custom_fields.definitions import CannotDefine, change, define
from leads.custom_fields.kinds import Choice
from leads.models import CustomField, Lead
from tests.leads.custom_fields.building import make_field
from tests.scoring.building import make_criteria

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages(client: Client, marketer: User) -> Client:
    client.force_login(marketer)
    return client


class TestDefining:
    def test_a_field_gets_its_key_from_the_label(self, pages: Client) -> None:
        said = {"label": "Größe der Flotte", "about": "company", "kind": "number"}
        assert pages.post(reverse("custom_fields:new"), said).status_code == 302
        field = CustomField.objects.get()
        assert (field.key, field.about, field.kind) == ("grosse_der_flotte", "company", "number")
        assert "Größe der Flotte" in pages.get(reverse("custom_fields:list")).content.decode()

    def test_choices_are_lines(self, pages: Client) -> None:
        said = {"label": "Plan", "about": "lead", "kind": "one_of", "more_choices": "Free plan\r\n\r\nPro\r\n"}
        pages.post(reverse("custom_fields:new"), said)
        assert CustomField.objects.get().offered_choices == (Choice("free_plan", "Free plan"), Choice("pro", "Pro"))

    @pytest.mark.parametrize(
        ("said", "words"),
        [
            ({"label": ""}, "This field is required."),
            ({"key": "Visits!"}, "A key begins with a letter"),
            ({"key": "taken"}, "There is a field with the key taken."),
            ({"kind": "one_of"}, "Write at least one choice."),
            ({"kind": "one_of", "more_choices": "Pro\nPRO"}, "Two choices are called the same."),
            ({"kind": "one_of", "more_choices": "x" * 61}, "A choice has 1 to 60 characters."),
            ({"kind": "colour"}, "Select a valid choice."),
        ],
    )
    def test_what_cannot_be_is_said(self, said: dict[str, str], words: str, pages: Client) -> None:
        make_field("text", key="taken")
        answer = pages.post(reverse("custom_fields:new"), {"label": "It", "about": "lead", "kind": "text", **said})
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert CustomField.objects.count() == 1

    def test_two_of_one_label_get_two_keys(self) -> None:
        assert [make_field("text", "Plan").key for _ in range(3)] == ["plan", "plan_2", "plan_3"]

    def test_a_label_without_letters_gives_a_key_all_the_same(self) -> None:
        assert make_field("text", "日本語").key == "field"
        assert make_field("text", "2026").key == "field_2026"

    def test_too_many_are_refused(self, now: datetime) -> None:
        CustomField.objects.bulk_create(
            CustomField(about="lead", key=f"f{n}", label="x", kind="text", created_at=now) for n in range(200)
        )
        with pytest.raises(CannotDefine):
            define(about="lead", kind="text", label="One more", actor=None, now=now)


class TestChanging:
    def test_a_choice_keeps_its_key_and_its_leads(self, pages: Client, make_lead: Callable[..., Lead]) -> None:
        field = make_field("one_of", "Plan", choices=("Free", "Pro"))
        make_lead(custom={"plan": "Free"})
        address = reverse("custom_fields:change", args=[field.public_id])
        page = pages.get(address).content.decode()
        assert "1 have a value." in page
        said = {
            "label": "The plan", "label_free": "Free plan", "label_pro": "Pro", "offered_free": "on",
            "more_choices": "Enterprise",
        }  # fmt: skip
        assert pages.post(address, said).status_code == 302
        field = CustomField.objects.get()
        assert field.label == "The plan"
        assert field.all_choices == (
            Choice("free", "Free plan"),
            Choice("enterprise", "Enterprise"),
            Choice("pro", "Pro", is_retired=True),
        )
        assert field.words(Lead.objects.get().custom["plan"]) == "Free plan"

    def test_what_is_no_longer_offered_is_still_understood(self, make_lead: Callable[..., Lead]) -> None:
        field = make_field("one_of", "Plan", choices=("Free", "Pro"))
        change(
            field_id=field.pk, label="Plan", help_text="", choices=[Choice("free", "Free")],
            is_sensitive=False, lawful_basis="",
        )  # fmt: skip
        assert make_lead(custom={"plan": "Pro"}).custom == {"plan": "pro"}

    def test_the_order_is_changed_one_by_one(self, pages: Client) -> None:
        make_field("text", "A")
        last = make_field("text", "B")
        pages.post(reverse("custom_fields:up", args=[last.public_id]))
        assert [field.label for field in CustomField.objects.all()] == ["B", "A"]


class TestRetiring:
    def test_it_is_out_of_use_and_back_again(self, pages: Client, make_lead: Callable[..., Lead]) -> None:
        field = make_field("text", "Hobby")
        lead = make_lead(custom={"hobby": "chess"})
        address = reverse("custom_fields:retire", args=[field.public_id])
        pages.post(address)
        assert "chess" not in pages.get(reverse("leads:detail", args=[lead.public_id])).content.decode()
        assert make_lead(custom={"hobby": "go"}).custom == {"hobby": "go"}
        pages.post(address, {"again": "1"})
        assert "chess" in pages.get(reverse("leads:detail", args=[lead.public_id])).content.decode()

    def test_who_uses_it_is_said_before(self, pages: Client, now: datetime) -> None:
        field = make_field("number", "Age", is_sensitive=True, lawful_basis="consent")
        asked = {"kind": "fit", "field": "custom_age", "operator": "at_least", "values": [30]}
        number = make_criteria(now, asked).number
        address = reverse("custom_fields:change", args=[field.public_id])
        words = f"Version {number} of the criteria asks about it."
        assert words in pages.get(address).content.decode()
        answer = pages.post(address, {"label": "Age", "is_sensitive": "on", "lawful_basis": ""})
        assert answer.status_code == 422
        assert f"It needs a lawful basis: {words}" in answer.content.decode()
