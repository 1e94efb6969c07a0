"""What people do from the first visit on: read, download, open mail, look at the price, join, or stay away."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from config.demo.content import BLOG, PRICING, PRODUCT, PROOF, Content
from config.demo.prospects import Person
from config.demo.rhythm import days_later
from leads.inputs import ActivityInput, LeadInput
from leads.models import Machine

# (channel, share of the arrivals, how interested its people are, pages they land on)
SOURCES: Final = (
    ("organic_search", 28, 1.3, BLOG),
    ("paid_search", 14, 1.0, ("/lp/trial", "/lp/handbook", "/product")),
    ("organic_social", 9, 0.75, BLOG),
    ("paid_social", 18, 0.5, ("/lp/checklist", "/lp/handbook")),
    ("display", 5, 0.35, ("/lp/checklist",)),
    ("email", 4, 1.1, ("/lp/handbook", *PROOF)),
    ("referral", 6, 1.6, PROOF),
    ("direct", 5, 1.15, ("/", "/product")),
    ("event", 3, 1.2, ("/lp/handbook",)),
    ("webinar", 5, 1.35, ("/lp/webinar",)),
    ("partner", 2, 1.7, ("/services/onboarding", "/product")),
    ("outbound", 1, 0.6, ("/product",)),
)
INTEREST_OF: Final = {channel: interest for channel, _share, interest, _pages in SOURCES}
# What people do besides reading when they come back, and how often.
ASIDES: Final = (
    ("search", 6),
    ("video_watched", 8),
    ("webinar_attended", 5),
    ("social_engaged", 4),
    ("comment", 2),
    ("feedback", 1),
)


@dataclass(frozen=True, slots=True)
class Source:
    """Where somebody comes from."""

    channel: str
    campaign: str
    landing_page: str


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done during a visit."""

    type: str
    page: str = ""
    asset: str = ""


