"""A package knows those to its right and none to its left: not by import, and not by a string either."""

import ast
import tomllib

import pytest

from tests.architecture.reading import (
    LAYERS,
    ROOT,
    Fault,
    compare,
    name,
    packages,
    sources,
    statements,
    styles,
    templates,
    text,
    tree,
)
from tests.architecture.vocabulary import (
    Vocabulary,
    classes,
    in_code,
    in_sql,
    in_style,
    in_template,
    style_owner,
    template_owner,
    vocabulary,
)

# A string that is the word of something else.
NOT_MEANT: dict[Fault, str] = {
    ("static/css/admin.css", ".help"): "a class of Django's admin, on every page of it",
}


def named_above() -> set[Fault]:
    words = vocabulary()
    code = {(name(p), said) for p in sources() for said in in_code(p.relative_to(ROOT).parts[0], tree(p), words)}
    sql = {
        (name(p), said)
        for package in packages()
        for p in statements(package)
        for said in in_sql(package, text(p), words)
    }
    pages = {(name(p), said) for p in templates() for said in in_template(template_owner(p), text(p), words)}
    looks = {(name(p), said) for p in styles() for said in in_style(style_owner(p), text(p), classes())}
    return code | sql | pages | looks


class TestLayers:
    def test_every_package_has_its_place(self) -> None:
        there = {path.parent.name for path in ROOT.glob("*/__init__.py")}
        assert there - {"tests", "bench"} == set(packages())

    def test_the_import_contract_says_the_same(self) -> None:
        told = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
        layers = [layer.strip("()") for layer in told["contracts"][0]["layers"]]
        assert sorted(told["root_packages"]) == sorted(packages())
        assert layers == [layer for layer in LAYERS if layer in layers]
        assert set(packages()) <= set(layers)

    def test_no_package_names_what_belongs_to_one_above(self) -> None:
        found = named_above()
        assert not NOT_MEANT.keys() - found, "these are not said any more"
        compare("above", found - NOT_MEANT.keys())


WORDS = Vocabulary()
for _kind, _word, _package in (
    ("prefix", "handoff", "handoff"),
    ("prefix", "score", "scoring"),
    ("prefix", "lead", "leads"),
    ("folder", "handoff", "handoff"),
    ("folder", "leads", "leads"),
    ("library", "deliveries", "handoff"),
    ("table", "handoff_handoff", "handoff"),
    ("table", "leads_lead", "leads"),
    ("value", "in_review", "handoff"),
    ("value", "breached", "handoff"),
    ("value", "recycled", "handoff"),
    ("value", "recycled", "leads"),
    ("related", "score", "scoring"),
    ("related", "score_changes", "scoring"),
    ("signal", "leads_scored", "scoring"),
    ("namespace", "scoring", "scoring"),
    ("namespace", "leads", "leads"),
    ("style", "css/handoff/queue.css", "handoff"),
):
    WORDS.add(_kind, _word, _package)
WORDS.targets["score"].add("lead")
WORDS.targets["score_changes"].add("lead")

