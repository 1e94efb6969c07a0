"""The review as a page: who may look, who decides, what is asked, what is said when somebody was first."""

import re
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from leads.models import Lead
from reporting.models import CriteriaReview, ReviewPolicy
from reporting.review.decisions import record
from scoring.models import Criteria
from tests.reporting.histories import day, lead
from tests.reporting.review.reviewing import happened, in_force_since, three_versions
from tests.reporting.review.test_decisions import KEEP_ALL, SINCE

pytestmark = pytest.mark.django_db
PAGE: Final = "/reports/review/"
HTMX: Final = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def criteria() -> Criteria:
    """In force for so long that a review is due."""
    return in_force_since(SINCE)


def asked(**changes: Any) -> dict[str, Any]:
    """What the form sends."""
    return {"since": SINCE.isoformat(), "good": "keep", "missing": "keep", "early": "keep", **changes}


def page_of(client: Client, person: User, address: str = PAGE) -> str:
    client.force_login(person)
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def a_review(actor: User, now: datetime) -> CriteriaReview:
    return record(KEEP_ALL, seen_since=SINCE, actor=actor, now=now)


class TestDoors:
    """Who may do what: marketer, manager, administrator, rep."""

    @pytest.mark.parametrize(
        ("act", "expected"),
        [
            ("look", (200, 200, 200, 403)),
            ("record", (302, 302, 403, 403)),
            ("record with a draft", (302, 302, 403, 403)),
            ("look at a past one", (200, 200, 200, 403)),
            ("open its draft", (302, 403, 302, 403)),
        ],
    )
    def test_every_persona_gets_its_answer(
        self,
        client: Client,
        marketer: User,
        manager: User,
        administrator: User,
        rep: User,
        now: datetime,
        act: str,
        expected: tuple[int, ...],
    ) -> None:
        answers = []
        for person in (marketer, manager, administrator, rep):
            client.force_login(person)
            since = SINCE
            if act.startswith("record"):
                last = CriteriaReview.objects.first()
                since = last.decided_at if last else SINCE
                data = asked(since=since.isoformat()) | ({"draft": "on"} if "draft" in act else {})
                answers.append(client.post(PAGE, data).status_code)
                continue
            held = CriteriaReview.objects.first() or a_review(marketer, now)
            name = "reporting:review_draft" if "draft" in act else "reporting:past_review"
            address = PAGE if act == "look" else reverse(name, args=[held.public_id])
            send = client.post if "draft" in act else client.get
            answers.append(send(address).status_code)
        assert tuple(answers) == expected

    def test_a_sales_manager_who_asks_for_a_draft_gets_none(self, client: Client, manager: User) -> None:
        client.force_login(manager)
        client.post(PAGE, asked(draft="on"))
        assert CriteriaReview.objects.get().draft is None
        assert Criteria.objects.count() == 1

    def test_nobody_is_asked_to_sign_in(self, client: Client) -> None:
        assert client.get(PAGE).status_code == 302

    def test_one_that_is_none(self, client: Client, marketer: User) -> None:
        client.force_login(marketer)
        nothing = "00000000-0000-0000-0000-000000000000"
        assert client.get(reverse("reporting:past_review", args=[nothing])).status_code == 404


