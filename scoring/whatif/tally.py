"""What a what-if counts, apart from where the leads came from: tallies that add up, and the leads nearest the bar."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeVar

SHOWN: Final = 10
K = TypeVar("K", bound=Hashable)


class Tally(NamedTuple):
    """How many leads of a group: all, qualifying before and after, newly and no longer, new to sales, and lately."""

    leads: int = 0
    before: int = 0
    after: int = 0
    becomes: int = 0
    stops: int = 0
    arrives: int = 0
    recent_before: int = 0
    recent_after: int = 0


NOBODY: Final = Tally()


class Near(NamedTuple):
    """One lead close to the bar."""

    lead_id: int
    total: int
    bar: int
    before: bool
    after: bool


class Turn(NamedTuple):
    """One lead that is new to sales: fast track first, then the highest total, then who came first."""

    is_fast_track: bool
    total: int
    # Microseconds since 1970.
    created: int
    lead_id: int

    def place(self) -> tuple[bool, int, int, int]:
        """Sorts those first whose turn is first."""
        return not self.is_fast_track, -self.total, self.created, self.lead_id


@dataclass(frozen=True, kw_only=True)
class Tallies:
    """Everything that is counted of some leads. The same of other leads can be added."""

    everybody: Tally = NOBODY
    # By the key of the channel and of the persona; None where none is known.
    channels: Mapping[int | None, Tally] = field(default_factory=dict)
    personas: Mapping[int | None, Tally] = field(default_factory=dict)
    letters: Mapping[str, Tally] = field(default_factory=dict)
    # How many leads qualify at each of the thresholds asked, in their order.
    sweep: tuple[int, ...] = ()
    # The leads that reach the bar by the least, and that miss it by the least, nearest first.
    over: tuple[Near, ...] = ()
    under: tuple[Near, ...] = ()
    # Those who are first among the leads that are new to sales, where the leads themselves were looked at.
    first: tuple[Turn, ...] = field(default=(), compare=False)

    def __add__(self, other: "Tallies") -> "Tallies":
        return Tallies(
            everybody=added(self.everybody, other.everybody),
            channels=_merged(self.channels, other.channels),
            personas=_merged(self.personas, other.personas),
            letters=_merged(self.letters, other.letters),
            sweep=tuple(map(sum, zip(self.sweep, other.sweep, strict=True))) if self.sweep else other.sweep,
            over=nearest(self.over + other.over),
            under=nearest(self.under + other.under),
            first=tuple(sorted(self.first + other.first, key=Turn.place)[:SHOWN]),
        )

    def as_json(self) -> dict[str, object]:
        """As an answer is stored: a group is a pair, because the keys of JSON are texts."""
        groups: dict[str, Mapping[Any, Tally]] = {
            "channels": self.channels,
            "personas": self.personas,
            "letters": self.letters,
        }
        return {
            "everybody": self.everybody,
            **{name: list(tallies.items()) for name, tallies in groups.items()},
            "sweep": self.sweep,
            "over": self.over,
            "under": self.under,
            "first": self.first,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Tallies":
        groups: dict[str, Any] = {
            name: {key: Tally(*counts) for key, counts in stored[name]} for name in ("channels", "personas", "letters")
        }
        return cls(
            everybody=Tally(*stored["everybody"]),
            sweep=tuple(stored["sweep"]),
            over=tuple(Near(*near) for near in stored["over"]),
            under=tuple(Near(*near) for near in stored["under"]),
            first=tuple(Turn(*turn) for turn in stored.get("first", ())),
            **groups,
        )


def added(*tallies: Tally) -> Tally:
    return Tally(*(sum(counts) for counts in zip(NOBODY, *tallies, strict=True)))


def nearest(edge: Iterable[Near]) -> tuple[Near, ...]:
    """Those with the least between their points and the bar."""
    return tuple(sorted(edge, key=lambda near: (abs(near.total - near.bar), near.lead_id))[:SHOWN])


def _merged(one: Mapping[K, Tally], other: Mapping[K, Tally]) -> dict[K, Tally]:
    return {key: added(one.get(key, NOBODY), other.get(key, NOBODY)) for key in {**one, **other}}
