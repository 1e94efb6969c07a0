"""What is said before several leads are given to somebody else."""

from collections.abc import Sequence

from django.utils.translation import ngettext

from accounts.models import User
from handoff.models import Handoff, State


def consequences(handoffs: Sequence[Handoff], to: User) -> list[str]:
    """What will happen, with counts."""
    waiting = [handoff for handoff in handoffs if handoff.state == State.WAITING]
    accepted = [handoff for handoff in handoffs if handoff.state == State.ACCEPTED]
    sentences = []
    if waiting:
        words = ngettext(
            "%(count)d lead waits for an answer. Its deadline stays, and %(rep)s is told.",
            "%(count)d leads wait for an answer. Their deadlines stay, and %(rep)s is told.",
            len(waiting),
        )
        sentences.append(words % {"count": len(waiting), "rep": to})
    if accepted:
        words = ngettext(
            "%(count)d lead is being worked on; %(rep)s goes on with it.",
            "%(count)d leads are being worked on; %(rep)s goes on with them.",
            len(accepted),
        )
        sentences.append(words % {"count": len(accepted), "rep": to})
    if others := len(handoffs) - len(waiting) - len(accepted):
        words = ngettext(
            "%(count)d lead is with nobody in sales any more, or not yet, and stays as it is.",
            "%(count)d leads are with nobody in sales any more, or not yet, and stay as they are.",
            others,
        )
        sentences.append(words % {"count": others})
    return sentences
