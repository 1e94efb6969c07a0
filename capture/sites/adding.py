"""Names a site and gives it its write key."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.utils.text import slugify

from accounts.models import User
from capture.models import Site
from capture.sites.keys import new_write_key

# Addresses of Connect that are no site's.
_TAKEN: Final = frozenset({"hooks", "candidates", "pages"})


def add_site(*, name: str, origins: Sequence[str], actor: User | None, now: datetime) -> Site:
    """A new site at these origins (`sites.origins.read_origin`); without `actor` the command line made it."""
    slug = slugify(name)[:50] or "site"
    if slug in _TAKEN or Site.objects.filter(slug=slug).exists():
        slug = f"{slug}-{secrets.token_hex(3)}"
    return Site.objects.create(
        name=name,
        slug=slug,
        origins=list(dict.fromkeys(origins)),
        write_key=new_write_key(),
        created_by=actor,
        created_at=now,
    )
