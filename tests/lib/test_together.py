"""What is told travels in one message, in the order in which it was said; nothing of it is done after an error."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from leads.models import Campaign
from leads.writing import FEW, insert
from lib.together import sent_together, tell

pytestmark = pytest.mark.django_db
INSERT = "INSERT INTO leads_campaign (public_id, key, name) VALUES (gen_random_uuid(), %s, %s)"


def names() -> list[str]:
    return list(Campaign.objects.filter(key__startswith="told").order_by("pk").values_list("name", flat=True))


def tell_of(*keys: str) -> None:
    for key in keys:
        tell(INSERT, [key, f"{key} 100 % 'it; is' %s"])


class TestTell:
    def test_alone_it_runs_at_once(self) -> None:
        with CaptureQueriesContext(connection) as queries:
            tell_of("told-1", "told-2")
        assert len(queries) == 2
        assert names() == ["told-1 100 % 'it; is' %s", "told-2 100 % 'it; is' %s"]

    def test_several_are_one_message(self) -> None:
        with CaptureQueriesContext(connection) as queries, sent_together():
            tell_of("told-1", "told-2", "told-3")
            assert not queries.captured_queries
        assert len(queries) == 1
        assert len(names()) == 3

    def test_who_asks_finds_what_was_told(self) -> None:
        with sent_together():
            tell_of("told-1")
            assert len(names()) == 1
            tell_of("told-2")
            with sent_together():
                tell_of("told-3")
            assert len(names()) == 3

    def test_copy_comes_after_what_was_told(self) -> None:
        rows = [(uuid4(), f"told-{number}", "Copied") for number in range(FEW + 1)]
        with sent_together():
            tell_of("told")
            insert(Campaign, ("public_id", "key", "name"), rows)
        assert names()[0] != "Copied"
        assert len(names()) == 1 + len(rows)

    def test_an_error_is_known_as_every_error_of_the_database(self) -> None:
        with pytest.raises(IntegrityError), transaction.atomic(), sent_together():
            tell_of("told-1", "told-1", "told-2")
        assert names() == []

    def test_what_waits_when_the_block_raises_is_not_sent(self) -> None:
        def fail() -> None:
            with sent_together():
                tell_of("told-1")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        tell_of("told-2")
        assert len(names()) == 1
