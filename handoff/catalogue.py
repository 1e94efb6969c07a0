"""What an installation knows from the start: the reasons of the field, 24 hours, and when an office is open."""

from datetime import time
from typing import Final

from django.apps.registry import Apps
from django.conf import settings
from django.utils.translation import gettext_noop as _

# (key, name, outcome, kind, next step, needs words, rest days)
REASONS: Final = (
    ("wrong_owner", _("Wrong territory or owner"), "reject", "procedural", "reroute", False, 0),
    ("duplicate", _("Duplicate"), "reject", "clerical", "fix_data", False, 30),
    (
        "in_progress",
        _("Opportunity in progress or existing customer"),
        "reject",
        "procedural",
        "close",
        False,
        180,
    ),
    ("bad_data", _("Insufficient or inaccurate data"), "reject", "clerical", "fix_data", False, 7),
    (
        "not_icp",
        _("Does not match the ideal customer profile"),
        "reject",
        "definitional",
        "nurture",
        False,
        30,
    ),
    ("not_engaged", _("Not enough engagement"), "reject", "definitional", "nurture", False, 30),
    ("reject_other", _("Other"), "reject", "procedural", "nurture", True, 30),
    ("no_need", _("No need or interest"), "disqualify", "after_contact", "close", False, 180),
    ("no_fit", _("No fit"), "disqualify", "after_contact", "close", True, 180),
    ("no_authority", _("No authority"), "disqualify", "after_contact", "close", False, 180),
    ("chose_competitor", _("Chose a competitor"), "disqualify", "after_contact", "close", False, 180),
    (
        "not_a_buyer",
        _("Competitor, student, vendor or job seeker"),
        "disqualify",
        "after_contact",
        "close",
        False,
        180,
    ),
    ("do_not_contact", _("Do not contact"), "disqualify", "after_contact", "close", False, 180),
    ("disqualify_other", _("Other"), "disqualify", "after_contact", "close", True, 180),
    ("bad_timing", _("Bad timing"), "recycle", "after_contact", "nurture", False, 30),
    ("no_budget", _("No budget yet"), "recycle", "after_contact", "nurture", False, 90),
    ("unreachable", _("Unable to reach"), "recycle", "after_contact", "nurture", False, 30),
    ("not_ready", _("Not ready, needs education"), "recycle", "after_contact", "nurture", False, 30),
    ("missing_deciders", _("Missing decision-makers"), "recycle", "after_contact", "nurture", False, 30),
    ("recycle_other", _("Other"), "recycle", "after_contact", "nurture", True, 30),
)


def seed(apps: Apps) -> None:
    """Adds what is missing; run by a migration, harmless to repeat."""
    reasons = apps.get_model("handoff", "Reason").objects
    for position, (key, name, outcome, kind, next_step, needs_text, rest_days) in enumerate(REASONS):
        reasons.get_or_create(
            key=key,
            defaults={
                "name": name,
                "outcome": outcome,
                "kind": kind,
                "next_step": next_step,
                "needs_text": needs_text,
                "rest_days": rest_days,
                "position": position,
            },
        )
    policies = apps.get_model("handoff", "SlaPolicy").objects
    if not policies.exists():
        policies.create(name=_("24 hours"), hours=24)


def seed_policies(apps: Apps) -> None:
    """The pace after a publication and the way to sales, one row each; harmless to repeat."""
    for name in ("BacklogPolicy", "PassPolicy"):
        apps.get_model("handoff", name).objects.get_or_create(pk=1)


def seed_calendar(apps: Apps) -> None:
    """Office hours on the clock of this installation, where there is no calendar yet; harmless to repeat."""
    calendars, hours = (apps.get_model("handoff", name).objects for name in ("Calendar", "OpenHours"))
    if not calendars.exists():
        calendar = calendars.create(name=_("Office hours"), time_zone=settings.TIME_ZONE)
        for weekday in range(5):
            hours.create(calendar=calendar, weekday=weekday, opens_at=time(9), closes_at=time(17))
