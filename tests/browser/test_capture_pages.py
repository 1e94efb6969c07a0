"""The pages by which leads come in and data goes out: nothing is cut off, and axe finds nothing."""

import io
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from capture.hooks.editing import add_hook
from capture.hooks.keeping import keep
from capture.importing import files, plan, run
from capture.models import Form, Hook, ImportBatch, Site, Submission, Verdict
from capture.sites.adding import add_site
from capture.tasks import run_import
from leads.models import Campaign, Lead
from tests.browser.conftest import Visit
from tests.browser.test_pages import expect_fitting, expect_sound
from tests.capture.web_forms.conftest import new_form

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def paths(transactional: None, private_files: None, administrator: User) -> list[str]:
    """Each with something on it."""
    now = timezone.now()
    Campaign.objects.create(key="spring", name="Spring campaign for everybody who asked about prices last autumn " * 2)
    return [
        *_connecting(add_site(name="Website", origins=["https://example.com"], actor=administrator, now=now)),
        *_listening(add_hook(name="Survey", actor=administrator, now=now), now),
        *_asking(new_form(now=now), now),
        *_importing(now),
        reverse("leads:list"),
        reverse("leads:log", args=[Lead.objects.get().public_id]),
        *map(reverse, ("exports:list", "privacy:suppressed")),
    ]


def _connecting(site: Site) -> Iterator[str]:
    yield from map(reverse, ("connect:list", "connect:pages", "connect:candidates"))
    yield from (reverse(f"connect:{name}", args=[site.slug]) for name in ("detail", "events", "settings"))


def _listening(hook: Hook, now: datetime) -> Iterator[str]:
    [message] = keep(hook, [({"email": "zoe@example.com", "answers": [{"title": "Role", "value": "CEO"}]}, now)])
    yield reverse("hooks:list")
    yield from (reverse(f"hooks:{name}", args=[hook.public_id]) for name in ("detail", "mapping", "settings"))
    yield reverse("hooks:message", args=[hook.public_id, message])


def _asking(form: Form, now: datetime) -> Iterator[str]:
    kept = Submission.objects.create(
        form=form,
        received_at=now,
        came_by=Submission.CameBy.PAGE,
        raw={"email": ["zoe@example.com"]},
        verdict=Verdict.SUSPECT,
        code="honeypot",
        reason="A field that no person sees was filled in.",
    )
    yield from map(reverse, ("forms:list", "forms:new"))
    names = ("questions", "settings", "website", "submissions")
    yield from (reverse(f"forms:{name}", args=[form.public_id]) for name in names)
    yield reverse("forms:submission", args=[form.public_id, kept.public_id])


def _importing(now: datetime) -> Iterator[str]:
    file = io.BytesIO(b"email,first name\nbob@example.com,Bob\nnobody,Nobody\n")
    batch = plan.new_batch(file, name="two.csv", kind="leads", time_zone="UTC", actor=None, now=now)
    batch.stored_as = files.store(file)
    batch.save()
    run.start(batch.pk, now=now)
    run_import(batch.pk)
    assert ImportBatch.objects.get().state == ImportBatch.State.DONE
    yield from (reverse(f"capture:{name}", args=[batch.public_id]) for name in ("import_detail", "import_undo"))


def test_on_a_phone_and_on_a_desk(visit: Visit, administrator: User, paths: list[str]) -> None:
    page = visit(administrator, paths[0], width=390)
    for path in paths:
        page.set_viewport_size({"width": 390, "height": 900})
        page.goto(path)
        expect_sound(page)
        page.set_viewport_size({"width": 1280, "height": 900})
        expect_fitting(page)
