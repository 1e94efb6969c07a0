"""What nurture adds to the page of a lead and to the list of leads: the sequences a lead is in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import django_filters
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import EDITING
from leads import filters
from leads.bulk import offered
from leads.bulk.offered import Doer, Elsewhere
from leads.listing.phrases import says
from leads.models import BulkChange, Lead
from leads.models.bulk_change import Doing
from leads.panels import Panel, offer
from leads.querysets import LeadQuerySet
from lib.widgets import Select
from nurture.access import may_edit
from nurture.models import Enrolment, Sequence
from nurture.sequences.entering_many import enrol_one, take_back
from nurture.sequences.steps import Plan
from nurture.sequences.words import Names, step_words

FILTER: Final = "sequence"


def panel_context(lead: Lead, user: User, now: datetime) -> Mapping[str, object]:
    """The sequences the lead is in, each with its next step in words; and those it could be put into."""
    enrolments = list(Enrolment.objects.open().filter(lead=lead).select_related("sequence", "version"))
    may_enrol = may_edit(user) and lead.erased_at is None
    running = Sequence.objects.filter(state=Sequence.State.RUNNING) if may_enrol else Sequence.objects.none()
    inside = {one.sequence_id for one in enrolments}
    steps = [Plan.read(one.version.steps).by_id[one.step] for one in enrolments]
    names = Names.of(steps)
    return {
        "sequence_rows": [
            {"enrolment": one, "words": step_words(step, names)} for one, step in zip(enrolments, steps, strict=True)
        ],
        "sequences": [one for one in running if one.pk not in inside],
        "may_enrol": may_enrol,
        "now": now,
    }


class SequenceFilter(django_filters.ModelChoiceFilter):  # type: ignore[misc]
    """By who is in it now."""

    def filter(self, leads: LeadQuerySet, sequence: Sequence | None) -> LeadQuerySet:
        if sequence is None:
            return leads
        return leads.filter(Exists(Enrolment.objects.open().filter(sequence=sequence, lead=OuterRef("pk"))))


def enrol_page(choice: BulkChange) -> tuple[str, str]:
    """Where it is said which sequence."""
    return reverse("sequences:enrol_many", args=[choice.public_id]), ""


offer(
    Panel(
        place="side",
        template="nurture/sequences/_of_lead.html",
        stylesheet="css/nurture/sequences.css",
        context=panel_context,
    )
)
filters.offer(
    FILTER,
    SequenceFilter(
        label=_("Sequence"),
        to_field_name="public_id",
        queryset=Sequence.objects.exclude(state=Sequence.State.DRAFT),
        empty_label=_("any or none"),
        widget=Select,
    ),
    phrase=says(_("in the sequence “%(value)s”")),
)
offered.offer(Elsewhere(key="enrol", label=_("Put them into a sequence"), roles=EDITING, page=enrol_page))
offered.carry_out(Doing.ENROL, Doer(do=enrol_one, undo=take_back))
