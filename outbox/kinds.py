"""The register of the kinds of news: each is declared once, by the package whose news it is."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise

from accounts.models import User
from lib.numbers import number
from lib.text import header_text

Text = str | Promise
Facts = Mapping[str, Any]
Words = Mapping[str, Any]


def plain_words(facts: Facts) -> dict[str, object]:
    """Facts as sentences and templates say them: text that is safe in a header, numbers with their separators."""
    return {name: _plain(value) for name, value in facts.items()}


def _plain(value: object) -> object:
    if isinstance(value, str):
        return header_text(value)
    return number(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _no_lines(words: Words) -> Iterable[str]:
    return ()


@dataclass(frozen=True, kw_only=True)
class SubjectType:
    """Things that news is about which move on, so they are looked at again whenever news of them is told."""

    # Subject keys, and who reads (None: a team's channel, which may see all) -> the facts that may have changed since
    # they were frozen, of those subjects that this reader may see now. One statement, however many there are.
    look: Callable[[Collection[str], User | None], Mapping[str, Facts]]
    # What the bell says to who may not see it any more.
    gone: Text


@dataclass(frozen=True, kw_only=True)
class NewsKind:
    """One kind of news. Adding one is this declaration, its two mail templates and its test."""

    # "handoff.passed": what is stored with each notice and delivery, so it never changes.
    key: str
    # In lists of kinds and in digests: "a lead is waiting for you".
    label: Text
    # The news in one line without a full stop: with %(words)s, or a function of the words.
    sentence: Text | Callable[[Words], str]
    # The same for whoever is not the person that the facts name as `holder_id`; empty: the same sentence.
    sentence_to_others: Text | Callable[[Words], str] = ""
    # Who can get it and may choose how; none: it follows from others, as a digest does.
    roles: tuple[str, ...]
    # Most pressing first: the smaller, the further up in a digest and in what people choose.
    order: int
    # A file of static/icons, and how it is coloured at the bell.
    icon: str = "info"
    meaning: str = ""
    # A template without its ending: there is one of .txt and one of .html.
    mail: str
    # The facts, frozen and looked at again, in words; moments are said in the time zone in force.
    words: Callable[[Facts], dict[str, object]] = plain_words
    # What a chat says below the sentence, line by line; empty ones are left out.
    lines: Callable[[Words], Iterable[str]] = _no_lines
    # None: what it is about does not move on, and whoever was told may see it for ever.
    subjects: SubjectType | None = None
    # Somebody has to answer: the bell says what became of it, which the look gives as `over`.
    needs_answer: bool = False
    # Several at once to the same person are one message (outbox/several_at_once.py).
    together: bool = False
    # What somebody gets who has chosen nothing.
    by_bell: bool = True
    by_mail: bool = True
    by_chat: bool = True

    def says(self, words: Words, *, is_holder: bool) -> str:
        """The sentence, safe in a header."""
        template = self.sentence if is_holder else self.sentence_to_others or self.sentence
        return header_text(template(words) if callable(template) else str(template) % words)


_KINDS: Final[dict[str, NewsKind]] = {}


def register(kind: NewsKind) -> NewsKind:
    """Makes the kind known and returns it; raises ValueError where another one has its key or its place."""
    if any(other.key == kind.key or other.order == kind.order for other in _KINDS.values()):
        raise ValueError(f"{kind.key}: there is such a kind of news, or one of this order.")
    _KINDS[kind.key] = kind
    return kind


def kind_of(key: str) -> NewsKind:
    """The kind of this key; raises KeyError where no package has registered it."""
    return _KINDS[key]


def all_kinds() -> list[NewsKind]:
    """Every kind there is, most pressing first."""
    return sorted(_KINDS.values(), key=lambda kind: kind.order)


def kinds_together() -> list[str]:
    """The keys of those of which several at once are one message."""
    return [kind.key for kind in all_kinds() if kind.together]


def told_kinds() -> list[NewsKind]:
    """Those that people and channels choose from."""
    return [kind for kind in all_kinds() if kind.roles]


def kinds_for(user: User) -> list[NewsKind]:
    """The kinds this person can get."""
    return [kind for kind in told_kinds() if user.has_role(*kind.roles)]


def choices() -> list[tuple[str, Text]]:
    """The kinds as choices of a column."""
    return [(kind.key, kind.label) for kind in all_kinds()]
