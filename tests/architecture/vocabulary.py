"""The names that belong to a package, collected from the code, and where a text names one of a package above.

A name that several packages have belongs to the lowest of them, so that all may say it.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db.models.fields.reverse_related import ForeignObjectRel

from tests.architecture.reading import (
    LAYERS,
    ROOT,
    above,
    name,
    nodes,
    packages,
    sources,
    strings,
    styles,
    templates,
    text,
)

# Values of a column that says where something stands are words of their own; these are words that anybody uses.
STANDS = {"state", "status", "stage"}
COMMON = {
    "accepted", "dead", "done", "failed", "lost", "new", "pending", "ready", "rejected", "running", "sent", "sql",
    "stopped", "uploaded", "waiting", "working",
}  # fmt: skip
FILES = {"css", "csv", "html", "js", "json", "log", "md", "png", "py", "sql", "svg", "txt", "toml", "xlsx"}
# Folders of templates that carry another name than their package; what lies in none is everybody's.
TEMPLATES_OF = {"account": "accounts", "mfa": "accounts", "allauth": "accounts"}
COMPONENT_SHEET = {"templates/config/design/components.html", "templates/config/design/_sample_table.html"}
DECLARED = {"signal": r"^(\w+)(?:: \w+)? = Signal\(", "namespace": r"^app_name = \"(\w+)\""}
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
COMMENT = re.compile(r"\{% comment.*?endcomment %\}|\{#.*?#\}", re.DOTALL)
NAME = re.compile(r"-?\w[\w./:-]+")
QUOTED = re.compile(r"\"([^\"]*)\"|'([^']*)'")


@dataclass
class Vocabulary:
    """kind of name -> name -> the package it belongs to; and for a related name, the models it is an attribute of."""

    owners: Mapping[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    targets: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, kind: str, word: str, package: str) -> None:
        known = self.owners[kind].get(word, package)
        self.owners[kind][word] = max(known, package, key=LAYERS.index)

    def is_above(self, kind: str, word: str, package: str) -> bool:
        return self.owners[kind].get(word) in above(package)


@cache
def vocabulary() -> Vocabulary:
    words = Vocabulary()
    for package in packages():
        words.add("prefix", package, package)
        words.add("folder", package, package)
        for library in (ROOT / package / "templatetags").glob("*.py"):
            words.add("library", library.stem, package)
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in packages():
            _collect_model(words, model)
    for path in sources():
        for kind, pattern in DECLARED.items():
            for declared in re.findall(pattern, text(path), re.MULTILINE):
                words.add(kind, declared, path.relative_to(ROOT).parts[0])
    for path in styles():
        words.add("style", str(path.relative_to(ROOT / "static")), style_owner(path))
    return words


def _collect_model(words: Vocabulary, model: Any) -> None:
    package = model._meta.app_label
    words.add("table", model._meta.db_table, package)
    words.add("prefix", model._meta.model_name, package)
    for relation in model._meta.get_fields():
        if not isinstance(relation, ForeignObjectRel):
            values = [value for value, _label in getattr(relation, "flatchoices", ())]
            for value in values:
                if isinstance(value, str) and value not in COMMON and (relation.name in STANDS or "_" in value):
                    words.add("value", value, package)
        elif relation.get_accessor_name() and (owner := relation.related_model._meta.app_label) in above(package):
            for name in {str(relation.get_accessor_name()), relation.field.related_query_name()} - set(packages()):
                words.add("related", name, owner)
                words.targets[name].add(model._meta.model_name)


def template_owner(path: Path) -> str:
    """The package whose folder a template lies in; the frame and its parts are everybody's, the admin's the top's."""
    *folders, _name = path.relative_to(ROOT / "templates").parts
    named = [TEMPLATES_OF.get(folder, folder) for folder in folders]
    return next((name for name in named if name in LAYERS), "config" if "admin" in folders else "lib")


def class_owner(path: Path) -> str:
    """The package whose template it is; a component that the component sheet shows is everybody's."""
    return "lib" if name(path) in COMPONENT_SHEET else template_owner(path)


