"""The kinds of news about handoffs and their deadlines."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounts.roles import ADMINISTRATOR, MARKETING, SALES, SALES_MANAGER
from handoff.news_facts import (
    HANDOFFS,
    given_away_words,
    given_words,
    given_words_to_others,
    handoff_lines,
    handoff_words,
    waiting_lines,
)
from outbox.kinds import NewsKind, register

_OF_HANDOFFS: Final[dict[str, Any]] = {"words": handoff_words, "subjects": HANDOFFS}
_WAITING: Final[dict[str, Any]] = {
    **_OF_HANDOFFS,
    "mail": "handoff/mail/waiting",
    "lines": waiting_lines,
    "needs_answer": True,
    "together": True,
}

PASSED: Final = register(
    NewsKind(
        key="handoff.passed",
        label=_("a lead is waiting for you"),
        sentence=_("%(lead)s waits for you until %(due)s"),
        sentence_to_others=_("%(lead)s waits for %(assignee)s until %(due)s"),
        roles=SALES,
        order=10,
        icon="baton",
        meaning="accent",
        **_WAITING,
    )
)
REASSIGNED: Final = register(
    NewsKind(
        key="handoff.reassigned",
        label=_("a lead was given to you"),
        sentence=given_words,
        sentence_to_others=given_words_to_others,
        roles=SALES,
        order=20,
        icon="baton",
        meaning="accent",
        **_WAITING,
    )
)
DEADLINE_MOVED: Final = register(
    NewsKind(
        key="handoff.deadline_moved",
        label=_("a lead waits for you until another time"),
        sentence=_("The deadline was moved: %(lead)s waits for you until %(due)s"),
        sentence_to_others=_("The deadline was moved: %(lead)s waits for %(assignee)s until %(due)s"),
        roles=SALES,
        order=30,
        icon="clock",
        meaning="accent",
        **_WAITING,
    )
)
HALF_TIME: Final = register(
    NewsKind(
        key="handoff.half_time",
        label=_("half of the time to answer is over"),
        sentence=_("Half of the time is over: %(lead)s waits for you until %(due)s"),
        sentence_to_others=_("Half of the time is over: %(lead)s waits for %(assignee)s until %(due)s"),
        roles=SALES,
        order=40,
        icon="clock-soon",
        meaning="soon",
        **_WAITING,
    )
)
NEARLY_LATE: Final = register(
    NewsKind(
        key="handoff.nearly_late",
        label=_("an answer is due soon"),
        sentence=_("Answer soon: %(lead)s waits for you until %(due)s"),
        sentence_to_others=_("Answer soon: %(lead)s waits for %(assignee)s until %(due)s"),
        roles=(*SALES, ADMINISTRATOR),
        order=50,
        icon="clock-soon",
        meaning="soon",
        **_WAITING,
    )
)
GIVEN_AWAY: Final = register(
    NewsKind(
        key="handoff.given_away",
        label=_("leads you had were given to somebody else"),
        sentence=_("%(by)s gave a lead you had to %(to)s (%(company)s)"),
        roles=SALES,
        order=60,
        icon="person",
        mail="handoff/mail/given_away",
        words=given_away_words,
        together=True,
    )
)
MERGED_AWAY: Final = register(
    NewsKind(
        key="handoff.merged_away",
        label=_("leads you had turned out to be another lead"),
        sentence=_("A lead you had is one with another record of the same person now (%(company)s)"),
        roles=SALES,
        order=65,
        icon="person",
        mail="handoff/mail/given_away",
        words=given_away_words,
    )
)
BREACHED: Final = register(
    NewsKind(
        key="handoff.breached",
        label=_("a lead was not answered in time"),
        sentence=_("%(lead)s was not answered by %(due)s"),
        roles=(SALES_MANAGER, ADMINISTRATOR),
        order=70,
        icon="late",
        meaning="late",
        mail="handoff/mail/breached",
        lines=handoff_lines,
        **_OF_HANDOFFS,
    )
)
RETURNED: Final = register(
    NewsKind(
        key="handoff.returned",
        label=_("sales sent a lead back"),
        sentence=_("%(by)s sent %(lead)s back: %(reason)s"),
        roles=(MARKETING,),
        order=80,
        icon="return",
        mail="handoff/mail/returned",
        lines=handoff_lines,
        **_OF_HANDOFFS,
    )
)
TO_REVIEW: Final = register(
    NewsKind(
        key="handoff.to_review",
        label=_("a lead is to be checked by marketing"),
        sentence=_("%(lead)s is to be checked before sales gets it"),
        roles=(MARKETING,),
        order=90,
        icon="eye",
        meaning="accent",
        mail="handoff/mail/to_review",
        lines=handoff_lines,
        together=True,
        **_OF_HANDOFFS,
    )
)
CLOCK_HELD: Final = register(
    NewsKind(
        key="sla.held",
        label=_("deadlines were not enforced; somebody has to look"),
        sentence=_("Deadlines are not enforced: %(due)s of %(waiting)s leads would have gone back at once"),
        roles=(SALES_MANAGER, ADMINISTRATOR),
        order=100,
        icon="warning",
        meaning="late",
        mail="handoff/mail/held",
    )
)
