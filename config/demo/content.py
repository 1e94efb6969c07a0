"""What the company offers: pages, assets, campaigns, and what they cost."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Final, NamedTuple

from config.demo.made import Made
from leads.models import Asset, Campaign, Channel, Page, Spend

# Path, title, category and funnel stage.
PAGES: Final = (
    ("/", "Home", "home", "awareness"),
    ("/pricing", "Pricing", "pricing", "decision"),
    ("/pricing/compare", "Compare the plans", "pricing", "decision"),
    ("/product", "Product", "product", "consideration"),
    ("/product/scoring", "Lead scoring", "product", "consideration"),
    ("/product/routing", "Lead routing", "product", "consideration"),
    ("/product/reports", "Reports", "product", "consideration"),
    ("/product/security", "Security", "product", "consideration"),
    ("/services/onboarding", "Onboarding", "services", "decision"),
    ("/services/academy", "Academy", "services", "consideration"),
    ("/case-studies", "Case studies", "case_study", "consideration"),
    ("/case-studies/copper-heron", "How Copper Heron answers within the hour", "case_study", "consideration"),
    ("/case-studies/teal-otter", "Teal Otter doubles its pipeline", "case_study", "consideration"),
    ("/case-studies/ivory-lynx", "Ivory Lynx leaves the spreadsheet", "case_study", "consideration"),
    ("/blog/what-is-an-mql", "What is an MQL?", "blog", "awareness"),
    ("/blog/scoring-by-hand", "Ten points for what?", "blog", "awareness"),
    ("/blog/sales-says-no", "Why sales says no", "blog", "awareness"),
    ("/blog/first-hour", "The first hour decides", "blog", "awareness"),
    ("/blog/recycling-leads", "No is not never", "blog", "awareness"),
    ("/blog/spreadsheets", "The life of a spreadsheet", "blog", "awareness"),
    ("/blog/service-level", "A promise with a clock", "blog", "awareness"),
    ("/lp/checklist", "Get the checklist", "landing", "awareness"),
    ("/lp/handbook", "Get the handbook", "landing", "awareness"),
    ("/lp/webinar", "Join the webinar", "landing", "awareness"),
    ("/lp/trial", "Try it for two weeks", "landing", "decision"),
    ("/about", "About us", "other", "awareness"),
)
BLOG: Final = tuple(path for path, _title, category, _stage in PAGES if category == "blog")
PRODUCT: Final = tuple(path for path, _title, category, _stage in PAGES if category == "product")
PROOF: Final = tuple(path for path, _title, category, _stage in PAGES if category == "case_study")
PRICING: Final = ("/pricing", "/pricing/compare")


class Piece(NamedTuple):
    """An asset to be; `month` of the story is when it appears."""

    name: str
    title: str
    kind: str
    stage: str
    month: int = 0


DOWNLOADS: Final = (
    Piece("MqlChecklist", "The MQL checklist", "checklist", "awareness"),
    Piece("ScoringTemplate", "Scoring template", "template", "awareness"),
    Piece("HandoverHandbook", "The handover handbook", "ebook", "consideration"),
    Piece("ServiceLevelTemplate", "Service level template", "template", "consideration", 2),
    Piece("StateOfHandovers", "The state of handovers", "whitepaper", "awareness", 4),
    Piece("CopperHeron", "Case study: Copper Heron", "case_study", "consideration", 5),
    Piece("PipelineCalculator", "Pipeline calculator", "template", "decision", 7),
    Piece("RecyclingGuide", "A guide to recycling leads", "ebook", "consideration", 10),
    Piece("SecurityPaper", "Security paper", "whitepaper", "decision", 12),
)
WEBINAR: Final = Piece("LiveScoring", "Live: scoring with sales in the room", "webinar", "consideration")
PROGRAMME: Final = Piece("HandoverAcademy", "Handover academy", "programme", "decision")
DEMO: Final = Piece("ProductDemo", "Product demo", "demo", "decision")
NEWSLETTER: Final = Piece("Newsletter", "The weekly baton", "email", "awareness")

# Name, channel, first month of the story, months it runs, and cost a month in EUR.
CAMPAIGNS: Final = (
    ("Search: lead scoring", "paid_search", 0, 99, 3400),
    ("Search: competitors", "paid_search", 6, 5, 2100),
    ("Spring awareness", "paid_social", 1, 4, 3900),
    ("Handbook launch", "paid_social", 8, 5, 3200),
    ("Banners for operations", "display", 3, 6, 1500),
    ("Webinar: scoring live", "webinar", 2, 99, 1200),
    ("Trade fair", "event", 5, 1, 14_000),
    ("Trade fair, second year", "event", 16, 1, 15_500),
    ("Partner days", "partner", 4, 10, 900),
    ("Calling the list", "outbound", 7, 6, 1800),
)
# Channels that cost something every month without a campaign.
UPKEEP: Final = (("organic_search", 2600), ("email", 450), ("referral", 700), ("organic_social", 600))


@dataclass(frozen=True, slots=True)
class Offer:
    """Something to download or to join, and the day from which it exists."""

    key: str
    since: date


@dataclass(frozen=True, slots=True)
class Drive:
    """A campaign while it runs."""

    key: str
    channel: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Content:
    """What visitors can find."""

    downloads: tuple[Offer, ...]
    webinar: str
    programme: str
    demo: str
    newsletter: str
    drives: tuple[Drive, ...]

    def downloads_on(self, day: date) -> list[str]:
        return [offer.key for offer in self.downloads if offer.since <= day]

    def drives_on(self, day: date, channel: str) -> list[str]:
        running = (drive for drive in self.drives if drive.starts_on <= day <= drive.ends_on)
        return [drive.key for drive in running if drive.channel == channel]


def months(first: date, last: date) -> list[date]:
    """The first days of the months from `first` to `last`."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [add_months(first.replace(day=1), number) for number in range(count)]


