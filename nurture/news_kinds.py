"""The kind of news by which a step of a sequence tells somebody of a lead."""

from collections.abc import Collection, Mapping
from typing import Final, TypedDict

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import ROLES
from leads.models import Lead
from outbox.kinds import Facts, NewsKind, SubjectType, register

SUBJECT: Final = "nurtured:"


class ToldFacts(TypedDict):
    """Which lead, by which sequence, and what its step says."""

    lead: str
    sequence: str
    text: str


def subject_key(lead_id: int) -> str:
    """By which news of a lead's sequences is found."""
    return f"{SUBJECT}{lead_id}"


def look(subjects: Collection[str], reader: User | None) -> Mapping[str, Facts]:
    """The leads among these that this reader may see."""
    keys = [int(subject.removeprefix(SUBJECT)) for subject in subjects]
    leads = Lead.objects.filter(pk__in=keys, erased_at=None)
    if reader is not None:
        leads = leads.visible_to(reader)
    return {subject_key(pk): {} for pk in leads.order_by().values_list("pk", flat=True)}


TOLD: Final = register(
    NewsKind(
        key="nurture.told",
        label=_("a sequence tells you about a lead"),
        sentence=_("%(lead)s, in the sequence “%(sequence)s”: %(text)s"),
        roles=ROLES,
        order=77,
        icon="nurture",
        mail="nurture/mail/told",
        subjects=SubjectType(look=look, gone=_("A lead that you may not see any more.")),
    )
)
