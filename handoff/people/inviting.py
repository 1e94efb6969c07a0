"""People are invited by a mail, with what they may do and how many leads they take."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import invitations
from accounts.models import Invitation, User
from accounts.roles import SALES_REP, in_words
from handoff.models import Rep
from outbox import letters


@transaction.atomic
def invite(
    *, email: str, name: str, roles: Sequence[str], team: str, capacity: int, actor: User, now: datetime
) -> User:
    """Owes somebody the mail that lets them in; raises CannotInvite where they are here or invited already."""
    invitation = invitations.invite(
        email=email, name=name, roles=roles, team=team, time_zone=actor.time_zone, actor=actor, now=now
    )
    _take_leads(invitation.user, capacity=capacity, now=now)
    _mail(invitation, now=now)
    return invitation.user


@transaction.atomic
def invite_again(*, user_id: int, actor: User, now: datetime) -> User:
    """Another mail with another link; raises CannotInvite where nobody is waited for."""
    invitation = invitations.renew(user_id=user_id, actor=actor, now=now)
    letters.forget(invitation.user.email)
    _mail(invitation, now=now)
    return invitation.user


@transaction.atomic
def revoke(*, user_id: int, now: datetime) -> User:
    """Nobody comes in by the mail any more, and one that was not sent yet is not; raises CannotInvite."""
    user = invitations.revoke(user_id=user_id, now=now)
    letters.forget(user.email)
    return user


@transaction.atomic
def change(*, user_id: int, name: str, roles: Sequence[str], team: str, capacity: int, now: datetime) -> User:
    """What somebody may do and how many leads they take; raises LastAdministrator where nobody else is one."""
    user = invitations.change(user_id=user_id, name=name, roles=roles, team=team)
    _take_leads(user, capacity=capacity, now=now)
    return user


def _take_leads(user: User, *, capacity: int, now: datetime) -> None:
    if SALES_REP in user.roles:
        made = {"capacity": capacity, "takes_leads_since": now}
        Rep.objects.update_or_create(user=user, defaults={"capacity": capacity}, create_defaults=made)


def _mail(invitation: Invitation, *, now: datetime) -> None:
    user, address = invitation.user, reverse("invitation", args=[invitations.link_part(invitation)])
    words = {
        "who": invitation.invited_by,
        "name": user.name,
        "roles": in_words(user.roles),
        "url": f"{settings.BASE_URL}{address}",
        "until": invitation.expires_at,
    }
    letters.write(
        address=user.email,
        subject=_("%(who)s invited you to Baton") % words,
        text=render_to_string("accounts/mail/invitation.txt", words),
        dedupe_key=f"invitation:{invitation.public_id}",
        now=now,
    )