def add_months(first_day: date, number: int) -> date:
    """The first day of the month so many months later."""
    years, month = divmod(first_day.month - 1 + number, 12)
    return date(first_day.year + years, month + 1, 1)


def publish(rng: Random, *, first: date, last: date, made: Made) -> Content:
    """Writes pages, assets, campaigns and spend for the months of the story; harmless to repeat."""
    for path, title, category, stage in PAGES:
        known = {"title": title, "category": category, "funnel_stage": stage, "is_key": category == "pricing"}
        page, is_new = Page.objects.get_or_create(key=path, defaults=known)
        made.add([page] if is_new else [])
    start = first.replace(day=1)
    offers = [_offer(piece, start=start, last=last, made=made) for piece in DOWNLOADS]
    webinar, programme, demo, newsletter = (
        _offer(piece, start=start, last=last, made=made).key for piece in (WEBINAR, PROGRAMME, DEMO, NEWSLETTER)
    )
    drives = tuple(_drives(rng, first=start, last=last, made=made))
    _keep_up(rng, first=start, last=last, made=made)
    return Content(tuple(offers), webinar, programme, demo, newsletter, drives)


def _offer(piece: Piece, *, start: date, last: date, made: Made) -> Offer:
    """The asset of a piece; what would appear after the story appears in its last month."""
    since = min(add_months(start, piece.month), last.replace(day=1))
    is_gated = piece.kind != "email"
    key = f"{'LM' if is_gated else 'EM'}_{piece.name}_{since:%b%Y}"
    asset, is_new = Asset.objects.get_or_create(
        key=key,
        defaults={
            "name": piece.title,
            "kind": piece.kind,
            "funnel_stage": piece.stage,
            "is_gated": is_gated,
        },
    )
    made.add([asset] if is_new else [])
    return Offer(key, since)


def _drives(rng: Random, *, first: date, last: date, made: Made) -> Iterator[Drive]:
    channels = {channel.key: channel for channel in Channel.objects.all()}
    for name, channel, begins, runs, cost in CAMPAIGNS:
        starts_on = add_months(first, begins)
        if starts_on > last:
            continue
        key = name.lower().replace(":", "").replace(",", "").replace(" ", "_")
        ends_on = min(add_months(first, begins + runs) - timedelta(days=1), _end_of_month(last))
        campaign, is_new = Campaign.objects.get_or_create(
            key=key,
            defaults={"name": name, "channel": channels[channel], "starts_on": starts_on, "ends_on": ends_on},
        )
        if is_new:
            made.add([campaign])
            made.add(_spend(rng, channels[channel], campaign, cost, first=starts_on, last=min(ends_on, last)))
        yield Drive(key, channel, starts_on, ends_on)


def _keep_up(rng: Random, *, first: date, last: date, made: Made) -> None:
    channels = {channel.key: channel for channel in Channel.objects.all()}
    for key, cost in UPKEEP:
        if not Spend.objects.filter(channel=channels[key], campaign=None).exists():
            made.add(_spend(rng, channels[key], None, cost, first=first, last=last))


def _spend(
    rng: Random, channel: Channel, campaign: Campaign | None, cost: int, *, first: date, last: date
) -> list[Spend]:
    """A row a month; the month that has not ended yet costs what it has cost so far."""
    rows = []
    for month in months(first, last):
        ends_on = min(_end_of_month(month), last)
        part = ends_on.day / _end_of_month(month).day
        amount = Decimal(round(cost * rng.uniform(0.85, 1.15) * part))
        rows.append(Spend(channel=channel, campaign=campaign, starts_on=month, ends_on=ends_on, amount=amount))
    return Spend.objects.bulk_create(rows)


def _end_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
