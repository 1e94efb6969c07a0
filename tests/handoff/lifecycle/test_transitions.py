"""Every transition against every state: it starts where the table says and nowhere else."""

from datetime import datetime
from typing import Any, Final

import pytest

from handoff.lifecycle import transitions
from handoff.lifecycle.transitions import TRANSITIONS, NotPossible
from handoff.models import Handoff, Reason, State
from leads.events import SYSTEM
from tests.handoff.conftest import ANSWERS

CALLS: Final[dict[str, dict[str, str]]] = {
    "pass_to_sales": {},
    "accept": {},
    "reject": {"reason": "not_icp"},
    "breach": {},
    "qualify": ANSWERS,
    "disqualify": {"reason": "no_need"},
    "recycle": {"reason": "no_budget"},
    "withdraw": {"text": "Came twice."},
    "close_with_lead": {},
    "let_go": {},
    "approve": {},
}


@pytest.mark.django_db
class TestEveryTransition:
    """From each state it does not start from, each transition changes nothing."""

    def reach(self, state: str, request: pytest.FixtureRequest, now: datetime, deadline: datetime) -> Handoff:
        if state in ("ready", "waiting", "accepted"):
            return request.getfixturevalue(f"make_{state}")()  # type: ignore[no-any-return]
        name = next(name for name, move in TRANSITIONS.items() if move.ends == state)
        start = TRANSITIONS[name].starts[-1]
        handoff = self.reach(start, request, now, deadline)
        self.call(name, handoff, request, deadline if name == "breach" else now)
        return Handoff.objects.get(pk=handoff.pk)

    def call(self, name: str, handoff: Handoff, request: pytest.FixtureRequest, now: datetime) -> None:
        given: dict[str, Any] = dict(CALLS[name])
        if "reason" in given:
            given["reason"] = Reason.objects.get(key=given["reason"])
        if name == "pass_to_sales":
            given |= {"assignee": request.getfixturevalue("rep"), "agent": SYSTEM}
        elif name not in ("breach", "close_with_lead", "let_go"):
            given["actor"] = request.getfixturevalue("rep")
        transition: Any = getattr(transitions, name)
        transition(handoff_id=handoff.pk, now=now, **given)

    @pytest.mark.parametrize("name", list(CALLS))
    @pytest.mark.parametrize("state", [state for state in State.values if state != "in_review"])
    def test_starts_where_the_table_says_and_nowhere_else(
        self, request: pytest.FixtureRequest, now: datetime, deadline: datetime, name: str, state: str
    ) -> None:
        handoff = self.reach(state, request, now, deadline)
        moment = deadline if name == "breach" else now
        before = Handoff.objects.filter(pk=handoff.pk).values().get()
        written = handoff.lead.events.count()
        if state in TRANSITIONS[name].starts:
            self.call(name, handoff, request, moment)
            assert Handoff.objects.get(pk=handoff.pk).state == TRANSITIONS[name].ends
            event = handoff.lead.events.order_by("-pk").first()
            assert event is not None
            assert event.kind == TRANSITIONS[name].event.key
            assert handoff.lead.events.count() == written + 1
        else:
            with pytest.raises(NotPossible):
                self.call(name, handoff, request, moment)
            assert Handoff.objects.filter(pk=handoff.pk).values().get() == before
            assert handoff.lead.events.count() == written
