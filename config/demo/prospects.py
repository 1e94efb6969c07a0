"""Who comes: people of several kinds, at companies of every size."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

COLOURS: Final = (
    "Amber", "Azure", "Bronze", "Cobalt", "Copper", "Coral", "Crimson", "Emerald", "Golden", "Indigo", "Ivory", "Jade",
    "Lilac", "Maroon", "Ochre", "Olive", "Pearl", "Ruby", "Saffron", "Scarlet", "Silver", "Teal", "Umber", "Violet",
)  # fmt: skip
ANIMALS: Final = (
    "Badger", "Beaver", "Bison", "Crane", "Curlew", "Dolphin", "Egret", "Falcon", "Ferret", "Finch", "Gannet", "Heron",
    "Ibex", "Kestrel", "Lynx", "Magpie", "Marmot", "Newt", "Osprey", "Otter", "Plover", "Puffin", "Raven", "Stoat",
    "Tapir", "Tern", "Walrus", "Wombat",
)  # fmt: skip
# (the word in the company's name, its industry)
TRADES: Final = (
    ("Logistics", "Transport"),
    ("Foods", "Food"),
    ("Clinics", "Health care"),
    ("Systems", "Software"),
    ("Energy", "Energy"),
    ("Insurance", "Insurance"),
    ("Schools", "Education"),
    ("Interiors", "Retail"),
    ("Machinery", "Manufacturing"),
    ("Media", "Media"),
    ("Partners", "Consulting"),
    ("Travel", "Travel"),
)
PLACES: Final = (
    ("PT", "Lisbon"), ("PT", "Porto"), ("ES", "Valencia"), ("FR", "Lyon"), ("DE", "Hamburg"), ("DE", "Leipzig"),
    ("NL", "Utrecht"), ("BE", "Ghent"), ("GB", "Leeds"), ("GB", "Bristol"), ("IE", "Cork"), ("SE", "Malmö"),
    ("PL", "Gdańsk"), ("IT", "Bologna"), ("US", "Austin"), ("US", "Denver"), ("CA", "Halifax"), ("BR", "Recife"),
)  # fmt: skip
FIRST_NAMES: Final = (
    "Ada", "Alba", "Amara", "Anders", "Anouk", "Bastian", "Beatriz", "Bram", "Camille", "Carlos", "Chiara",
    "Dagmar", "Diego", "Edith", "Elif", "Emil", "Esme", "Farah", "Felix", "Fiona", "Gael", "Greta", "Hana",
    "Hugo", "Ines", "Iris", "Ivo", "Jana", "Jonas", "Kaia", "Karim", "Lars", "Leila", "Lucia", "Luca", "Maja",
    "Marek", "Mateus", "Mina", "Nadia", "Niels", "Noor", "Olga", "Oskar", "Paula", "Pieter", "Priya", "Quentin",
    "Rafael", "Rosa", "Ruben", "Sanna", "Selim", "Sofia", "Stefan", "Tara", "Teo", "Ulla", "Vera", "Viktor",
    "Wanda", "Yara", "Zoe",
)  # fmt: skip
LAST_NAMES: Final = (
    "Acosta", "Almeida", "Andersen", "Barros", "Becker", "Bianchi", "Brandt", "Byrne", "Carvalho", "Claes",
    "Costa", "Dahl", "Dubois", "Duarte", "Engel", "Farias", "Fischer", "Fontaine", "Gallo", "Garcia", "Haas",
    "Hansen", "Hoffman", "Iversen", "Jansen", "Kaplan", "Keller", "Kowalski", "Kuiper", "Lambert", "Larsen",
    "Lopes", "Marchetti", "Martins", "Meyer", "Moreau", "Nash", "Neves", "Nowak", "Olsen", "Pacheco", "Peeters",
    "Petit", "Quinn", "Ramos", "Reid", "Ricci", "Rocha", "Romero", "Santos", "Schmitt", "Silva", "Sousa",
    "Teixeira", "Torres", "Usman", "Vargas", "Vidal", "Wagner", "Weiss", "Wood", "Yilmaz", "Zimmer",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Persona:
    """A kind of visitor. `share` of all; `sizes` weighs companies below 50, of 50 to 500 and above.

    `interest` scales how much they do, `worth` is how likely sales takes them, `need` how likely they are an SQL then.
    """

    key: str
    share: int
    titles: tuple[str, ...]
    sizes: tuple[int, int, int]
    interest: float
    worth: float
    need: float


PERSONAS: Final = (
    Persona(
        "executive",
        10,
        ("Chief Executive Officer", "Founder", "Chief Marketing Officer", "VP Sales", "VP Marketing", "Owner", "COO"),
        (45, 45, 10),
        0.8,
        0.8,
        0.74,
    ),
    Persona(
        "marketing manager",
        34,
        ("Marketing Manager", "Head of Marketing", "Demand Generation Manager", "Content Lead", "Growth Manager"),
        (35, 45, 20),
        1.0,
        0.7,
        0.72,
    ),
    Persona(
        "sales operations",
        17,
        ("Sales Operations Manager", "Revenue Operations Lead", "Head of Sales", "CRM Manager", "Sales Director"),
        (25, 50, 25),
        1.05,
        0.74,
        0.73,
    ),
    Persona("consultant", 12, ("Consultant", "Agency Partner", "Freelance Marketer"), (90, 10, 0), 0.8, 0.32, 0.4),
    Persona(
        "technician",
        9,
        ("Systems Engineer", "IT Manager", "Data Analyst", "Product Owner"),
        (20, 45, 35),
        0.6,
        0.5,
        0.6,
    ),
    Persona("student", 12, ("Student", "PhD Candidate", "Lecturer", "Research Assistant"), (0, 0, 100), 0.8, 0.03, 0.1),
    Persona("competitor", 3, ("Product Manager", "Competitive Intelligence Lead"), (10, 70, 20), 1.0, 0.08, 0.05),
    Persona("job seeker", 3, ("", "Looking for a position"), (60, 30, 10), 0.4, 0.02, 0.05),
)


@dataclass(frozen=True, slots=True)
class Firm:
    """A company; its domain is its name under .example."""

    name: str
    domain: str
    industry: str
    employees: int
    country: str
    city: str


@dataclass(slots=True)
class Person:
    """Somebody who becomes a lead. `sent` counts their activities, so that each has its own message id.

    `promise` is what their channel makes of a deal. With a new `chapter` what they meant to do does not happen.
    """

    number: int
    email: str
    first_name: str
    last_name: str
    title: str
    firm: Firm
    persona: Persona
    luck: float
    promise: float = 1.0
    chapter: int = 0
    sent: int = 0


class Cast:
    """The people who may come, in the order in which they come."""

    def __init__(self, rng: Random, *, people: int) -> None:
        self._rng = rng
        self._firms = [
            list(self._found(names, sizes))
            for names, sizes in zip(self._names(people), ((2, 49), (50, 500), (501, 9000)), strict=True)
        ]

    def _names(self, people: int) -> list[list[int]]:
        """Numbers that stand for distinct company names: for small, middle and large companies."""
        most = len(COLOURS) * len(ANIMALS) * len(TRADES) // 3
        counts = [min(most, max(4, people // share)) for share in (4, 5, 16)]
        numbers = self._rng.sample(range(most * 3), sum(counts))
        small, middle = counts[0], counts[0] + counts[1]
        return [numbers[:small], numbers[small:middle], numbers[middle:]]

    def _found(self, numbers: list[int], sizes: tuple[int, int]) -> Iterator[Firm]:
        smallest, largest = sizes
        for number in numbers:
            rest, trade = divmod(number, len(TRADES))
            colour, animal = divmod(rest, len(ANIMALS))
            word, industry = TRADES[trade]
            name = f"{COLOURS[colour]} {ANIMALS[animal]} {word}"
            country, city = self._rng.choice(PLACES)
            # Most companies of a size are small for it.
            employees = round(smallest * (largest / smallest) ** self._rng.random())
            yield Firm(name, f"{name.lower().replace(' ', '-')}.example", industry, employees, country, city)

    def next(self, number: int) -> Person:
        """The person with this number; numbers are given once each."""
        rng = self._rng
        persona = rng.choices(PERSONAS, [persona.share for persona in PERSONAS])[0]
        firm = rng.choice(rng.choices(self._firms, persona.sizes)[0])
        first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
        return Person(
            number=number,
            email=f"{first}.{last}.{number}@{firm.domain}".lower(),
            first_name=first,
            last_name=last,
            title=rng.choice(persona.titles),
            firm=firm,
            persona=persona,
            luck=rng.gammavariate(1.4, 1 / 1.4),
        )
