"""The keys of a site: one that stands in its pages, one for its servers, and the tokens those sign.

The server key is never stored. It is what the installation's secret makes of a nonce, so a copy of the database gives
nobody a key; that a key is right shows its digest, which works on under another secret of the installation too.
"""

import hashlib
import hmac
import secrets
import zlib
from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils.crypto import salted_hmac

from capture.models import Site

_SALT: Final = "capture.sites.keys.server_key"
_BEGINS: Final = "batonsite_"


def new_write_key() -> str:
    """32 characters of the kind the published clients expect."""
    return secrets.token_hex(16)


def new_server_key(*, site: Site, now: datetime) -> str:
    """Makes the site another server key and returns it; the one before stops working within a second.

    Tokens that the one before signed stop working as well.
    """
    nonce = secrets.token_hex(16)
    key = _server_key(site, nonce, secret=settings.SECRET_KEY)
    Site.objects.filter(pk=site.pk).update(
        server_key_nonce=nonce, server_key_digest=digest(key), server_key_made_at=now
    )
    return key


def digest(key: str) -> str:
    """What is stored of a server key."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def is_server_key(text: str) -> bool:
    """Whether the text may be a server key: it begins like one and its checksum is right."""
    body, _, checksum = text.rpartition("_")
    return body.startswith(_BEGINS) and checksum == _checksum(body)


def is_signed(*, site: Site, who: str, token: str) -> bool:
    """Whether a server of the site signed that the visitor is `who`: HMAC-SHA256 with the server key, in hexadecimal.

    `who` is the e-mail address or the external id, exactly as it was signed.
    """
    if not site.server_key_nonce or not token:
        return False
    claimed = token.strip().lower().encode("utf-8", "replace")
    signed = who.encode("utf-8", "replace")
    installation = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(
        hmac.compare_digest(hmac.new(key.encode(), signed, "sha256").hexdigest().encode(), claimed)
        for key in (_server_key(site, site.server_key_nonce, secret=secret) for secret in installation)
    )


def _server_key(site: Site, nonce: str, *, secret: str | bytes) -> str:
    made = salted_hmac(_SALT, f"{site.public_id}:{nonce}", secret=secret, algorithm="sha256").hexdigest()
    body = f"{_BEGINS}{made}"
    return f"{body}_{_checksum(body)}"


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode('utf-8', 'surrogatepass')):08x}"
