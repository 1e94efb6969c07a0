"""What a behaviour rule can count. One object is all there is to say about a measure.

A new one is declared here, in MEASURES, and is then offered in the admin, computed, explained and told everywhere. Its
key is stored with rules, so it never changes.

SQL stands over the rows of scoring.engine.rules.activities: occurred_at, c<n> (whether the n-th rule counts the
activity) and the columns of the measures in use. docs/scoring.md says for people what is computed here.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import F
from django.db.models.expressions import Combinable
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from scoring.engine.expressions import effective_channel

OF_EACH_VALUE: Final = "SELECT max(at) FROM {} GROUP BY value ORDER BY 1 DESC"


@dataclass(frozen=True, kw_only=True)
class Column:
    """What a measure reads of an activity."""

    # Its name among the engine's rows.
    name: str
    # The column of an activity that has to be there for the activity to be shown behind a rule, and what is read.
    needs: str
    read: Combinable
    # The condition under which it adds to the measure.
    counts: str
    # What a reader is told who sees such an activity that is not counted: after "not yet; ".
    left_out: str | Promise


@dataclass(frozen=True, kw_only=True)
class OnlyOne:
    """A filter that leaves a single thing to count, and what the editor of a rule that wants more is told."""

    filter: str
    problem: str | Promise


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One thing to count."""

    key: str
    # What the choice is called in a form.
    label: str | Promise
    # Worth again and again: for every one, for every %(step)s. Worth once: when there are at least %(step)s.
    for_each: str | Promise
    for_every: str | Promise
    enough: str | Promise
    # "3 different assets": %(count)s as text, chosen by the number of `number`.
    amount: Any
    # How much there is; {} stands for the flag of the rule.
    total: str
    column: Column | None = None
    # Each activity counts one, whatever it is: then one match for every 1 says that something happened.
    is_of_activities: bool = False
    # How much there is when it fades; the first {} stands for what is left of an activity, the second for the flag.
    # Empty: it cannot fade.
    faded: str = ""
    # What one activity adds; {} stands for what is left of it.
    adds: str = "{}"
    # The moments of what is counted, the newest first, from {}: the activities of the rule as rows (at, value). Empty
    # for a sum, which is added up activity by activity.
    newest_first: str = ""
    only_one: OnlyOne | None = None

    @property
    def can_fade(self) -> bool:
        return bool(self.faded)


MEASURES: Final[dict[str, Measure]] = {
    measure.key: measure
    for measure in (
        Measure(
            key="activities",
            label=_("times"),
            for_each=_("each time"),
            for_every=_("for every %(step)s times"),
            enough=_("at least %(step)s times"),
            amount=ngettext_lazy("%(count)s time", "%(count)s times", "number"),
            total="count(*) FILTER (WHERE {})",
            is_of_activities=True,
            faded="sum({}) FILTER (WHERE {})",
            newest_first="SELECT at FROM {} ORDER BY at DESC",
        ),
        Measure(
            key="days",
            label=_("different days"),
            for_each=_("for every different day"),
            for_every=_("for every %(step)s different days"),
            enough=_("on at least %(step)s different days"),
            amount=ngettext_lazy("%(count)s different day", "%(count)s different days", "number"),
            total="count(DISTINCT (occurred_at AT TIME ZONE 'UTC')::date) FILTER (WHERE {})",
            newest_first="SELECT max(at) FROM {} GROUP BY (at AT TIME ZONE 'UTC')::date ORDER BY 1 DESC",
        ),
        Measure(
            key="visits",
            label=_("visits"),
            for_each=_("for every visit"),
            for_every=_("for every %(step)s visits"),
            enough=_("in at least %(step)s visits"),
            amount=ngettext_lazy("%(count)s visit", "%(count)s visits", "number"),
            total="count(DISTINCT visited) FILTER (WHERE {})",
            column=Column(
                name="visited",
                needs="visit",
                read=F("visit"),
                counts="visited IS NOT NULL",
                left_out=_("what belongs to no visit is not counted"),
            ),
            newest_first=OF_EACH_VALUE,
        ),
        Measure(
            key="channels",
            label=_("different channels"),
            for_each=_("for every different channel"),
            for_every=_("for every %(step)s different channels"),
            enough=_("through at least %(step)s different channels"),
            amount=ngettext_lazy("%(count)s different channel", "%(count)s different channels", "number"),
            total="count(DISTINCT channel_seen) FILTER (WHERE {})",
            column=Column(
                name="channel_seen",
                needs="channel_id",
                read=effective_channel("channel"),
                counts="channel_seen IS NOT NULL",
                left_out=_("what names no channel is not counted"),
            ),
            newest_first=OF_EACH_VALUE,
            only_one=OnlyOne(
                filter="channel_id",
                problem=_("With one channel chosen there is only one channel to count. Count times instead."),
            ),
        ),
        Measure(
            key="assets",
            label=_("different assets"),
            for_each=_("for every different asset"),
            for_every=_("for every %(step)s different assets"),
            enough=_("for at least %(step)s different assets"),
            amount=ngettext_lazy("%(count)s different asset", "%(count)s different assets", "number"),
            total="count(DISTINCT asset_seen) FILTER (WHERE {})",
            column=Column(
                name="asset_seen",
                needs="asset_id",
                read=F("asset_id"),
                counts="asset_seen IS NOT NULL",
                left_out=_("what names no asset is not counted"),
            ),
            newest_first=OF_EACH_VALUE,
            only_one=OnlyOne(
                filter="asset_id",
                problem=_("With one asset chosen there is only one asset to count. Count times instead."),
            ),
        ),
        Measure(
            key="seconds",
            label=_("seconds spent"),
            for_each=_("for every second"),
            for_every=_("for every %(step)s seconds"),
            enough=_("for at least %(step)s seconds"),
            amount=ngettext_lazy("%(count)s second", "%(count)s seconds", "number"),
            total="sum(spent) FILTER (WHERE {})",
            column=Column(
                name="spent",
                needs="seconds",
                read=F("seconds"),
                counts="spent > 0",
                left_out=_("what says no seconds is not counted"),
            ),
            faded="sum({} * spent) FILTER (WHERE {})",
            adds="{} * value",
        ),
    )
}

# What a rule counts when nobody chose.
USUAL: Final = "activities"
# For the constraint of the rules.
FADING: Final = tuple(measure.key for measure in MEASURES.values() if measure.can_fade)


def choices() -> list[tuple[str, str | Promise]]:
    """For the column that holds a key. Asked when needed, so a new measure needs no migration."""
    return [(measure.key, measure.label) for measure in MEASURES.values()]
