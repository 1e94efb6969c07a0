"""The touches of one lead, in their order: each visit, and each contact outside of one, with where it came from.

All activities are kept, so all touches are. Which of them is the first and which the last is the lead's own word
(leads/touches.py): a touch that was told with the lead, such as by an import, has no activity.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from capture.channel_rules.arrivals import Arrival, stored_arrival
from leads.models import ARRIVAL, BY_PERSON, Activity, Campaign, Channel, Lead, Page
from leads.timeline import touch_words

# Activities that are looked at; who did more is shown the touches of the newest.
MOST_READ: Final = 2_000
# What follows outside of a visit within this time, from the same source, is the same touch.
TOGETHER: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Touch:
    """One visit, or one contact outside of a visit; nothing of what it is made of is loaded before `described`."""

    at: datetime
    until: datetime
    # Of its first activity; None: it was told with the lead.
    activity_id: int | None = None
    visit: object = None
    channel_id: int | None = None
    campaign_id: int | None = None
    page_id: int | None = None
    activities: int = 0
    is_first: bool = False
    is_last: bool = False
    # What is described of it.
    words: str = ""
    channel: Channel | None = None
    campaign: Campaign | None = None
    page: Page | None = None
    arrival: Arrival = field(default_factory=Arrival)

    @property
    def more(self) -> int:
        """How many activities followed the first."""
        return max(0, self.activities - 1)


class Journey(NamedTuple):
    """The touches that are shown, oldest first, and how many lie between the first of them and the others."""

    touches: list[Touch]
    left_out: int


def journey(lead: Lead, *, most: int) -> Journey:
    """The first touch and the newest, `most` at most. The lead is loaded with its first and last touch."""
    touches = _touches(lead)
    shown = touches if len(touches) <= most else [touches[0], *touches[len(touches) - most + 1 :]]
    return Journey(_described(shown), len(touches) - len(shown))


def _touches(lead: Lead) -> list[Touch]:
    acts = Activity.objects.filter(lead=lead, machine__in=BY_PERSON).order_by("-occurred_at", "-pk")
    names = ("pk", "occurred_at", "visit", "channel_id", "campaign_id", "page_id")
    return _marked(_grouped(reversed(acts.values_list(*names)[:MOST_READ])), lead)


def _grouped(acts: Iterable[tuple[int, datetime, object, int | None, int | None, int | None]]) -> list[Touch]:
    """Touches of activities in the order in which they happened."""
    touches: list[Touch] = []
    # Visits of two browsers may lie within each other.
    of_visit: dict[object, int] = {}
    for pk, at, visit, channel_id, campaign_id, page_id in acts:
        place = of_visit.get(visit) if visit else _place_of_contact(touches, at, channel_id, campaign_id)
        if place is None:
            if visit:
                of_visit[visit] = len(touches)
            touches.append(Touch(at, at, pk, visit, channel_id, campaign_id, page_id, 1))
            continue
        known = touches[place]
        touches[place] = replace(
            known,
            until=at,
            activities=known.activities + 1,
            channel_id=known.channel_id or channel_id,
            campaign_id=known.campaign_id or campaign_id,
            page_id=known.page_id or page_id,
        )
    return touches


def _place_of_contact(
    touches: Sequence[Touch], at: datetime, channel_id: int | None, campaign_id: int | None
) -> int | None:
    """The touch that a contact outside of visits goes on with: the one just before, from the same source."""
    if not touches or touches[-1].visit or at - touches[-1].until > TOGETHER:
        return None
    is_same = (touches[-1].channel_id, touches[-1].campaign_id) == (channel_id, campaign_id)
    return len(touches) - 1 if is_same else None


def _marked(touches: list[Touch], lead: Lead) -> list[Touch]:
    """With the first and the last, which are touches of their own where no activity is them."""
    first = lead.first_touch_at
    if first is not None:
        told = Touch(first, first, None, None, lead.first_channel_id, lead.first_campaign_id, lead.first_page_id)
        _mark(touches, told, is_first=True)
    last = getattr(lead, "last_touch", None)
    if last is not None:
        told = Touch(last.at, last.at, None, None, last.channel_id, last.campaign_id, last.page_id)
        _mark(touches, told, is_last=True)
    return sorted(touches, key=lambda touch: (touch.at, touch.activity_id or 0))


def _mark(touches: list[Touch], told: Touch, **mark: Any) -> None:
    place = next((n for n, one in enumerate(touches) if one.at <= told.at <= one.until), None)
    if place is None:
        touches.append(replace(told, **mark))
    else:
        touches[place] = replace(touches[place], **mark)


def _described(touches: Sequence[Touch]) -> list[Touch]:
    ids = [one.activity_id for one in touches if one.activity_id is not None]
    acts = Activity.objects.select_related("type", "asset", "page", "campaign", "extra").in_bulk(ids)
    channels = Channel.objects.in_bulk({one.channel_id for one in touches} - {None})
    campaigns = Campaign.objects.in_bulk({one.campaign_id for one in touches} - {None})
    pages = Page.objects.in_bulk({one.page_id for one in touches} - {None})
    described = []
    for one in touches:
        act = acts.get(one.activity_id) if one.activity_id is not None else None
        extra = getattr(act, "extra", None)
        described.append(
            replace(
                one,
                words=touch_words(act) if act is not None else "",
                channel=channels.get(one.channel_id or 0),
                campaign=campaigns.get(one.campaign_id or 0),
                page=pages.get(one.page_id or 0),
                arrival=stored_arrival(extra.properties.get(ARRIVAL) if extra is not None else None),
            )
        )
    return described
