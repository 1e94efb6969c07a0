"""What marketing and sales promise about the handoff itself, as sentences of the agreement."""

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from handoff.deadlines.policy_words import policy_words, week_words
from handoff.models import BacklogPolicy, Calendar, PassPolicy, SlaPolicy
from lib.moments import duration_words
from lib.numbers import number
from scoring.criteria.terms import Term, offer


def terms() -> list[Term]:
    """How leads go to sales, how soon each kind is answered, and by which hours; a fixed number of queries."""
    policies = SlaPolicy.objects.filter(is_active=True).select_related("calendar", "escalate_to")
    passing = PassPolicy.current()
    counted = Q(policies__is_active=True, policies__clock=SlaPolicy.Clock.BUSINESS)
    daily = Q(pk=passing.calendar_id) if passing.when == PassPolicy.Pass.DAILY else Q(pk__in=())
    calendars = Calendar.objects.filter(counted | daily).distinct().prefetch_related("hours")
    return [
        *_goal(passing),
        Term(subject=_("Marketing's check"), sentence=_check(passing)),
        Term(subject=_("The pass"), sentence=_passing(passing)),
        Term(subject=_("Leads that were here before"), sentence=_backlog(BacklogPolicy.current())),
        *(
            Term(subject=_("Time to answer"), sentence=policy_words(policy))
            for policy in policies.prefetch_related("channels", "personas")
        ),
        *(Term(subject=_("Hours"), sentence=_hours(calendar)) for calendar in calendars),
    ]


def _goal(policy: PassPolicy) -> list[Term]:
    """How many MQLs marketing means to bring, where it said so."""
    if policy.mqls_per_month is None:
        return []
    sentence = ngettext(
        "Marketing brings %(count)s MQL a month.", "Marketing brings %(count)s MQLs a month.", policy.mqls_per_month
    )
    return [Term(subject=_("Marketing's goal"), sentence=sentence % {"count": number(policy.mqls_per_month)})]


def _check(policy: PassPolicy) -> str:
    sentences = {
        PassPolicy.Check.NOBODY.value: _("Leads that qualify go to sales without a look by marketing."),
        PassPolicy.Check.ORDINARY.value: _("Marketing checks every lead but those on the fast track, within %(time)s."),
        PassPolicy.Check.EVERYBODY.value: _("Marketing checks every lead, within %(time)s."),
    }
    return sentences[policy.checks] % {"time": duration_words(policy.check_within)}


def _passing(policy: PassPolicy) -> str:
    if policy.when == PassPolicy.Pass.AT_ONCE:
        return _("Leads are passed to sales at once.")
    words = {"time": f"{policy.daily_at:%H:%M}", "calendar": policy.calendar}
    if policy.calendar is None:
        return (
            _("Leads are passed to sales at %(time)s from Monday to Friday, those on the fast track at once.") % words
        )
    return (
        _("Leads are passed to sales at %(time)s on the days of “%(calendar)s”, those on the fast track at once.")
        % words
    )


def _backlog(policy: BacklogPolicy) -> str:
    return ngettext(
        "Leads that only new criteria make qualify are passed one a day.",
        "Leads that only new criteria make qualify are passed %(count)d a day.",
        policy.per_day,
    ) % {"count": policy.per_day}


def _hours(calendar: Calendar) -> str:
    words = {"calendar": calendar, "week": week_words(calendar.hours.all()), "zone": calendar.time_zone}
    if not calendar.country:
        return _("“%(calendar)s” is open %(week)s (%(zone)s).") % words
    place = f"{calendar.country}-{calendar.subdivision}" if calendar.subdivision else calendar.country
    return _("“%(calendar)s” is open %(week)s (%(zone)s), without the public holidays of %(place)s.") % {
        **words, "place": place
    }  # fmt: skip


offer(terms)
