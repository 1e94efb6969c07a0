"""How long the server works at a page: every page, with the demonstration's leads, as somebody who may see it.

    python -m bench.pages [--tries 7] [--page queue] [--demo-leads 3000]

Asked by Django's test client: middleware, view, database and template, without a web server. What counts is the least
processor time of the process and of its server process; the floor is the same frame around an empty page.
"""

import os

# Pages name their styles; where these would lie is not measured.
os.environ.setdefault("BATON_STATICFILES_STORAGE", "django.contrib.staticfiles.storage.StaticFilesStorage")

import bench.ready  # noqa: F401 (before any model)

import argparse  # isort: skip
from collections.abc import Iterator
from typing import Final, NamedTuple

from django.contrib import admin
from django.core.management import call_command
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, path, reverse

from accounts.models import User
from bench.clock import best, clocked
from bench.table import Row, add
from config.urls import urlpatterns as every_page
from handoff.models import Handoff
from leads.models import Asset
from lib import clock
from scoring.criteria.publication import draft_from
from scoring.models import Criteria, Rule

FRAME: Final = "pages: floor, the frame around an empty page"
# Whoever is named first and may see a page is who it is measured as.
EVERYBODY: Final = ("marketing@demo.example", "manager@demo.example", "admin@demo.example")
REP: Final = "rep@demo.example"
# Not pages: files, what signs out, and what programs ask.
PASSED_OVER: Final = (
    "readyz",
    "livez",
    "schema",
    "account_logout",
    "exports:",
    "bench_frame",
    "capture_api:",
    "resources",
)


class Page(NamedTuple):
    name: str
    address: str
    people: tuple[str, ...] = EVERYBODY


def frame(request: HttpRequest) -> HttpResponse:
    """A page with nothing on it."""
    return render(request, "base.html", {"title": "Nothing"})


urlpatterns = [path("bench/frame/", frame, name="bench_frame"), *every_page]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--tries", type=int, default=7)
    options.add_argument("--page", default="", help="only pages whose name has this in it")
    options.add_argument("--demo-leads", type=int, default=3000)
    given = options.parse_known_args()[0]
    with transaction.atomic():
        call_command("seed_demo", leads=given.demo_leads, force=True)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        with override_settings(ROOT_URLCONF="bench.pages"):
            floor = measured(Page(FRAME, reverse("bench_frame")), tries=given.tries)
            rows = [measured(page, tries=given.tries) for page in pages() if given.page in page.name]
        transaction.set_rollback(True)
    add(*filter(None, (floor, *sorted(filter(None, rows), key=slowest_first))))


def slowest_first(row: Row) -> float:
    return -(row.cpu or row.seconds or 0)


def measured(page: Page, *, tries: int) -> Row | None:
    """The least of so many tries, after two that are not counted; None where nobody of these may see it."""
    for email in page.people:
        client = Client(SERVER_NAME="localhost")
        client.force_login(User.objects.get(email=email))
        answer = client.get(page.address)
        if answer.status_code == 200:
            break
    else:
        return None
    with CaptureQueriesContext(connection) as queries:
        client.get(page.address)
    statements = len(queries)
    took = best([clocked(lambda: client.get(page.address)) for _ in range(tries)])
    note = f"{statements} statements, {email.partition('@')[0]}"
    name, floor = (page.name, "") if page.name == FRAME else (f"pages: {page.name}", FRAME)
    return Row(name=name, seconds=took.seconds, cpu=took.cpu, floor=floor, note=note)


def pages() -> Iterator[Page]:
    """Every page that needs nothing said, then one of each that is about something."""
    yield Page("home (rep)", reverse("home"), (REP,))
    yield Page("handoff:queue (rep)", reverse("handoff:queue"), (REP,))
    yield from (Page(name, reverse(name)) for name in _named(get_resolver().url_patterns, "") if "admin:" not in name)
    yield from _about_something()
    for model in admin.site._registry:  # noqa: SLF001 (there is no other way)
        name = f"admin:{model._meta.label_lower.replace('.', '_')}"  # noqa: SLF001
        yield Page(name, reverse(f"{name}_changelist"), EVERYBODY[-1:])
        if (first := model._default_manager.order_by("pk").first()) is not None:
            yield Page(f"{name} (one)", reverse(f"{name}_change", args=[first.pk]), EVERYBODY[-1:])


