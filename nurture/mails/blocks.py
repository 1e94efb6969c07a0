"""The kinds of blocks a mail is made of: one object says all there is to say about each.

A block is stored as {"kind": ..., and its texts by their names}. Keys are stored, so they never change.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from nurture.mails.words import Words, bare

MOST_BLOCKS: Final = 50
LONGEST_LINE: Final = 500
LONGEST_TEXT: Final = 10_000

Stored = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One text that is asked for a block."""

    name: str
    label: str | Promise
    help_text: str | Promise = ""
    is_long: bool = False
    is_address: bool = False


class Kind(ABC):
    """One kind. There is one object of each, in KINDS."""

    key: ClassVar[str]
    label: ClassVar[str | Promise]
    entries: ClassVar[tuple[Entry, ...]] = ()

    @abstractmethod
    def mjml(self, block: "Block", words: Words) -> str:
        """What it is in MJML, within a column."""

    @abstractmethod
    def plain(self, block: "Block", words: Words) -> str:
        """What it is in a mail without HTML."""

    def section(self, block: "Block", words: Words) -> str:
        """A row of the mail."""
        return f'<mj-section css-class="sheet"><mj-column>{self.mjml(block, words)}</mj-column></mj-section>'


@dataclass(frozen=True)
class Block:
    """One block of one mail."""

    kind: Kind
    # From one.
    number: int
    texts: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.texts.get(name, "")

    def place(self, name: str) -> str:
        """Where a text stands, as people find it: "Button 3, address"."""
        label = next(entry.label for entry in self.kind.entries if entry.name == name)
        return f"{self.kind.label} {self.number}, {str(label).lower()}"

    def stored(self) -> dict[str, str]:
        """As it is kept."""
        return {"kind": self.kind.key, **{entry.name: self[entry.name] for entry in self.kind.entries}}


LABEL: Final = Entry(name="label", label=gettext_lazy("Words"), help_text=gettext_lazy("Such as: Get the guide."))
URL: Final = Entry(
    name="url",
    label=gettext_lazy("Address"),
    help_text=gettext_lazy("Such as https://example.com/guide."),
    is_address=True,
)
TEXT: Final = Entry(
    name="text",
    label=gettext_lazy("Text"),
    help_text=gettext_lazy("**bold**, *italic*, [words](https://example.com), lines that begin with “- ” are a list."),
    is_long=True,
)
IMAGE: Final = (
    Entry(name="src", label=gettext_lazy("Address of the image"), is_address=True),
    Entry(
        name="alt",
        label=gettext_lazy("What it shows"),
        help_text=gettext_lazy("Read aloud, and shown where images are not."),
    ),
)


class Heading(Kind):
    key = "heading"
    label = gettext_lazy("Heading")
    entries = (Entry(name="text", label=gettext_lazy("Words")),)

    def mjml(self, block: Block, words: Words) -> str:
        line = words.line(block["text"], block.place("text"))
        return f'<mj-text css-class="words" font-size="24px" font-weight="700"><h1>{line}</h1></mj-text>'

    def plain(self, block: Block, words: Words) -> str:
        return words.plain(block["text"], block.place("text"))


class Text(Kind):
    key = "text"
    label = gettext_lazy("Text")
    entries = (TEXT,)

    def mjml(self, block: Block, words: Words) -> str:
        return f'<mj-text css-class="words">{words.markup(block["text"], block.place("text"))}</mj-text>'

    def plain(self, block: Block, words: Words) -> str:
        return words.plain(block["text"], block.place("text"))


class Button(Kind):
    key = "button"
    label = gettext_lazy("Button")
    entries = (LABEL, URL)

    def mjml(self, block: Block, words: Words) -> str:
        href = words.address(block["url"], block.place("url"))
        return f'<mj-button href="{href}">{words.line(block["label"], block.place("label"))}</mj-button>'

    def plain(self, block: Block, words: Words) -> str:
        return f"{words.plain(block['label'], block.place('label'))}: {bare(block['url'])}"


class Image(Kind):
    key = "image"
    label = gettext_lazy("Image")
    entries = (
        *IMAGE,
        Entry(
            name="url",
            label=gettext_lazy("Where a click on it leads"),
            help_text=gettext_lazy("May be left empty."),
            is_address=True,
        ),
    )

    def mjml(self, block: Block, words: Words) -> str:
        src = words.address(block["src"], block.place("src"))
        href = f' href="{words.address(block["url"], block.place("url"))}"' if block["url"].strip() else ""
        return f'<mj-image src="{src}" alt="{words.line(block["alt"], block.place("alt"))}"{href} />'

    def plain(self, block: Block, words: Words) -> str:
        parts = (words.plain(block["alt"], block.place("alt")), bare(block["url"]))
        return ": ".join(filter(None, parts))


class Divider(Kind):
    key = "divider"
    label = gettext_lazy("Line")

    def mjml(self, block: Block, words: Words) -> str:
        return '<mj-divider border-width="1px" border-color="#d6d3cd" />'

    def plain(self, block: Block, words: Words) -> str:
        return "-" * 20


class Columns(Kind):
    key = "columns"
    label = gettext_lazy("Two columns")
    entries = tuple(
        Entry(
            name=f"{side}_{entry.name}",
            label=label,
            help_text=entry.help_text,
            is_long=entry.is_long,
            is_address=entry.is_address,
        )
        for side, entry, label in (
            ("left", TEXT, gettext_lazy("Text at the left")),
            ("left", IMAGE[0], gettext_lazy("Address of the image at the left")),
            ("left", IMAGE[1], gettext_lazy("What the image at the left shows")),
            ("right", TEXT, gettext_lazy("Text at the right")),
            ("right", IMAGE[0], gettext_lazy("Address of the image at the right")),
            ("right", IMAGE[1], gettext_lazy("What the image at the right shows")),
        )
    )

    def mjml(self, block: Block, words: Words) -> str:
        return "".join(f"<mj-column>{self._side(side, block, words)}</mj-column>" for side in ("left", "right"))

    def section(self, block: Block, words: Words) -> str:
        return f'<mj-section css-class="sheet">{self.mjml(block, words)}</mj-section>'

    def _side(self, side: str, block: Block, words: Words) -> str:
        text, source, shows = (f"{side}_{name}" for name in ("text", "src", "alt"))
        image = ""
        if block[source].strip():
            address = words.address(block[source], block.place(source))
            image = f'<mj-image src="{address}" alt="{words.line(block[shows], block.place(shows))}" />'
        return f'{image}<mj-text css-class="words">{words.markup(block[text], block.place(text))}</mj-text>'

    def plain(self, block: Block, words: Words) -> str:
        return "\n\n".join(
            words.plain(block[name], block.place(name)) for name in ("left_text", "right_text") if block[name].strip()
        )


KINDS: Final[Mapping[str, Kind]] = {
    kind.key: kind for kind in (Heading(), Text(), Button(), Image(), Divider(), Columns())
}


def read_blocks(stored: Sequence[Stored]) -> list[Block]:
    """The blocks of a mail; what is of no kind that there is, is left out."""
    return list(_read(stored))


def _read(stored: Sequence[Stored]) -> Iterator[Block]:
    for number, row in enumerate(stored, start=1):
        kind = KINDS.get(str(row.get("kind")))
        if kind is not None:
            texts = {entry.name: str(row.get(entry.name) or "") for entry in kind.entries}
            yield Block(kind, number, texts)
