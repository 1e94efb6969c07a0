"""An existing list of content as a CSV file: each row becomes an asset, or completes the one of its code."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from leads.content.codes import proposed_code
from leads.models import Asset, FunnelStage
from leads.models.content import AssetKind
from lib.folding import fold

MOST_ROWS: Final = 5_000
# What headings of such lists say, folded.
HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("name", "title", "asset", "content", "content name"),
    "key": ("code", "key", "id", "lm code", "tag"),
    "kind": ("kind", "type", "format", "content type"),
    "funnel_stage": ("stage", "funnel stage", "funnel"),
    "url": ("url", "link", "address"),
    "is_gated": ("gated", "is gated"),
    "topic": ("topic", "theme"),
    "persona": ("persona", "audience"),
    "product_line": ("product line", "product"),
}
_STAGES: Final = {
    "awareness": FunnelStage.AWARENESS, "tofu": FunnelStage.AWARENESS, "top": FunnelStage.AWARENESS,
    "consideration": FunnelStage.CONSIDERATION, "mofu": FunnelStage.CONSIDERATION, "middle": FunnelStage.CONSIDERATION,
    "decision": FunnelStage.DECISION, "bofu": FunnelStage.DECISION, "bottom": FunnelStage.DECISION,
}  # fmt: skip
_YES: Final = ("yes", "y", "true", "1", "gated", "x")


class NotAList(ValueError):
    """The file is no list of content; the message says what is missing."""


@dataclass(slots=True)
class AuditReport:
    """What became of the rows; problems by line of the file."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    problems: list[tuple[int, str]] = field(default_factory=list)


@transaction.atomic
def take_list(content: bytes, *, on: date) -> AuditReport:
    """Stores each row that can be used; raises NotAList where there is no heading for the name.

    A gated row without a code gets one. What a row leaves empty stays as it is known.
    """
    rows = _rows(content)
    report = AuditReport()
    known = {fold(asset.key): asset for asset in Asset.objects.all()}
    for line, row in rows:
        try:
            _take(row, known, report, on=on)
        except ValidationError as error:
            report.problems.append((line, " ".join(error.messages)))
    return report


def _rows(content: bytes) -> list[tuple[int, dict[str, str]]]:
    text = content.decode("utf-8-sig", errors="replace").replace("\0", "")
    lines = text.splitlines()
    delimiter = max(",;\t", key=lines[0].count) if lines else ","
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    headings = [_field_of(cell) for cell in next(reader, [])]
    if "name" not in headings:
        raise NotAList(_("The first row names no column “name” or “title”, so this is no list of content."))
    rows = [(reader.line_num, _named(headings, cells)) for cells in reader]
    if len(rows) > MOST_ROWS:
        raise NotAList(_("The list has more than 5,000 rows. Split it."))
    return [(line, row) for line, row in rows if row]


def _named(headings: list[str], cells: list[str]) -> dict[str, str]:
    """The cells that say something, by the name of their field."""
    pairs = zip(headings, (cell.strip() for cell in cells), strict=False)
    return {name: cell for name, cell in pairs if name and cell}


def _field_of(heading: str) -> str:
    folded = fold(heading.replace("_", " "))
    return next((name for name, spellings in HEADINGS.items() if folded in spellings), "")


def _take(row: dict[str, str], known: dict[str, Asset], report: AuditReport, *, on: date) -> None:
    if "name" not in row:
        raise ValidationError(_("The row has no name."))
    values: dict[str, object] = dict(row)
    if "funnel_stage" in row:
        values["funnel_stage"] = _stage(row["funnel_stage"])
    if "kind" in row:
        values["kind"] = _kind(row["kind"])
    if "is_gated" in row:
        values["is_gated"] = fold(row["is_gated"]) in _YES
    key = row.get("key") or (proposed_code(row["name"], on=on) if values.get("is_gated") else row["name"])
    values["key"] = key
    asset = known.get(fold(key)) or Asset(key=key)
    changed = [name for name, value in values.items() if getattr(asset, name) != value]
    for name in changed:
        setattr(asset, name, values[name])
    if asset.pk and not changed:
        report.unchanged += 1
        return
    asset.full_clean(validate_constraints=False)
    is_new = asset.pk is None
    asset.save()
    known[fold(key)] = asset
    report.created += is_new
    report.updated += not is_new


def _stage(text: str) -> FunnelStage:
    first = fold(text).split(" ")[0]
    if first not in _STAGES:
        raise ValidationError(_("“%(text)s” is no stage: awareness, consideration or decision.") % {"text": text})
    return _STAGES[first]


def _kind(text: str) -> AssetKind:
    """The kind of that key or name; anything else is "other"."""
    folded = fold(text.replace("_", " "))
    names = {fold(name.replace("_", " ")): kind for kind in AssetKind for name in (kind.value, str(kind.label))}
    singular = f"{folded[:-3]}y" if folded.endswith("ies") else folded.removesuffix("s")
    return names.get(folded) or names.get(singular) or AssetKind.OTHER
