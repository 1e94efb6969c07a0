"""The life of a criteria version: draft -> proposed -> published -> retired.

Marketing drafts and proposes, and may withdraw what it proposed; marketing and sales each sign exactly what is
proposed, by two people; then either side publishes. Every step is one transaction; the triggers of 0002_guards
refuse what goes around it.
"""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F, Max, Q, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import EDITING, MARKETING, SALES_MANAGER
from scoring.criteria.comments import remember_void
from scoring.criteria.content import CRITERIA_FIELDS, content_digest, copy_content
from scoring.criteria.news import enqueue_in_force, enqueue_signed, enqueue_to_sign
from scoring.criteria.refusals import problems_of
from scoring.criteria.terms import terms_now
from scoring.engine.rescore import request_everybody
from scoring.models import Criteria, Signature, Why

__all__ = ["content_digest", "draft_from", "new_draft", "propose", "publish", "sign", "withdraw"]

State, Side = Criteria.State, Signature.Side
# A signature speaks for a side: nobody signs for a team that is not theirs, not even an administrator.
SIGNERS: Final[dict[str, str]] = {Side.MARKETING: MARKETING, Side.SALES: SALES_MANAGER}


class PublicationRefused(Exception):
    """The step cannot be taken; the message tells a person why and what to do."""


class NotYourRole(PublicationRefused):
    """Somebody else has to do this."""


class WrongState(PublicationRefused):
    """The version is not where this step starts."""


