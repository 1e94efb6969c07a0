"""Which columns of which models a source writes, in whatever spelling.

A write whose column is not written down (`setattr`, `**columns`, a list made elsewhere) counts as one of any column.
Whose model it is, is followed from annotations, managers and relations; where that does not tell, it may be any.
"""

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from django.apps import apps
from django.db.models.fields.reverse_related import ForeignObjectRel

from tests.architecture.reading import LAYERS, functions

ANY = "*"
CREATES = {"create", "acreate", "get_or_create", "aget_or_create", "bulk_create", "abulk_create"}
WRITERS = CREATES | {"update", "aupdate", "update_or_create", "aupdate_or_create", "bulk_update", "abulk_update"}
SAVES = {"save", "asave", "save_base"}
# What a call of these on a query gives is of the query's model; on a manager every word is.
SAME_MODEL = {
    "filter", "exclude", "get", "aget", "first", "last", "earliest", "latest", "all", "order_by", "select_related",
    "select_for_update", "prefetch_related", "annotate", "alias", "only", "defer", "create", "using", "distinct",
    "iterator", "reverse", "complex_filter",
}  # fmt: skip
MANAGERS = {"objects", "_default_manager", "_base_manager"}
PASSES_ON = {"list", "tuple", "sorted", "reversed", "iter", "next", "get_object_or_404"}
TABLE = r"[\"`]?(?P<table>[\w.]+|\{\})[\"`]?"
UPDATE = re.compile(
    rf"\bUPDATE\s+(?:ONLY\s+)?{TABLE}(?:\s+(?:AS\s+)?\w+)?\s+SET\b(?P<set>.*?)(?=\bFROM\b|\bWHERE\b|\bRETURNING\b|;|$)",
    re.IGNORECASE | re.DOTALL,
)
INSERT = re.compile(
    rf"\b(?:INSERT\s+INTO|COPY)\s+{TABLE}(?:\s+AS\s+\w+)?\s*(?P<columns>\([^()]*\))?"
    r"(?:.*?\bDO\s+UPDATE\s+SET\b(?P<set>.*?)(?=\bWHERE\b|\bRETURNING\b|;|$))?",
    re.IGNORECASE | re.DOTALL,
)
MERGE = re.compile(rf"\bMERGE\s+INTO\s+{TABLE}", re.IGNORECASE)
WRITING = re.compile(r"\b(?:UPDATE|INSERT|COPY|MERGE)\b", re.IGNORECASE)
NO_MODEL = "-"  # an object that is no row


class Write(NamedTuple):
    """One place that writes. `model` is empty where it may be any; `column` is `ANY` where it may be any."""

    line: int
    function: str
    model: str
    column: str
    is_new: bool  # of a row that comes into being


@dataclass
class Schema:
    """The models by name with their tables, and attributes that lead to one model only."""

    tables: Mapping[str, str]
    relations: Mapping[str, str] = field(default_factory=dict)


@cache
def schema() -> Schema:
    """The models of our packages. An attribute that leads to several models leads to none here."""
    ours = [model for model in apps.get_models() if model._meta.app_label in LAYERS and not model._meta.proxy]
    leads_to: dict[str, set[str]] = {}
    for relation in (f for model in ours for f in model._meta.get_fields() if f.is_relation and f.related_model):
        name = relation.get_accessor_name() if isinstance(relation, ForeignObjectRel) else relation.name
        leads_to.setdefault(name or "", set()).add(relation.related_model.__name__)  # type: ignore[union-attr]
    return Schema(
        {model.__name__: model._meta.db_table for model in ours},
        {name: models.pop() for name, models in leads_to.items() if name and len(models) == 1},
    )


def writes(module: ast.Module, schema: Schema) -> list[Write]:
    reader = _Reader(schema)
    reader.visit(module)
    return sorted(set(reader.found))


