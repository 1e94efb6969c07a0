"""Files of what people allowed, and of addresses that are to be left alone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capture.importing import cell_types
from capture.importing.cell_types import CellType
from capture.importing.kinds.declaration import Field, Kind, Stored, Taking, Values, refuse_without
from capture.importing.kinds.known_leads import known_leads
from capture.importing.kinds.leads import EMAIL, EXTERNAL_ID, check_identity, complete_person
from capture.importing.values import Reading
from capture.models import ImportBatch
from leads.consent.ledger import Word, take_words
from leads.consent.suppression import suppress_keys, suppressed_among
from leads.models import Purpose
from leads.models.consent import SuppressionReason
from leads.normalise import Refusal, email_key
from leads.parsing import Identity, parse_identity
from lib.folding import fold

# Words of other systems, as one text each.
_GIVEN: Final = " subscribed opted_in optin opt_in given granted active confirmed marketing "
_WITHDRAWN: Final = " unsubscribed opted_out optout opt_out withdrawn denied revoked inactive removed non_marketing "


@dataclass(slots=True)
class ConsentInput:
    """What one person said of one purpose."""

    identity: Identity
    purpose: str
    is_given: bool
    at: datetime | None
    source: str
    wording: str | None
    note: str


def _given(text: str, field: str, reading: Reading) -> bool:
    """Yes and no, or the words of other systems for them."""
    word = "_".join(fold(text).replace("-", " ").split())
    if f" {word} " in _GIVEN + _WITHDRAWN:
        return f" {word} " in _GIVEN
    return cell_types.yes_or_no(text, field, reading)


GIVEN: Final = CellType(_given)


def _check_consents(keys: Collection[str]) -> None:
    check_identity(keys)
    message = _("Say which purpose it is about: a column, or one for all rows (such as email).")
    refuse_without(keys, ("purpose",), "no_purpose", message)
    message = _("Say whether it was given or withdrawn: a column, or one answer for all rows (yes or no).")
    refuse_without(keys, ("is_given",), "no_word", message)


def _make_consent(values: Values, reading: Reading) -> tuple[ConsentInput | None, list[Refusal]]:
    if "is_given" not in values or not values.get("purpose"):
        return None, [Refusal("incomplete", "is_given", _("The row does not say what was given or withdrawn."))]
    try:
        identity = parse_identity(values.get("email", ""), values.get("external_id", ""), reading.system)
    except Refusal as refusal:
        return None, [refusal]
    return ConsentInput(
        identity,
        values["purpose"],
        values["is_given"],
        values.get("at"),
        values.get("source", ""),
        values.get("wording"),
        values.get("note", ""),
    ), []


@transaction.atomic
def _take_consents(inputs: Sequence[ConsentInput], taking: Taking) -> list[Stored | Refusal]:
    purposes = {fold(name): each.key for each in Purpose.objects.all() for name in (each.label, each.key)}
    leads = known_leads([one.identity for one in inputs])
    results: list[Stored | Refusal | None] = []
    words: list[Word] = []
    for one, lead in zip(inputs, leads, strict=True):
        purpose = purposes.get(fold(one.purpose))
        if isinstance(lead, Refusal):
            results.append(lead)
        elif purpose is None:
            message = _("There is no purpose “%(purpose)s”. Known: %(known)s.")
            known = ", ".join(sorted(set(purposes.values())))
            results.append(
                Refusal("unknown_purpose", "purpose", message % {"purpose": one.purpose[:60], "known": known})
            )
        else:
            results.append(None)
            words.append(
                Word(
                    lead_id=lead.pk,
                    purpose=purpose,
                    is_given=one.is_given,
                    source=one.source or taking.batch.file_name,
                    at=one.at,
                    wording=one.wording,
                    note=one.note,
                )
            )
    news = iter(zip(words, take_words(words, agent=taking.agent, now=taking.now), strict=True))
    return [_stored(*next(news)) if result is None else result for result in results]


def _stored(word: Word, is_news: bool) -> Stored:  # noqa: FBT001 (of a pair)
    return Stored("created" if is_news else "unchanged", word.lead_id)


@dataclass(slots=True)
class SuppressionInput:
    """An address to be left alone, as it is known, and why."""

    key: str
    reason: SuppressionReason
    note: str


_REASONS: Final = {
    SuppressionReason.BOUNCED: frozenset(["bounced", "bounce", "hard", "cleaned", "invalid", "hard_bounce"]),
    SuppressionReason.COMPLAINED: frozenset(["complained", "complaint", "spam", "abuse", "spam_complaint"]),
    SuppressionReason.ASKED: frozenset(["unsubscribed", "asked", "opted_out", "optout", "unsubscribe", "manual"]),
}


def _reason(text: str, _field: str, _reading: Reading) -> SuppressionReason:
    word = "_".join(fold(text).replace("-", " ").split())
    return next((reason for reason, words in _REASONS.items() if word in words), SuppressionReason.LISTED)


REASON: Final = CellType(_reason)


def _check_suppressions(keys: Collection[str]) -> None:
    refuse_without(keys, ("email",), "no_identity", _("Say which column holds the e-mail address."))


def _make_suppression(values: Values, _reading: Reading) -> tuple[SuppressionInput | None, list[Refusal]]:
    try:
        key = email_key(values.get("email", ""))
    except Refusal as refusal:
        return None, [refusal]
    return SuppressionInput(key, values.get("reason", SuppressionReason.LISTED), values.get("note", "")), []


@transaction.atomic
def _take_suppressions(inputs: Sequence[SuppressionInput], taking: Taking) -> list[Stored | Refusal]:
    known = suppressed_among(one.key for one in inputs)
    results: list[Stored | Refusal] = []
    for one in inputs:
        if one.key in known:
            results.append(Stored("unchanged"))
            continue
        suppress_keys([one.key], reason=one.reason, agent=taking.agent, now=taking.now, note=one.note[:200])
        known.add(one.key)
        results.append(Stored("created"))
    return results


_FIGURES: Final = (gettext_lazy("New"), "", gettext_lazy("As before"))
CONSENTS: Final = Kind(
    choice=ImportBatch.Kind.CONSENTS,
    noun=gettext_lazy("a list of consents"),
    declared=(
        EMAIL,
        EXTERNAL_ID,
        Field(
            "purpose",
            gettext_lazy("Purpose"),
            gettext_lazy("What it is about, such as email or telephone."),
            headings="purpose consentpurpose consenttype subscriptiontype subscription zweck finalidad",
            may_be_fixed=True,
        ),
        Field(
            "is_given",
            gettext_lazy("Given"),
            gettext_lazy("Yes or no; subscribed and unsubscribed are read too."),
            GIVEN,
            "consent isgiven given optin optedin consentgiven consentstatus subscribed subscriptionstatus status",
            may_be_fixed=True,
        ),
        Field(
            "at",
            gettext_lazy("When"),
            type=cell_types.MOMENT,
            headings="consentdate consentat consenttime optintime confirmtime givenat unsubtime date timestamp "
            "lastchanged",
        ),
        Field("source", gettext_lazy("Where it was said"), headings="consentsource source form", may_be_fixed=True),
        Field("wording", gettext_lazy("Wording shown"), headings="wording consenttext text", may_be_fixed=True),
        Field("note", gettext_lazy("Note"), headings="note notes"),
    ),
    check=_check_consents,
    complete=complete_person,
    make=_make_consent,
    take=_take_consents,
    needs=frozenset({"email", "external_id", "purpose", "is_given", "at", ""}),
    figures=_FIGURES,
)
SUPPRESSIONS: Final = Kind(
    choice=ImportBatch.Kind.SUPPRESSIONS,
    noun=gettext_lazy("a list of addresses to be left alone"),
    declared=(
        EMAIL,
        Field(
            "reason",
            gettext_lazy("Reason"),
            type=REASON,
            headings="reason bouncetype suppressionreason unsubreason status",
            may_be_fixed=True,
        ),
        Field("note", gettext_lazy("Note"), headings="note notes unsubcampaigntitle cleancampaigntitle"),
    ),
    check=_check_suppressions,
    complete=complete_person,
    make=_make_suppression,
    take=_take_suppressions,
    needs=frozenset({"email", ""}),
    figures=_FIGURES,
)
