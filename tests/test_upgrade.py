"""A database of the first release, upgraded to this one: nothing is lost, and it ends as a fresh one begins."""

import ast
import gzip
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Final

import psycopg
import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.models import Sum
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from accounts.models import User
from config.embedded.upgrade import refuse_another_path
from handoff.models import RoutingRule
from leads.models import Activity, Channel, Lead, Page
from scoring.models import Rescore, RescoreChunk
from tests.upgrade.make_dump import DUMP
from tests.upgrade.rows import LEADS, our_models
from tests.upgrade.schema import row_counts, schema, seeded

# Upgrading takes half a minute: one process does it for all of them.
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.xdist_group("upgrade")]
NAME: Final = f"upgraded_{os.getpid()}"
AGAIN: Final = (
    "An initial migration was changed. Before the first release: run `python -m tests.upgrade.make_dump`. "
    "After it: take the change back and add a migration."
)
# The first release took each spelling of a name for one of its own.
TWINS: Final = """
ALTER TABLE leads_activity DISABLE TRIGGER USER;
ALTER TABLE leads_lead DISABLE TRIGGER USER;
INSERT INTO leads_page (public_id, key, title, category, funnel_stage)
    SELECT gen_random_uuid(), upper(key), 'Twin', category, '' FROM leads_page WHERE key = '/pricing';
INSERT INTO leads_channel (public_id, key, name, needs_mapping)
    VALUES (gen_random_uuid(), 'ＰＡＩＤ_search', 'Paid', true);
UPDATE leads_activity SET page_id = (SELECT id FROM leads_page WHERE title = 'Twin')
    WHERE id = (SELECT max(id) FROM leads_activity);
UPDATE leads_lead SET first_channel_id = (SELECT id FROM leads_channel WHERE name = 'Paid')
    WHERE id = (SELECT max(id) FROM leads_lead);
INSERT INTO handoff_routingrule_channels (routingrule_id, channel_id)
    SELECT rule.id, channel.id FROM (SELECT min(id) AS id FROM handoff_routingrule) AS rule,
    leads_channel AS channel WHERE channel.key IN ('paid_search', 'ＰＡＩＤ_search') ON CONFLICT DO NOTHING;
UPDATE leads_channel SET counts_as_id = (SELECT id FROM leads_channel WHERE name = 'Paid') WHERE key = 'paid_search';
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE leads_activity ENABLE TRIGGER USER;
ALTER TABLE leads_lead ENABLE TRIGGER USER;
"""
# What it called so many whole matches is counted in parts now.
FADES: Final = """
ALTER TABLE scoring_rule DISABLE TRIGGER USER;
UPDATE scoring_rule SET half_life_days = 30 WHERE kind = 'behaviour' AND measure = 'activities' AND criteria_id =
    (SELECT id FROM scoring_criteria WHERE state = 'published');
ALTER TABLE scoring_rule ENABLE TRIGGER USER;
"""
PAGES: Final = (
    "handoff:queue", "handoff:team", "leads:list", "notices:list", "reporting:funnel",
    "reporting:volume", "scoring:agreement", "admin:index",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Upgrade:
    """What a database without a past begins with, and the old one before and after."""

    fresh: set[str]
    fresh_rows: set[str]
    schema: set[str]
    rows_before: dict[str, int]
    rows: dict[str, int]
    seeded_rows: set[str]


@pytest.fixture(scope="module")
def upgrade(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Upgrade]:
    """The old database, restored and migrated; it stands in for the one of the tests as long as this module runs."""
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            fresh = schema(cursor)
            fresh_rows = seeded(cursor)
            cursor.execute(f"CREATE DATABASE {NAME}")
        usual, prefix = connection.settings_dict["NAME"], caches["default"].key_prefix
        connection.close()
        connection.settings_dict["NAME"], caches["default"].key_prefix = NAME, NAME
        try:
            _restore()
            with connection.cursor() as cursor:
                before = row_counts(cursor)
                cursor.execute(TWINS)
                cursor.execute(FADES)
            ContentType.objects.clear_cache()
            call_command("migrate", interactive=False, verbosity=0)
            with connection.cursor() as cursor:
                yield Upgrade(
                    fresh=fresh,
                    fresh_rows=fresh_rows,
                    schema=schema(cursor),
                    rows_before=before,
                    rows=row_counts(cursor),
                    seeded_rows=seeded(cursor),
                )
        finally:
            connection.close()
            connection.settings_dict["NAME"], caches["default"].key_prefix = usual, prefix
            ContentType.objects.clear_cache()
            with connection.cursor() as cursor:
                cursor.execute(f"DROP DATABASE {NAME} WITH (FORCE)")
            connection.close()


def _restore() -> None:
    known = connection.get_connection_params()
    with psycopg.connect(
        dbname=NAME, **{key: known[key] for key in ("host", "port", "user", "password") if key in known}
    ) as plain:
        plain.execute(gzip.decompress(DUMP.read_bytes()))


def imported(path: Path) -> set[str]:
    """Returns the packages a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or ".")
    return {module.split(".")[0] for module in found}


class TestMigrations:
    def test_they_call_nothing_that_goes_on_changing(self) -> None:
        # lib: its operations, and validators that columns name.
        fixed = {"django", "lib", *sys.stdlib_module_names}
        migrations = sorted(settings.BASE_DIR.glob("*/migrations/*.py"))
        assert migrations
        assert {str(path): sorted(more) for path in migrations if (more := imported(path) - fixed)} == {}


class TestSquashed:
    """A fresh database is made by squashed migrations, an older one by those that they replace."""

    def test_they_declare_what_those_they_replace_declare(self) -> None:
        each = MigrationLoader(None, replace_migrations=False)
        assert each.replacements
        replaced = [leaf for leaf in each.graph.leaf_nodes() if leaf not in each.replacements]
        differ = MigrationAutodetector(MigrationLoader(None).project_state(), each.project_state(replaced))
        assert differ.changes(graph=each.graph) == {}

    def test_a_database_made_by_them_is_of_this_release(self) -> None:
        refuse_another_path()


class TestUpgrade:
    def test_it_has_what_a_fresh_one_begins_with(self, upgrade: Upgrade) -> None:
        assert upgrade.fresh_rows
        assert upgrade.fresh_rows - upgrade.seeded_rows == set()

    def test_it_ends_with_the_tables_and_triggers_of_a_fresh_database(self, upgrade: Upgrade) -> None:
        assert (upgrade.schema - upgrade.fresh, upgrade.fresh - upgrade.schema) == (set(), set()), AGAIN

    def test_the_old_one_had_rows_and_none_is_lost(self, upgrade: Upgrade) -> None:
        assert upgrade.rows_before["leads_lead"] == LEADS
        lost = {
            table: (count, upgrade.rows.get(table, 0))
            for table, count in upgrade.rows_before.items()
            if upgrade.rows.get(table, 0) < count
        }
        assert lost == {}

    def test_names_that_had_several_spellings_are_one(self, upgrade: Upgrade) -> None:
        channel = Channel.objects.get(key="paid_search")
        assert channel.counts_as is None
        assert not Channel.objects.filter(name="Paid").exists()
        assert not Page.objects.filter(title="Twin").exists()
        assert Activity.objects.latest("pk").page == Page.objects.get(key="/pricing"), list(
            Page.objects.values_list("pk", "key", "title")
        )
        assert Lead.objects.latest("pk").first_channel == channel
        assert channel in RoutingRule.objects.earliest("pk").channels.all()

    def test_scores_of_what_fades_are_computed_again(self, upgrade: Upgrade) -> None:
        rescore = Rescore.objects.get(finished_at=None)
        assert rescore.criteria.rules.filter(half_life_days__isnull=False).exists()
        everybody = RescoreChunk.objects.filter(rescore=rescore).aggregate(Sum("leads"))
        assert (rescore.criteria.state, rescore.leads, everybody["leads__sum"]) == ("published", LEADS, LEADS)

    def test_every_table_of_the_old_one_was_in_use(self, upgrade: Upgrade) -> None:
        ours = {model._meta.db_table for model in our_models()}
        assert [table for table, count in upgrade.rows_before.items() if table in ours and not count] == [], AGAIN

    @pytest.mark.parametrize("page", PAGES)
    def test_its_pages_open(self, upgrade: Upgrade, page: str) -> None:
        client = Client()
        client.force_login(User.objects.get(email="manager@demo.example"))
        assert client.get(reverse(page)).status_code == 200

    def test_its_figures_agree_with_its_record(self, upgrade: Upgrade) -> None:
        told = StringIO()
        call_command("reconcile", stdout=told)
        assert told.getvalue() == "Every lead agrees with its record.\n"
        client = Client()
        client.force_login(User.objects.get(email="manager@demo.example"))
        assert f"{Lead.objects.count()} leads" in client.get(reverse("leads:list")).content.decode()
