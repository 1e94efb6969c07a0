"""What abbreviations stand for. A package registers those of its own when the application starts; pages spell them out
where they first use them."""

import re
from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

_MEANINGS: Final[dict[str, "Meaning"]] = {}


class Meaning(NamedTuple):
    """One thing and several of them."""

    one: str | Promise
    many: str | Promise

    def of(self, plural: str) -> str:
        return str(self.many if plural else self.one)


def register(abbreviation: str, *, one: str | Promise, many: str | Promise) -> None:
    """Makes an abbreviation known; its plural is the same with an s."""
    _MEANINGS[abbreviation] = Meaning(one, many)


def spelled_out(text: object) -> str:
    """The text with each abbreviation spelled out where it first stands: "a marketing qualified lead (MQL)"."""
    told: set[str] = set()

    def put(match: re.Match[str]) -> str:
        article, short, plural = match.groups()
        if short in told:
            return match[0]
        told.add(short)
        words = _MEANINGS[short].of(plural)
        if match.start() == 0 and not article:
            words = words[:1].upper() + words[1:]
        # "an MQL" is "a marketing qualified lead": the article follows the sound of what is read.
        return f"{article and article[0] + ' '}{words} ({short}{plural})"

    return _pattern().sub(put, str(text))


def abbreviations(text: object) -> SafeString:
    """The text with what each abbreviation stands for on demand, where it first stands; for labels with little room."""
    told: set[str] = set()

    def put(match: re.Match[str]) -> str:
        article, short, plural = match.groups()
        if short in told:
            return match[0]
        told.add(short)
        return article + format_html('<abbr title="{}">{}</abbr>', _MEANINGS[short].of(plural), f"{short}{plural}")

    return mark_safe(_pattern().sub(put, conditional_escape(str(text))))  # noqa: S308 (escaped before)


def _pattern() -> re.Pattern[str]:
    shorts = "|".join(map(re.escape, _MEANINGS)) or r"(?!)"
    return re.compile(rf"\b([Aa]n? |)({shorts})(s?)\b")
