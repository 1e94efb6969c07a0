"""Making a form: questions in their order, settings, names of another page, archive and copy, submissions."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from capture.forms.web_forms import PostsForm
from capture.models import Form, FormField, Submission, Verdict
from capture.web_forms import editing
from leads.models import Asset, Lead
from tests.capture.web_forms.conftest import new_form

pytestmark = pytest.mark.django_db
Post = Callable[..., Any]


@pytest.fixture
def maker(marketer: User) -> Client:
    client = Client()
    client.force_login(marketer)
    return client


def at(name: str, form: Form, *more: object) -> str:
    return reverse(f"forms:{name}", args=[form.public_id, *more])


def order(form: Form) -> list[str]:
    return [one.ask for one in form.form_fields.all()]


class TestMaking:
    def test_a_new_one_asks_for_the_address_first(self, maker: Client, marketer: User) -> None:
        answer = maker.post(reverse("forms:new"), {"name": "Guide", "title": "Get the guide", "button": "Send it"})
        form = Form.objects.get()
        assert answer["Location"] == at("questions", form)
        assert order(form) == ["email", "first_name", "last_name", "company"]
        assert form.created_by == marketer
        assert Client().get(reverse("public_forms:page", args=[form.public_id])).status_code == 200

    def test_a_list_without_forms_offers_to_make_one(self, maker: Client) -> None:
        assert reverse("forms:new") in maker.get(reverse("forms:list")).text

    def test_a_copy_asks_the_same_and_has_no_submissions(self, maker: Client, post: Post) -> None:
        form = new_form(accent="berry")
        post(form, email="ada@firm.example.com")
        maker.post(at("duplicate", form))
        copy = Form.objects.exclude(pk=form.pk).get()
        assert (copy.accent, order(copy)) == ("berry", order(form))
        assert copy.public_id != form.public_id
        assert not copy.submissions.exists()
        assert form.form_fields.count() == len(order(form)) > 0

    def test_archiving_asks_first_and_can_be_taken_back(self, maker: Client) -> None:
        form = new_form()
        assert "Archive the form" in maker.get(at("archive", form)).text
        maker.post(at("archive", form))
        assert Client().get(reverse("public_forms:page", args=[form.public_id])).status_code == 410
        maker.post(at("reopen", form))
        assert Client().get(reverse("public_forms:page", args=[form.public_id])).status_code == 200


class TestQuestions:
    def test_one_is_added_once(self, maker: Client) -> None:
        form = new_form(asks=("email",))
        assert maker.post(at("questions", form), {"ask": "phone"}).status_code == 302
        assert maker.post(at("questions", form), {"ask": "phone"}).status_code == 422
        assert maker.post(at("questions", form), {"ask": "owner__password"}).status_code == 422
        assert order(form) == ["email", "phone"]

    def test_consents_as_many_as_there_are_purposes(self, maker: Client) -> None:
        form = new_form(asks=("email",))
        for _time in range(2):
            assert maker.post(at("questions", form), {"ask": "consent"}).status_code == 302
        assert order(form) == ["email", "consent", "consent"]

    def test_they_move_up_and_down_and_not_beyond_the_ends(self, maker: Client) -> None:
        form = new_form(asks=("email", "phone", "city"))
        city = form.form_fields.get(ask="city")
        for to, expected in (
            ("up", ["email", "city", "phone"]),
            ("up", ["city", "email", "phone"]),
            ("up", ["city", "email", "phone"]),
            ("down", ["email", "city", "phone"]),
        ):
            maker.post(at("move", form, city.pk), {"to": to})
            assert order(form) == expected

    def test_an_order_that_was_dragged(self, maker: Client) -> None:
        form, other = new_form(asks=("email", "phone", "city")), new_form()
        email, phone, city = (one.pk for one in form.form_fields.all())
        foreign = other.form_fields.all()[0].pk
        maker.post(at("order", form), {"question": [city, foreign, "x", city, email]})
        assert order(form) == ["city", "email", "phone"]
        assert other.form_fields.all()[0].pk == foreign
        assert FormField.objects.get(pk=phone).position == 2

    def test_one_is_removed_and_the_address_is_not(self, maker: Client) -> None:
        form = new_form(asks=("email", "phone"))
        for question in form.form_fields.all():
            maker.post(at("remove", form, question.pk))
        assert order(form) == ["email"]

    def test_choices_are_what_people_may_send(self, maker: Client, post: Post) -> None:
        form = new_form(asks=("email", "job_title"))
        question = form.form_fields.get(ask="job_title")
        changed = {"label": "Role", "choices": "Buyer\n\n Engineer \nBuyer"}
        assert maker.post(at("question", form, question.pk), changed).status_code == 302
        question.refresh_from_db()
        assert question.choice_list == ["Buyer", "Engineer"]
        assert post(form, email="ada@firm.example.com", job_title="Queen").status_code == 422
        assert post(form, email="ada@firm.example.com", job_title="Buyer").status_code == 303

    def test_a_consent_has_a_text(self, maker: Client) -> None:
        form = new_form(asks=("email",))
        maker.post(at("questions", form), {"ask": "consent"})
        question = form.form_fields.get(ask="consent")
        empty = {"label": "News", "consent_text": "", "purpose": question.purpose}
        assert maker.post(at("question", form, question.pk), empty).status_code == 422

    def test_a_question_of_another_form_is_not_there(self, maker: Client) -> None:
        form, other = new_form(), new_form()
        assert maker.get(at("question", form, other.form_fields.all()[0].pk)).status_code == 404


class TestSettings:
    def test_what_others_change_meanwhile_stays(self, now: datetime) -> None:
        form = new_form()
        part = PostsForm({"takes_posts": "on", "honeypot": "nobody_sees_this"}, instance=form)
        assert part.is_valid()
        editing.set_mapping(form, {"mail": "email"}, now=now)
        editing.save_part(part, now=now)
        form.refresh_from_db()
        assert (form.mapping, form.honeypot) == ({"mail": "email"}, "nobody_sees_this")

    def filled(self, maker: Client, form: Form, **changes: Any) -> dict[str, Any]:
        shown = maker.get(at("settings", form)).context["settings_form"]
        values = {name: shown[name].value() for name in shown.fields}
        values["origins"] = ""
        return {name: value for name, value in (values | changes).items() if value is not None and value is not False}

    def test_they_are_kept(self, maker: Client) -> None:
        form, asset = new_form(), Asset.objects.create(key="LM_Guide_Jan2026", name="Guide")
        changes = {
            "asset": asset.pk,
            "origins": "https://WWW.Example.com/shop\nhttps://www.example.com",
            "accent": "ink",
        }
        assert maker.post(at("settings", form), self.filled(maker, form, **changes)).status_code == 302
        form.refresh_from_db()
        assert (form.asset, form.origins, form.accent) == (asset, ["https://www.example.com"], "ink")

    @pytest.mark.parametrize(
        "changes",
        [
            {"accent": "red;background:url(https://evil.tld)"},
            {"font_size": "900px"},
            {"redirect_url": "http://www.example.com/"},
            {"redirect_url": "javascript:alert(1)"},
            {"redirect_url": "https://user@evil.tld/"},
            {"origins": "no website"},
            {"confirm_hours": "0"},
            {"mail_subject": "Here it is"},
        ],
    )
    def test_what_cannot_be_is_said(self, maker: Client, changes: dict[str, Any]) -> None:
        form = new_form()
        assert maker.post(at("settings", form), self.filled(maker, form, **changes)).status_code == 422


class TestNamesOfAnotherPage:
    def test_they_are_guessed_from_what_came_in_and_count_when_kept(self, maker: Client, post: Post) -> None:
        form = new_form(asks=("email",), takes_posts=True)
        sent = {"your-email": "ada@firm.example.com", "Vorname": "Ada", "_shown": None, "Firma": "Firm", "q7": "x"}
        post(form, **sent)
        assert Submission.objects.get().verdict == Verdict.UNUSABLE
        page = maker.get(at("website", form))
        guesses = {one.name: one.key for one in page.context["names"]}
        assert guesses == {"your-email": "email", "Vorname": "first_name", "Firma": "company", "q7": ""}
        names = [one.name for one in page.context["names"]]
        keys = {**guesses, "your-email": "email"}
        chosen = {f"name_{place}": keys[name] for place, name in enumerate(names)}
        assert maker.post(at("website", form), {"part": "names", **chosen}).status_code == 302
        submission = Submission.objects.get()
        maker.post(at("take", form, submission.public_id))
        lead = Lead.objects.get()
        assert lead.company is not None
        assert (lead.email, lead.first_name, lead.company.name) == ("ada@firm.example.com", "Ada", "Firm")

    def test_two_names_cannot_be_the_same(self, maker: Client, post: Post) -> None:
        form = new_form(asks=("email",), takes_posts=True)
        post(form, mail1="a", mail2="b", _shown=None)
        twice = {"part": "names", "name_0": "email", "name_1": "email"}
        assert maker.post(at("website", form), twice).status_code == 422


class TestSubmissions:
    def test_what_was_set_aside_is_taken_by_a_person(self, maker: Client, post: Post) -> None:
        form = new_form()
        post(form, email="ada@firm.example.com", your_website="x", first_name="<b>Ada</b>")
        submission = Submission.objects.get()
        page = maker.get(at("submission", form, submission.public_id)).text
        assert "Take it now" in page
        assert "&lt;b&gt;Ada" in page
        maker.post(at("take", form, submission.public_id))
        submission.refresh_from_db()
        assert (submission.verdict, submission.is_overruled) == (Verdict.TAKEN, True)
        assert "Take it now" not in maker.get(at("submission", form, submission.public_id)).text

    def test_the_list_is_narrowed(self, maker: Client, post: Post) -> None:
        form = new_form()
        post(form, email="ada@firm.example.com")
        post(form, email="bob@firm.example.com", your_website="x")
        assert len(maker.get(at("submissions", form)).context["page"].object_list) == 2
        narrowed = maker.get(at("submissions", form) + "?verdict=suspect").context["page"].object_list
        assert [one.verdict for one in narrowed] == ["suspect"]

    def test_the_figures_say_what_came_of_the_leads(self, maker: Client, post: Post) -> None:
        form = new_form()
        Client(headers={"user-agent": "Mozilla/5.0 Chrome/130"}).get(
            reverse("public_forms:page", args=[form.public_id])
        )
        for name in ("ada", "bob"):
            post(form, email=f"{name}@firm.example.com")
        now = timezone.now()
        Lead.objects.filter(email__startswith="ada").update(mql_count=1, first_mql_at=now, last_mql_at=now)
        [row] = maker.get(reverse("forms:list")).context["rows"]
        figures = row["figures"]
        assert (figures.views, figures.submissions, figures.leads, figures.mqls, figures.customers) == (1, 2, 2, 1, 0)
        assert figures.conversion == 1.0
