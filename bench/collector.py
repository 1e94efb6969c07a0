"""How fast what websites send is acknowledged, and how soon it is a score.

The collector of the script and Segment's batch beside a bare Django view that inserts one row, served by the same
command and asked turn by turn with the same bodies; then at 200 requests a second, each timed from when it was due.
"""

import bench.ready  # noqa: F401 (before any model)

import argparse  # isort: skip
import base64
import json
import random
import sys
from collections.abc import Iterator
from time import monotonic, perf_counter, sleep
from typing import Final
from uuid import uuid4

from django.utils import timezone

from bench.door import Server, at_rate_row, event_row, memory_rows, prepared, settle
from bench.processes import free_port, running
from bench.table import Row, add
from bench.traffic import Answers, post
from capture.models import InboxItem, Site
from capture.sites.adding import add_site
from capture.sites.keys import new_server_key
from scoring.models import Score

RATE: Final = 200.0  # requests a second
EVENTS: Final = 20_000
TRIALS: Final = 20
ORIGIN: Final = "https://bench.example"


class Visits:
    """What browsers of a site and its server send."""

    def __init__(self, site: Site, server_key: str) -> None:
        self.site = site
        basic = base64.b64encode(f"{server_key}:".encode()).decode()
        self._basic = f"Authorization: Basic {basic}"

    def collected(self, *, messages: int = 1) -> Iterator[bytes]:
        """As the script sends it, each of a visitor of its own."""
        while True:
            batch = [self._page(uuid4().hex) for _ in range(messages)]
            body = {"batch": batch, "sentAt": timezone.now().isoformat(), "writeKey": self.site.write_key}
            yield post(
                f"/w/{self.site.slug}/e", json.dumps(body).encode(), "Content-Type: text/plain", *self._browser()
            )

    def batched(self) -> Iterator[bytes]:
        while True:
            body = json.dumps({"batch": [self._page(uuid4().hex)]}).encode()
            yield post("/v1/batch", body, "Content-Type: application/json", self._basic)

    def bare(self) -> Iterator[bytes]:
        """The same bodies, for the view that only inserts."""
        for sent in self.collected():
            body = sent.partition(b"\r\n\r\n")[2]
            yield post("/api/v1/activities", body, "Content-Type: text/plain", *self._browser())

    def requested(self, email: str) -> Iterator[bytes]:
        """A server tells of a demo that somebody asked for."""
        message = {"type": "track", "event": "Demo Requested", "context": {"traits": {"email": email}}}
        body = json.dumps({"batch": [message | {"messageId": uuid4().hex, "userId": email}]}).encode()
        yield post("/v1/batch", body, "Content-Type: application/json", self._basic)

    def _page(self, visitor: str) -> dict[str, object]:
        url = f"{ORIGIN}/bench/{random.randint(1, 20)}"
        page = {"url": url, "referrer": "https://www.google.com/", "title": "A page of the bench"}
        context = {"page": page, "consent": "granted", "sessionId": uuid4().hex}
        moment = timezone.now().isoformat()
        return {
            "type": "page",
            "messageId": uuid4().hex,
            "anonymousId": visitor,
            "context": context,
            "timestamp": moment,
        }

    def _browser(self) -> tuple[str, ...]:
        agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36"
        return (f"Origin: {ORIGIN}", f"User-Agent: {agent}", f"Referer: {ORIGIN}/", "Accept: */*")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--alone", action="store_true", help="acknowledgement only, without a worker beside it")
    given = options.parse_known_args()[0]
    random.seed(5)
    prepared()
    site = add_site(name="Bench", origins=[ORIGIN], actor=None, now=timezone.now())
    visits = Visits(site, new_server_key(site=site, now=timezone.now()))
    port, bare_port = free_port(), free_port()
    with running(port=port, bare_port=bare_port) as children:
        bare, product = Server(bare_port, children["bare"]), Server(port, children["web"])
        bare.send(visits.bare(), clients=8, seconds=2)
        product.send(visits.collected(), clients=8, seconds=2, status=204)
        if not given.alone:
            add(*at_rate(visits, bare, product))
            add(until_scored(visits, product))
            add(*memory_rows(children, "before visits"))
            add(poured(visits, product))
            add(*memory_rows(children, f"after {EVENTS:,} visits"))
        for name in ("beat", "worker"):
            children[name].stop()  # what streams in stays in the inbox
        add(*turn_by_turn(visits, bare, product))


def turn_by_turn(visits: Visits, bare: Server, product: Server) -> Iterator[Row]:
    for clients in (1, 4):
        by_bare, by_script, by_segment = Answers(), Answers(), Answers()
        for _ in range(3):
            by_bare += bare.send(visits.bare(), clients=clients)
            by_script += product.send(visits.collected(), clients=clients, status=204)
            by_segment += product.send(visits.batched(), clients=clients, status=200)
        who = f"{clients} client{'s' if clients > 1 else ''}"
        floor = f"a bare view that inserts a visit, {who}"
        yield event_row(floor, by_bare)
        for name, answers in (("the collector of the script", by_script), ("Segment's batch", by_segment)):
            share = f"{by_bare.each / answers.each:.2f} of the bare view"
            yield event_row(f"{name}, {who}", answers, floor=floor, note=share)


def at_rate(visits: Visits, bare: Server, product: Server) -> Iterator[Row]:
    """From when each was due, with the worker taking beside it."""
    answers = bare.send(visits.bare(), clients=8, seconds=10, rate=RATE)
    yield at_rate_row(f"the bare view at {RATE:.0f} a second", answers)
    answers = product.send(visits.collected(), clients=8, seconds=10, rate=RATE, status=204)
    yield at_rate_row(f"the collector at {RATE:.0f} a second", answers)
    emptied()


def until_scored(visits: Visits, product: Server) -> Row:
    """From sending what a new lead did until its score is there."""
    waits = []
    for number in range(TRIALS):
        email = f"scored-{number}@bench.example"
        started = perf_counter()
        product.send(visits.requested(email), clients=1, seconds=0.0001, rate=1, status=200)
        while not Score.objects.filter(lead__email=email, total__gt=0).exists():
            if perf_counter() - started > 30:
                sys.exit("What a lead did was not scored within 30 s.")
            sleep(0.01)
        waits.append(perf_counter() - started)
        sleep(0.3)
    waits.sort()
    note = f"half within {waits[TRIALS // 2]:.2f} s, the slowest of {TRIALS} {waits[-1]:.2f} s"
    return Row(name="from what a new lead does to its score", seconds=waits[TRIALS // 2], note=note)


def poured(visits: Visits, product: Server) -> Row:
    """Many visits as fast as they are taken."""
    started, count = perf_counter(), 0
    while count < EVENTS:
        answers = product.send(visits.collected(messages=20), clients=4, seconds=1, status=204)
        count += 20 * len(answers.waits)
    emptied()
    each = (perf_counter() - started) / count
    return Row(
        name="visits of unknown visitors, taken, each", seconds=each, per_second=1 / each, note=f"{count:,} visits"
    )


def emptied() -> None:
    """Waits until the worker has taken what lies in the inbox, and scored it."""
    until = monotonic() + 300
    while InboxItem.objects.exists():
        if monotonic() > until:
            sys.exit("The worker did not take within five minutes what came in.")
        sleep(0.1)
    settle()


if __name__ == "__main__":
    main()
