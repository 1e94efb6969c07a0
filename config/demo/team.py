"""Who works here, and how fast."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.hashers import make_password

from accounts import roles
from accounts.models import User
from config.demo.made import Made
from config.demo.password import PASSWORD
from handoff.models import Absence, Rep, RoutingRule

DOMAIN: Final = "@demo.example"
MARKETER: Final = f"marketing{DOMAIN}"
# Address, name and role.
PEOPLE: Final = (
    (MARKETER, "Marta Marketing", roles.MARKETING),
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


def share_out(*, made: Made) -> None:
    """Which leads go to whom, where nobody has said so yet; whoever no rule names takes part in the rest."""
    if RoutingRule.objects.exists():
        return
    iberia = RoutingRule.objects.create(name="Iberia", position=1, countries=["PT", "ES"])
    iberia.reps.set(Rep.objects.filter(user__email__in=("rep@demo.example", "rep2@demo.example")))
    large = RoutingRule.objects.create(name="Large companies", position=2, least_employees=500, is_shared=True)
    large.reps.set(Rep.objects.filter(user__email__in=("rep@demo.example", "rep3@demo.example")))
    made.add([iberia, large])


def plan_a_holiday(*, after: datetime) -> None:
    """One rep is out for a week soon."""
    next_monday = 7 - after.weekday() if after.weekday() < 5 else 14 - after.weekday()
    monday = (after + timedelta(days=next_monday)).replace(hour=7, minute=0, second=0, microsecond=0)
    rep = Rep.objects.get(user__email="rep4@demo.example")
    Absence.objects.get_or_create(
        rep=rep, starts_at=monday, defaults={"ends_at": monday + timedelta(days=5), "note": "Holiday"}
    )


def hire(*, joined_at: datetime, may_sign_in: bool = True) -> dict[int, Style]:
    """The people who are not there yet. Returns how each rep works, by the rep's key.

    Their password is published; with `may_sign_in=False` they have none, so nobody can be them.
    """
    password = make_password(PASSWORD if may_sign_in else None)
    styles = {}
    # Who stayed on record when the demonstration was removed is there again.
    User.objects.filter(email__in=[email for email, *_rest in PEOPLE], is_active=False).update(
        is_active=True, password=password
    )
    for email, name, role in PEOPLE:
        person, _is_new = User.objects.get_or_create(
            email=email,
            defaults={
                "name": name,
                "password": password,
                "is_staff": role != roles.SALES_REP,
                "roles": [role],
                "date_joined": joined_at,
            },
        )
        if style := STYLES.get(email):
            taken_on = {"capacity": style.capacity, "takes_leads_since": joined_at}
            Rep.objects.get_or_create(user=person, defaults=taken_on)
            styles[person.pk] = style
    return styles
