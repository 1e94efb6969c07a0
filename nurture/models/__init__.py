"""What is kept warm: segments and lists of leads, the mails they are sent, and the sequences they are taken through."""

from nurture.models.mails import Mail, MailVersion
from nurture.models.segments import (
    ListEntry,
    Membership,
    MembershipChange,
    NewMember,
    Segment,
    SegmentLook,
)
from nurture.models.sending_policy import SendingPolicy
from nurture.models.sends import MailSend, SendState, Why
from nurture.models.sequences import Enrolment, EntryRequest, Sequence, SequenceVersion, StepRun

__all__ = [
    "Enrolment",
    "EntryRequest",
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
    "SendingPolicy",
    "Sequence",
    "SequenceVersion",
    "StepRun",
    "Why",
]
