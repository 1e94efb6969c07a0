"""What is recorded of leads is of a kind that a package has declared, and each kind can be told to a reader."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

import pytest
from django.conf import settings

from leads.activity_icons import ICONS
from leads.event_kinds import CHANGED, CREATED
from leads.events import (
    SYSTEM,
    Entry,
    EventKind,
    KnownEventKind,
    UnknownEventKind,
    event_kind,
    event_kinds,
    record,
    register,
)
from leads.models import Lead, LeadEvent

MEANINGS: Final = ("", "accent", "fine", "soon", "late", "machine")
MakeLead = Callable[..., Lead]


def a_kind(key: str = "lead.sang") -> EventKind:
    return EventKind(key=key, label="Sang", sentence="The lead sang.")


def is_icon(name: str) -> bool:
    return Path(settings.BASE_DIR, "static", "icons", f"{name}.svg").is_file()


class TestRegister:
    def test_a_key_is_taken_once(self) -> None:
        with pytest.raises(KnownEventKind, match=r"lead\.created"):
            register(a_kind("lead.created"))
        assert event_kind("lead.created") is CREATED

    def test_an_unknown_key_is_refused(self) -> None:
        with pytest.raises(UnknownEventKind, match=r"lead\.sang"):
            event_kind("lead.sang")

    @pytest.mark.django_db
    @pytest.mark.parametrize("key", ["lead.sang", "lead.changed"])
    def test_of_a_kind_that_was_not_registered_nothing_is_written(
        self, make_lead: MakeLead, now: datetime, key: str
    ) -> None:
        lead = make_lead()
        before = LeadEvent.objects.count()
        entries = [Entry(lead_id=lead.pk, kind=kind, at=now) for kind in (CHANGED, a_kind(key))]
        with pytest.raises(UnknownEventKind):
            record(entries, agent=SYSTEM, now=now)
        assert LeadEvent.objects.count() == before


@pytest.mark.parametrize("kind", event_kinds(), ids=lambda kind: kind.key)
class TestEachKind:
    def test_it_has_words_and_an_icon_that_exists(self, kind: EventKind) -> None:
        assert str(kind.label)
        assert str(kind.sentence).endswith(".")
        assert is_icon(kind.icon)
        assert kind.meaning in MEANINGS

    def test_its_key_fits_the_column(self, kind: EventKind) -> None:
        field = LeadEvent._meta.get_field("kind")
        assert len(kind.key) <= (field.max_length or 0)


class TestActivityTypes:
    @pytest.mark.parametrize("name", sorted({*ICONS.values(), "dot"}))
    def test_the_icon_exists(self, name: str) -> None:
        assert is_icon(name)
