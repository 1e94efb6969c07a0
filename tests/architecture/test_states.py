"""Where a lead and a handoff stand is said by the members of leads/states.py and handoff/states.py, never by a word."""

import ast
import re
from collections.abc import Iterator
from typing import Final

import pytest

from handoff.states import State
from leads.states import Stage, Status
from tests.architecture.reading import Fault, docstrings, name, nodes, sources, tell, templates, text, tree
from tests.architecture.vocabulary import COMMENT, COMMON, TAG

DECLARED_IN: Final = {"leads/states.py", "handoff/states.py"}
ENUMS: Final = tuple({str(member.value) for member in enum} for enum in (Stage, Status, State))
WORDS: Final = set().union(*ENUMS)
# Words that mean nothing else: they are not written at all. The others are, where they are no state.
PLAIN: Final = WORDS - COMMON - {"lead", "opportunity", "customer"}
COLUMN: Final = re.compile(r"(?:\w+__)?(?:(?:to|from)_)?(?:state|status|stage)s?(?:__(?:in|exact|ne))?")
IN_SQL: Final = re.compile(r"'({})'".format("|".join(sorted(WORDS))))
COMPARED: Final = re.compile(
    r"(?:\.(?:state|status|stage)\s*(?:==|!=|in)\s*[\"']({0})[\"']|[\"']({0})[\"']\s*(?:==|!=|in)\s*\w+\.(?:state|status|stage)\b)".format(
        "|".join(sorted(WORDS))
    )
)
# The word of something else, and what. The list only shrinks.
STAY: Final[dict[Fault, str]] = {
    ("handoff/team.py", "breached"): "a column of the team's table: how many were not answered in 30 days",
    ("handoff/views/team/team.py", "breached"): "the same column, by which ?sort= orders the table",
    ("templates/handoff/team/_team_table.html", "breached"): "the head of that column",
    ("reporting/review/figures.py", "disqualified"): "the key of a rate",
    ("reporting/review/presentation.py", "disqualified"): "what that rate is of",
}


def words_in_code(module: ast.Module) -> Iterator[str]:
    """The states that a module writes as words: anywhere, beside a column, in a row of states, in SQL."""
    silent = {id(constant) for constant in docstrings(module)} | set(_translated(module))
    for node in nodes(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            yield from {node.value} & PLAIN
            yield from IN_SQL.findall(node.value) if " " in node.value else ()
        elif isinstance(node, ast.keyword) and node.arg and COLUMN.fullmatch(node.arg):
            yield from _words(node.value)
        elif isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(COLUMN.fullmatch(ast.unparse(side).rpartition(".")[2]) for side in sides):
                yield from (word for side in sides for word in _words(side))
        elif isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict):
            row = [part.value for part in _members(node) if isinstance(part, ast.Constant)]
            if len(row) > 1 and any(enum.issuperset(map(str, row)) for enum in ENUMS):
                yield from map(str, row)


def _members(node: ast.Tuple | ast.List | ast.Set | ast.Dict) -> list[ast.expr | None]:
    return list(node.keys if isinstance(node, ast.Dict) else node.elts)


def _words(value: ast.expr) -> Iterator[str]:
    """The state that a value is, or those that it holds."""
    parts = value.elts if isinstance(value, ast.Tuple | ast.List | ast.Set) else [value]
    yield from (str(part.value) for part in parts if isinstance(part, ast.Constant) and part.value in WORDS)


def _translated(module: ast.Module) -> Iterator[int]:
    """What people read is no state: the arguments of gettext and its like."""
    for node in nodes(module):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"_", "gettext", "gettext_lazy"}:
            yield from (id(argument) for argument in node.args)


def words_in_template(source: str) -> Iterator[str]:
    """The states that a template compares a column with, and those that mean nothing else wherever they stand."""
    for tag in TAG.findall(COMMENT.sub("", source)):
        yield from (one or other for one, other in COMPARED.findall(tag))
        yield from set(re.findall(r"[\"'](\w+)[\"']", tag)) & PLAIN


def found() -> set[Fault]:
    code = {(name(p), word) for p in sources() if name(p) not in DECLARED_IN for word in words_in_code(tree(p))}
    return code | {(name(p), word) for p in templates() for word in words_in_template(text(p))}


CODE = {
    "a comparison": ("if lead.status == 'lost': pass", {"lost"}),
    "one the other way round": ("if 'sql' != lead.stage: pass", {"sql"}),
    "a comparison with several": ("x = handoff.state in ('ready', 'waiting')", {"ready", "waiting"}),
    "a lookup": ("rows.filter(lead__status__in=['new'], state='accepted')", {"new", "accepted"}),
    "an argument": ("Entry(to_stage='lead')", {"lead"}),
    "a word that means nothing else": ("f('recycled')", {"recycled"}),
    "a table of states": ("ICONS = {'waiting': 'clock', 'accepted': 'check'}", {"waiting", "accepted"}),
    "a row of states": ("OPEN = ('mql', 'sal')", {"mql", "sal"}),
    "SQL": ("STATEMENT = \"SELECT 1 WHERE to_stage = 'mql'\"", {"mql"}),
    "SQL in parts": ("f\"SELECT {x} WHERE what = 'lost'\"", {"lost"}),
}
NOT_CODE = {
    "a member": "handoff.state == State.WAITING",
    "words people read": "_('recycled')",
    "a docstring": "'''recycled'''",
    "a field": "rows.select_related('lead')",
    "a key of something else": "counts['waiting'], {'new': 1, 'changed': 2}",
    "a state of something else": "batch.state == 'running'",
}


class TestStates:
    def test_no_state_is_written_as_a_word(self) -> None:
        there = found()
        tell(
            [f"{file}: '{word}' is a member of an enum" for file, word in there - STAY.keys()]
            + [f"{file}: '{word}' is not there any more, take it out" for file, word in STAY.keys() - there]
        )

    @pytest.mark.parametrize(("source", "words"), CODE.values(), ids=CODE)
    def test_it_sees_a_word_in_code(self, source: str, words: set[str]) -> None:
        assert set(words_in_code(ast.parse(source))) == words

    @pytest.mark.parametrize("source", NOT_CODE.values(), ids=NOT_CODE)
    def test_it_sees_nothing_else_in_code(self, source: str) -> None:
        assert not set(words_in_code(ast.parse(source)))

    def test_it_sees_a_word_in_a_template(self) -> None:
        assert set(words_in_template('{% if row.lead.status == "lost" or x %}')) == {"lost"}
        assert set(words_in_template("{% if 'waiting' == handoff.state %}")) == {"waiting"}
        assert set(words_in_template('{% include "x.html" with y="recycled" only %}')) == {"recycled"}
        assert not set(words_in_template('{% if part.key == "waiting" %}{# "recycled" #}{% if handoff.is_waiting %}'))