class TestPage:
    def test_an_empty_database_has_no_numbers_and_says_what_is_missing(self, client: Client, marketer: User) -> None:
        page = page_of(client, marketer)
        assert "has been due since 28 February 2026" in page
        assert "too few to tell, 30 more are needed" in page
        assert "Nobody has bought yet." in page
        assert "Nobody was missed" not in page
        assert "No review has been recorded yet." in page

    def test_nothing_in_force(self, client: Client, marketer: User) -> None:
        Criteria.objects.update(state="retired", retired_at=day("2999-01-01"))
        page = page_of(client, marketer)
        assert "There is nothing to review until a version is put into force." in page
        client.force_login(marketer)
        answer = client.post(PAGE, asked())
        assert answer.status_code == 409

    def test_numbers_with_their_definitions_and_the_version_before(
        self, client: Client, marketer: User, manager: User
    ) -> None:
        three_versions(marketer, manager)
        happened(lead(day("2025-12-02")), ("mql", "2026-01-02", ""), ("handoff.passed", "2026-01-02", ""))
        happened(lead(day("2025-12-02")), ("customer", "2026-01-03", ""))
        Lead.objects.update(first_name="<b>Berta", email="")
        page = page_of(client, marketer)
        assert "0 of 1 MQLs that were answered" in page
        assert '<abbr title="sales accepted leads">SALs</abbr> divided by the <abbr' in page
        assert "Version 2, before" in page
        assert "&lt;b&gt;Berta" in page
        assert "0 points then" in page

    def test_an_administrator_reads_without_the_form(self, client: Client, administrator: User) -> None:
        assert "Record the decision" not in page_of(client, administrator)

    def test_only_who_may_is_offered_a_draft(self, client: Client, marketer: User, manager: User) -> None:
        assert "Open a draft from version 1" in page_of(client, marketer)
        assert "Open a draft from version 1" not in page_of(client, manager)

    def test_it_asks_the_same_for_3_and_for_15(self, client: Client, marketer: User, now: datetime) -> None:
        client.force_login(marketer)
        counts = []
        for more in (3, 12):
            for _number in range(more):
                last = CriteriaReview.objects.first()
                since = last.decided_at if last else SINCE
                at = max(since, now) + timedelta(days=1)
                record(KEEP_ALL, seen_since=since, actor=marketer, now=at)
                happened(lead(day("2025-09-02")), ("customer", "2026-01-03", ""))
            with CaptureQueriesContext(connection) as queries:
                assert client.get(PAGE).status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 20


class TestRecord:
    def test_the_decision_is_kept_and_shown(self, client: Client, marketer: User) -> None:
        client.force_login(marketer)
        answer = client.post(PAGE, asked(good="tighten", good_words="Two visits,\n<i>not one</i>.", draft="on"))
        review = CriteriaReview.objects.get()
        assert answer["Location"] == reverse("reporting:past_review", args=[review.public_id])
        told = [str(message) for message in get_messages(answer.wsgi_request)]
        assert told == ["The review is recorded, and version 2 is a draft."]
        page = page_of(client, marketer, answer["Location"])
        assert "Two visits,<br>&lt;i&gt;not one&lt;/i&gt;." in page
        assert "It became <a href=" in page
        assert f">{review.decided_by}<" in page_of(client, marketer)

    def test_pressed_twice_it_is_recorded_once(self, client: Client, marketer: User) -> None:
        client.force_login(marketer)
        client.post(PAGE, asked())
        answer = client.post(PAGE, asked(early="keep", early_words="Once more."))
        assert answer.status_code == 409
        page = answer.content.decode()
        assert "a review was recorded meanwhile" in page
        assert "Once more." in page  # what was typed is still there
        assert CriteriaReview.objects.count() == 1

    @pytest.mark.parametrize(
        ("changes", "wrong"),
        [
            ({"good": ""}, "good"),
            ({"good": "perhaps"}, "good"),
            ({"early": "loosen"}, "early_words"),
            ({"missing": "tighten", "missing_words": "   "}, "missing_words"),
            ({"good_words": "x" * 2001}, "good_words"),
        ],
    )
    def test_what_is_missing_is_said_at_its_field(
        self, client: Client, marketer: User, changes: dict[str, str], wrong: str
    ) -> None:
        client.force_login(marketer)
        answer = client.post(PAGE, asked(**changes))
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [wrong]
        assert not CriteriaReview.objects.exists()

    @pytest.mark.parametrize("since", ["", "yesterday", "9999-12-31T23:59:59+00:00", "2025-13-41"])
    def test_a_form_that_was_not_ours_records_nothing(self, client: Client, marketer: User, since: str) -> None:
        client.force_login(marketer)
        assert client.post(PAGE, asked(since=since)).status_code in (409, 422)
        assert not CriteriaReview.objects.exists()


