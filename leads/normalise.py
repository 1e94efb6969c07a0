"""Turns what people and programs write into what is stored, or says what is wrong with it."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _
from email_validator import EmailNotValidError, validate_email

from lib import countries
from lib.folding import fold
from lib.text import is_storable, storable
from lib.zones import start_of_day

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
# The code by which the door refuses whoever is to be left alone.
SUPPRESSED: Final = "suppressed"
LONGEST_EMAIL_KEY: Final = 320
LONGEST_SOURCE_KEY: Final = 100
# What RFC 5321 allows before the @, and what nearly all addresses are made of there (a dot-atom of RFC 5322).
LONGEST_LOCAL_PART: Final = 64
_PLAIN_LOCAL_PART: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
# A day as ISO 8601 writes it, at its longest: 2026-03-10, or 2026-W11-2.
LONGEST_DAY: Final = 10
# `fromisoformat` takes any character between day and clock, also one that cannot be stored.
_MOMENT: Final = re.compile(r"[-+:.,0-9TtWwZz ]+")


@dataclass(frozen=True, slots=True)
class Refusal(Exception):
    """Why an input was not used: a code for programs, the field, and a sentence for people.

    It can be stored and answered, whatever the input it quotes was made of.
    """

    code: str
    field: str
    message: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "field", storable(self.field))
        object.__setattr__(self, "message", storable(self.message))

    def __str__(self) -> str:
        return self.message


def not_longer(text: str, field: str, limit: int) -> str:
    """The text as it is; raises Refusal when it is longer than `limit` characters."""
    if len(text) > limit:
        raise Refusal(
            "too_long",
            field,
            _("%(field)s has %(length)s characters; at most %(limit)s are allowed.")
            % {"field": field, "length": f"{len(text):,}", "limit": f"{limit:,}"},
        )
    return text


def identifier(text: str, field: str, limit: int) -> str:
    """A trimmed identifier; unlike free text it is refused, not repaired, when it holds broken characters."""
    if not is_storable(text):
        raise Refusal(
            "invalid_characters", field, _("%(field)s holds characters that cannot be stored.") % {"field": field}
        )
    return not_longer(text.strip(), field, limit)


def country_code(text: str, field: str) -> str:
    """The two letters of a country by code or name; raises Refusal for anything else."""
    try:
        return countries.country_code(text)
    except countries.UnknownCountry as error:
        raise Refusal("invalid_country", field, countries.unknown_country_words(storable(text))) from error


@lru_cache(maxsize=4096)  # each activity of a lead brings its address
def email_key(email: str, field: str = "email") -> str:
    """The identity of an address: NFKC and casefold of the local part, the IDNA form of the domain.

    Two spellings that a mail server takes for one address give one key; look-alike letters never do.
    Raises Refusal when the text is no address.
    """
    email = unicodedata.normalize("NFKC", identifier(email, field, 254)).rstrip(".")
    local, _at, domain = email.rpartition("@")
    try:
        if email.isascii() and len(local) <= LONGEST_LOCAL_PART and _PLAIN_LOCAL_PART.fullmatch(local):
            domain = _domain(domain)
        else:
            valid = validate_email(email, check_deliverability=False, globally_deliverable=False)
            local, domain = valid.local_part, valid.ascii_domain or valid.domain
    except EmailNotValidError as error:
        raise Refusal("invalid_email", field, _("This is no e-mail address: %(why)s") % {"why": str(error)}) from error
    if "." not in domain:
        raise Refusal("invalid_email", field, _("This is no e-mail address: the part after the @ has no dot."))
    key = f"{local.casefold()}@{domain.lower()}"
    if len(key) > LONGEST_EMAIL_KEY:  # some letters become three when their case is taken away
        raise Refusal("too_long", field, _("This e-mail address is too long."))
    return key


@lru_cache(maxsize=16_384)  # no cheap question, and a company's people come together
def _domain(domain: str) -> str:
    """The domain as it is written in ASCII; raises EmailNotValidError when no address can have it."""
    valid = validate_email(f"a@{domain}", check_deliverability=False, globally_deliverable=False)
    return str(valid.ascii_domain or valid.domain)


def parse_moment(text: str, *, now: datetime, field: str = "occurred_at") -> datetime:
    """An ISO 8601 moment, in UTC when it names no zone; a day alone is the organisation's, from its start. Aware.

    Raises Refusal when it cannot be read, lies before 2000 or more than a day ahead of `now`.
    """
    try:
        text = text.strip()
        day = _day_alone(text)
        written = text if _MOMENT.fullmatch(text) else ""
        moment = datetime.fromisoformat(written) if day is None else start_of_day(day)
    except (ValueError, OverflowError) as error:
        raise Refusal(
            "invalid_time",
            field,
            _("“%(text)s” is no time. Write it like 2026-03-10T09:00:00Z.") % {"text": storable(text[:40])},
        ) from error
    return sane_moment(moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment, now=now, field=field)


def _day_alone(text: str) -> date | None:
    if len(text) > LONGEST_DAY:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def sane_moment(moment: datetime, *, now: datetime, field: str) -> datetime:
    """The moment in UTC; raises Refusal when no business can have done anything then."""
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        moment = EARLIEST - timedelta(days=1)
    if moment < EARLIEST:
        raise Refusal("absurd_time", field, _("This time lies before the year 2000. Check the clock or the format."))
    if moment > now + timedelta(days=1):
        raise Refusal("future_time", field, _("This time lies in the future. Check the clock or the format."))
    return moment


def page_key(text: str) -> str:
    """The path of a URL, decoded, without query and trailing slash; anything that is no URL stays as it is."""
    text = text.strip()
    if "://" in text or text.startswith("/"):
        try:
            path = urlsplit(text).path
        except ValueError:
            path = text
        return _decoded(path).rstrip("/") or "/"
    return text


def _decoded(path: str) -> str:
    """Percent signs undone where that gives text one can store; browsers and loggers differ in what they encode."""
    try:
        decoded = unquote(path, errors="strict")
    except UnicodeDecodeError:
        return path
    return decoded if is_storable(decoded) else path


def domain_key(text: str) -> str:
    """The host of a web address in lower case without www; empty when there is none."""
    text = text.strip().lower()
    try:
        host = urlsplit(text if "://" in text else f"//{text}").hostname or ""
    except ValueError:
        return ""
    host = host.removeprefix("www.").rstrip(".")
    return host if "." in host and " " not in host and len(host) <= 253 else ""


def source_key(text: str) -> str:
    """How a channel or campaign is recognised: folded, words joined by underscores.

    Cut to what is stored: there are letters that become several.
    """
    return "_".join(fold(text).replace("-", " ").replace("_", " ").split())[:LONGEST_SOURCE_KEY]