class _Reader(ast.NodeVisitor):
    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.models_by_table = {table: model for model, table in schema.tables.items()}
        self.found: list[Write] = []
        self.place: list[str] = []
        self.known: list[dict[str, str]] = [{}]  # name -> model, innermost scope last
        self.returns: dict[str, str] = {}  # function of this module -> model
        self.lists: dict[str, list[str]] = {}  # constant of this module -> the columns it lists

    def add(self, node: ast.AST, model: str, columns: Iterable[str], *, is_new: bool = False) -> None:
        line = getattr(node, "lineno", 0)
        self.found += [Write(line, ".".join(self.place), model, column, is_new) for column in columns]

    # Where we are, and what the names stand for there.

    def visit_Module(self, node: ast.Module) -> None:
        self.returns = {f.name: self._annotated(f.returns) for f in functions(node) if f.returns}
        for part in node.body:
            match part:
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.Tuple() as columns):
                    self.lists[name] = _listed(columns)
        self.generic_visit(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name in self.schema.tables:
                self.known[-1][alias.asname or alias.name] = alias.name

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Inside a class that cannot be a row's, `self` is none; a mixin or an abstract model may be any row's."""
        may_be_row = any(re.search("Model$|Mixin$", ast.unparse(base)) for base in node.bases)
        model = node.name if node.name in self.schema.tables else "" if may_be_row else NO_MODEL
        self._inside(node.name, node, {"self": model})

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        told = {argument.arg: self._annotated(argument.annotation) for argument in arguments if argument.annotation}
        self._inside(node.name, node, told)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 (the name ast calls)

    def _inside(self, name: str, node: ast.AST, told: Mapping[str, str]) -> None:
        self.place.append(name)
        self.known.append(dict(told))
        self.generic_visit(node)
        self.known.pop()
        self.place.pop()

    def _annotated(self, annotation: ast.expr) -> str:
        """The one model that an annotation names (`Lead`, `Lead | None`, `QuerySet[Lead]`, `"Lead"`)."""
        names = {part.id for part in ast.walk(annotation) if isinstance(part, ast.Name)}
        names |= {part.attr for part in ast.walk(annotation) if isinstance(part, ast.Attribute)}
        for part in ast.walk(annotation):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                names |= set(re.findall(r"\w+", part.value))
        models = {model for model in self.schema.tables if model in names}
        return models.pop() if len(models) == 1 else ""

    def visit_Assign(self, node: ast.Assign) -> None:
        self.generic_visit(node)
        for target in node.targets:
            self._bind(target, self.model_of(node.value))

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.generic_visit(node)
        self._bind(node.target, self._annotated(node.annotation))

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.generic_visit(node)
        self._bind(node.target, self.model_of(node.value))

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self._bind(node.target, self.model_of(node.iter))
        self.generic_visit(node)

    visit_AsyncFor = visit_For  # noqa: N815

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self._bind(node.target, self.model_of(node.iter))
        self.generic_visit(node)

    def _bind(self, target: ast.expr, model: str) -> None:
        if isinstance(target, ast.Name):
            self.known[-1][target.id] = model
        elif isinstance(target, ast.Tuple | ast.List):
            for part in target.elts:
                self._bind(part.value if isinstance(part, ast.Starred) else part, "")

    def model_of(self, node: ast.expr) -> str:
        """The model of an instance, a query or a class; empty when the source does not tell."""
        match node:
            case ast.Name(id=name):
                told = next((scope[name] for scope in reversed(self.known) if name in scope), None)
                return told if told is not None else name if name in self.schema.tables else ""
            case ast.Attribute(value=value, attr=attr):
                named = attr if attr in self.schema.tables else self.schema.relations.get(attr, "")
                return self.model_of(value) if attr in MANAGERS else named
            case ast.Call():
                return self._model_of_call(node)
            case ast.Subscript(value=value) | ast.Await(value=value) | ast.NamedExpr(value=value):
                return self.model_of(value)
        return ""

    def _model_of_call(self, node: ast.Call) -> str:
        match node:
            case ast.Call(func=ast.Attribute(value=value, attr=attr)) if attr in SAME_MODEL or _is_manager(value):
                return self.model_of(value)
            case ast.Call(func=ast.Attribute(attr="get_model"), args=[*_, ast.Constant(value=str(label))]):
                wanted = label.rpartition(".")[2].lower()
                return next((model for model in self.schema.tables if model.lower() == wanted), "")
            case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name in PASSES_ON:
                return self.model_of(first)
            case ast.Call(func=ast.Name(id=name)) if name in self.returns:
                return self.returns[name]
            case ast.Call(func=ast.Name() | ast.Attribute() as called) if _last(called) in self.schema.tables:
                return self.model_of(called)
        return ""

    # The spellings.

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """`lead.stage = ...` in an assignment of any kind, a loop, a `with`, alone or in a tuple."""
        if isinstance(node.ctx, ast.Store):
            self.add(node, self.model_of(node.value), [node.attr])
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """`lead.__dict__["stage"] = ...` and `vars(lead)["stage"] = ...`."""
        if isinstance(node.ctx, ast.Store):
            match node.value:
                case ast.Attribute(value=owner, attr="__dict__") | ast.Call(func=ast.Name(id="vars"), args=[owner]):
                    self.add(node, self.model_of(owner), [_constant(node.slice)])
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        word = _last(node.func)
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        if word in {"setattr", "__setattr__"}:
            # setattr(row, name, value) and object.__setattr__(row, name, value), but row.__setattr__(name, value)
            told = [owner, *node.args] if len(node.args) < 3 and owner else node.args
            row = self.model_of(told[0]) if told else ""
            self.add(node, row, [_constant(told[1]) if len(told) > 1 else ANY])
        elif word in WRITERS and owner:
            self.add(node, self.model_of(owner), _written_by(word, node), is_new=word in CREATES)
        elif word == "insert" and len(node.args) > 1 and self.model_of(node.args[0]):
            columns = self.lists.get(_last(node.args[1])) or _listed(node.args[1])
            self.add(node, self.model_of(node.args[0]), columns, is_new=True)
        elif word in SAVES and owner:
            self._saved(node, self.model_of(owner))
        elif self._is_class(node.func):
            columns = [*_keywords(node.keywords), *([ANY] if node.args else [])]
            self.add(node, self.model_of(node.func), columns, is_new=True)
        self.generic_visit(node)

    def _saved(self, node: ast.Call, model: str) -> None:
        """`save(update_fields=...)`; without, the whole row of what is known to be a model."""
        named = [keyword.value for keyword in node.keywords if keyword.arg == "update_fields"]
        if named:
            self.add(node, model, _listed(named[0]))
        elif model:
            self.add(node, model, [ANY])

    def _is_class(self, called: ast.expr) -> bool:
        if isinstance(called, ast.Name):
            return bool(self.model_of(called)) and (called.id in self.schema.tables or called.id[:1].isupper())
        return isinstance(called, ast.Attribute) and called.attr in self.schema.tables

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self._statement(node, node.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self._statement(node, _joined(node))
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if isinstance(node.op, ast.Add) and (whole := _joined(node)).strip("{}"):
            self._statement(node, whole)
        self.generic_visit(node)

    def _statement(self, node: ast.AST, sql: str) -> None:
        """What SQL text writes; `{}` stands for what is put in."""
        if not WRITING.search(sql):
            return
        for pattern in (UPDATE, INSERT, MERGE):
            for statement in pattern.finditer(sql):
                table = statement["table"].rpartition(".")[2].lower()
                if table in self.models_by_table or table == "{}":
                    model = self.models_by_table.get(table, "")
                    parts = statement.groupdict()
                    if pattern is INSERT:
                        new = re.findall(r"\w+|\{\}", parts["columns"] or "{}")
                        self.add(node, model, [ANY if column == "{}" else column for column in new], is_new=True)
                    changed = "{} =" if pattern is MERGE else parts["set"] or ""
                    self.add(node, model, _set(changed))


def _last(called: ast.expr) -> str:
    return called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""


def _is_manager(node: ast.expr) -> bool:
    """Whether a chain of calls begins at a manager, so that each of its words gives the manager's model."""
    while isinstance(node, ast.Call | ast.Attribute):
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS:
            return True
        node = node.func if isinstance(node, ast.Call) else node.value
    return False


def _constant(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ANY


def _listed(node: ast.expr) -> list[str]:
    """The columns of a list; what is put into it from elsewhere may be any."""
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return [_constant(part) for part in node.elts]
    return [ANY]


def _mapped(node: ast.expr) -> list[str]:
    match node:
        case ast.Dict(keys=keys, values=values):
            inner = [_mapped(value) for key, value in zip(keys, values, strict=True) if key is None]
            return [_constant(key) for key in keys if key] + [column for columns in inner for column in columns]
        case ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords):
            return _keywords(keywords)
    return [ANY]


def _keywords(keywords: Iterable[ast.keyword]) -> list[str]:
    """The columns of `state=...`, of `**{"state": ...}`, and any where `**` brings what was made elsewhere."""
    return [column for k in keywords for column in ([k.arg] if k.arg else _mapped(k.value))]


def _written_by(word: str, call: ast.Call) -> list[str]:
    told = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    if word in {"bulk_update", "abulk_update"}:
        named = told.get("fields") or (call.args[1] if len(call.args) > 1 else None)
        return _listed(named) if named else [ANY]
    if word in {"bulk_create", "abulk_create"}:
        return _listed(told["update_fields"]) if "update_fields" in told else []
    columns = _keywords(k for k in call.keywords if k.arg not in {"defaults", "create_defaults"})
    for name in {"defaults", "create_defaults"} & told.keys():
        columns += _mapped(told[name])
    return columns


def _joined(node: ast.expr) -> str:
    """A text put together from parts, with `{}` for each part that is not written down."""
    match node:
        case ast.Constant(value=str(value)):
            return value
        case ast.JoinedStr(values=values):
            return "".join(_joined(part) for part in values)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _joined(left) + _joined(right)
    return "{}"


def _set(changed: str) -> list[str]:
    """The columns of a SET clause: `state = %s`, `(state, x) = (...)`, `{}` for any."""
    flat = re.sub(r"\(([\w\s,\"]+)\)\s*=", lambda match: match[1].replace(",", "=,") + "=", changed)
    columns = re.findall(r"(?:^|,)\s*\"?(?:\w+\.)?(\w+|\{\})\"?\s*(?==)", flat)
    whole = [ANY] if re.search(r"(?:^|,)\s*\{\}\s*(?:,|$)", flat) else []
    return [ANY if column == "{}" else column for column in columns] + whole