@cache
def classes() -> dict[str, set[str]]:
    """CSS class -> the packages whose templates and template tags have it."""
    found: dict[str, set[str]] = defaultdict(set)
    libraries = [path for path in sources() if "templatetags" in path.parts]
    for path in (*templates(), *libraries):
        owner = path.relative_to(ROOT).parts[0] if path in libraries else class_owner(path)
        for attribute in re.findall(r'class="((?:[^"{]|\{%.*?%\}|\{\{.*?\}\})*)"', text(path), re.DOTALL):
            for word in TAG.sub(" ", attribute).split():
                found[word].add(owner)
    return found


def style_classes(css: str) -> set[str]:
    """The classes that the selectors of a sheet name."""
    selectors = re.sub(r"/\*.*?\*/|\{[^{}]*\}", " ", css, flags=re.DOTALL)
    return set(re.findall(r"\.(-?[a-zA-Z_][\w-]*)", selectors))


def of_one_package(word: str, used: Mapping[str, set[str]]) -> str:
    """The only package whose templates have a class; none for a variant of a block that others have (card-late)."""
    owners = used.get(word, set())
    block = used.get(word.partition("-")[0], owners)
    return next(iter(owners)) if len(owners) == 1 and block == owners else ""


def style_owner(path: Path) -> str:
    """The package whose folder a sheet lies in; what lies in none is everybody's."""
    folders = path.relative_to(ROOT / "static" / "css").parts[:-1]
    return next((folder for folder in folders if folder in LAYERS), "lib")


def in_style(package: str, css: str, used: Mapping[str, set[str]]) -> set[str]:
    """The classes in a sheet of this package that are of one package above alone."""
    return {f".{word}" for word in style_classes(css) if of_one_package(word, used) in above(package)}


def in_string(package: str, said: str, words: Vocabulary) -> Iterator[str]:
    """The names of packages above that one string of the code is, or that it has in it where it is SQL."""
    if any(words.is_above(kind, said, package) for kind in ("value", "signal", "style")):
        yield said
    yield from in_sql(package, said, words)
    if not NAME.fullmatch(said):
        return
    head = said.lstrip("-").partition("__")[0]
    dotted = re.fullmatch(r"([a-z_]+)\.(\w[\w.]*)", said)
    path = re.fullmatch(r"(?:\w+/)*?(\w+)/[\w./-]+\.(?:html|txt)", said)
    named = re.fullmatch(r"(\w+):\w+", said)
    if (
        (dotted and dotted[2].rpartition(".")[2] not in FILES and words.is_above("prefix", dotted[1], package))
        or (path and any(words.is_above("folder", folder, package) for folder in said.split("/")[:-1]))
        or (named and words.is_above("namespace", named[1], package))
        or (re.fullmatch(r"-?[a-z]\w*", said) and words.is_above("related", head, package))
    ):
        yield said


def in_sql(package: str, sql: str, words: Vocabulary) -> set[str]:
    return {word for word in re.findall(r"[a-z]+_\w+", sql) if words.is_above("table", word, package)}


def in_code(package: str, module: ast.Module, words: Vocabulary) -> set[str]:
    """The names of packages above in Python: strings, keywords of lookups, attributes of a model's row."""
    found = {name for _line, said in strings(module) for name in in_string(package, said, words)}
    for node in nodes(module):
        if isinstance(node, ast.keyword) and node.arg and "__" in node.arg:
            if words.is_above("related", node.arg.partition("__")[0], package):
                found.add(node.arg)
        elif isinstance(node, ast.Attribute) and words.is_above("related", node.attr, package):
            owner = ast.unparse(node.value).rpartition(".")[2]
            if "_" in node.attr or owner in words.targets[node.attr]:
                found.add(f"{owner}.{node.attr}")
    return found


def in_template(package: str, source: str, words: Vocabulary) -> set[str]:
    """The names of packages above in a template. A page may compose upward by URL name, with `{% url %}` alone."""
    found: set[str] = set()
    for tag in TAG.findall(COMMENT.sub("", source)):
        bare = QUOTED.sub(" ", tag)
        if not re.match(r"\{%\s*url\s", tag):
            for double, single in QUOTED.findall(tag):
                found |= set(in_string(package, double or single, words))
        if load := re.match(r"\{%\s*load\s(.*?)%\}", tag, re.DOTALL):
            found |= {library for library in load[1].split() if words.is_above("library", library, package)}
        for owner, attribute in re.findall(r"(\w+)\.(?=(\w+))", bare):
            if words.is_above("related", attribute, package) and (
                "_" in attribute or owner in words.targets[attribute]
            ):
                found.add(f"{owner}.{attribute}")
    return found
