"""Takes a batch of messages of one site: first who is who, then what everybody did, by when it happened."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from capture.api.fields import read_activity
from capture.bursts import look_for_bursts
from capture.machines import verdict
from capture.models import Identification, Site
from capture.segment.activities import activity_of
from capture.segment.event_names import squeezed
from capture.segment.meanings import meanings_of
from capture.segment.messages import BROWSER, Message, read_message
from capture.segment.seen import Seen
from capture.segment.traits import lead_of
from capture.sites.keys import is_signed
from capture.sites.known import own_hosts, site_of_source
from capture.streams import Event
from capture.tracking.claims import claim, remember, say
from capture.tracking.consent import GIVEN, PURPOSE, WITHDRAWN, Statement, hear
from capture.tracking.handing_on import lead_of_sign
from capture.tracking.identification import identify
from capture.tracking.joining import agent_name
from capture.tracking.visitors import Visitors, naming
from capture.tracking.waiting import Waiting, store
from capture.usable import take_usable
from leads.consent.ledger import withdrawn_among
from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput, Taken
from leads.intake import take_activities, take_leads
from leads.normalise import Refusal, parse_moment

Result = Taken | Refusal | None
# What says who somebody is or what is known of them; the rest is what they did.
ABOUT_PEOPLE: Final = frozenset({"identify", "alias", "group"})
ATTRIBUTED = Identification.State.ATTRIBUTED
# Until it is known whose an event is: `read_activity` wants a lead.
_NOBODY: Final = {"external_id": "-"}


@dataclass(slots=True)
class Proven:
    """A message, and the lead it names where that is proved; None where it is claimed, or where nobody is named."""

    message: Message
    lead: LeadInput | None


def take(events: Sequence[Event], *, agent: Agent, source: str, system: str, now: datetime) -> list[Result]:
    """Each message as of the moment it came; None of what waits for its lead and of what only counts."""
    site = site_of_source(source)
    if site is None:
        gone = Refusal("unknown_site", "site", _("The site that sent this is no longer connected."))
        return [gone for _event in events]
    return _Batch(site, now=now).take(events)


class _Batch:
    def __init__(self, site: Site, *, now: datetime) -> None:
        self.site = site
        self.now = now
        self.agent = Agent(name=agent_name(site.name))
        self.servers = Agent(name=f"servers of {site.name}"[:100])
        self.meanings = meanings_of(site)
        self.own_hosts = own_hosts()
        self.seen = Seen(site, now=now)
        # What a message was read as, by its place in the batch.
        self.activities: dict[int, ActivityInput] = {}

    def take(self, events: Sequence[Event]) -> list[Result]:
        results: dict[int, Result] = {}
        asked: dict[int, Proven] = {}
        for place, (event, came_at) in enumerate(events):
            try:
                message = read_message(event, came_at=came_at)
            except Refusal as refusal:
                results[place] = refusal
                continue
            if _is_denied(message, self.site):
                results[place] = None
                self.count(message)
            else:
                asked[place] = Proven(message, self.proven(message))
        keys = {key for one in asked.values() for key in (one.message.visitor, one.message.account) if key}
        self.visitors = Visitors(self.site, keys, now=self.now)
        results |= self.take_people({place: one for place, one in asked.items() if one.message.type in ABOUT_PEOPLE})
        results |= self.take_acts({place: one for place, one in asked.items() if one.message.type not in ABOUT_PEOPLE})
        hear(self.statements([one.message for one in asked.values()]), site=self.site, agent=self.agent, now=self.now)
        for place, one in asked.items():
            self.seen.note(one.message, results[place], self.activities.get(place))
        self.seen.store()
        return [results[place] for place in range(len(events))]

    def statements(self, messages: Sequence[Message]) -> list[Statement]:
        """What visitors say of being tracked, after everything else of the batch: it may end that."""
        words = {GIVEN: True, WITHDRAWN: False}
        return [
            Statement(self.visitors.id(message.visitor), words[squeezed(message.name)], _moment(message))
            for message in messages
            if message.by == BROWSER and message.visitor and message.type == "track" and squeezed(message.name) in words
        ]

    # --- who -------------------------------------------------------------------------------------------------
    def proven(self, message: Message) -> LeadInput | None:
        """Whom the message names, as far as a server says so or has signed it."""
        named = LeadInput(message.email, message.user_id, self.site.slug if message.user_id else "")
        if message.is_of_server:
            return named if message.email or message.user_id else None
        if message.token and is_signed(site=self.site, who=message.email, token=message.token):
            return LeadInput(email=message.email)
        if message.token and is_signed(site=self.site, who=message.user_id, token=message.token):
            return LeadInput(external_id=message.user_id, system=self.site.slug)
        return None

    def take_people(self, asked: dict[int, Proven]) -> dict[int, Result]:
        """What is proved together, then each claim; who is who is known after that."""
        proved = {place: one for place, one in asked.items() if one.lead is not None}
        inputs = [_described(one, self.site) for one in proved.values()]
        stored = take_usable(inputs, lambda part: take_leads(part, agent=self.servers, now=self.now), field="traits")
        results: dict[int, Result] = dict(zip(proved, stored, strict=True))
        for place, one in proved.items():
            self.identify(one.message, results[place])
        for place, one in asked.items():
            if place not in proved:
                results[place] = None if self.follow(one.message) else self.claim(one.message)
        self.visitors.look_again({key for one in asked.values() for key in _keys(one.message)})
        return results

    def identify(self, message: Message, result: Result) -> None:
        if isinstance(result, Taken):
            for key in _keys(message):
                identify(
                    visitor_id=self.visitors.id(key),
                    lead_id=result.lead_id,
                    is_verified=True,
                    at=_moment(message),
                    now=self.now,
                )

    def follow(self, message: Message) -> bool:
        """Whether a link of our own mail says who the visitor is; it says nothing else of the lead."""
        is_sign = message.by == BROWSER and message.type == "identify" and message.anonymous_id and not message.account
        lead_id = lead_of_sign(message.token, self.site, now=message.came_at) if is_sign and message.token else None
        if lead_id is None:
            return False
        visitor_id = self.visitors.id(message.visitor)
        identify(visitor_id=visitor_id, lead_id=lead_id, is_verified=True, at=_moment(message), now=self.now)
        return True

    def claim(self, message: Message) -> Result:
        if not message.visitor:
            return Refusal("no_visitor", "anonymousId", _("A message names its visitor, by anonymousId or userId."))
        at, lead_input = _moment(message), lead_of(message, system=self.site.slug)
        visitor_id = self.visitors.id(message.visitor)
        if message.type == "group":
            owner = self.visitors.owner(message.visitor, at)
            if owner is None or owner.state != ATTRIBUTED:
                remember(visitor_id, lead_input)
                return None
            lead_input = _with_identity(lead_input, naming(owner.lead))
            return say(site=self.site, lead_id=owner.lead_id, lead_input=lead_input, now=self.now)
        result: Result = None
        for key in _keys(message):
            result = claim(site=self.site, visitor_id=self.visitors.id(key), lead_input=lead_input, at=at, now=self.now)
        return result

    # --- what ------------------------------------------------------------------------------------------------
    def take_acts(self, asked: dict[int, Proven]) -> dict[int, Result]:
        results: dict[int, Result] = {}
        of_servers: dict[int, ActivityInput] = {}
        of_leads: dict[int, ActivityInput] = {}
        waiting: list[Waiting] = []
        objecting = withdrawn_among(self.visitors.lead_ids(), PURPOSE)
        for place, one in asked.items():
            message = one.message
            try:
                event = activity_of(message, meanings=self.meanings, own_hosts=self.own_hosts)
                if event is None:
                    results[place] = None
                    continue
                read = read_activity({**event, "lead": _NOBODY}, system="", now=message.came_at)
                machine = verdict(user_agent=message.user_agent, marks=message.marks, address=message.ip)
                activity = self.activities[place] = replace(read, machine=machine)
            except Refusal as refusal:
                results[place] = refusal
                continue
            if one.lead is not None:
                activity.lead = one.lead
                of_servers[place] = activity
            elif not message.visitor:
                results[place] = Refusal("no_visitor", "anonymousId", _("A message names its visitor."))
            elif (owner := self.visitors.owner(message.visitor, activity.occurred_at)) and owner.state == ATTRIBUTED:
                if message.by == BROWSER and owner.lead_id in objecting:
                    results[place] = None
                    self.count(message)
                    continue
                activity.lead = naming(owner.lead)
                of_leads[place] = activity
            else:
                results[place] = None
                waiting.append(Waiting(self.visitors.id(message.visitor), event, activity, message.came_at))
        store(waiting, source=self.site.source)
        results |= self.take_activities(of_leads, agent=self.agent)
        results |= self.take_activities(of_servers, agent=self.servers)
        for place in of_servers:
            self.identify(asked[place].message, results[place])
        return results

    def take_activities(self, inputs: dict[int, ActivityInput], *, agent: Agent) -> dict[int, Result]:
        source = self.site.source
        results = take_usable(
            list(inputs.values()),
            lambda part: take_activities(part, agent=agent, source=source, now=self.now),
            field="event",
        )
        look_for_bursts(list(inputs.values()), results, now=self.now)
        return dict(zip(inputs, results, strict=True))

    def count(self, message: Message) -> None:
        """What somebody did who said no: counted by day, if the site wants that, and nothing else."""
        if self.site.counts_denied and message.type not in ABOUT_PEOPLE:
            try:
                event = activity_of(message, meanings=self.meanings, own_hosts=self.own_hosts)
            except Refusal:
                return
            if event is not None:
                self.seen.count(event)


def _is_denied(message: Message, site: Site) -> bool:
    """Whether the visitor said no, or the browser says it for them and nobody has asked since."""
    if message.by != BROWSER or message.consent == "granted":
        return False
    refuses = (site.honours_gpc and message.gpc) or (site.honours_dnt and message.dnt)
    return message.consent == "denied" or refuses


def _described(one: Proven, site: Site) -> LeadInput:
    """The lead that is proved, with what is said of it."""
    proved = one.lead or LeadInput()
    return _with_identity(lead_of(one.message, system=site.slug), proved)


def _with_identity(description: LeadInput, named: LeadInput) -> LeadInput:
    description.email, description.external_id, description.system = named.email, named.external_id, named.system
    return description


def _keys(message: Message) -> list[str]:
    """The visitors a message says something of: the device, and the account that a program may name alone later."""
    device = message.visitor
    return list(dict.fromkeys(key for key in (device, message.account if message.by != BROWSER else "") if key))


def _moment(message: Message) -> datetime:
    """When somebody was identified; the moment it came where that is not said or cannot be."""
    try:
        return min(parse_moment(message.occurred_at, now=message.came_at), message.came_at)
    except Refusal:
        return message.came_at
