"""What the stages of deals mean, in the words of other systems: won, lost, or still open."""

from collections.abc import Iterable, Mapping
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from lib.folding import fold


class DealStage(TextChoices):
    """Where a deal stands."""

    WON = "won", _("won")
    LOST = "lost", _("lost")
    OPEN = "open", _("open: no outcome yet")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split("; "))


_WON: Final = _words(
    "1 won; cerrada ganada; chiuso vinto; close won; closed - won; closed won; closed/won; closedwon; "
    "converted; customer; deal won; gagne; gagnee; ganada; ganado; ganho; gewonnen; is customer; paid; signed; "
    "sold; vinto; won; won deal; 成約"
)
_LOST: Final = _words(
    "abandoned; cerrada perdida; close lost; closed - lost; closed - not converted; closed lost; closed/lost; "
    "closedlost; deal lost; disqualified; lost; lost deal; perdida; perdido; perdu; perdue; perso; "
    "unqualified; verloren; 失注"
)
MOST_SHOWN: Final = 50


def meaning(word: str, stated: Mapping[str, str]) -> DealStage:
    """What the stage means: what a person said of it, else what the word says; open where nothing tells."""
    key = fold(word)
    if key in stated:
        return DealStage(stated[key])
    plain = " ".join(key.replace("_", " ").replace(":", " ").split())
    if plain in _WON or plain.removeprefix("closed ") in _WON:
        return DealStage.WON
    if plain in _LOST or plain.removeprefix("closed ") in _LOST:
        return DealStage.LOST
    return DealStage.OPEN


def count_stages(words: Iterable[str], stated: Mapping[str, str]) -> list[tuple[str, int, DealStage]]:
    """Each word of the column with the number of rows and what it means, the most frequent first."""
    counts: dict[str, int] = {}
    for word in words:
        if word and (word in counts or len(counts) < MOST_SHOWN):
            counts[word] = counts.get(word, 0) + 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [(word, count, meaning(word, stated)) for word, count in ordered]
