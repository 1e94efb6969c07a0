"""What the tests of the shape read: every file of every package once, and the list of known faults."""

import ast
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KNOWN = Path(__file__).with_name("known.toml")
# Each imports, and names, only what is to its right. One that is not there yet is passed over.
LAYERS = (
    "config", "reporting", "nurture", "handoff", "scoring", "capture", "leads", "outbox", "accounts", "lib"
)  # fmt: skip

Fault = tuple[str, str]  # a file, and what is wrong in it


@cache
def packages() -> tuple[str, ...]:
    """The packages that are there, from the uppermost down."""
    return tuple(layer for layer in LAYERS if (ROOT / layer / "__init__.py").exists())


@cache
def above(package: str) -> frozenset[str]:
    """The packages to the left of this one, which it does not know."""
    return frozenset(LAYERS[: LAYERS.index(package)])


@cache
def sources() -> tuple[Path, ...]:
    """Every Python file of every package, management commands and admin included, migrations aside."""
    return tuple(
        path
        for package in packages()
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
    )


@cache
def templates() -> tuple[Path, ...]:
    return tuple(path for path in sorted((ROOT / "templates").rglob("*")) if path.suffix in {".html", ".txt"})


@cache
def styles() -> tuple[Path, ...]:
    return tuple(sorted((ROOT / "static").rglob("*.css")))


@cache
def statements(package: str) -> tuple[Path, ...]:
    """The SQL files of a package, those of its migrations included: triggers live on."""
    return tuple(sorted((ROOT / package).rglob("*.sql")))


@cache
def text(path: Path) -> str:
    return path.read_text()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(text(path))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def length(path: Path) -> int:
    return len(text(path).splitlines())


@cache
def nodes(module: ast.Module) -> tuple[ast.AST, ...]:
    """Everything in a module, walked once for all tests."""
    return tuple(ast.walk(module))


def functions(module: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in nodes(module) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def docstrings(module: ast.Module) -> Iterator[ast.Constant]:
    """The constants that are docstrings: of the module, of classes and of functions."""
    for node in nodes(module):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                yield first.value


def strings(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Every string of the code with its line, parts of f-strings included; docstrings are no code."""
    words = {id(constant) for constant in docstrings(module)}
    for node in nodes(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in words:
            yield node.lineno, node.value


def compare(section: str, found: Iterable[Fault]) -> None:
    """Fails where the list of known faults differs: by a new one, or by one that has been mended. It only shrinks."""
    listed = {(file, fault) for file, faults in tomllib.loads(KNOWN.read_text())[section].items() for fault in faults}
    now = set(found)
    new = [f"new: {file}: {fault}" for file, fault in now - listed]
    mended = [f"mended, take it out of known.toml [{section}]: {file}: {fault}" for file, fault in listed - now]
    tell(new + mended)


def tell(faults: Iterable[str]) -> None:
    """Fails with every fault on a line of its own, where there is any."""
    if lines := sorted(faults):
        pytest.fail("\n".join(lines), pytrace=False)
