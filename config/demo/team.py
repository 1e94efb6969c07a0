"""Who works here, and how fast."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from accounts import roles
from accounts.models import User
from handoff.models import Rep

PASSWORD: Final = "baton-demo"  # noqa: S105 (printed for everybody who runs the demo)

# Address, name and role.
PEOPLE: Final = (
    ("marketing@demo.example", "Marta Marketing", roles.MARKETING),
    ("rep@demo.example", "Rui Rapid", roles.SALES_REP),
    ("rep2@demo.example", "Selma Steady", roles.SALES_REP),
    ("rep3@demo.example", "Tomas Thorough", roles.SALES_REP),
    ("rep4@demo.example", "Lena Late", roles.SALES_REP),
    ("manager@demo.example", "Magnus Manager", roles.SALES_MANAGER),
    ("admin@demo.example", "Ada Administrator", roles.ADMINISTRATOR),
)


@dataclass(frozen=True, slots=True)
class Style:
    """How a rep works: hours of work until an answer (the middle one), and how often there is none."""

    capacity: int
    hours: float
    forgets: float
    weekends: bool


STYLES: Final = {
    "rep@demo.example": Style(capacity=20, hours=1.0, forgets=0.01, weekends=True),
    "rep2@demo.example": Style(capacity=15, hours=2.5, forgets=0.02, weekends=True),
    "rep3@demo.example": Style(capacity=15, hours=3.5, forgets=0.02, weekends=True),
    "rep4@demo.example": Style(capacity=10, hours=4.0, forgets=0.08, weekends=False),
}


def hire(*, joined_at: datetime) -> dict[int, Style]:
    """The people who are not there yet; answers how each rep works, by the rep's key."""
    password = make_password(PASSWORD)
    styles = {}
    for email, name, role in PEOPLE:
        person, is_new = User.objects.get_or_create(
            email=email,
            defaults={
                "name": name,
                "password": password,
                "is_staff": role != roles.SALES_REP,
                "date_joined": joined_at,
            },
        )
        if is_new:
            person.groups.add(Group.objects.get(name=role))
        if style := STYLES.get(email):
            Rep.objects.get_or_create(user=person, defaults={"capacity": style.capacity})
            styles[person.pk] = style
    return styles