class TestPast:
    def test_its_figures_stay_what_they_were(self, client: Client, marketer: User, now: datetime) -> None:
        happened(lead(day("2025-09-02")), ("mql", "2025-10-01", ""), ("handoff.passed", "2025-10-01", ""))
        review = a_review(marketer, now)
        happened(lead(day("2025-09-02")), ("mql", "2025-10-01", ""), ("handoff.passed", "2025-10-01", ""))
        page = page_of(client, marketer, reverse("reporting:past_review", args=[review.public_id]))
        assert "0 of 1 MQLs that were answered" in page

    def test_marketing_opens_its_draft_there(
        self, client: Client, marketer: User, manager: User, now: datetime
    ) -> None:
        review = a_review(manager, now)
        address = reverse("reporting:past_review", args=[review.public_id])
        assert "Open a draft from version 1" not in page_of(client, manager, address)
        assert "Open a draft from version 1" in page_of(client, marketer, address)
        answer = client.post(reverse("reporting:review_draft", args=[review.public_id]))
        assert answer["Location"] == reverse("scoring:version", args=[2])
        assert "It became <a href=" in page_of(client, marketer, address)

    def test_not_from_a_version_that_is_over(
        self, client: Client, marketer: User, manager: User, now: datetime
    ) -> None:
        review = a_review(marketer, now)
        three_versions(marketer, manager)
        client.force_login(marketer)
        answer = client.post(reverse("reporting:review_draft", args=[review.public_id]))
        assert answer.status_code == 409
        assert "Another version is in force by now." in answer.content.decode()


class TestNotice:
    def test_when_due_the_agreement_and_the_rail_say_so(self, client: Client, marketer: User) -> None:
        note = page_of(client, marketer, reverse("reporting:review_note"))
        assert "The review of version 1</a> has been due since 28 February 2026." in note
        assert client.get(reverse("reporting:review_count")).content == b"1"

    def test_else_they_say_nothing(self, client: Client, marketer: User, now: datetime) -> None:
        record(KEEP_ALL, seen_since=SINCE, actor=marketer, now=day("2099-01-01"))
        client.force_login(marketer)
        assert client.get(reverse("reporting:review_note"), headers=HTMX).content.strip() == b""
        assert client.get(reverse("reporting:review_count")).content == b""


class TestPolicy:
    @pytest.mark.parametrize(("who", "status"), [("manager", 302), ("administrator", 302), ("marketer", 403)])
    def test_who_changes_the_pace(self, client: Client, request: pytest.FixtureRequest, who: str, status: int) -> None:
        client.force_login(request.getfixturevalue(who))
        address = reverse("admin:reporting_reviewpolicy_change", args=[1])
        assert client.get(address).status_code == 200
        assert client.post(address, {"months": 3}).status_code == status
        assert ReviewPolicy.objects.get().months == (3 if status == 302 else 6)

    @pytest.mark.parametrize("months", ["0", "37", "-1", "x", ""])
    def test_months_out_of_bounds_are_refused(self, client: Client, manager: User, months: str) -> None:
        client.force_login(manager)
        answer = client.post(reverse("admin:reporting_reviewpolicy_change", args=[1]), {"months": months})
        assert answer.status_code == 200
        assert ReviewPolicy.objects.get().months == 6

    def test_there_is_one(self, client: Client, administrator: User) -> None:
        client.force_login(administrator)
        assert client.get(reverse("admin:reporting_reviewpolicy_add")).status_code == 403
        assert client.get(reverse("admin:reporting_reviewpolicy_delete", args=[1])).status_code == 403

    def test_reviews_are_read_only_there(
        self, client: Client, administrator: User, marketer: User, now: datetime
    ) -> None:
        review = a_review(marketer, now)
        client.force_login(administrator)
        address = reverse("admin:reporting_criteriareview_change", args=[review.pk])
        assert client.get(address).status_code == 200
        assert client.post(address, {"good": "loosen"}).status_code == 403
        assert client.get(reverse("admin:reporting_criteriareview_add")).status_code == 403
