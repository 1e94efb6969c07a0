"""What there is to read, and for whom: docs/README.md says it, and is read here."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.roles import ADMINISTRATOR, MARKETING, SALES_MANAGER, SALES_REP
from config.help.rendering import Rendered, render_document, render_line

FOLDER: Final = Path(settings.BASE_DIR) / "docs"
INDEX: Final = "README"
# The sections of docs/README.md that are meant for one role; it reads them first.
ROLE_OF_SECTION: Final = {
    "Marketer": MARKETING,
    "Sales rep": SALES_REP,
    "Sales manager": SALES_MANAGER,
    "Administrator": ADMINISTRATOR,
}
LINE: Final = re.compile(r"- \[(?P<title>[^\]]+)\]\((?P<file>[\w-]+)\.md\): (?P<about>.+)")
LINK: Final = re.compile(r"(?P<file>[\w-]+)\.md(?P<anchor>#[\w-]+)?")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A document as it is listed in a section."""

    key: str
    title: str
    about: SafeString

    @property
    def url(self) -> str:
        return address_of(self.key)


@dataclass(frozen=True, kw_only=True)
class Section:
    """The documents for one kind of reader; role is empty where no role of the product is meant."""

    title: str
    role: str
    entries: Sequence[Entry]


@cache
def sections() -> tuple[Section, ...]:
    """In the order of docs/README.md, without what is no page of the product."""
    source = (FOLDER / f"{INDEX}.md").read_text(encoding="utf-8")
    _before, *parts = re.split(r"^## ", source, flags=re.MULTILINE)
    return tuple(_section(part) for part in parts)


def _section(source: str) -> Section:
    title, _end, lines = source.partition("\n")
    entries = [
        Entry(key=match["file"], title=match["title"], about=render_line(match["about"]))
        for match in map(LINE.fullmatch, lines.splitlines())
        if match
    ]
    return Section(title=title, role=ROLE_OF_SECTION.get(title, ""), entries=entries)


def sections_for(roles: Sequence[str]) -> list[Section]:
    """All of them, those for these roles first."""
    return sorted(sections(), key=lambda section: section.role not in roles)


@cache
def titles() -> Mapping[str, str]:
    """The documents that are pages of the product, each with the title it is first listed by."""
    entries = [entry for section in sections() for entry in section.entries]
    return {entry.key: entry.title for entry in reversed(entries)}


def address_of(key: str) -> str:
    """Where a document stands in the product, such as "sla" or "sla#the-clock"."""
    name, hash_sign, anchor = key.partition("#")
    return reverse("help:document", args=[name]) + hash_sign + anchor


@cache
def document(key: str) -> Rendered:
    """One of `titles`, as it is shown."""
    source = (FOLDER / f"{key}.md").read_text(encoding="utf-8")
    return render_document(source, rewrite=rewrite)


def documents() -> Iterator[tuple[str, Rendered]]:
    return ((key, document(key)) for key in sorted(titles()))


def rewrite(href: str) -> tuple[str, str] | None:
    """Where a link of a document leads in the product, and the title of what is there ("" within the document)."""
    if href.startswith("#"):
        return href, ""
    match = LINK.fullmatch(href)
    if match and match["file"] == INDEX:
        return reverse("help:index"), _("Help")
    if match and match["file"] in titles():
        return address_of(match["file"] + (match["anchor"] or "")), titles()[match["file"]]
    return None
