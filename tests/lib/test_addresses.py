"""Addresses in templates: found once for all public ids, and the same as Django finds them."""

from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.test import override_settings
from django.urls import NoReverseMatch, path, reverse, set_script_prefix
from django.urls.base import get_script_prefix

from lib import addresses


def page(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [path("other/<uuid:public_id>/", page, name="elsewhere")]


def drawn(text: str, **values: object) -> str:
    return Template(text).render(Context(values))


class TestAddress:
    def test_each_is_what_django_finds(self) -> None:
        for _turn in range(3):
            key = uuid4()
            assert drawn("{% url 'leads:detail' key %}", key=key) == reverse("leads:detail", args=[key])
            assert drawn("{% url 'leads:outcome' key what %}", key=key, what="lost") == reverse(
                "leads:outcome", args=[key, "lost"]
            )

    def test_the_patterns_are_tried_once_for_all_public_ids(self, monkeypatch: pytest.MonkeyPatch) -> None:
        addresses._parts_of.cache_clear()
        asked = list[str]()

        def counted(name: str, **more: Any) -> str:
            asked.append(name)
            return reverse(name, **more)

        monkeypatch.setattr(addresses, "reverse", counted)
        for _turn in range(5):
            drawn("{% url 'leads:detail' key %}", key=uuid4())
        assert len(asked) == 1

    def test_without_a_public_id_and_by_name_it_is_djangos(self) -> None:
        key = uuid4()
        assert drawn("{% url 'leads:list' %}") == reverse("leads:list")
        assert drawn("{% url 'leads:detail' public_id=key %}", key=key) == reverse("leads:detail", args=[key])
        assert drawn("{% url 'leads:detail' key %}", key=str(key)) == reverse("leads:detail", args=[key])

    def test_what_does_not_exist_is_said_or_is_empty_where_it_is_kept(self) -> None:
        with pytest.raises(NoReverseMatch):
            drawn("{% url 'leads:nowhere' key %}", key=uuid4())
        assert drawn("{% url 'leads:nowhere' key as there %}[{{ there }}]", key=uuid4()) == "[]"
        key = uuid4()
        assert drawn("{% url 'leads:detail' key as there %}[{{ there }}]", key=key) == f"[/leads/{key}/]"

    def test_other_addresses_and_another_prefix_are_told_apart(self) -> None:
        key, before = uuid4(), get_script_prefix()
        drawn("{% url 'leads:detail' key %}", key=key)
        try:
            set_script_prefix("/baton/")
            assert drawn("{% url 'leads:detail' key %}", key=key) == f"/baton/leads/{key}/"
        finally:
            set_script_prefix(before)
        with override_settings(ROOT_URLCONF=__name__):
            assert drawn("{% url 'elsewhere' key %}", key=key) == f"/other/{key}/"
            with pytest.raises(NoReverseMatch):
                drawn("{% url 'leads:detail' key %}", key=key)
