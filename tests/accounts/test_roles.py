"""A role is known by its key: what it is called changes nothing, and the release before's groups are taken over."""

import importlib
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse

from accounts import roles
from accounts.models import User
from tests.conftest import make_person

pytestmark = pytest.mark.django_db


class TestKeys:
    def test_renaming_a_group_of_django_or_a_role_takes_nothing_away(
        self, manager: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Group.objects.filter(name="Sales manager").update(name="Head of sales")
        renamed = roles.Role(key=roles.SALES_MANAGER, label="Head of sales", does="Leads.")
        monkeypatch.setitem(roles.DECLARED, roles.SALES_MANAGER, renamed)
        client = Client()
        client.force_login(manager)
        page = client.get(reverse("reporting:funnel"))
        assert page.status_code == 200
        assert "Head of sales" in page.content.decode()
        assert list(User.objects.in_role(roles.SALES_MANAGER)) == [manager]

    def test_an_unknown_one_is_not_kept(self, manager: User) -> None:
        with pytest.raises(IntegrityError, match="user_roles_known"):
            User.objects.filter(pk=manager.pk).update(roles=["chief"])

    def test_the_administrator_gives_them_in_the_admin(self, administrator: User, rep: User) -> None:
        client = Client()
        client.force_login(administrator)
        page = reverse("admin:accounts_user_change", args=[rep.pk])
        asked = {"email": rep.email, "name": rep.name, "time_zone": "UTC", "is_active": "on"}
        assert client.post(page, {**asked, "roles": ["sales_rep", "marketing"]}).status_code == 302
        rep.refresh_from_db()
        assert rep.roles_in_words == "Marketing, Sales rep"


class TestTakingOver:
    def test_who_was_in_the_groups_has_the_roles(self) -> None:
        migration: Any = importlib.import_module("accounts.migrations.0005_role_keys")
        both, other = (
            make_person("both@example.com", "marketing", "B"),
            make_person("none@example.com", "marketing", "N"),
        )
        User.objects.update(roles=[])
        both.groups.add(*Group.objects.filter(name__in=["Sales manager", "Administrator"]))
        other.groups.add(Group.objects.create(name="Choir"))
        with connection.schema_editor() as editor:
            migration.take_from_groups(apps, editor)
        assert dict(User.objects.values_list("email", "roles")) == {
            "both@example.com": ["administrator", "sales_manager"],
            "none@example.com": [],
        }
