"""manage.py import: a file of any kind, or what it is."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, BinaryIO, Final

from capture.importing.chunks import Counts
from capture.importing.plan import stages_of, what_it_is
from capture.importing.unpacking import Table
from capture.management.import_command import ImportCommand
from capture.models import ImportBatch

MOST_TOLD: Final = 1000


class Command(ImportCommand):
    help = (
        "Imports a file; without --kind it only says what the file is. Rows that cannot be used are listed by line and "
        "the others are stored: the exit code is 0. It is 1 when the file cannot be used at all, or is something else "
        "than --kind says; then nothing is stored. Importing a file again changes nothing. What is not mapped with "
        "--map is guessed only when no --map is given."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--kind", choices=list(self.kinds), default="", help="what the file is to be taken as")
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="KEY=VALUE",
            help="what holds for every row, where no column says it, such as channel=partner or won_at=2026-03-01",
        )
        parser.add_argument(
            "--sheet", default="", help="of a workbook: which sheet; the first that holds a table if not said"
        )
        parser.add_argument("--format", choices=("text", "json"), default="text", help="how it is told")

    def handle(self, *args: object, **options: Any) -> None:
        self.told: dict[str, Any] | None = {} if options["format"] == "json" else None
        super().handle(*args, **options)
        if self.told is not None:
            self.stdout.write(json.dumps(self.told, ensure_ascii=False, indent=2))

    def take(self, path: Path, table: Table, options: dict[str, Any]) -> ImportBatch | None:
        if options["kind"] or options["map"]:
            return super().take(path, table, options)
        batch, file = self.new_batch(path, table, options), table.file
        if self.told is None:
            self.stdout.write(what_it_is(batch, file))
            self.say_mapping(batch, file)
        else:
            self.told |= {"kind": batch.kind, "sentence": what_it_is(batch, file), **_told_of(batch)}
        return None

    def say_mapping(self, batch: ImportBatch, file: BinaryIO) -> None:
        if self.told is None:
            super().say_mapping(batch, file)
        else:
            stages = [{"word": word, "rows": count, "means": stage} for word, count, stage in stages_of(batch, file)]
            self.told |= {"kind": batch.kind, **_told_of(batch), "stages": stages}

    def report(self, batch: ImportBatch, counts: Counts, *, qualifying: int | None = None) -> None:
        if self.told is None:
            super().report(batch, counts, qualifying=qualifying)
            return
        self.told |= {
            "import": str(batch.public_id) if batch.pk else None,
            "is_dry_run": qualifying is not None,
            "new": counts.created,
            "changed": counts.updated,
            "as_before": counts.unchanged,
            "not_used": counts.rejected,
            "without_a_cell": counts.incomplete,
            "new_leads": counts.new_leads,
            "id_only": counts.id_only,
            "new_channels": [channel.key for channel in counts.new_channels],
            "problems": [
                {
                    "line": problem.line,
                    "column": problem.column,
                    "code": problem.code,
                    "message": problem.message,
                    "is_taken": problem.is_taken,
                }
                for problem in counts.problems[:MOST_TOLD]
            ],
        } | ({} if qualifying is None else {"qualifying": qualifying})


def _told_of(batch: ImportBatch) -> dict[str, Any]:
    return {
        "rows": batch.rows,
        "encoding": batch.encoding,
        "delimiter": batch.delimiter,
        "system": batch.system,
        "columns": {key: batch.columns[index] or f"#{index + 1}" for key, index in batch.mapping.items()},
        "fixed": batch.fixed,
    }
