"""API keys: made once, kept as a hash, refused when wrong, expired, revoked or their maker is gone."""

import hashlib
import secrets
import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from accounts.models import ApiKey, User
from lib.folding import fold
from lib.process_cache import ProcessCache

LONGEST_LIFE = timedelta(days=365)
# The keys that were used, by digest.
_known: ProcessCache[dict[str, ApiKey]] = ProcessCache(dict)


class KeyRefused(Exception):
    """The key cannot be used; the message says why and what to do."""


def issue(
    *,
    name: str,
    scopes: Sequence[str],
    actor: User,
    now: datetime,
    expires_at: datetime | None = None,
    system: str = "",
) -> tuple[ApiKey, str]:
    """A new key and its secret, which nobody can read again.

    The secret is `baton_<8 hex>_<43 random>_<crc32 of the rest>`: the checksum lets scanners and this
    module tell a mistyped key from an unknown one without asking the database.
    """
    body = f"baton_{secrets.token_hex(4)}_{secrets.token_urlsafe(32)}"
    secret = f"{body}_{_checksum(body)}"
    key = ApiKey.objects.create(
        name=name,
        scopes=sorted(set(scopes)),
        system=fold(system),
        prefix=secret[:14],
        digest=_digest(secret),
        created_by=actor,
        created_at=now,
        expires_at=min(expires_at or now + LONGEST_LIFE, now + LONGEST_LIFE),
    )
    return key, secret


def authenticate(*, secret: str, now: datetime) -> ApiKey:
    """The key behind a secret; raises KeyRefused with a sentence for the sender."""
    body, _, checksum = secret.rpartition("_")
    if not body.startswith("baton_") or checksum != _checksum(body):
        raise KeyRefused("This is not a Baton API key. Check that the whole key was copied.")
    key = _find(_digest(secret))
    if key is None:
        raise KeyRefused("This API key is not known here.")
    if key.revoked_at is not None:
        raise KeyRefused("This API key was revoked. Ask an administrator for a new one.")
    if key.expires_at <= now:
        raise KeyRefused("This API key has expired. Ask an administrator for a new one.")
    if not key.created_by.is_active:
        raise KeyRefused("The person who made this API key is no longer active. Ask an administrator for a new one.")
    _remember_use(key, now)
    return key


def _find(digest: str) -> ApiKey | None:
    """The key as it was a second ago at most."""
    known = _known.get()
    key = known.get(digest)
    if key is None:
        key = ApiKey.objects.select_related("created_by").filter(digest=digest).first()
        if key is not None:
            known[digest] = key
    return key


def revoke(*, key: ApiKey, now: datetime) -> None:
    """The key stops working within a second everywhere; revoking twice keeps the first moment."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now)


def _remember_use(key: ApiKey, now: datetime) -> None:
    # At most once a minute from each process, so that a busy key is not one hot row.
    if key.last_used_at is not None and key.last_used_at >= now - timedelta(minutes=1):
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - timedelta(minutes=1))
    ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)
    key.last_used_at = now


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode()):08x}"
