"""The visitor of a website who fills in a form: whose visits they were."""

from datetime import datetime

from capture.models import Submission
from capture.sites.known import site_of_origin
from capture.sites.origins import origin_of
from capture.tracking.identification import identify
from capture.tracking.visitors import visitor_id


def join(submission: Submission, *, now: datetime) -> None:
    """What the visitor did before is the lead's: at once where this made the lead or the address is confirmed.

    Else somebody only says that they are a lead that is known, and a person decides.
    """
    site = site_of_origin(origin_of(submission.page)) if submission.visitor else None
    if site is None or submission.lead_id is None:
        return
    identify(
        visitor_id=visitor_id(site=site, anonymous_id=str(submission.visitor), now=now),
        lead_id=submission.lead_id,
        is_verified=submission.made_lead or submission.confirmed_at is not None,
        now=now,
        at=submission.received_at,
    )
