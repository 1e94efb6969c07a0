"""Addresses and methods no link of ours has."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from leads.models import Lead

ODD = (
    "9999-12-31T23:59:59-23:59 did 1", "0001-01-01T00:00:00+14:00 did 1", "2026-02-30T00:00:00Z did 1", "nonsense",
    "2026-03-10 did 1", "2026-03-10T00:00:00Z", "2026-03-10T00:00:00Z did", "2026-03-10T00:00:00Z was 1",
    "2026-03-10T00:00:00Z did -1", "2026-03-10T00:00:00Z did 1²", f"2026-03-10T00:00:00Z became {'9' * 40}",
)  # fmt: skip


@pytest.mark.parametrize("before", ODD)
def test_a_timeline_before_a_moment_that_is_none_starts_at_its_end(
    client: Client, marketer: User, make_lead: Callable[..., Lead], before: str
) -> None:
    client.force_login(marketer)
    answer = client.get(reverse("leads:detail", args=[make_lead().public_id]), {"before": before})
    assert answer.status_code == 200
    assert answer.context["is_continued"] is False


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
@pytest.mark.parametrize(
    "name", ["leads:list", "leads:new", "leads:detail", "leads:edit", "capture:import_new", "capture:import_list"]
)
def test_only_looking_and_posting_are_answered(
    client: Client, marketer: User, make_lead: Callable[..., Lead], name: str, method: str
) -> None:
    client.force_login(marketer)
    arguments = [make_lead().public_id] if name in ("leads:detail", "leads:edit") else []
    assert client.generic(method, reverse(name, args=arguments)).status_code == 405
