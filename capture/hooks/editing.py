"""Makes, changes, pauses and removes incoming webhooks."""

import secrets
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from capture.hooks.mapping import HookMapping
from capture.models import Hook
from lib.folding import fold


def add_hook(*, name: str, actor: User, now: datetime) -> Hook:
    """Another address. Until somebody says what its messages hold they wait."""
    key = secrets.token_urlsafe(32)  # 256 bits that nobody guesses
    return Hook.objects.create(key=key, name=name, system=fold(name)[:50], created_by=actor, created_at=now)


def map_messages(hook: Hook, mapping: HookMapping) -> None:
    """What comes from now on, and what waits once it is taken, is read like this."""
    hook.mapping = mapping.as_stored()
    hook.save(update_fields=["mapping"])


def pause(hook: Hook, *, is_paused: bool) -> None:
    """While it is paused what comes is kept and waits."""
    Hook.objects.filter(pk=hook.pk).update(is_paused=is_paused)
    hook.is_paused = is_paused


@transaction.atomic
def remove(hook: Hook) -> None:
    """The address is gone with what came to it; leads and what they did stay."""
    hook.messages.all().delete()
    hook.delete()


def change(hook: Hook, **fields: Any) -> None:
    """Name, ids, and how the sender proves itself."""
    for name, value in fields.items():
        setattr(hook, name, value)
    hook.save(update_fields=list(fields))
