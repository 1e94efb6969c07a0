"""Links in mails: each leads by an address of ours, which knows whose mail it was and leads on to what stood in it."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.urls import reverse

from capture.own_links import record
from leads.events import Agent
from leads.models import Machine
from lib.signed_links import LinkRefused, read_link, sign_link
from nurture.mails.compiling import Click, compile_version
from nurture.models import MailSend

_PURPOSE: Final = "nurture.click"
_LASTS: Final = timedelta(days=3650)  # people keep mails
_AGENT: Final = Agent(name="link in a mail")


def click_address(send: MailSend, *, now: datetime) -> Click:
    """By the number of a link the address that stands in this mail for it."""
    token = sign_link(send.public_id, purpose=_PURPOSE, until=now + _LASTS)
    return lambda number: f"{settings.BASE_URL}{reverse('mail_click', args=[token, number])}"


def read_click(token: str, number: int, *, now: datetime) -> tuple[MailSend, str]:
    """Whose mail it was, and where the link leads: nowhere but to what stood in it. Raises LinkRefused."""
    public_id = read_link(token, purpose=_PURPOSE, now=now)
    send = MailSend.objects.filter(public_id=public_id).select_related("lead", "version__mail").first()
    if send is None:
        raise LinkRefused
    targets = compile_version(send.version).targets
    if number >= len(targets):
        raise LinkRefused
    return send, targets[number]


def record_click(send: MailSend, target: str, number: int, *, machine: Machine, now: datetime) -> None:
    """The link was followed, by the person or by a program."""
    lead = send.lead
    if lead.erased_at is not None:
        return
    record(
        "email_clicked",
        lead,
        key=f"{send.public_id.hex}:{number}",
        machine=machine,
        source="mail",
        agent=_AGENT,
        now=now,
        properties={"mail": send.version.mail.name, "link": target},
    )
    if machine == Machine.HUMAN:
        MailSend.objects.filter(pk=send.pk, clicked_at=None).update(clicked_at=now)
