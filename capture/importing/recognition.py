"""Says what a file is, before anything of it is taken for something else."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext as _

from capture.importing.headings import guess, plain
from capture.importing.kinds.register import KINDS, kind_of
from capture.importing.known_layouts import LAYOUTS, Layout
from capture.importing.problems import Unreadable
from capture.models import ImportBatch

Kind = ImportBatch.Kind
_ABOUT_PEOPLE: Final = (Kind.LEADS, Kind.ACTIVITIES, Kind.OUTCOMES, Kind.CONSENTS, Kind.SUPPRESSIONS)
_OF_SUPPRESSIONS: Final = frozenset({"unsubtime", "cleantime", "bouncetype", "suppressionreason"})
_OF_CONSENTS: Final = frozenset(
    {"purpose", "consentpurpose", "consenttype", "consent", "consentgiven", "subscriptiontype"}
)
_OF_ADS: Final = frozenset(
    {"impressions", "impr", "clicks", "linkclicks", "reach", "campaign", "campaignname", "channel"}
)
_OF_DEALS: Final = frozenset(
    {
        "dealname", "dealstage", "dealid", "dealstatus", "opportunityname", "opportunityid", "stagename", "closedate",
        "wondate", "wonat", "lostat", "lostdate", "dealpipelinestageid", "isclosedwon", "datewon",
    }
)  # fmt: skip
_OF_COMPANIES: Final = frozenset(
    {
        "billingcity", "billingcountry", "numberofemployees", "employees", "annualrevenue", "companydomainname",
        "domain", "companyowner", "accountowner", "website", "industry", "organizationname", "accountname",
        "companyname",
    }
)  # fmt: skip
_OF_ACTIVITIES: Final = frozenset({"activitytype", "eventtype", "eventname", "event", "activity", "type", "action"})
_OF_MOMENTS: Final = frozenset(
    {"timestamp", "occurredat", "eventdate", "eventtime", "activitydate", "date", "time", "created"}
)


@dataclass(frozen=True, kw_only=True)
class Recognition:
    """What a file is: a kind, or none with the reason; and what its layout says of its columns."""

    kind: Kind | None
    sentence: str
    # What else it may be read as, because each row says which lead it is about.
    others: Collection[Kind] = ()
    mapping: Mapping[str, int] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    system: str = ""
    # Nothing tells what it is: a person may say it.
    is_unknown: bool = False

    def allows(self, kind: str) -> bool:
        return self.is_unknown or (self.kind is not None and (kind == self.kind or kind in self.others))


class OtherKind(Unreadable):
    """The file is not what it was said to be, or nothing that can be imported."""

    def __init__(self, message: str) -> None:
        super().__init__("other_kind", message)


def recognise(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Recognition:
    """What the file with these columns is, by the layout of a system that is known, else by what can be guessed."""
    heads = [plain(column) for column in columns]
    for layout in LAYOUTS:
        if set(layout.heads.split()).issubset(heads) and set(layout.without.split()).isdisjoint(heads):
            return _of_layout(layout, heads, columns, rows)
    maps = {key: guess(key, columns, rows) for key in KINDS}
    kind = _likeliest(set(heads), maps)
    if isinstance(kind, Recognition):
        return kind
    words = {"noun": kind_of(kind).noun, "kind": kind.value}
    sentence = _("This is %(noun)s: import it as %(kind)s.") % words
    return Recognition(kind=kind, sentence=sentence, others=_others(kind, maps[Kind.LEADS]), mapping=maps[kind])


def _of_layout(
    layout: Layout, heads: Sequence[str], columns: Sequence[str], rows: Sequence[Sequence[str]]
) -> Recognition:
    if layout.kind is None:
        return Recognition(kind=None, sentence=str(layout.why_not))
    stated = {key: heads.index(head) for key, head in layout.columns.items() if head in heads}
    out = {*layout.fixed, *layout.unguessed.split()}
    guessed = guess(layout.kind, columns, rows)
    mapping = {key: at for key, at in guessed.items() if at not in stated.values() and key not in out} | stated
    if layout.kind in _ABOUT_PEOPLE and not _names_lead(mapping):
        return Recognition(kind=None, sentence=_nobody(layout.kind))
    words = {"noun": kind_of(layout.kind).noun, "name": layout.name, "kind": layout.kind.value}
    return Recognition(
        kind=layout.kind,
        sentence=_("This is %(noun)s (%(name)s): import it as %(kind)s.") % words,
        others=_others(layout.kind, guess(Kind.LEADS, columns, rows)),
        mapping=mapping,
        fixed={key: text for key, text in layout.fixed.items() if key not in stated},
        system=layout.system,
    )


def _names_lead(mapping: Mapping[str, int]) -> bool:
    return "email" in mapping or "external_id" in mapping


def _nobody(kind: Kind) -> str:
    message = _(
        "This is %(noun)s, but no column says which lead each row is about. Export it with the address or the id of "
        "the contact."
    )
    return message % {"noun": kind_of(kind).noun}


def _others(kind: Kind, person: Mapping[str, int]) -> list[Kind]:
    """What the file may be read as too: whatever is about people, when it is and has an address."""
    if kind not in _ABOUT_PEOPLE or ("email" not in person and kind is not Kind.LEADS):
        return []
    return [other for other in ImportBatch.Kind if other not in (kind, Kind.SPEND)]


def _likeliest(heads: set[str], maps: Mapping[str, Mapping[str, int]]) -> Kind | Recognition:
    """The kind whose marks the names have, from the most particular to leads."""
    person = maps[Kind.LEADS]
    has_names = any(key in person for key in ("first_name", "last_name"))
    is_person = "email" in person or has_names
    spend = maps[Kind.SPEND]
    has_cost = ("amount" in spend or "amount_micros" in spend) and ("starts_on" in spend or "month" in spend)
    if has_cost and heads & _OF_ADS and not is_person:
        return Kind.SPEND
    if heads & _OF_DEALS and not (has_names and "email" in person):
        return _deals(heads, maps[Kind.OUTCOMES])
    activities = maps[Kind.ACTIVITIES]
    if (
        heads & _OF_ACTIVITIES
        and heads & _OF_MOMENTS
        and {"type", "occurred_at"} <= activities.keys()
        and not has_names
    ):
        whose = _names_lead(activities)
        return Kind.ACTIVITIES if whose else Recognition(kind=None, sentence=_nobody(Kind.ACTIVITIES))
    return _of_people(heads, maps, is_person=is_person)


def _deals(heads: set[str], mapping: Mapping[str, int]) -> Kind | Recognition:
    has_own_id = bool(heads & {"dealname", "stagename", "opportunityname"})
    is_whose = "email" in mapping or ("external_id" in mapping and not has_own_id)
    return Kind.OUTCOMES if is_whose else Recognition(kind=None, sentence=_nobody(Kind.OUTCOMES))


def _of_people(heads: set[str], maps: Mapping[str, Mapping[str, int]], *, is_person: bool) -> Kind | Recognition:
    person, companies = maps[Kind.LEADS], maps[Kind.COMPANIES]
    if heads & _OF_COMPANIES and ("name" in companies or "domain" in companies) and not is_person:
        return Kind.COMPANIES
    if heads & _OF_SUPPRESSIONS and "email" in person:
        return Kind.SUPPRESSIONS
    if heads & _OF_CONSENTS and {"purpose", "is_given"} <= maps[Kind.CONSENTS].keys():
        return Kind.CONSENTS
    if is_person or "external_id" in person:
        return Kind.LEADS
    message = _("Baton cannot tell what this file is. Say it, and which column is what.")
    return Recognition(kind=None, sentence=message, is_unknown=True)