def _named(patterns: list[URLPattern | URLResolver], namespace: str) -> Iterator[str]:
    """The names of what takes no arguments."""
    for one in patterns:
        if "<" in str(one.pattern) or "(" in str(one.pattern):
            continue
        if isinstance(one, URLResolver):
            yield from _named(one.url_patterns, f"{namespace}{one.namespace}:" if one.namespace else namespace)
        elif one.name and not f"{namespace}{one.name}".startswith(PASSED_OVER):
            yield f"{namespace}{one.name}"


def _about_something() -> Iterator[Page]:
    """The lead and the handoff of the first rep that were opened last, and what belongs to them."""
    handoff = Handoff.objects.filter(assignee__email=REP).latest("pk")
    lead = handoff.lead
    for name in (
        "leads:detail",
        "leads:news",
        "leads:edit",
        "leads:log",
        "leads:privacy",
        "leads:consent",
        "scoring:panel",
        "scoring:by_hand",
        "machines:of_lead",
        "touches:of_lead",
        "forms:of_lead",
        "handoff:panel",
    ):
        yield Page(name, reverse(name, args=[lead.public_id]), (EVERYBODY[1], *EVERYBODY))
    yield Page("handoff:detail", reverse("handoff:detail", args=[handoff.public_id]), (REP,))
    for name in ("handoff:reject", "handoff:accept_and_qualify"):
        yield Page(name, reverse(name, args=[handoff.public_id]), (REP,))
    if lead.company:
        yield Page("companies:detail", reverse("companies:detail", args=[lead.company.public_id]))
        yield Page("companies:edit", reverse("companies:edit", args=[lead.company.public_id]))
    yield Page("handoff:team_person", reverse("handoff:team_person", args=[handoff.assignee.public_id]))
    yield Page("people:person", reverse("people:person", args=[handoff.assignee.public_id]), EVERYBODY[-1:])
    yield Page("content:edit", reverse("content:edit", args=[Asset.objects.earliest("pk").public_id]))
    yield Page("leads:list (filter)", reverse("leads:list") + "?stage=mql&q=a")
    yield Page("handoff:dry_run (PT)", reverse("handoff:dry_run") + "?country=PT")
    for page in ("lifecycle", "reports"):
        yield Page(f"help:document ({page})", reverse("help:document", args=[page]))
    number = Criteria.objects.get(state=Criteria.State.PUBLISHED).number
    for name in ("version", "backtest"):
        yield Page(f"scoring:{name}", reverse(f"scoring:{name}", args=[number]))
    yield from _of_a_draft()


def _of_a_draft() -> Iterator[Page]:
    """The rule editor, of the criteria in force as a draft."""
    marketer = User.objects.get(email=EVERYBODY[0])
    in_force = Criteria.objects.get(state=Criteria.State.PUBLISHED)
    draft = Criteria.objects.filter(state=Criteria.State.DRAFT).first() or draft_from(
        in_force, actor=marketer, now=clock.now()
    )
    for name in ("version", "version_what_if", "settings", "margin", "new_bar"):
        yield Page(f"scoring:{name} (draft)", reverse(f"scoring:{name}", args=[draft.number]))
    for kind in Rule.Kind.values:
        yield Page(f"scoring:new_rule ({kind})", reverse("scoring:new_rule", args=[draft.number, kind]))
    for kind in draft.rules.order_by("kind").values_list("kind", flat=True).distinct():
        first = draft.rules.filter(kind=kind).earliest("pk")
        yield Page(f"scoring:rule ({kind})", reverse("scoring:rule", args=[draft.number, first.pk]))


if __name__ == "__main__":
    main()
