"""Views of the list that are saved: opened, changed, shared, deleted, and counted without making the list wait."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from leads.listing import saved_views
from leads.listing.saved_views import Changed, forget, save
from leads.models import Lead, SavedView
from leads.normalise import Refusal

pytestmark = pytest.mark.django_db
MakeLead = Callable[..., Lead]


@pytest.fixture
def shared(marketer: User, now: datetime) -> SavedView:
    return save(owner=marketer, name="Germany", query="country=DE&sort=name&show=country", is_shared=True, now=now)


class TestSaving:
    def test_the_list_as_it_stands_gets_a_name(self, client: Client, marketer: User, make_lead: MakeLead) -> None:
        make_lead(country="DE", last_name="Ada")
        make_lead(country="PT")
        client.force_login(marketer)
        page = client.get("/leads/?country=Germany&sort=name&show=country&page=1&stage=")
        asked = client.get(reverse("leads:view_new") + "?" + page.context["view_query"])
        assert "It shows leads from Germany." in asked.content.decode()
        answer = client.post(
            reverse("leads:view_new"), {"name": "Germany", "query": asked.context["query"]}, follow=True
        )
        assert SavedView.objects.get().query == "country=Germany&sort=name&show=country"
        assert [lead.last_name for lead in answer.context["page"].object_list] == ["Ada"]
        assert answer.context["view"].name == "Germany"
        assert not answer.context["is_changed"]

    def test_a_name_is_given_once_and_what_was_typed_stays(
        self, client: Client, marketer: User, shared: SavedView
    ) -> None:
        client.force_login(marketer)
        answer = client.post(reverse("leads:view_new"), {"name": "GERMANY", "query": "stage=mql"})
        assert answer.status_code == 422
        assert "There is a view of this name already." in answer.content.decode()
        assert 'value="stage=mql&amp;' in answer.content.decode() or 'value="stage=mql"' in answer.content.decode()

    def test_there_are_only_so_many(self, marketer: User, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(saved_views, "MOST_VIEWS", 1)
        save(owner=marketer, name="One", query="", is_shared=False, now=now)
        with pytest.raises(Refusal):
            save(owner=marketer, name="Two", query="", is_shared=False, now=now)

    def test_the_database_refuses_what_is_none(self, marketer: User, shared: SavedView, now: datetime) -> None:
        for name in ("", "germany"):
            with pytest.raises(IntegrityError), transaction.atomic():
                SavedView.objects.create(name=name, owner=marketer, changed_at=now)

    def test_only_names_of_the_list_are_kept(self) -> None:
        query = saved_views.query_of(QueryDict("stage=mql&page=3&view=x&evil=1&compare=equals&value=9"), ["score"])
        assert query == "stage=mql&show=score"


class TestOpening:
    def test_its_columns_are_its_own(self, client: Client, marketer: User, shared: SavedView) -> None:
        client.force_login(marketer)
        client.post("/leads/columns/", {"columns": "stage"})
        [tab] = client.get("/leads/").context["view_tabs"]
        assert [column.key for column in client.get(tab["url"]).context["columns"]] == ["country"]
        assert [column.key for column in client.get("/leads/").context["columns"]] == ["stage"]

    def test_others_see_what_is_shared_and_their_own_leads_in_it(
        self, client: Client, rep: User, marketer: User, shared: SavedView, make_lead: MakeLead, now: datetime
    ) -> None:
        save(owner=marketer, name="Mine", query="", is_shared=False, now=now)
        make_lead(country="DE")
        client.force_login(rep)
        Lead.objects.update(owner=None)
        page = client.get("/leads/?q=x")
        assert [tab["view"].name for tab in page.context["view_tabs"]] == ["Germany"]
        assert list(client.get(page.context["view_tabs"][0]["url"]).context["page"].object_list) == []

    def test_what_was_changed_is_offered_to_be_saved_in_it(
        self, client: Client, marketer: User, rep: User, shared: SavedView, make_lead: MakeLead
    ) -> None:
        make_lead()
        client.force_login(marketer)
        page = client.get(f"/leads/?stage=lead&show=country&view={shared.public_id}")
        assert "Save it in Germany" in page.content.decode()
        taken = {"query": page.context["view_query"], "seen_at": shared.changed_at.isoformat()}
        client.post(reverse("leads:view_take", args=[shared.public_id]), taken)
        shared.refresh_from_db()
        assert shared.query == "stage=lead&show=country"
        client.force_login(rep)
        assert client.post(reverse("leads:view_take", args=[shared.public_id]), taken).status_code == 403

    def test_the_list_asks_no_view_for_its_leads(
        self, client: Client, marketer: User, shared: SavedView, make_lead: MakeLead
    ) -> None:
        make_lead()
        client.force_login(marketer)
        with CaptureQueriesContext(connection) as queries:
            client.get("/leads/")
        assert not [query for query in queries if "'DE'" in query["sql"]]


class TestCounts:
    def test_they_are_of_what_one_sees_and_end(
        self, client: Client, marketer: User, rep: User, shared: SavedView, make_lead: MakeLead,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        for _number in range(3):
            make_lead(country="DE")
        client.force_login(marketer)
        assert ">3</span>" in client.get(reverse("leads:view_counts")).content.decode()
        monkeypatch.setattr(saved_views, "MOST_TOLD", 2)
        assert ">2+</span>" in client.get(reverse("leads:view_counts")).content.decode()
        client.force_login(rep)
        assert ">0</span>" in client.get(reverse("leads:view_counts")).content.decode()


class TestChanging:
    def test_it_gets_another_name_and_is_shared_no_more(
        self, client: Client, administrator: User, marketer: User, shared: SavedView
    ) -> None:
        client.force_login(administrator)
        address = reverse("leads:view_change", args=[shared.public_id])
        assert 'name="seen_at"' in client.get(address).content.decode()
        client.post(address, {"name": "DACH", "seen_at": shared.changed_at.isoformat()})
        shared.refresh_from_db()
        assert (shared.name, shared.is_shared, shared.owner) == ("DACH", False, marketer)
        assert client.get(address).status_code == 404

    def test_whoever_is_second_is_told_and_loses_nothing(
        self, client: Client, administrator: User, shared: SavedView, now: datetime
    ) -> None:
        seen = shared.changed_at
        saved_views.change(shared, name="DACH", seen_at=seen, now=now + timedelta(minutes=1))
        with pytest.raises(Changed):
            saved_views.change(shared, name="Other", seen_at=seen, now=now + timedelta(minutes=2))
        client.force_login(administrator)
        address = reverse("leads:view_change", args=[shared.public_id])
        answer = client.post(address, {"name": "Third", "is_shared": "on", "seen_at": seen.isoformat()})
        assert answer.status_code == 422
        assert 'value="Third"' in answer.content.decode()
        assert SavedView.objects.get().name == "DACH"

    def test_it_is_deleted_after_a_question(self, client: Client, marketer: User, shared: SavedView) -> None:
        client.force_login(marketer)
        address = reverse("leads:view_delete", args=[shared.public_id])
        assert "nobody finds it" in client.get(address).content.decode()
        assert SavedView.objects.exists()
        client.post(address)
        assert not SavedView.objects.exists()


class TestForgetting:
    @pytest.mark.parametrize(
        ("query", "rest"),
        [
            ("q=ada%40x.example&stage=mql", "stage=mql"), ("q=ADA%40X.example", ""), ("q=dr+lovelace", ""),
            ("q=ada", "q=ada"), ("q=lovelaces", "q=lovelaces"), ("q=%C3%A9lan", "q=%C3%A9lan"),
        ],
    )  # fmt: skip
    def test_what_names_the_person_goes_and_the_rest_stays(
        self, query: str, rest: str, marketer: User, now: datetime
    ) -> None:
        save(owner=marketer, name="Some", query=query, is_shared=True, now=now)
        assert forget({"ada@x.example"}, {"Lovelace"}, now=now) == (query != rest)
        assert (SavedView.objects.get().query, SavedView.objects.get().name) == (rest, "Some")

    def test_a_name_of_a_view_goes_too(self, marketer: User, now: datetime) -> None:
        view = save(owner=marketer, name="For Lovelace", query="stage=mql", is_shared=True, now=now)
        assert forget({"ada@x.example"}, {"Lovelace"}, now=now) == 1
        assert SavedView.objects.get().name == f"View {view.pk}"