NAMED_IN_CODE = {
    "an event kind": ("record('handoff.passed')", "handoff.passed"),
    "an event kind by a model's name": ("KINDS = {'score.given_by_hand': 1}", "score.given_by_hand"),
    "a task": ("send_task('handoff.tasks.sweep')", "handoff.tasks.sweep"),
    "a model": ("ForeignKey('handoff.Handoff')", "handoff.Handoff"),
    "a permission": ("user.has_perm('handoff.change_handoff')", "handoff.change_handoff"),
    "a table": ("Table('handoff_handoff')", "handoff_handoff"),
    "a table in SQL": ("cursor.execute('SELECT 1 FROM handoff_handoff WHERE x')", "handoff_handoff"),
    "a table in an f-string": ("f'SELECT {x} FROM handoff_handoff AS h'", "handoff_handoff"),
    "a state": ("status == 'in_review'", "in_review"),
    "a state of one word": ("{'breached': 1}", "breached"),
    "a template": ("render(request, 'handoff/_panel.html')", "handoff/_panel.html"),
    "a template of the admin": ("x = 'admin/handoff/calendar/_preview.html'", "admin/handoff/calendar/_preview.html"),
    "a style sheet": ("Media.css = 'css/handoff/queue.css'", "css/handoff/queue.css"),
    "an address": ("reverse('scoring:panel')", "scoring:panel"),
    "a signal": ("connect('leads_scored')", "leads_scored"),
    "a relation": ("leads.select_related('score')", "score"),
    "a lookup": ("leads.order_by('score__total')", "score__total"),
    "a lookup backwards": ("leads.order_by('-score__total')", "-score__total"),
    "a lookup in parts": ("f'score__{name}'", "score__"),
    "a lookup as a keyword": ("leads.filter(score__total__gte=3)", "score__total__gte"),
    "a row's attribute": ("lead.score.total", "lead.score"),
    "an attribute of a row's": ("self.lead.score.total", "lead.score"),
    "an attribute by its own name": ("x.score_changes.all()", "x.score_changes"),
}
NOT_NAMED_IN_CODE = {
    "in a docstring": "'''handoff.passed'''\ndef f():\n  '''handoff_handoff'''",
    "in a comment": "# handoff.passed, in_review",
    "a kind of its own": "record('lead.created')",
    "a value that a lower package has too": "x == 'recycled'",
    "a table of its own": "'SELECT 1 FROM leads_lead'",
    "a sentence": "_('A handoff in review was breached. See handoff.')",
    "a file": "open('score.csv')",
    "an attribute of something else": "people.score(lead_id)",
    "an argument": "make(score=3)",
    "an address of its own": "reverse('leads:list')",
}
NAMED_IN_TEMPLATE = {
    "an include": ("{% include 'handoff/_state.html' with a=b %}", "handoff/_state.html"),
    "what it extends": ('{% extends "handoff/detail.html" %}', "handoff/detail.html"),
    "a style sheet": ("{% static 'css/handoff/queue.css' %}", "css/handoff/queue.css"),
    "a state": ('{% if x == "in_review" %}', "in_review"),
    "a kind": ("{% if event.kind == 'handoff.passed' %}", "handoff.passed"),
    "a library": ("{% load i18n deliveries %}", "deliveries"),
    "a relation": ("{{ lead.score.total }}", "lead.score"),
    "a relation in a condition": ("{% if row.lead.score %}", "lead.score"),
    "an address outside of url": ("{% include 'x.html' with name='scoring:panel' %}", "scoring:panel"),
}
NOT_NAMED_IN_TEMPLATE = {
    "an address": '{% url "scoring:panel" lead.public_id %}',
    "in a comment": "{% comment %}{% include 'handoff/_state.html' %}{% endcomment %}{# 'in_review' #}",
    "its own": "{% include 'leads/_table.html' %}{{ lead.score_is_known }}",
    "words": "<p>in_review handoff.passed</p>",
}


class TestItSees:
    @pytest.mark.parametrize(("source", "said"), NAMED_IN_CODE.values(), ids=NAMED_IN_CODE)
    def test_code_of_a_lower_package_names_it(self, source: str, said: str) -> None:
        assert in_code("leads", ast.parse(source), WORDS) == {said}
        assert not in_code("handoff", ast.parse(source), WORDS)

    @pytest.mark.parametrize("source", NOT_NAMED_IN_CODE.values(), ids=NOT_NAMED_IN_CODE)
    def test_code_does_not(self, source: str) -> None:
        assert not in_code("leads", ast.parse(source), WORDS)

    @pytest.mark.parametrize(("source", "said"), NAMED_IN_TEMPLATE.values(), ids=NAMED_IN_TEMPLATE)
    def test_a_template_of_a_lower_package_names_it(self, source: str, said: str) -> None:
        assert in_template("leads", source, WORDS) == {said}
        assert not in_template("handoff", source, WORDS)

    @pytest.mark.parametrize("source", NOT_NAMED_IN_TEMPLATE.values(), ids=NOT_NAMED_IN_TEMPLATE)
    def test_a_template_does_not(self, source: str) -> None:
        assert not in_template("leads", source, WORDS)

    def test_a_sheet_names_a_class_that_one_package_above_has(self) -> None:
        used = {
            "queue": {"handoff"},
            "card": {"leads", "handoff"},
            "card-late": {"handoff"},
            "clock": {"lib", "handoff"},
        }
        css = ".queue .row { a: b.png } @media print { .card-late, .clock { c: d } } /* .queue */"
        assert in_style("lib", css, used) == {".queue"}
        assert not in_style("handoff", css, used)

    def test_what_is_collected_is_there(self) -> None:
        words = vocabulary()
        assert all(
            words.owners[kind] for kind in ("prefix", "table", "value", "related", "signal", "namespace", "style")
        )
        assert words.owners["namespace"]["scoring"] == "scoring"
        assert words.owners["related"]["score"] == "scoring"
        assert words.owners["value"]["recycled"] == "leads"
        assert classes()["card"] >= {"leads", "scoring", "handoff"}
