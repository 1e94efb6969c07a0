"""Invitations: who may come in, the link that lets them, and what they may do once they are in.

Somebody invited is a person who cannot sign in yet. The link is signed, works once and for a week; each mail has one
of its own, and only the newest works.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts import keys
from accounts.models import ApiKey, Invitation, User
from accounts.roles import ADMINISTRATOR, SALES_REP
from lib.signed_links import LinkRefused, read_link, sign_link

LASTS: Final = timedelta(days=7)
PURPOSE: Final = "accounts.invitation"


class CannotInvite(Exception):
    """The person is here already, or not invited any more; the message is a sentence for the administrator."""


class LastAdministrator(Exception):
    """Nobody would be left who may invite people."""

    def __init__(self) -> None:
        super().__init__(_("This is the only administrator. Make somebody else one first."))


@transaction.atomic
def invite(
    *, email: str, name: str, roles: Sequence[str], team: str, time_zone: str, actor: User, now: datetime
) -> Invitation:
    """Lets somebody in who is new here, or who had left. Raises CannotInvite where they are active or invited."""
    email = email.strip().lower()
    user = User.objects.select_for_update().filter(email=email).first() or _created(email)
    if user.is_active:
        raise CannotInvite(_("%(person)s is here already.") % {"person": user})
    known = Invitation.objects.filter(user=user).first()
    if known and known.is_open:
        raise CannotInvite(_("%(person)s is invited already. Send the mail again instead.") % {"person": user})
    user.time_zone = time_zone
    _give(user, name=name, roles=roles, team=team)
    return _anew(user, actor=actor, now=now)


@transaction.atomic
def renew(*, user_id: int, actor: User, now: datetime) -> Invitation:
    """Another link for another week; the one before stops working. Raises CannotInvite where nobody is waited for."""
    return _anew(_locked_open(user_id).user, actor=actor, now=now)


@transaction.atomic
def revoke(*, user_id: int, now: datetime) -> User:
    """The link stops working. Raises CannotInvite where nobody is waited for."""
    invitation = _locked_open(user_id)
    Invitation.objects.filter(pk=invitation.pk).update(revoked_at=now)
    return invitation.user


def link_part(invitation: Invitation) -> str:
    """The part of the address that stands for it."""
    return sign_link(invitation.public_id, purpose=PURPOSE, until=invitation.expires_at)


def behind(link: str, *, now: datetime) -> Invitation:
    """The invitation of a link; raises LinkRefused with a sentence for who followed it."""
    public_id = read_link(link, purpose=PURPOSE, now=now)
    invitation = Invitation.objects.select_related("user", "invited_by").filter(public_id=public_id).first()
    if invitation is None or invitation.revoked_at:
        raise LinkRefused(_("This invitation does not hold any more. Ask who invited you for another one."))
    if invitation.accepted_at:
        raise LinkRefused(_("This invitation was used already. Sign in with the password you chose."))
    return invitation


@transaction.atomic
def accept(*, link: str, name: str, password: str, now: datetime) -> User:
    """The person is active from now on; raises LinkRefused where the link does not work, or was used meanwhile."""
    invitation = behind(link, now=now)
    mine = Invitation.objects.filter(pk=invitation.pk, public_id=invitation.public_id, accepted_at=None)
    if not mine.filter(revoked_at=None).update(accepted_at=now):
        raise LinkRefused(_("This invitation was used already. Sign in with the password you chose."))
    user = invitation.user
    user.name, user.is_active, user.date_joined = name, True, now
    user.set_password(password)
    user.save(update_fields=["name", "is_active", "date_joined", "password"])
    return user


@transaction.atomic
def change(*, user_id: int, name: str, roles: Sequence[str], team: str) -> User:
    """What somebody may do from their next request on. Raises LastAdministrator where nobody else is one."""
    if ADMINISTRATOR not in roles:
        leave_one_besides(user_id)
    user = User.objects.select_for_update().get(pk=user_id)
    _give(user, name=name, roles=roles, team=team)
    return user


def leave_one_besides(user_id: int) -> None:
    """Locks the administrators; raises LastAdministrator where this person is the only one."""
    locked = administrators().select_for_update().order_by("pk")
    if [user.pk for user in locked] == [user_id]:
        raise LastAdministrator


def administrators() -> QuerySet[User]:
    """Who may invite people."""
    return User.objects.filter(Q(roles__contains=[ADMINISTRATOR]) | Q(is_superuser=True), is_active=True)


def opens_the_admin(roles: Sequence[str]) -> bool:
    """Everybody but who only works leads: criteria and policies are there, too."""
    return any(role != SALES_REP for role in roles)


def _give(user: User, *, name: str, roles: Sequence[str], team: str) -> None:
    """What the person is called and may do."""
    user.give_roles(roles)
    user.name, user.team, user.is_staff = name, team, opens_the_admin(roles)
    user.save(update_fields=["name", "roles", "team", "time_zone", "is_staff", "is_superuser"])


def _created(email: str) -> User:
    try:
        with transaction.atomic():
            return User.objects.create_user(email, is_active=False)
    except IntegrityError as error:
        raise CannotInvite(_("Somebody else has just invited %(email)s.") % {"email": email}) from error


def _anew(user: User, *, actor: User, now: datetime) -> Invitation:
    invitation, _is_new = Invitation.objects.update_or_create(
        user=user,
        defaults={
            "public_id": uuid.uuid4(),
            "invited_by": actor,
            "invited_at": now,
            "expires_at": now + LASTS,
            "accepted_at": None,
            "revoked_at": None,
        },
    )
    return invitation


def _locked_open(user_id: int) -> Invitation:
    invitation = (
        Invitation.objects.select_related("user").select_for_update(of=("self",)).filter(user_id=user_id).first()
    )
    if invitation is None or not invitation.is_open:
        raise CannotInvite(_("Nobody is waited for here: the person came in, or the invitation was revoked."))
    return invitation


@transaction.atomic
def let_go(*, user_id: int, keys_go_to: User | None, now: datetime) -> int:
    """The person cannot sign in any more, here or anywhere they are signed in; returns how many keys were settled.

    Their keys go on under somebody else, or end (None). Raises LastAdministrator where nobody else is one.
    """
    leave_one_besides(user_id)
    user = User.objects.select_for_update().get(pk=user_id)
    user.is_active = user.is_superuser = False
    user.set_unusable_password()
    user.save(update_fields=["is_active", "is_superuser", "password"])
    Invitation.objects.filter(user=user, accepted_at=None, revoked_at=None).update(revoked_at=now)
    own = keys_of(user, now=now)
    if keys_go_to is not None:
        return own.update(created_by=keys_go_to)
    ended = list(own)
    for key in ended:
        keys.revoke(key=key, now=now)
    return len(ended)


def keys_of(user: User, *, now: datetime) -> QuerySet[ApiKey]:
    """Those they made and that work."""
    return ApiKey.objects.filter(created_by=user, revoked_at=None, expires_at__gt=now)
