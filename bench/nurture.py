"""How many mails one worker puts together and hands to a mail server, beside a bare loop that hands over the same ones.

    python -m bench.nurture [--mails 2000]

The mail server is a process of its own that takes everything and reads nothing. The floor gives it the messages as they
were put together before, over one connection, and marks nothing: what is left of the product's time is looking whether
each may go, writing it for its person, marking it and noting it with its lead.
"""

import bench.ready  # noqa: F401 (before any model)

import argparse  # isort: skip
import smtplib
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.queues import Queue
from time import perf_counter
from typing import Final

from django.conf import settings
from django.core.mail import get_connection
from django.db import transaction

from accounts.roles import MARKETING
from bench.data import person
from bench.table import Row, add
from leads.events import Agent
from leads.inputs import LeadInput
from leads.intake import take_leads
from leads.models import Consent, Lead, Purpose
from lib import clock
from nurture.mails.editing import Draft, approve, make_mail
from nurture.mails.fields import merge_fields
from nurture.models import MailSend
from nurture.sending.composing import compose
from nurture.sending.owing import Owed, enqueue
from nurture.sending.sender import send_batch

FLOOR: Final = "nurture: floor, the same messages in a bare loop"
CONTENT: Final = (
    {"kind": "heading", "text": 'Hello {{ lead.first_name | default: "there" }}'},
    {"kind": "text", "text": "The guide for **{{ lead.company | default: 'your company' }}** is here.\n\n- one\n- two"},
    {"kind": "button", "label": "Get the guide", "url": "https://example.com/guide"},
    {"kind": "divider"},
    {"kind": "columns", "left_text": "Read on at the left.", "right_text": "Or at the right."},
)


class Taker(socketserver.StreamRequestHandler):
    """Says yes to everything (RFC 5321)."""

    def handle(self) -> None:
        self.wfile.write(b"220 bench\r\n")
        while line := self.rfile.readline():
            command = line[:4].upper()
            if command == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                while self.rfile.readline() != b".\r\n":
                    pass
            self.wfile.write(b"221 bye\r\n" if command == b"QUIT" else b"250 yes\r\n")
            if command == b"QUIT":
                return


def serve(port: "Queue[int]") -> None:
    with socketserver.TCPServer(("127.0.0.1", 0), Taker) as server:
        port.put(server.server_address[1])
        server.serve_forever()


@contextmanager
def mail_server() -> Iterator[None]:
    context = get_context("spawn")
    port: Queue[int] = context.Queue()
    process = context.Process(target=serve, args=(port,), daemon=True)
    process.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port.get(timeout=30)
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    try:
        yield
    finally:
        process.kill()


def owe(count: int) -> None:
    """So many leads who agreed to mail, and one mail to each."""
    now, marketer = clock.now(), person("nurture", MARKETING)
    inputs = [LeadInput(email=f"nurture{n}@bench.example", first_name="Ada", company="Acme") for n in range(count)]
    for start in range(0, count, 500):
        take_leads(inputs[start : start + 500], agent=Agent(name="bench"), now=now)
    purpose = Purpose.objects.get(key="mailing")
    leads = list(Lead.objects.filter(email__endswith="@bench.example").values_list("pk", flat=True))
    words = {"purpose": purpose, "is_given": True, "basis": purpose.basis, "source": "bench", "agent": "bench"}
    Consent.objects.bulk_create(Consent(lead_id=pk, at=now, recorded_at=now, **words) for pk in leads)
    draft = Draft(name="Bench", purpose=purpose, subject="Your guide", preheader="It is here", blocks=CONTENT)
    version = approve(make_mail(draft, actor=marketer, now=now).pk, seen=0, actor=marketer, now=now)
    enqueue(version, [Owed(pk, f"bench:{pk}") for pk in leads], now=now)


def by_product() -> float:
    began = perf_counter()
    while send_batch(now=clock.now()):
        pass
    return perf_counter() - began


def by_bare_loop(messages: list[tuple[str, bytes]]) -> float:
    began = perf_counter()
    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT) as server:
        for address, message in messages:
            server.sendmail("baton@localhost", [address], message)
    return perf_counter() - began


def composed() -> list[tuple[str, bytes]]:
    connection, now, fields = get_connection(), clock.now(), merge_fields()
    sends = MailSend.objects.select_related("version__mail", "lead__company", "lead__owner")
    return [
        (send.lead.email, compose(send, fields, connection=connection, now=now).message().as_bytes()) for send in sends
    ]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--mails", type=int, default=2_000)
    count = options.parse_known_args()[0].mails
    with mail_server(), transaction.atomic():
        owe(count)
        floor = by_bare_loop(composed())
        seconds = by_product()
        sent = MailSend.objects.filter(state="sent").count()
        assert sent == count, f"{sent} of {count} were sent"
        transaction.set_rollback(True)
    add(
        Row(name=FLOOR, seconds=floor, per_second=count / floor),
        Row(name="nurture: mails of one worker", seconds=seconds, floor=FLOOR, per_second=count / seconds),
    )


if __name__ == "__main__":
    main()
