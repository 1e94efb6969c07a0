"""What is kept warm: segments and lists of leads."""

from nurture.models.segments import (
    ListEntry,
    Membership,
    MembershipChange,
    NewMember,
    Segment,
    SegmentLook,
)

__all__ = ["ListEntry", "Membership", "MembershipChange", "NewMember", "Segment", "SegmentLook"]
