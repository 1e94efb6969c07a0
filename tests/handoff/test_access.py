"""Who may look at a handoff, decide it or take it back: one table."""

import uuid
from typing import Final, Literal

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.models import User
from handoff.access import access_handoff
from handoff.models import Handoff
from tests.handoff.conftest import MakeHandoff

ACTIONS: Final[tuple[Literal["view", "decide", "withdraw"], ...]] = ("view", "decide", "withdraw")
# Persona -> what becomes of view, decide, withdraw of a lead that waits for `rep`.
TABLE: Final = {
    "rep": ("yes", "yes", "no"),
    "other_rep": ("hidden", "hidden", "hidden"),
    "manager": ("yes", "yes", "yes"),
    "marketer": ("yes", "no", "yes"),
    "administrator": ("yes", "no", "yes"),
}
CASES: Final = [
    (who, action, answer)
    for who, row in TABLE.items()
    for action, answer in zip(ACTIONS, row, strict=True)
]  # fmt: skip


@pytest.mark.parametrize(("who", "action", "answer"), CASES)
def test_the_door_opens_as_the_table_says(
    request: pytest.FixtureRequest,
    make_waiting: MakeHandoff,
    who: str,
    action: Literal["view", "decide", "withdraw"],
    answer: str,
) -> None:
    handoff, user = make_waiting(), request.getfixturevalue(who)
    if answer == "yes":
        assert access_handoff(user, handoff.public_id, to=action) == handoff
        return
    with pytest.raises(PermissionDenied if answer == "no" else Http404):
        access_handoff(user, handoff.public_id, to=action)


@pytest.mark.parametrize(("who", "answer"), [(who, row[0]) for who, row in TABLE.items()])
def test_lists_show_what_the_door_shows(
    request: pytest.FixtureRequest, make_waiting: MakeHandoff, who: str, answer: str
) -> None:
    make_waiting()
    user = request.getfixturevalue(who)
    assert Handoff.objects.visible_to(user).exists() is (answer == "yes")


def test_what_does_not_exist_is_not_there(manager: User) -> None:
    with pytest.raises(Http404):
        access_handoff(manager, uuid.uuid4())


def test_who_was_switched_off_sees_nothing(make_waiting: MakeHandoff, rep: User) -> None:
    handoff = make_waiting()
    User.objects.filter(pk=rep.pk).update(is_active=False)
    with pytest.raises(Http404):
        access_handoff(User.objects.get(pk=rep.pk), handoff.public_id)
