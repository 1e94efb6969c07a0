"""What people say about a version. A comment is never changed, and says nothing for or against a signature."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import ROLES
from scoring.criteria.news import enqueue_signatures_void
from scoring.models import Comment, Criteria, Signature

LONGEST: Final = 2000
State = Criteria.State


class CommentRefused(Exception):
    """It cannot be said; the message tells a person why."""


@transaction.atomic
def comment(*, criteria_id: int, text: str, actor: User, now: datetime) -> Comment:
    """One remark on a draft, a proposal or what is in force, by anybody with a role. What is retired is closed."""
    if not actor.has_role(*ROLES):
        raise CommentRefused(_("Only people of the two teams comment on criteria."))
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise CommentRefused(_("Write what you want to say, then send it."))
    if len(words) > LONGEST:
        raise CommentRefused(
            _("A comment has at most %(most)d characters; this one has %(length)d. Shorten it.")
            % {"most": LONGEST, "length": len(words)}
        )
    if "\0" in words:
        raise CommentRefused(_("There is a character in it that cannot be stored. Type it anew."))
    # Held, so that nobody retires or deletes it meanwhile.
    criteria = Criteria.objects.select_for_update(no_key=True).get(pk=criteria_id)
    if not may_be_discussed(criteria):
        raise CommentRefused(
            _("Version %(number)d is retired. Say it about the version in force.") % {"number": criteria.number}
        )
    return Comment.objects.create(criteria=criteria, author=actor, text=words, created_at=now)


def may_be_discussed(criteria: Criteria) -> bool:
    """Whether anything can still come of saying something about it."""
    return criteria.state != State.RETIRED


def remember_void(criteria: Criteria, signatures: Sequence[Signature], *, why: str, actor: User, now: datetime) -> None:
    """Leaves a comment, and news, for whoever had signed what `actor` changed or took back since; `why`: a sentence."""
    Comment.objects.bulk_create(
        Comment(
            criteria=criteria,
            author=actor,
            text=_("%(why)s The signature of %(name)s for %(side)s is void.")
            % {"why": why, "name": signature.user, "side": signature.get_side_display()},
            created_at=now,
        )
        for signature in signatures
    )
    enqueue_signatures_void(criteria, signatures, actor=actor, now=now)
