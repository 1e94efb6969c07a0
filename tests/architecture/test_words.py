"""The words: names are the field's, texts are whole sentences in plain English, docstrings say what is returned."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.reading import (
    ROOT,
    docstrings,
    name,
    nodes,
    sources,
    styles,
    tell,
    templates,
    text,
    tree,
)

# Names that say nothing to who comes new; each has a word of the field's (enqueue_, limits, checks, persona match).
PRIVATE = {"around", "kept", "likeness", "owe", "pieces", "portrait", "reach", "seat", "seats", "soundness"}
PRIVATE_BEGINNING = "owe_"
# Participles that say what was done to a thing, not what it is: no names of variables, parameters or functions.
PARTICIPLES = {"found", "given", "held", "kept", "said", "taken"}
# Words that are private as the name of a module alone; elsewhere they are English.
PRIVATE_MODULES = {*PRIVATE, "way", "bench"}
PHRASES = {
    "nought": r"\bnought\b",
    "of these can": r"\bof these can\b",
    "way to sales": r"(?<!its )\bway to sales\b",
    "pace after a publication": r"\bpace after\b",
    "behind a name": r"\bbehind [“\"'‘#]",
    "points needed": r"\bof \S+ points needed",
}
TRANSLATES = {
    "_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"
}  # fmt: skip
PLACEHOLDER = r"(?:%\(\w+\)[sd]|%[sd]|\{\{[^{}]*\}\}|\{\w*\})"
# A text that begins with a placeholder and goes on after a stop: the placeholder is a sentence or a clause. After a
# colon a value or two words may follow ("Name: %(value)s", "March: 12 MQLs"); three words are a clause.
GLUED_ON = re.compile(r"[“\"]?#[”\"]?(?:\s*;|:\s(?:.*?[^\W\d_]{2,}){3})", re.DOTALL)
ANSWERS = re.compile(r"(?:^|[.;:]\s+|\band )answers\b", re.IGNORECASE)


def identifiers(module: ast.Module) -> Iterator[str]:
    for node in nodes(module):
        match node:
            case ast.FunctionDef(name=said) | ast.ClassDef(name=said) | ast.Name(id=said) | ast.Attribute(attr=said):
                yield said
            case ast.arg(arg=said) | ast.keyword(arg=str(said)):
                yield said
            case ast.alias(name=said, asname=other):
                yield from (other or said).split(".")
            case ast.ImportFrom(module=str(said)):
                yield from said.split(".")


def private_names(module: ast.Module) -> set[str]:
    return {said for said in identifiers(module) if is_private(said)}


def is_private(identifier: str) -> bool:
    plain = identifier.strip("_").lower()
    return plain in PRIVATE or plain.startswith(PRIVATE_BEGINNING) or identifier in PARTICIPLES


def code_texts(module: ast.Module) -> Iterator[str]:
    """What is written for people in Python: whatever goes through gettext."""
    for node in nodes(module):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in TRANSLATES:
            said = (part.value for part in node.args if isinstance(part, ast.Constant))
            yield from (words for words in said if isinstance(words, str))


def code_glue(module: ast.Module) -> set[str]:
    """Sentences put together in Python: by `"; ".join(...)`, or by an f-string with `; ` between two values."""
    found = set()
    for node in nodes(module):
        match node:
            case ast.Attribute(value=ast.Constant(value=str(stop)), attr="join") if stop in {"; ", ". "}:
                found.add(f"glue: {ast.unparse(node)}")
            case ast.JoinedStr(values=values):
                inner = [part.value for part in values[1:-1] if isinstance(part, ast.Constant)]
                if "; " in inner:
                    found.add(f"glue: {ast.unparse(node)}")
    return found


def template_texts(source: str) -> Iterator[str]:
    """What is written for people in a template: within the tags that translate."""
    yield from (found[1] for found in re.findall(r"\{%\s*trans(?:late)?\s+([\"'])(.*?)\1", source))
    for block in re.findall(r"\{%\s*blocktrans(?:late)?\b.*?%\}(.*?)\{%\s*endblocktrans(?:late)?", source, re.DOTALL):
        yield from re.split(r"\{%\s*plural\s*%\}", block)


def text_faults(said: str) -> set[str]:
    """Phrases nobody says, and sentences glued of parts: by a semicolon, by other stops with no word beside them,
    or by a clause that is hung on to a placeholder.
    """
    plain = re.sub(PLACEHOLDER, "#", said)
    found = {phrase for phrase, pattern in PHRASES.items() if re.search(pattern, plain, re.IGNORECASE)}
    has_words = re.search(r"[^\W\d_]", plain)
    if re.search(r"#\s*;\s*#" if has_words else r"#\W*[;:,.]\W*#", plain) or GLUED_ON.match(plain.strip()):
        found.add(f"glue: {' '.join(said.split())}")
    return found


def paths() -> Iterator[Path]:
    yield from (*sources(), *templates(), *styles(), *sorted((ROOT / "tests").rglob("*.py")))


class TestWords:
    def test_no_file_has_a_private_name(self) -> None:
        folders = {path.parent for path in paths() if path.parent.parent != ROOT}
        found = {name(p) for p in {*paths(), *folders} if set(p.stem.split("_")) & PRIVATE_MODULES}
        tell(found)

    def test_no_name_is_private(self) -> None:
        tell(f"{name(path)}: {said}" for path in sources() for said in private_names(tree(path)))

    def test_texts_are_whole_sentences_in_plain_english(self) -> None:
        found: set[str] = set()
        for path in sources():
            found |= {f"{name(path)}: {fault}" for said in code_texts(tree(path)) for fault in text_faults(said)}
            found |= {f"{name(path)}: {glue}" for glue in code_glue(tree(path))}
        for path in templates():
            found |= {f"{name(path)}: {fault}" for said in template_texts(text(path)) for fault in text_faults(said)}
        tell(found)

    def test_docstrings_say_returns(self) -> None:
        tell(
            f"{name(path)}: {str(said.value).splitlines()[0]}"
            for path in sources()
            for said in docstrings(tree(path))
            if ANSWERS.search(str(said.value))
        )


class TestItSees:
    @pytest.mark.parametrize(
        ("source", "said"),
        [
            ("def owe_mail(): pass", "owe_mail"),
            ("class Seat: pass", "Seat"),
            ("kept = 1", "kept"),
            ("deliveries.owe_breached(x)", "owe_breached"),
            ("from scoring import pieces", "pieces"),
            ("from scoring.pieces import piece", "pieces"),
            ("import scoring.likeness as match", "match"),
            ("def f(*, portrait): pass", "portrait"),
            ("f(around=1)", "around"),
            ("SOUNDNESS = 1", "SOUNDNESS"),
            ("found = rows.first()", "found"),
            ("def f(given): pass", "given"),
        ],
    )
    def test_a_private_name(self, source: str, said: str) -> None:
        assert said in set(identifiers(ast.parse(source)))
        assert (said == "match") is not (said in private_names(ast.parse(source)))

    @pytest.mark.parametrize(
        "source", ["reachable = can_reach = lower = allowed = 1", "'kept'", "# kept", "way = contact.way"]
    )
    def test_a_name_of_the_field(self, source: str) -> None:
        assert not private_names(ast.parse(source))

    @pytest.mark.parametrize(
        ("said", "fault"),
        [
            ("Nought changes nothing.", "nought"),
            ("Newly: %(a)s. Of these can go to sales: %(b)s.", "of these can"),
            ("Way to sales", "way to sales"),
            ("Pace after a publication", "pace after a publication"),
            ("Behind “{{ name }}”", "behind a name"),
            ("%(points)s of 30 points needed", "points needed"),
            ("%(said)s; %(more)s", "glue: %(said)s; %(more)s"),
            ("%(moment)s: %(total)s", "glue: %(moment)s: %(total)s"),
            ("%(counted)s; usual: %(low)s to %(high)s", "glue: %(counted)s; usual: %(low)s to %(high)s"),
            ("%(sentence)s; that may be chance.", "glue: %(sentence)s; that may be chance."),
            ("“%(rule)s”: they look after it.", "glue: “%(rule)s”: they look after it."),
            ("{{ words }};\n {{ points }} given by hand", "glue: {{ words }}; {{ points }} given by hand"),
        ],
    )
    def test_a_text_nobody_says(self, said: str, fault: str) -> None:
        assert text_faults(said) == {fault}

    @pytest.mark.parametrize(
        "said",
        [
            "%(who)s rejected it on %(when)s: %(why)s.",
            "From %(start)s to %(end)s",
            "%(count)s leads",
            "%(month)s: %(count)s MQLs",
            "{{ label }}: {{ value }} times",
            "It was passed on %(day)s; an answer is due by %(due)s.",
            "Behind the scenes",
        ],
    )
    def test_a_sentence(self, said: str) -> None:
        assert not text_faults(said)

    def test_glue_in_code(self) -> None:
        seen = ['"; ".join(parts)', "f'{said}; {more}'", "'. '.join(sentences)"]
        assert [len(code_glue(ast.parse(source))) for source in seen] == [1, 1, 1]
        for source in ("', '.join(names)", "f'{a}: {b}'", "f'{kind};q=0.5'", "';'.split(x)"):
            assert not code_glue(ast.parse(source)), source

    def test_texts_are_found(self) -> None:
        code = "_('a')\ngettext_lazy('b')\nngettext('c', 'd', n)\nmessages.info(r, _('e') % x)\nf('no')\n'no'"
        assert list(code_texts(ast.parse(code))) == ["a", "b", "c", "d", "e"]
        page = "{% translate 'a' %}<p>no</p>{% blocktranslate count n=1 %}b{% plural %}c{{ n }}{% endblocktranslate %}"
        assert list(template_texts(page)) == ["a", "b", "c{{ n }}"]

    @pytest.mark.parametrize(
        "said",
        [
            "Answers how many.",
            "Writes them; answers how many.",
            "Says so. Answers the row.",
            "Moves them and answers how many.",
        ],
    )
    def test_a_docstring_that_answers(self, said: str) -> None:
        assert ANSWERS.search(said)
        assert not ANSWERS.search("Returns the answers. Whoever answers first has it.")
