"""What is wrong with a mail, or odd, before anybody gets it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from nurture.mails.blocks import read_blocks
from nurture.mails.compiling import Compiled
from nurture.mails.fields import has_fallback
from nurture.models.mails import Content

# Gmail cuts what is longer, with the link by which one leaves.
LONGEST_HTML: Final = 100_000  # bytes
LONGEST_SUBJECT: Final = 70
# Filters of mail programs count words like these, in English mail.
SPAM_LIKE: Final = (
    "act now", "buy now", "cash bonus", "click here", "congratulations", "double your", "free money", "guaranteed",
    "limited time", "no obligation", "risk-free", "urgent", "winner", "100% free", "$$$",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at, and whether the mail cannot be approved before it is mended."""

    message: str
    place: str = ""
    is_blocking: bool = False


def checks(content: Content, compiled: Compiled) -> list[Check]:
    """What is wrong first, then what is odd."""
    return sorted((*_wrong(content, compiled), *_odd(content, compiled)), key=lambda check: not check.is_blocking)


def _wrong(content: Content, compiled: Compiled) -> Iterator[Check]:
    if not content.subject:
        yield Check(_("There is no subject. A mail without one is taken for spam."), is_blocking=True)
    if not content.blocks:
        yield Check(_("The mail has no content."), is_blocking=True)
    for problem in compiled.problems:
        yield Check(problem.message, problem.place, is_blocking=True)


def _odd(content: Content, compiled: Compiled) -> Iterator[Check]:
    for expression in compiled.expressions:
        if not has_fallback(expression):
            message = _(
                "“%(field)s” leaves a gap for people of whom it is not known. Say what stands there then:"
                ' | default: "there".'
            )
            yield Check(message % {"field": expression})
    size = sum(len(fixed.encode()) for fixed, _number in compiled.html)
    if size > LONGEST_HTML:
        message = _("The mail is %(size)d kB long. Gmail cuts what is over 100 kB, and the end of the mail with it.")
        yield Check(message % {"size": size // 1000})
    if not content.preheader:
        yield Check(_("There is no preview line. Mail programs show the beginning of the text in its place."))
    if len(content.subject) > LONGEST_SUBJECT:
        yield Check(_("The subject is longer than 70 characters. Phones cut it."))
    if len(content.subject) > 8 and content.subject.isupper():
        yield Check(_("The subject is in capitals, which filters take for spam."))
    yield from _spam_like(content)
    yield from _of_blocks(content)
    if any(link.startswith("http://") for link in compiled.links):
        yield Check(
            _("An address begins with http://, which some mail programs warn of. Use https:// if there is one.")
        )


def _spam_like(content: Content) -> Iterator[Check]:
    texts = " ".join(
        [content.subject, *(text for block in read_blocks(content.blocks) for text in block.texts.values())]
    )
    words = [words for words in SPAM_LIKE if re.search(rf"(?<!\w){re.escape(words)}(?!\w)", texts, re.IGNORECASE)]
    if words:
        message = _("Words that filters take for spam: %(words)s.")
        yield Check(message % {"words": ", ".join(words)})


def _of_blocks(content: Content) -> Iterator[Check]:
    blocks = read_blocks(content.blocks)
    for block in blocks:
        for source, shows in (("src", "alt"), ("left_src", "left_alt"), ("right_src", "right_alt")):
            if block[source].strip() and not block[shows].strip():
                yield Check(_("Nothing says what the image shows where images are not shown."), block.place(shows))
        if any(entry.name == "label" for entry in block.kind.entries) and not block["label"].strip():
            yield Check(_("The button has no words."), block.place("label"))
    if blocks and all(block.kind.key in {"image", "divider"} for block in blocks):
        yield Check(_("The mail is nothing but images. Many people do not see them, and filters take it for spam."))
