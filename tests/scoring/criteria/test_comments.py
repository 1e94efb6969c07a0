"""What people say about a version: in order, for ever, and without touching what was signed."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from scoring.criteria.comments import LONGEST, CommentRefused, comment
from scoring.models import Comment, Criteria
from tests.scoring.shipped import in_force, make_draft, make_published, make_signed

pytestmark = pytest.mark.django_db


def page_of(criteria: Criteria) -> str:
    return reverse("scoring:version", args=[criteria.number])


def say_of(criteria: Criteria) -> str:
    return reverse("scoring:say", args=[criteria.number])


class TestSaying:
    @pytest.mark.parametrize("persona", ["marketer", "rep", "manager", "administrator"])
    def test_everybody_with_a_role_comments(
        self, client: Client, marketer: User, request: pytest.FixtureRequest, persona: str, now: datetime
    ) -> None:
        person, draft = request.getfixturevalue(persona), make_draft(marketer, now)
        client.force_login(person)
        answer = client.post(say_of(draft), {"text": " Ten points for a webinar is too much. \r\nFive. "})
        assert answer.headers["Location"] == f"{page_of(draft)}#comments"
        [said] = Comment.objects.all()
        assert (said.author, said.text) == (person, "Ten points for a webinar is too much. \nFive.")

    def test_a_stranger_does_not(self, client: Client) -> None:
        assert client.post(say_of(in_force()), {"text": "Hi"}).status_code == 302
        stranger = User.objects.create_user("stranger@example.com")
        client.force_login(stranger)
        assert client.post(say_of(in_force()), {"text": "Hi"}).status_code == 403
        with pytest.raises(CommentRefused, match="people of the two teams"):
            comment(criteria_id=in_force().pk, text="Hi", actor=stranger, now=in_force().created_at)
        assert not Comment.objects.exists()

    def test_looking_says_nothing(self, client: Client, rep: User) -> None:
        client.force_login(rep)
        assert client.get(say_of(in_force())).status_code == 405

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("", "Write what you want to say"),
            (" \r\n\t ", "Write what you want to say"),
            ("x" * (LONGEST + 1), "at most 2000 characters; this one has 2001"),
            ("a\0b", "cannot be stored"),
        ],
        ids=["nothing", "white space", "too long", "NUL"],
    )
    def test_what_cannot_be_said_is_refused_with_a_sentence(self, rep: User, text: str, why: str) -> None:
        criteria = in_force()
        with pytest.raises(CommentRefused, match=why):
            comment(criteria_id=criteria.pk, text=text, actor=rep, now=criteria.created_at)
        assert not Comment.objects.exists()

    def test_the_page_keeps_what_was_written(self, client: Client, rep: User) -> None:
        client.force_login(rep)
        answer = client.post(say_of(in_force()), {"text": "word " * 500})
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "Shorten it." in page
        assert "word word" in page

    def test_an_unknown_version_is_not_found(self, client: Client, rep: User) -> None:
        client.force_login(rep)
        assert client.post(reverse("scoring:say", args=[77]), {"text": "Hi"}).status_code == 404

    def test_what_is_retired_is_closed(self, client: Client, marketer: User, manager: User, now: datetime) -> None:
        retired = in_force()
        make_published(marketer, manager, now)
        client.force_login(marketer)
        answer = client.post(say_of(retired), {"text": "Too late"})
        assert answer.status_code == 409
        assert "Version 1 is retired" in answer.content.decode()
        assert "Your comment" not in client.get(page_of(retired)).content.decode()


class TestReading:
    def test_they_stand_in_order_with_who_and_when(
        self, client: Client, marketer: User, manager: User, now: datetime
    ) -> None:
        draft = make_draft(marketer, now)
        for minutes, (person, text) in enumerate([(marketer, "Is 30 right?"), (manager, "40 <b>please</b>.")]):
            comment(criteria_id=draft.pk, text=text, actor=person, now=now + timedelta(minutes=minutes))
        client.force_login(manager)
        page = client.get(page_of(draft)).content.decode()
        assert page.index("Is 30 right?") < page.index("40 &lt;b&gt;please&lt;/b&gt;.")
        assert page.index("Mara Marketer</b>") < page.index("Is 30 right?") < page.index("Mila Manager</b>")
        assert "2026-03-10" in page

    def test_many_cost_as_much_as_one(self, client: Client, marketer: User, rep: User, now: datetime) -> None:
        client.force_login(marketer)
        costs = []
        for number in (1, 20):
            for _ in range(number):
                comment(criteria_id=in_force().pk, text="So be it.", actor=rep, now=now)
            client.get(page_of(in_force()))
            with CaptureQueriesContext(connection) as captured:
                client.get(page_of(in_force()))
            costs.append(len(captured))
        assert costs[0] == costs[1]


class TestKept:
    def test_it_is_never_changed(self, rep: User, now: datetime) -> None:
        said = comment(criteria_id=in_force().pk, text="So be it.", actor=rep, now=now)
        with pytest.raises(DatabaseError, match="kept as it is"), transaction.atomic():
            Comment.objects.filter(pk=said.pk).update(text="I never said that.")
        assert Comment.objects.get().text == "So be it."

    def test_it_voids_no_signature(self, marketer: User, manager: User, now: datetime) -> None:
        signed = make_signed(marketer, manager, now)
        comment(criteria_id=signed.pk, text="Good.", actor=manager, now=now)
        signed.refresh_from_db()
        assert (signed.state, signed.signatures.count()) == ("proposed", 2)

    def test_it_goes_with_its_draft(self, client: Client, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now)
        comment(criteria_id=draft.pk, text="Good.", actor=marketer, now=now)
        client.force_login(marketer)
        answer = client.post(reverse("admin:scoring_criteria_delete", args=[draft.pk]), {"post": "yes"})
        assert answer.status_code == 302
        assert not Comment.objects.exists()