class Behaviour:
    """Turns people into activities. Everything asked of `rng` is asked in a fixed order."""

    def __init__(self, rng: Random, content: Content) -> None:
        self._rng, self._content = rng, content

    def source(self, at: datetime) -> Source:
        """A channel by its share, one of its campaigns where one runs, and a page it leads to."""
        rng = self._rng
        channel, _share, _interest, pages = rng.choices(SOURCES, [share for _key, share, _i, _pages in SOURCES])[0]
        drives = self._content.drives_on(at.date(), channel)
        campaign = rng.choice(drives) if drives and rng.random() < 0.85 else ""
        return Source(channel, campaign, rng.choice(pages))

    def journey(self, person: Person, at: datetime) -> list[ActivityInput]:
        """Everything the person will do by themselves, in no order; what lies in the future may never happen."""
        source = self.source(at)
        person.promise = min(1.3, max(0.7, INTEREST_OF[source.channel]))
        interest = person.luck * person.persona.interest * INTEREST_OF[source.channel]
        done = self._first_visit(person, source, at)
        done += self._mails(person, at, interest)
        when = at
        for depth in range(self._returns(interest)):
            when = days_later(self._rng, when, self._rng.expovariate(1 / 9) + 0.4)
            done += self._return_visit(person, when, depth=depth, interest=interest)
        return done

    def comeback(self, person: Person, at: datetime) -> list[ActivityInput]:
        """Somebody who was sent back, or kept waiting, is interested again."""
        asset = self._rng.choice(self._content.downloads_on(at.date()))
        steps = [self._look(PROOF), Step("download", asset=asset), self._look(PRICING)]
        if self._rng.random() < 0.4:
            steps.append(Step("programme_joined", asset=self._content.programme))
        return self._visit(person, at, steps, channel="email")

    def decision(self, person: Person, at: datetime, *, certain: bool) -> list[ActivityInput]:
        """Somebody warm looks at the price again. `certain`: whoever it is, this makes an MQL of them."""
        rng, content = self._rng, self._content
        steps = [self._look(PRODUCT), self._look(PRICING)]
        if rng.random() < 0.6:
            steps.insert(1, self._conversion("download", at))
        if certain:
            steps.append(Step("programme_joined", asset=content.programme))
        elif rng.random() < 0.5:
            asked = rng.choice(("demo_requested", "information_requested", "consultation_requested"))
            steps.append(Step(asked, asset=content.demo))
        return self._visit(person, at, steps, channel=rng.choice(("organic_search", "email", "direct")))

    def _first_visit(self, person: Person, source: Source, at: datetime) -> list[ActivityInput]:
        """How they become known: they leave an address for something."""
        kind = self._rng.choices(
            ("download", "newsletter_joined", "webinar_registered", "information_requested"), (56, 24, 13, 7)
        )[0]
        if source.channel == "webinar":
            kind = "webinar_registered"
        if source.channel == "event":
            kind = "event_attended"
        steps = [Step("page_view", page=source.landing_page)]
        if source.channel in ("paid_search", "paid_social", "display"):
            clicked = "banner_clicked" if source.channel == "display" else "ad_clicked"
            steps.insert(0, Step(clicked, page=source.landing_page))
        steps += [Step("form_submitted", page=source.landing_page), self._conversion(kind, at)]
        return self._visit(person, at, steps, channel=source.channel, campaign=source.campaign, introduce=True)

    def _conversion(self, kind: str, at: datetime) -> Step:
        assets = {
            "download": self._rng.choice(self._content.downloads_on(at.date())),
            "newsletter_joined": self._content.newsletter,
            "webinar_registered": self._content.webinar,
        }
        return Step(kind, asset=assets.get(kind, ""))

    def _returns(self, interest: float) -> int:
        """How often they come back: never for most, often for a few."""
        count = 0
        while count < 9 and self._rng.random() < interest / (interest + 0.8):
            count += 1
        return count

    def _return_visit(self, person: Person, at: datetime, *, depth: int, interest: float) -> list[ActivityInput]:
        rng = self._rng
        steps = [self._look(BLOG if rng.random() < 0.5 - 0.1 * depth else PRODUCT)]
        if rng.random() < 0.4:
            steps.append(self._look(PROOF))
        if rng.random() < 0.3:
            steps.append(self._aside())
        if rng.random() < 0.2 + 0.05 * interest:
            steps.append(self._conversion("download", at))
        if rng.random() < min(0.55, 0.06 + 0.08 * depth + 0.11 * interest):
            steps.append(self._look(PRICING))
            if rng.random() < 0.1 + 0.06 * interest:
                steps.append(Step("programme_joined", asset=self._content.programme))
            elif rng.random() < 0.12:
                steps.append(Step(rng.choice(("demo_requested", "demo_used", "trial_used")), asset=self._content.demo))
        return self._visit(person, at, steps, channel=rng.choice(("direct", "email", "organic_search", "email")))

    def _aside(self) -> Step:
        kind = self._rng.choices([key for key, _share in ASIDES], [share for _key, share in ASIDES])[0]
        return Step(kind, asset=self._content.webinar if kind == "webinar_attended" else "")

    def _look(self, pages: Sequence[str]) -> Step:
        return Step("page_view", page=self._rng.choice(pages))

    def _mails(self, person: Person, at: datetime, interest: float) -> list[ActivityInput]:
        """Mail after the first days and then for some weeks. At large companies a gateway opens it first."""
        rng, done = self._rng, []
        for day in (1, 4, 9, 16, 30, 45):
            sent_at = days_later(rng, at, day)
            if rng.random() < (0.35 if person.firm.employees > 500 else 0.12):
                opened_at = sent_at + timedelta(seconds=rng.randint(2, 20))
                done.append(
                    self._do(
                        person,
                        opened_at,
                        Step("email_opened", asset=self._content.newsletter),
                        machine=Machine.DECLARED,
                    )
                )
            if rng.random() < min(0.6, 0.1 + 0.16 * interest):
                opened_at = sent_at + timedelta(minutes=rng.randint(3, 600))
                done.append(self._do(person, opened_at, Step("email_opened", asset=self._content.newsletter)))
                if rng.random() < 0.2:
                    clicked_at = opened_at + timedelta(seconds=rng.randint(5, 90))
                    clicked = Step("email_clicked", asset=self._content.newsletter)
                    done.append(self._do(person, clicked_at, clicked, channel="email"))
        return done

    def _visit(
        self,
        person: Person,
        at: datetime,
        steps: Sequence[Step],
        *,
        channel: str,
        campaign: str = "",
        introduce: bool = False,
    ) -> list[ActivityInput]:
        """Some things done one after the other, minutes apart."""
        visit, done = uuid.UUID(int=self._rng.getrandbits(128), version=4), []
        for number, step in enumerate(steps):
            first = number == 0
            done.append(
                self._do(
                    person,
                    at,
                    step,
                    channel=channel if first else "",
                    campaign=campaign if first else "",
                    visit=visit,
                    introduce=introduce and first,
                )
            )
            at += timedelta(seconds=self._rng.randint(15, 260))
        return done

    def _do(
        self,
        person: Person,
        at: datetime,
        step: Step,
        *,
        channel: str = "",
        campaign: str = "",
        visit: uuid.UUID | None = None,
        introduce: bool = False,
        machine: Machine = Machine.HUMAN,
    ) -> ActivityInput:
        person.sent += 1
        return ActivityInput(
            message_id=f"{person.number}-{person.sent}",
            type=step.type,
            lead=introduction(person) if introduce else LeadInput(email=person.email),
            occurred_at=at,
            page=step.page,
            asset=step.asset,
            channel=channel,
            campaign=campaign,
            visit=visit,
            seconds=self._rng.randint(5, 240) if step.page else None,
            machine=machine,
        )


def introduction(person: Person) -> LeadInput:
    """What the form asks for."""
    firm = person.firm
    return LeadInput(
        email=person.email,
        first_name=person.first_name,
        last_name=person.last_name,
        job_title=person.title,
        company=firm.name,
        company_domain=firm.domain,
        industry=firm.industry,
        employees=firm.employees,
        country=firm.country,
        city=firm.city,
    )
