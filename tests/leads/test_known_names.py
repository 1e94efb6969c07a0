"""The ids of names that a process has seen: asked for once, never believed when they were rolled back or changed."""

from datetime import datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from leads import dimensions
from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput, Taken
from leads.intake import take_activities
from leads.models import Activity, ActivityType, Channel, Page

AGENT = Agent(name="test")


def visit(number: int, now: datetime, *, page: str = "/pricing", kind: str = "page_view") -> bool:
    """Whether the visit was taken."""
    activity = ActivityInput(
        message_id=str(number), type=kind, lead=LeadInput(email="ada@example.com"), occurred_at=now, page=page,
        channel="Newsletter",
    )  # fmt: skip
    [result] = take_activities([activity], agent=AGENT, source="test", now=now)
    return isinstance(result, Taken)


def asks_for_names(queries: CaptureQueriesContext) -> bool:
    return any("FROM leads_channel" in query["sql"] or "FROM leads_page" in query["sql"] for query in queries)


@pytest.mark.usefixtures("transactional")
class TestKnownNames:
    def test_a_name_is_asked_for_once(self, now: datetime) -> None:
        visit(1, now)
        with CaptureQueriesContext(connection) as queries:
            visit(2, now)
        assert not asks_for_names(queries)
        assert Activity.objects.values("page", "channel").distinct().count() == 1

    def test_what_was_rolled_back_is_asked_for_again(self, now: datetime) -> None:
        with transaction.atomic():
            visit(1, now)
            transaction.set_rollback(True)
        assert not Page.objects.exists()
        visit(1, now)
        assert Activity.objects.get().page == Page.objects.get()
        assert Activity.objects.get().channel == Channel.objects.get(key="newsletter")

    def test_a_page_under_another_path_is_another_page(self, now: datetime) -> None:
        visit(1, now)
        Page.objects.update(key="/prices")
        visit(2, now)
        assert list(Activity.objects.order_by("pk").values_list("page__key", flat=True)) == ["/prices", "/pricing"]

    def test_a_name_that_changes_while_it_is_looked_up_is_not_remembered(self, now: datetime) -> None:
        with transaction.atomic():
            visit(1, now)
            Page.objects.update(key="/prices")
        visit(2, now)
        assert list(Activity.objects.order_by("pk").values_list("page__key", flat=True)) == ["/prices", "/pricing"]

    def test_memory_begins_anew_when_names_have_no_end(self, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(dimensions, "MOST_REMEMBERED", 3)
        for number in range(8):
            visit(number, now, page=f"/page/{number}")
            assert len(dimensions._KNOWN.get()[Page]) <= 3
        assert Page.objects.count() == 8

    def test_another_thread_may_begin_it_anew_meanwhile(self, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
        visit(1, now)
        look_up = dimensions._found_or_made

        def interrupted(wanted: dimensions.Wanted) -> dimensions.Ids:
            fresh = look_up(wanted)
            monkeypatch.setattr(dimensions, "MOST_REMEMBERED", 0)
            dimensions._remember(dimensions._KNOWN.get(), {Page: {"/other": 0}, Channel: {"other": 0}})
            return fresh

        monkeypatch.setattr(dimensions, "_found_or_made", interrupted)
        assert visit(2, now)
        assert Activity.objects.values("page", "channel").distinct().count() == 1

    def test_a_type_is_taken_as_soon_as_it_is_in_use_and_no_longer(self, now: datetime) -> None:
        assert not visit(1, now, kind="called_us")
        ActivityType.objects.create(key="called_us", name="called us")
        assert visit(2, now, kind="called_us")
        ActivityType.objects.filter(key="called_us").update(is_active=False)
        assert not visit(3, now, kind="called_us")
