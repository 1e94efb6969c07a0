"""When reps are out: who may say so, and what the page tells them."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from handoff.lifecycle.refusals import Incomplete, NotPossible
from handoff.models import Absence, Rep
from handoff.routing import absences
from handoff.routing.choosing import reps_in
from tests.conftest import be_out
from tests.handoff.browsing import said
from tests.handoff.conftest import MakeHandoff

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PAGE = "/queue/absences/"
WEEK = {"starts_at": "2026-03-16T08:00", "ends_at": "2026-03-20T18:00", "note": "Holiday"}


@pytest.fixture(autouse=True)
def at_the_desk(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def enter(client: Client) -> Callable[..., Any]:
    """`enter(rep, starts_at=...)`: the form as a browser sends it."""

    def send(user: User, **data: Any) -> Any:
        client.force_login(user)
        return client.post(PAGE, {**WEEK, **data})

    return send


class TestDomain:
    @pytest.mark.parametrize(("since", "until"), [(DAY, DAY), (2 * DAY, DAY), (-2 * DAY, timedelta(0))])
    def test_it_ends_after_it_begins_and_after_now(
        self, rep: User, now: datetime, since: timedelta, until: timedelta
    ) -> None:
        with pytest.raises(Incomplete) as refused:
            absences.be_out(rep=rep.rep, starts_at=now + since, ends_at=now + until, now=now)
        assert refused.value.field == "ends_at"

    @pytest.mark.parametrize(
        ("starts_at", "ends_at", "field"),
        [
            ("0001-01-01T00:00", "2026-03-20T18:00", "starts_at"),
            ("2026-03-16T08:00", "9999-12-31T23:59", "ends_at"),
        ],
    )
    def test_a_mistyped_year_is_refused(
        self, enter: Callable[..., Any], client: Client, rep: User, *, starts_at: str, ends_at: str, field: str
    ) -> None:
        """Shown in a time zone to the west or to the east, such a moment would lie outside of the calendar."""
        refused = enter(rep, starts_at=starts_at, ends_at=ends_at)
        assert refused.status_code == 422
        assert "Is the year right?" in str(refused.context["form"].errors[field])
        assert not Absence.objects.exists()

    def test_back_early_is_in_at_once(self, rep: User, now: datetime) -> None:
        be_out(rep, since=now - DAY, until=now + DAY)
        assert not reps_in(now=now).exists()
        absences.be_back(absence_id=Absence.objects.get().pk, now=now)
        assert reps_in(now=now).exists()
        assert Absence.objects.get().ends_at == now

    def test_one_to_come_does_not_happen(self, rep: User, now: datetime) -> None:
        be_out(rep, since=now + DAY, until=now + 2 * DAY)
        absences.be_back(absence_id=Absence.objects.get().pk, now=now)
        assert not Absence.objects.exists()

    def test_one_that_is_over_stays(self, rep: User, now: datetime) -> None:
        be_out(rep, since=now - 2 * DAY, until=now - DAY)
        with pytest.raises(NotPossible, match="is over already"):
            absences.be_back(absence_id=Absence.objects.get().pk, now=now)

    def test_those_that_overlap_are_one(self, rep: User, now: datetime) -> None:
        first, _ = absences.be_out(rep=rep.rep, starts_at=now, ends_at=now + 2 * DAY, note="Holiday", now=now)
        later, is_joined = absences.be_out(rep=rep.rep, starts_at=now + 2 * DAY, ends_at=now + 3 * DAY, now=now)
        assert not is_joined  # one begins as the other ends
        starts_at, ends_at = now + DAY, now + 5 * DAY
        joined, is_joined = absences.be_out(rep=rep.rep, starts_at=starts_at, ends_at=ends_at, note="Ill", now=now)
        assert is_joined
        assert Absence.objects.get() == joined
        assert (joined.starts_at, joined.ends_at, joined.note) == (
            first.starts_at,
            later.ends_at + 2 * DAY,
            "Holiday / Ill",
        )
        absences.be_back(absence_id=joined.pk, now=now + HOUR)
        assert absences.out_until(rep.rep, now=now + HOUR) is None

    def test_one_within_another_says_which(self, rep: User, other_rep: User, now: datetime) -> None:
        be_out(rep, other_rep, since=now - DAY, until=now + 3 * DAY)
        with pytest.raises(Incomplete, match="Ana Rep is out already from 9 Mar 2026, 09:00 to 13 Mar") as refused:
            absences.be_out(rep=rep.rep, starts_at=now + DAY, ends_at=now + 3 * DAY, now=now)
        assert refused.value.field == "starts_at"
        assert Absence.objects.count() == 2

    def test_notes_that_are_too_long_together_are_not_cut(self, rep: User, now: datetime) -> None:
        be_out(rep, since=now, until=now + DAY)
        Absence.objects.update(note="x" * 150)
        with pytest.raises(Incomplete, match="longer than 200 characters") as refused:
            absences.be_out(rep=rep.rep, starts_at=now, ends_at=now + 2 * DAY, note="y" * 60, now=now)
        assert refused.value.field == "note"

    def test_one_that_is_over_is_joined_where_it_overlaps(self, rep: User, now: datetime) -> None:
        be_out(rep, since=now - 3 * DAY, until=now - DAY)
        joined, is_joined = absences.be_out(rep=rep.rep, starts_at=now - 2 * DAY, ends_at=now + DAY, now=now)
        assert is_joined
        assert (joined.starts_at, joined.ends_at) == (now - 3 * DAY, now + DAY)
        assert Absence.objects.get() == joined

    def test_those_of_before_were_joined_by_the_migration(self, rep: User, other_rep: User, now: datetime) -> None:
        """The constraint is looked at with the commit: until then there may be what there was."""
        for since, until, text in ((0, 3, "Ill"), (1, 2, ""), (2, 5, "Ill"), (4, 6, "Fair"), (6, 7, "Trip")):
            Absence.objects.create(
                rep=rep.rep, starts_at=now + since * DAY, ends_at=now + until * DAY, note=text
            )  # fmt: skip
        be_out(other_rep, since=now, until=now + 9 * DAY)
        import_module("handoff.migrations.0011_absences_apart").join(apps, None)
        rows = Absence.objects.filter(rep=rep.rep).values_list("starts_at", "ends_at", "note")
        assert list(rows) == [(now, now + 6 * DAY, "Ill / Fair"), (now + 6 * DAY, now + 7 * DAY, "Trip")]
        assert Absence.objects.filter(rep=other_rep.rep).count() == 1
        connection.check_constraints()


class TestPage:
    def test_a_rep_enters_their_own(self, enter: Callable[..., Any], rep: User, other_rep: User) -> None:
        answer = enter(rep, rep=other_rep.pk)
        assert said(answer) == ["Ana Rep is out from 16 March 2026, 08:00 to 20 March 2026, 18:00."]
        absence = Absence.objects.get()
        assert (absence.rep_id, absence.note) == (rep.pk, "Holiday")

    def test_a_longer_one_is_joined_and_said(self, enter: Callable[..., Any], rep: User) -> None:
        enter(rep)
        assert "is out already from 16 Mar 2026, 08:00" in enter(rep, note="").content.decode()
        assert said(enter(rep, ends_at="2026-03-22T18:00")) == [
            "Ana Rep is out from 16 March 2026, 08:00 to 22 March 2026, 18:00.",
            "It overlapped with what was entered before; it is one absence now.",
        ]

    def test_a_manager_enters_anybodys(self, enter: Callable[..., Any], manager: User, other_rep: User) -> None:
        assert enter(manager, rep=other_rep.pk).status_code == 302
        assert Absence.objects.get().rep_id == other_rep.pk

    def test_moments_are_on_the_persons_own_clock(self, enter: Callable[..., Any], rep: User) -> None:
        User.objects.filter(pk=rep.pk).update(time_zone="Asia/Tokyo")
        enter(rep)
        assert Absence.objects.get().starts_at == datetime.fromisoformat("2026-03-16T08:00:00+09:00")

    def test_what_a_manager_enters_is_on_the_reps_clock_and_said_so(
        self, enter: Callable[..., Any], client: Client, manager: User, rep: User
    ) -> None:
        User.objects.filter(pk=manager.pk).update(time_zone="Asia/Tokyo")
        User.objects.filter(pk=rep.pk).update(time_zone="Europe/Berlin")
        answer = enter(manager, rep=rep.pk)
        assert Absence.objects.get().starts_at == datetime.fromisoformat("2026-03-16T08:00:00+01:00")
        [words] = said(answer)
        assert words.endswith("from 16 March 2026, 08:00 to 20 March 2026, 18:00, times of Europe/Berlin.")
        assert "(Europe/Berlin)" in client.get(PAGE).content.decode()

    def test_a_time_the_clocks_skip_is_the_first_moment_after_it_and_said(
        self, enter: Callable[..., Any], rep: User
    ) -> None:
        User.objects.filter(pk=rep.pk).update(time_zone="Africa/Cairo")
        answer = enter(rep, starts_at="2027-04-30T00:00", ends_at="2027-05-02T00:00")
        assert Absence.objects.get().starts_at == datetime.fromisoformat("2027-04-29T22:00:00+00:00")
        assert said(answer)[1].endswith("The first moment after it was taken: 01:00.")

    def test_a_time_the_clocks_show_twice_is_the_first_of_the_two_and_said(
        self, enter: Callable[..., Any], rep: User
    ) -> None:
        User.objects.filter(pk=rep.pk).update(time_zone="Europe/Berlin")
        answer = enter(rep, starts_at="2026-10-25T02:30", ends_at="2026-10-27T00:00")
        assert Absence.objects.get().starts_at == datetime.fromisoformat("2026-10-25T02:30:00+02:00")
        assert said(answer)[1].endswith("The first of the two was taken.")

    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            ({"ends_at": "2026-03-16T07:00"}, "An absence has to end after it begins."),
            ({"starts_at": "2026-03-01T08:00", "ends_at": "2026-03-02T08:00"}, "This moment is over"),
            ({"ends_at": ""}, "Say until when."),
            ({"starts_at": "soon"}, "Give a day and a time, such as 2026-03-20 09:00."),
            ({"note": "x" * 201}, "Say it in at most 200 characters."),
        ],
    )
    def test_what_is_wrong_is_said(
        self, enter: Callable[..., Any], rep: User, data: dict[str, str], sentence: str
    ) -> None:
        answer = enter(rep, **data)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert not Absence.objects.exists()

    def test_an_administrator_looks(self, enter: Callable[..., Any], client: Client, administrator: User) -> None:
        assert enter(administrator).status_code == 403
        assert "Somebody is out" not in client.get(PAGE).content.decode()

    def test_who_takes_no_leads_enters_nothing(self, enter: Callable[..., Any], rep: User) -> None:
        Rep.objects.all().delete()
        assert enter(rep).status_code == 403

    def test_what_becomes_of_waiting_leads_is_said(self, client: Client, make_waiting: MakeHandoff, rep: User) -> None:
        make_waiting(assignee=rep)
        client.force_login(rep)
        assert (
            "1 lead waits for your answer. If its deadline is before you are back" in client.get(PAGE).content.decode()
        )

    def test_a_rep_sees_their_own_only(self, client: Client, rep: User, other_rep: User, now: datetime) -> None:
        be_out(other_rep, since=now, until=now + DAY)
        client.force_login(rep)
        assert "Otto Rep" not in client.get(PAGE).content.decode()


class TestEnd:
    @pytest.mark.parametrize(
        ("who", "status"), [("rep", 404), ("other_rep", 302), ("manager", 302), ("administrator", 403)]
    )
    def test_who_may(
        self, request: pytest.FixtureRequest, client: Client, other_rep: User, now: datetime, who: str, status: int
    ) -> None:
        be_out(other_rep, since=now - HOUR, until=now + DAY)
        client.force_login(request.getfixturevalue(who))
        answer = client.post(reverse("handoff:absence_end", args=[Absence.objects.get().pk]))
        assert answer.status_code == status
        assert (Absence.objects.get().ends_at == now) is (status == 302)
