"""How long things are kept: each package says what of its own has an age, an administrator says how old it may become.

Nothing is removed that no policy is on for. A policy that nobody changed is as its kind was declared.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Final

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.functional import Promise

from accounts.models import User
from leads.models.retention import RetentionPolicy

# So many rows are removed in one transaction.
BATCH: Final = 200
EXAMPLES: Final = 10
# Longer than anything may be kept by law of limitation anywhere; a bound for the form.
MOST_DAYS: Final = 36_500


@dataclass(frozen=True, kw_only=True)
class RetentionKind:
    """One kind of thing that grows old, declared by the package that keeps it."""

    key: str
    label: str | Promise
    # What counts as its age, and what becomes of it.
    explanation: str | Promise
    days: int
    is_on: bool
    # What is older than that moment, ordered by its key.
    due: Callable[[datetime], QuerySet[Any]]
    # Removes these rows (their keys), in a transaction of the caller; returns how many it removed.
    remove: Callable[[Sequence[Any], datetime], int]
    # One of them in words, for the dry run: no name, no address.
    example: Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a policy would remove now."""

    count: int
    examples: list[str]


_kinds: Final[dict[str, RetentionKind]] = {}


class KnownRetentionKind(ValueError):
    """A kind of this key is registered already."""


def register(kind: RetentionKind) -> RetentionKind:
    """The kind, which has a policy from now on; raises KnownRetentionKind."""
    if kind.key in _kinds:
        raise KnownRetentionKind(kind.key)
    _kinds[kind.key] = kind
    return kind


def retention_kinds() -> Sequence[RetentionKind]:
    """All of them, in the order of their registration."""
    return tuple(_kinds.values())


def policies() -> list[tuple[RetentionKind, RetentionPolicy]]:
    """Each kind with what is in force; one statement."""
    stored = {policy.key: policy for policy in RetentionPolicy.objects.select_related("changed_by")}
    return [(kind, stored.get(kind.key) or _declared(kind)) for kind in retention_kinds()]


def policy_of(key: str) -> tuple[RetentionKind, RetentionPolicy]:
    """Raises KeyError for an unknown kind."""
    kind = _kinds[key]
    return kind, RetentionPolicy.objects.filter(key=key).first() or _declared(kind)


def _declared(kind: RetentionKind) -> RetentionPolicy:
    return RetentionPolicy(key=kind.key, is_on=kind.is_on, days=kind.days)


def change_policy(*, key: str, is_on: bool, days: int, actor: User, now: datetime) -> RetentionPolicy:
    """From now on this holds; raises KeyError for an unknown kind."""
    kind = _kinds[key]
    policy, _created = RetentionPolicy.objects.update_or_create(
        key=kind.key, defaults={"is_on": is_on, "days": days, "changed_by": actor, "changed_at": now}
    )
    return policy


def dry_run(key: str, *, days: int, now: datetime) -> DryRun:
    """What would be removed if things of this kind were kept so many days; nothing is."""
    kind = _kinds[key]
    due = kind.due(now - timedelta(days=days))
    return DryRun(due.count(), [kind.example(row) for row in due[:EXAMPLES]])


def remove_what_is_due(*, now: datetime, until: float) -> bool:
    """Removes what is older than its policy allows, batch by batch, until `monotonic()` says so.

    Returns whether something may be left. Twice at once is harmless: what one has removed the other does not find.
    """
    for kind, policy in policies():
        if not policy.is_on:
            continue
        while _remove_batch(kind, policy, now=now):
            if monotonic() >= until:
                return True
    return False


@transaction.atomic
def _remove_batch(kind: RetentionKind, policy: RetentionPolicy, *, now: datetime) -> int:
    due = kind.due(now - timedelta(days=policy.days))
    keys = list(due.values_list("pk", flat=True)[:BATCH])
    count = kind.remove(keys, now) if keys else 0
    if count:
        declared = {"is_on": policy.is_on, "days": policy.days}
        RetentionPolicy.objects.get_or_create(key=kind.key, defaults=declared)
        RetentionPolicy.objects.filter(key=kind.key).update(removed=F("removed") + count, removed_at=now)
    return count
