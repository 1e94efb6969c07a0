"""The link by which a person gets a piece of content: sent to their address, it proves that the address is theirs."""

import uuid
from datetime import datetime, timedelta
from typing import Final

from django.urls import reverse

from leads.models import Asset, Lead
from lib.signed_links import LinkRefused, read_link, sign_link

LINK_LASTS: Final = timedelta(days=60)
_PURPOSE: Final = "capture.library.delivery"


def delivery_path(asset: Asset, lead: Lead, *, now: datetime) -> str:
    """The address, without the host, by which this person gets this content."""
    signed = sign_link(lead.public_id, purpose=f"{_PURPOSE}.{asset.public_id.hex}", until=now + LINK_LASTS)
    return reverse("delivery", args=[f"{asset.public_id.hex}.{signed}"])


def read_delivery(token: str, *, now: datetime) -> tuple[Asset, Lead]:
    """What the link is for, and whose it is; raises LinkRefused, also when either is gone."""
    named, _dot, signed = token.partition(".")
    lead_id = read_link(signed, purpose=f"{_PURPOSE}.{named}", now=now)
    try:
        asset = Asset.objects.get(public_id=uuid.UUID(hex=named), archived_at=None)
        return asset, Lead.objects.get(public_id=lead_id, erased_at=None)
    except (ValueError, Asset.DoesNotExist, Lead.DoesNotExist) as error:
        raise LinkRefused from error
