"""What is kept warm: segments and lists of leads, and the mails they are sent."""

from nurture.models.mails import Mail, MailVersion
from nurture.models.segments import (
    ListEntry,
    Membership,
    MembershipChange,
    NewMember,
    Segment,
    SegmentLook,
)
from nurture.models.sends import MailSend, SendState, Why

__all__ = [
    "ListEntry",
    "Mail",
    "MailSend",
    "MailVersion",
    "Membership",
    "MembershipChange",
    "NewMember",
    "Segment",
    "SegmentLook",
    "SendState",
    "Why",
]