class Unsound(PublicationRefused):
    """The draft says something that cannot be evaluated; `problems` has a sentence for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


class ContentChanged(PublicationRefused):
    """What is proposed now is not what the person looked at."""


class AlreadySigned(PublicationRefused):
    """This side has said yes to this content already."""


class SamePerson(PublicationRefused):
    """One person cannot sign for both sides."""


class SignaturesMissing(PublicationRefused):
    """A side has not signed yet."""


@transaction.atomic
def draft_from(criteria: Criteria, *, actor: User, now: datetime) -> Criteria:
    """A draft with the next number and the content of any version; bars that have expired stay behind."""
    content = {name: getattr(criteria, name) for name in CRITERIA_FIELDS}
    draft = new_draft(actor=actor, now=now, based_on=criteria, **content)
    copy_content(criteria, draft, now=now)
    return draft


@transaction.atomic
def new_draft(*, actor: User, now: datetime, **content: object) -> Criteria:
    """A draft with the next number, without rules yet; `content` fills the fields of the version."""
    _require(actor, EDITING, _("Drafts are made by marketing. Ask a marketer to make one."))
    # Whoever comes second waits here, then counts on from the first one's number.
    list(Criteria.objects.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    highest = Criteria.objects.aggregate(highest=Max("number"))["highest"] or 0
    return Criteria.objects.create(number=highest + 1, created_by=actor, created_at=now, **content)


@transaction.atomic
def propose(*, criteria_id: int, actor: User, now: datetime) -> Criteria:
    """Marketing offers a sound draft for signature. From DRAFT only; the digest says what is offered."""
    _require(actor, EDITING, _("Drafts are proposed by marketing. Ask a marketer to propose it."))
    criteria = _locked(criteria_id)
    if criteria.state != State.DRAFT:
        raise WrongState(
            _("Version %(number)d is %(state)s; only a draft can be proposed.")
            % {"number": criteria.number, "state": criteria.get_state_display()}
        )
    if problems := problems_of(criteria):
        raise Unsound(problems)
    criteria.signatures.all().delete()  # one that met an edit half-way must not count for what comes now
    criteria.state = State.PROPOSED
    criteria.proposed_at = now
    criteria.proposed_by = actor
    criteria.terms = terms_now()
    criteria.content_digest = content_digest(criteria)
    criteria.save(update_fields=["state", "proposed_at", "proposed_by", "terms", "content_digest"])
    enqueue_to_sign(criteria, actor=actor, now=now)
    return criteria


@transaction.atomic
def withdraw(*, criteria_id: int, actor: User, now: datetime) -> Criteria:
    """Takes a proposal back: it is a draft again, and a comment tells whoever had signed. From PROPOSED only."""
    _require(actor, EDITING, _("Marketing proposed it and marketing takes it back. Ask a marketer."))
    criteria = _locked(criteria_id)
    _require_proposed(criteria)
    signatures = list(criteria.signatures.select_related("user"))
    criteria.signatures.all().delete()
    criteria.state, criteria.content_digest = State.DRAFT, ""
    criteria.proposed_at = criteria.proposed_by = None
    criteria.save(update_fields=["state", "content_digest", "proposed_at", "proposed_by"])
    remember_void(criteria, signatures, why=_("I took the proposal back."), actor=actor, now=now)
    return criteria


@transaction.atomic
def sign(*, criteria_id: int, side: str, actor: User, now: datetime, seen_digest: str = "") -> Signature:
    """One side's yes to the proposed content. From PROPOSED only; by a marketer or by a sales manager.

    `seen_digest` is the digest of what the person had before them; when another content has been proposed
    since, nothing is signed.
    """
    signer = SIGNERS.get(side)
    if signer is None or not actor.has_role(signer):
        raise NotYourRole(_refused_signer(side))
    criteria = _locked(criteria_id)
    _require_proposed(criteria)
    if seen_digest not in ("", criteria.content_digest) or content_digest(criteria) != criteria.content_digest:
        raise ContentChanged(
            _("Version %(number)d was changed after you opened it. Read it again before you sign.")
            % {"number": criteria.number}
        )
    signatures = criteria.signatures.select_related("user")
    for signature in signatures:
        if signature.side == side:
            raise AlreadySigned(
                _("%(name)s has signed version %(number)d for %(side)s already.")
                % {"name": signature.user, "number": criteria.number, "side": signature.get_side_display()}
            )
        if signature.user_id == actor.pk:
            raise SamePerson(_("You signed for the other side. Somebody else has to sign for this one."))
    signature = Signature.objects.create(
        criteria=criteria, side=side, user=actor, signed_at=now, content_digest=criteria.content_digest
    )
    if not criteria.missing_sides:
        enqueue_signed(criteria, actor=actor, now=now)
    return signature


@transaction.atomic
def publish(*, criteria_id: int, actor: User, now: datetime) -> Criteria:
    """Puts the version in force: retires the one before it and asks for everybody's score, all or nothing.

    From PROPOSED with both signatures only; by anybody who could sign for either side.
    """
    _require(actor, tuple(SIGNERS.values()), _("Marketing or a sales manager publishes criteria. Ask one of them."))
    # The version in force is locked too: of two publications at once, the second sees what the first made.
    versions = Criteria.objects.filter(Q(pk=criteria_id) | Q(state=State.PUBLISHED))
    # no_key: a drain that stores scores refers to these rows, and must not wait for what waits for it.
    list(versions.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    criteria = Criteria.objects.get(pk=criteria_id)
    _require_proposed(criteria)
    _require_signatures(criteria)
    # A clock that was set back must not keep the old version in force.
    Criteria.objects.filter(state=State.PUBLISHED).update(
        state=State.RETIRED, retired_at=Greatest(Value(now), F("published_at"))
    )
    criteria.state = State.PUBLISHED
    criteria.published_at = now
    criteria.published_by = actor
    criteria.save(update_fields=["state", "published_at", "published_by"])
    request_everybody(now=now, why=Why.PUBLICATION)
    enqueue_in_force(criteria, actor=actor, now=now)
    return criteria


def _locked(criteria_id: int) -> Criteria:
    return Criteria.objects.select_for_update(no_key=True).get(pk=criteria_id)


def _require(actor: User, roles: tuple[str, ...], sentence: str) -> None:
    if not actor.has_role(*roles):
        raise NotYourRole(sentence)


def _require_proposed(criteria: Criteria) -> None:
    if criteria.state == State.PROPOSED:
        return
    if criteria.state == State.DRAFT:
        raise WrongState(
            _("Version %(number)d is a draft. It has to be proposed first; an edit makes it a draft again.")
            % {"number": criteria.number}
        )
    raise WrongState(
        _("Version %(number)d is %(state)s already and stays as it is.")
        % {"number": criteria.number, "state": criteria.get_state_display()}
    )


def _require_signatures(criteria: Criteria) -> None:
    if content_digest(criteria) != criteria.content_digest:
        raise ContentChanged(
            _("Version %(number)d is not what was signed. Propose it again.") % {"number": criteria.number}
        )
    if missing := criteria.missing_sides:
        raise SignaturesMissing(
            _("Version %(number)d still needs the signature of %(sides)s.")
            % {"number": criteria.number, "sides": _(" and of ").join(missing)}
        )


def _refused_signer(side: str) -> str:
    if side == Side.MARKETING:
        return _("Only a marketer signs for marketing.")
    if side == Side.SALES:
        return _("Only a sales manager signs for sales.")
    return _("There is no such side to sign for.")
