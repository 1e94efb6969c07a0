"""A sentence of a template is what Django's own tag makes of it."""

import pytest
from django.template import Context, Template
from django.templatetags import i18n
from django.utils import translation

from lib.sentences import SentenceNode, translate

LITERAL = ('"Go to the content"', '"100 % of them"', '"A & B <b>"', "'Whether it\\'s there'", '""')
OTHER = ('"said" as words %}{{ words }}{% comment', "asked", '"said"|upper', '"May" context "month"', '"said" noop')


def rendered(tag: str, language: str) -> str:
    source = f"{{% load i18n %}}{{% translate {tag} %}}" + ("{% endcomment %}" if tag.endswith("comment") else "")
    with translation.override(language):
        return Template(source).render(Context({"asked": "<Yes>"}))


class TestTranslate:
    @pytest.mark.parametrize("language", ["en-us", "de"])
    @pytest.mark.parametrize("tag", [*LITERAL, *OTHER, '"Yes"'])
    def test_it_says_what_djangos_own_says(self, monkeypatch: pytest.MonkeyPatch, tag: str, language: str) -> None:
        ours = rendered(tag, language)
        monkeypatch.setitem(i18n.register.tags, "translate", i18n.do_translate)
        assert ours == rendered(tag, language)

    def test_what_stands_there_as_it_is_takes_the_short_way(self) -> None:
        assert i18n.register.tags["translate"] is translate
        nodes = Template('{% load i18n %}{% translate "Yes" %}{% translate asked %}').nodelist
        assert [isinstance(node, SentenceNode) for node in nodes] == [False, True, False]
