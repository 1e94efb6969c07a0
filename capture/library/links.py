"""The link by which a person gets a piece of content: sent to their address, it proves that the address is theirs."""

import uuid
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.urls import reverse

from leads.models import Asset, Lead
from lib.signed_links import LinkRefused, read_link_and_end, sign_link

LINK_LASTS: Final = timedelta(days=60)
_PURPOSE: Final = "capture.library.delivery"


def delivery_path(asset: Asset, lead: Lead, *, now: datetime) -> str:
    """The address, without the host, by which this person gets this content."""
    signed = sign_link(lead.public_id, purpose=f"{_PURPOSE}.{asset.public_id.hex}", until=now + LINK_LASTS)
    return reverse("delivery", args=[f"{asset.public_id.hex}.{signed}"])


class DeliveryLink(NamedTuple):
    """What a link is for, whose it is, and when it was made, which is when its mail was written."""

    asset: Asset
    lead: Lead
    made_at: datetime


def read_delivery(token: str, *, now: datetime) -> DeliveryLink:
    """What the link says; raises LinkRefused, also when the content or the lead is gone."""
    named, _dot, signed = token.partition(".")
    lead_id, until = read_link_and_end(signed, purpose=f"{_PURPOSE}.{named}", now=now)
    try:
        asset = Asset.objects.get(public_id=uuid.UUID(hex=named), archived_at=None)
        lead = Lead.objects.get(public_id=lead_id, erased_at=None)
        return DeliveryLink(asset, lead, until - LINK_LASTS)
    except (ValueError, Asset.DoesNotExist, Lead.DoesNotExist) as error:
        raise LinkRefused from error
