"""The form's own page: what is shown, what is taken, and what is kept for review."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from capture.models import Form, FormViews, MailDomain, Submission, Verdict
from capture.web_forms import marks
from capture.web_forms.taking import take_waiting
from leads.inputs import LeadInput
from leads.models import Activity, Asset, Company, Lead
from lib import sparing_cache
from tests.capture.web_forms.conftest import BROWSER, new_form

pytestmark = pytest.mark.django_db
Post = Callable[..., Any]


def address(form: Form) -> str:
    return reverse("public_forms:page", args=[form.public_id])


class TestThePage:
    def test_it_asks_and_sets_no_cookie(self, form: Form) -> None:
        answer = Client(headers={"user-agent": BROWSER}).get(address(form))
        assert answer.status_code == 200
        assert 'name="email"' in answer.text
        assert not answer.cookies

    def test_people_are_counted_and_programs_are_not(self, form: Form) -> None:
        for agent in (BROWSER, BROWSER, "Googlebot/2.1"):
            Client(headers={"user-agent": agent}).get(address(form))
        assert FormViews.objects.get(form=form).views == 2

    def test_one_that_is_closed_says_so_and_takes_nothing(self, form: Form, post: Post) -> None:
        Form.objects.update(archived_at=timezone.now())
        assert Client().get(address(form)).status_code == 410
        assert post(form, email="ada@firm.example.com").status_code == 410
        assert not Submission.objects.exists()


class TestSubmitting:
    def test_a_new_lead_with_what_it_did(self, post: Post) -> None:
        asset = Asset.objects.create(key="LM_Guide_Jan2026", name="Guide")
        form = new_form(asset=asset)
        answer = post(
            form, email="Ada@Firm.example.com", first_name="Ada", country="Portugal", phone="210 999 999",
            company="Firm", employees="1.200",
        )  # fmt: skip
        assert answer.status_code == 303
        lead = Lead.objects.get()
        assert (lead.email, lead.country, lead.phone) == ("Ada@Firm.example.com", "PT", "+351 21 099 9999")
        assert lead.company is not None
        assert lead.company.employees == 1200
        assert set(Activity.objects.values_list("type__key", flat=True)) == {"form_submitted", "download"}
        submission = Submission.objects.get()
        assert (submission.verdict, submission.lead, submission.made_lead) == (Verdict.TAKEN, lead, True)
        assert submission.raw["first_name"] == ["Ada"]

    def test_thanks_are_said_on_a_page_that_can_be_loaded_again(self, form: Form, post: Post) -> None:
        answer = post(form, email="ada@firm.example.com")
        thanks = Client().get(answer["Location"])
        assert str(form.thanks_title) in thanks.text
        assert Client().get(answer["Location"].split("?")[0]).status_code == 404
        assert Submission.objects.count() == 1

    def test_what_is_wrong_stands_beside_the_field_and_what_was_written_stays(self, form: Form, post: Post) -> None:
        answer = post(form, email="ada@firm", first_name="Ada <b>", country="PT", phone="12")
        assert answer.status_code == 422
        assert answer.text.count('class="field-error"') == 2
        assert "Ada &lt;b&gt;" in answer.text
        assert Submission.objects.get().verdict == Verdict.UNUSABLE
        assert not Lead.objects.exists()

    def test_twice_from_one_showing_is_once(self, form: Form, post: Post) -> None:
        mark = marks.new_mark(form, now=timezone.now() - timedelta(seconds=20))
        for _time in range(2):
            assert post(form, email="ada@firm.example.com", **{marks.NAME: mark}).status_code == 303
        assert Activity.objects.count() == 1
        assert Submission.objects.filter(verdict=Verdict.TAKEN).count() == 2

    def test_people_go_on_to_the_page_of_the_form(self, post: Post) -> None:
        form = new_form(redirect_url="https://www.example.com/thanks")
        assert post(form, email="ada@firm.example.com")["Location"] == "https://www.example.com/thanks"

    def test_consents_keep_their_wording(self, post: Post) -> None:
        form = new_form()
        asked = form.form_fields.create(
            position=99, ask="consent", label="News", consent_text="Write to me about news.", purpose="email"
        )
        post(form, email="ada@firm.example.com", **{asked.name: "on"})
        post(form, email="bob@firm.example.com")
        wording = {"purpose": "email", "wording": "Write to me about news."}
        consents = list(Submission.objects.order_by("pk").values_list("consents", flat=True))
        assert consents == [[{**wording, "is_given": True}], [{**wording, "is_given": False}]]


class TestKnownLead:
    def test_what_is_blank_is_filled_and_what_is_known_stays(
        self, form: Form, post: Post, make_lead: Callable[..., Lead]
    ) -> None:
        lead = make_lead(email="ada@firm.example.com", first_name="Ada", company="Firm", employees=50)
        post(form, email="ADA@firm.example.com", first_name="Eve", last_name="Lovelace", company="FIRM", employees="9")
        lead.refresh_from_db()
        assert (lead.first_name, lead.last_name) == ("Ada", "Lovelace")
        assert Company.objects.get().employees == 50
        submission = Submission.objects.get()
        assert submission.differences == {"first_name": "Eve", "employees": 9}
        assert (submission.lead, submission.made_lead) == (lead, False)

    def test_another_company_is_a_difference(self, form: Form, post: Post, make_lead: Callable[..., Lead]) -> None:
        lead = make_lead(email="ada@firm.example.com", company="Firm")
        post(form, email="ada@firm.example.com", company="Other", employees="9")
        lead.refresh_from_db()
        assert lead.company is not None
        assert (lead.company.name, lead.company.employees) == ("Firm", None)
        assert Submission.objects.get().differences == {"company": "Other", "employees": 9}

    def test_what_is_known_of_the_company_of_a_new_lead_stays(
        self, form: Form, post: Post, make_lead: Callable[..., Lead]
    ) -> None:
        make_lead(company="Firm", employees=50)
        post(form, email="new@firm.example.com", company="firm", employees="9")
        assert Company.objects.get().employees == 50
        assert Lead.objects.filter(company__name="Firm").count() == 2

    def test_a_blank_of_the_known_company_is_filled(
        self, form: Form, post: Post, make_lead: Callable[..., Lead]
    ) -> None:
        make_lead(email="ada@firm.example.com", company="Firm", company_domain="firm.example.com")
        post(form, email="ada@firm.example.com", employees="9")
        assert Company.objects.get().employees == 9


class TestKeptForReview:
    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"your_website": "https://spam.example"}, "honeypot"),
            ({"seconds": 1}, "too_fast"),
            ({marks.NAME: None}, "no_mark"),
            ({marks.NAME: "made up"}, "no_mark"),
            ({"headers": {"user-agent": "curl/8.0"}}, "program"),
            ({"email": "ada@mailinator.com"}, "disposable_address"),
        ],
        ids=lambda part: part if isinstance(part, str) else "",
    )
    def test_it_is_kept_and_makes_no_lead(self, form: Form, post: Post, fields: dict[str, Any], code: str) -> None:
        answer = post(form, **{"email": "ada@firm.example.com", **fields})
        assert answer.status_code == 303  # a program learns nothing
        submission = Submission.objects.get()
        assert (submission.verdict, submission.code) == (Verdict.SUSPECT, code)
        assert submission.raw["email"]
        assert submission.reason
        assert not Lead.objects.exists()

    def test_a_mark_of_another_form_is_none(self, form: Form, post: Post) -> None:
        other = marks.new_mark(new_form(), now=timezone.now() - timedelta(seconds=20))
        post(form, email="ada@firm.example.com", **{marks.NAME: other})
        assert Submission.objects.get().code == "no_mark"

    def test_a_page_that_stood_open_for_weeks_is_shown_again(self, form: Form, post: Post) -> None:
        answer = post(form, email="ada@firm.example.com", seconds=8 * 86_400)
        assert answer.status_code == 422
        assert "ada@firm.example.com" in answer.text
        assert not Submission.objects.exists()

    @pytest.mark.parametrize(
        ("origin", "is_fine"),
        [
            ("https://www.example.com", True),
            ("https://WWW.example.com:443", True),
            ("http://www.example.com", False),
            ("https://www.example.com.evil.tld", False),
            ("https://www.example.com:8443", False),
            ("https://evil.tld", False),
            ("null", False),
            ("", False),
        ],
    )
    def test_it_comes_from_a_website_of_the_form(self, post: Post, origin: str, is_fine: bool) -> None:
        form = new_form(origins=["https://www.example.com"])
        answer = post(form, email="ada@firm.example.com", headers={"origin": origin} if origin else {})
        assert (Submission.objects.get().verdict == Verdict.TAKEN) is is_fine
        assert answer.has_header("Access-Control-Allow-Origin") is (origin == "https://www.example.com")


class TestAddressPolicies:
    def test_a_free_address_is_welcome_unless_the_form_says_otherwise(self, form: Form, post: Post) -> None:
        assert post(form, email="ada@gmail.com").status_code == 303
        Form.objects.update(free_mail="refuse")
        answer = post(form, email="eve@gmail.com")
        assert answer.status_code == 422
        assert "Write the address you have at work." in answer.text
        Form.objects.update(free_mail="review")
        assert post(form, email="bob@gmail.com").status_code == 303
        assert Lead.objects.get().email == "ada@gmail.com"

    def test_the_lists_are_edited(self, form: Form, post: Post) -> None:
        MailDomain.objects.create(domain="mailinator.com", kind="ordinary")
        MailDomain.objects.create(domain="firm.example.com", kind="disposable")
        post(form, email="ada@mailinator.com")
        post(form, email="ada@sub.firm.example.com")
        assert list(Submission.objects.order_by("pk").values_list("verdict", flat=True)) == ["as_lead", "suspect"]


class TestLimits:
    @pytest.fixture(autouse=True)
    def in_one_minute(self) -> Iterator[None]:
        with time_machine.travel(datetime(2026, 3, 10, 9, 0, 30, tzinfo=UTC), tick=False):
            yield

    def test_from_one_address_exactly_so_many_are_taken_and_the_others_kept(self, post: Post) -> None:
        form = new_form(most_per_minute=3)
        for number in range(5):
            post(form, email=f"n{number}@firm.example.com", client_address="2001:db8::1")
        post(form, email="x@firm.example.com", client_address="2001:db8::2")  # the same customer
        post(form, email="y@firm.example.com", client_address="192.0.2.9")
        assert Submission.objects.filter(verdict=Verdict.TAKEN).count() == 4
        assert Submission.objects.filter(code="too_many").count() == 3

    def test_a_flood_is_refused_and_not_acknowledged(self, post: Post) -> None:
        form = new_form(most_per_minute=1)
        answers = [post(form, email=f"n{number}@firm.example.com").status_code for number in range(22)]
        assert answers == [303] * 20 + [429] * 2
        assert Submission.objects.count() == 20

    def test_about_one_person_from_everywhere(self, form: Form, post: Post) -> None:
        for number in range(7):
            post(form, email="ada@firm.example.com", client_address=f"192.0.2.{number}")
        assert Submission.objects.filter(code="too_many").count() == 2

    def test_while_nobody_can_count_it_is_kept_and_taken_by_the_sweeper(
        self, form: Form, post: Post, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sparing_cache._Redis, "spared_until", float("inf"))
        assert post(form, email="ada@firm.example.com").status_code == 303
        assert not Lead.objects.exists()
        Submission.objects.update(next_try_at=datetime(2020, 1, 1, tzinfo=UTC))
        assert take_waiting(until=monotonic() + 5) == 1
        assert Lead.objects.get().email == "ada@firm.example.com"


class TestWhatIsSent:
    def test_files_are_not_taken_but_their_names_are_kept(self, form: Form, post: Post) -> None:
        from django.core.files.uploadedfile import SimpleUploadedFile

        post(form, email="ada@firm.example.com", cv=SimpleUploadedFile("cv.pdf", b"x"))
        assert Submission.objects.get().raw["cv"] == ["cv.pdf"]

    def test_what_is_too_much_is_refused(self, form: Form, post: Post) -> None:
        assert post(form, email="a@firm.example.com", more="x" * 70_000).status_code == 400
        assert not Submission.objects.exists()

    def test_a_lead_that_came_in_elsewhere_is_not_told_of(self, form: Form, post: Post) -> None:
        """A new address and a known one are answered alike."""
        from leads.events import Agent
        from leads.intake import take_leads

        take_leads([LeadInput(email="known@firm.example.com", phone="1")], agent=Agent(name="t"), now=timezone.now())
        known, fresh = (post(form, email=f"{name}@firm.example.com") for name in ("known", "fresh"))
        assert (known.status_code, fresh.status_code) == (303, 303)
        pages = [Client().get(answer["Location"]).text for answer in (known, fresh)]
        assert pages[0] == pages[1]
