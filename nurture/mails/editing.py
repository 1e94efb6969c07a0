"""Writing and approving mails. Two people at once lose nothing: who is second is told."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from leads.models import Purpose
from leads.normalise import Refusal
from nurture.mails.compiling import compile_content
from nurture.models import Mail, MailVersion

Block = Mapping[str, object]


class Changed(Exception):
    """Somebody else changed the mail since it was looked at."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """All that is written of a mail."""

    name: str
    purpose: Purpose
    subject: str
    preheader: str = ""
    blocks: Sequence[Block] = ()


@transaction.atomic
def make_mail(draft: Draft, *, actor: User, now: datetime) -> Mail:
    """A mail that nobody gets before it is approved. Raises Refusal for a name that is there already."""
    mail = Mail(created_by=actor, created_at=now)
    _take(mail, draft, actor=actor, now=now)
    with _named_once():
        mail.save(force_insert=True)
    return mail


@transaction.atomic
def write(mail_id: int, draft: Draft, *, seen: int, actor: User, now: datetime) -> Mail:
    """Changes the draft; what is approved stays as it is. `seen` is the count of edits that was looked at.

    Raises Changed, and Refusal as `make_mail` does.
    """
    mail = _held(mail_id, seen=seen)
    _take(mail, draft, actor=actor, now=now)
    mail.edits += 1
    with _named_once():
        mail.save(
            update_fields=["name", "purpose", "subject", "preheader", "blocks", "edits", "changed_by", "changed_at"]
        )
    return mail


@transaction.atomic
def approve(mail_id: int, *, seen: int, actor: User, now: datetime) -> MailVersion:
    """The draft, as it was looked at, is the version in force from now on; what is owed already is sent as it was.

    Raises Changed, and Refusal for a draft that says nothing, or what cannot be put together.
    """
    mail = _held(mail_id, seen=seen)
    if not mail.subject:
        raise Refusal("no_subject", "subject", _("Say what the subject is: a mail without one is taken for spam."))
    if not mail.blocks:
        raise Refusal("no_content", "blocks", _("Write something: the mail has no content."))
    if problems := compile_content(mail).problems:
        raise Refusal("problems", "blocks", _("It cannot be approved yet. %(problem)s") % {"problem": problems[0]})
    last = mail.versions.aggregate(last=Max("number"))["last"] or 0
    version = MailVersion.objects.create(
        mail=mail,
        number=last + 1,
        purpose_id=mail.purpose_id,
        subject=mail.subject,
        preheader=mail.preheader,
        blocks=mail.blocks,
        approved_by=actor,
        approved_at=now,
    )
    mail.approved = version
    mail.save(update_fields=["approved"])
    return version


def _held(mail_id: int, *, seen: int) -> Mail:
    mail = Mail.objects.select_for_update(no_key=True).filter(pk=mail_id).first()
    if mail is None or mail.edits != seen:
        raise Changed
    return mail


def _take(mail: Mail, draft: Draft, *, actor: User, now: datetime) -> None:
    mail.name, mail.purpose = draft.name, draft.purpose
    mail.subject, mail.preheader, mail.blocks = draft.subject, draft.preheader, list(draft.blocks)
    mail.changed_by, mail.changed_at = actor, now


@contextmanager
def _named_once() -> Iterator[None]:
    """Turns the refusal of the database into a sentence at the name."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Refusal("name_known", "name", _("There is a mail of this name. Choose another one.")) from error
