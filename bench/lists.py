"""How fast the list of leads answers: every order, filter and page, searches, and the lists of the API.

    python -m bench.lists [--leads 1000000] [--tries 15]

Asked by Django's test client: middleware, view, database and template, without a web server. Each is asked of 10,000
leads first and then of `--leads`, for a list should take the same time however many there are. The floor is fifty
leads by their keys, by hand.
"""

import os

# Pages name their styles; where these would lie is not measured.
os.environ.setdefault("BATON_STATICFILES_STORAGE", "django.contrib.staticfiles.storage.StaticFilesStorage")

import bench.ready  # noqa: F401 (before any model)

import argparse  # isort: skip
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.db import connection
from django.test import Client

from accounts import keys
from accounts.models import User
from accounts.roles import MARKETING
from bench import people
from bench.clock import Took, clocked, median
from bench.data import person
from bench.table import Row, add
from capture.models import ImportBatch
from leads.api.scopes import LEADS_READ
from leads.models import Lead, Stage
from leads.ordering import orders
from lib import clock
from lib.page_sizes import LEAD_LIST_ROWS, MOST_COUNTED
from scoring.models import Criteria, Persona

FEW: Final = 10_000
PAGES: Final = (1, 10, MOST_COUNTED // LEAD_LIST_ROWS)
FLOOR: Final = "lists: floor, 50 leads by key"
SEARCHES: Final = {
    "1 letter": "m",
    "3 letters": "kal",
    "two words": "ba riv",
    "a name": "Badoba",
    "an address": "{email}",
    "a company": "{company}",
    "nothing found": "qqxy",
    "a word of half the leads": "example",
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--leads", type=int, default=100_000)
    options.add_argument("--tries", type=int, default=9)
    given = options.parse_known_args()[0]
    held, marketer = Criteria.objects.earliest("pk"), person("marketing", MARKETING)
    people.fill(first=0, last=FEW, criteria=held, person=marketer.pk)
    few = measured(marketer, tries=given.tries)
    people.fill(first=FEW, last=given.leads, criteria=held, person=marketer.pk)
    many = measured(marketer, tries=given.tries)
    floor = asked(fifty_by_key, tries=given.tries)
    add(Row(name=FLOOR, seconds=floor.seconds, cpu=floor.cpu))
    for name, took in many.items():
        add(Row(name=f"lists: {name}", seconds=took.seconds, cpu=took.cpu, floor=FLOOR, note=against(took, few[name])))
    people.forget()


def against(took: Took, few: Took) -> str:
    """How many times the same with 10,000 leads, by the clock and by the processor."""
    by_cpu = f", processor x {took.cpu / few.cpu:.2f}" if took.cpu and few.cpu else ""
    return f"10,000 leads: {few.seconds * 1000:.1f} ms, x {took.seconds / few.seconds:.2f}{by_cpu}"


def measured(person: User, *, tries: int) -> dict[str, Took]:
    """Everything asked of the leads there are."""
    web, api = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
    web.force_login(person)
    _key, secret = keys.issue(name="bench", scopes=[LEADS_READ], actor=person, now=clock.now())
    headers = {"Authorization": f"Bearer {secret}"}
    found = {name: asked(lambda query=query: got(web, "/leads/", query), tries=tries) for name, query in pages()}
    for name, narrowed in narrowings():
        each = {
            sort: asked(lambda query=narrowed | {"sort": sort}: got(web, "/leads/", query), tries=max(3, tries // 3))
            for sort in sorts()
        }
        slowest = max(each, key=lambda sort: each[sort].cpu or each[sort].seconds)
        found[f"{name}, newest first"] = each["-created"]
        found[f"{name}, its slowest order"] = each[slowest]
        print(f"{name}: slowest by {slowest}", flush=True)
    for name, query in api_pages():
        found[name] = asked(lambda query=query: got(api, "/api/v1/leads", query, headers=headers), tries=tries)
    return found


def asked(ask: Callable[[], object], *, tries: int) -> Took:
    """The median of so many tries, after one that is not counted."""
    ask()
    return median([clocked(ask) for _ in range(tries)])


def got(client: Client, path: str, query: dict[str, str], **more: Any) -> None:
    answer = client.get(f"{path}?{urlencode(query)}", **more)
    assert answer.status_code == 200, (path, query, answer.status_code)


def fifty_by_key() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM leads_lead ORDER BY id DESC LIMIT 50")
        cursor.fetchall()


def sorts() -> list[str]:
    return [sign + name for name in orders() for sign in ("", "-")]


def pages() -> Iterator[tuple[str, dict[str, str]]]:
    for sort in sorts():
        for page in PAGES:
            yield f"by {sort}, page {page}", {"sort": sort, "page": str(page)}


def narrowings() -> Iterator[tuple[str, dict[str, str]]]:
    """Filters with many leads and with few, and searches."""
    for stage in (Stage.LEAD, Stage.CUSTOMER):
        yield f"stage {stage}", {"stage": stage}
    for status in ("new", "lost"):
        yield f"status {status}", {"status": status}
    for size, number in (("many", 1), ("few", 12)):
        yield f"channel of {size}", {"channel": f"bench-{number}"}
    for size, number in (("many", 1), ("few", 40)):
        yield f"campaign of {size}", {"campaign": f"bench-{number}"}
    for size, persona in zip(
        ("many", "few"), (Persona.objects.earliest("pk"), Persona.objects.latest("pk")), strict=True
    ):
        yield f"persona of {size}", {"persona": str(persona.pk)}
    batches = ImportBatch.objects.order_by("pk")
    for size, batch in zip(("many", "few"), (batches.first(), batches.last()), strict=True):
        yield f"import of {size}", {"batch": str(getattr(batch, "public_id", ""))}
    yield "stage lead, status new, channel of many", {"stage": "lead", "status": "new", "channel": "bench-1"}
    yield "stage customer, status lost", {"stage": "customer", "status": "lost"}
    lead = Lead.objects.select_related("company").latest("pk")
    for name, words in SEARCHES.items():
        yield f"search: {name}", {"q": words.format(email=lead.email, company=lead.company)}
    yield "search: 1 letter, stage customer", {"q": "m", "stage": Stage.CUSTOMER}


def api_pages() -> Iterator[tuple[str, dict[str, str]]]:
    yield "API: all", {}
    for stage in (Stage.LEAD, Stage.CUSTOMER):
        yield f"API: stage {stage}", {"stage": stage}
    for status in ("new", "lost"):
        yield f"API: status {status}", {"status": status}
    for days in (1, 900):
        moment = (clock.now() - timedelta(days=days)).isoformat()
        yield f"API: created in the last {days} days", {"created_after": moment}
        yield f"API: created before the last {days} days", {"created_before": moment}
    lead = Lead.objects.latest("pk")
    yield "API: by address", {"email": lead.email}
    yield "API: by external id", {"external_id": str(lead.external_id)}


if __name__ == "__main__":
    main()
