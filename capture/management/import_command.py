"""A file into Baton, in the foreground: what the commands of imports share."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from capture.importing import run
from capture.importing.chunks import Counts
from capture.importing.dates import ORDERS
from capture.importing.fields import find_column
from capture.importing.files import check_size, forget, store
from capture.importing.kinds.register import KINDS, kind_of
from capture.importing.plan import DateOrderUnknown, DecimalMarkUnknown, new_batch, set_mapping, stages_of
from capture.importing.preview import dry_run, id_only_words
from capture.importing.problems import Unreadable
from capture.importing.unpacking import Table, as_table
from capture.models import ImportBatch
from leads.models import Channel
from leads.turns import Turn
from lib import clock
from lib.folding import fold
from lib.number_reading import COMMA, POINT

_SHOWN: Final = 50
LONGEST_SYSTEM: Final = 50
_DELIMITERS: Final = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}


class ImportCommand(BaseCommand):
    """Reads a file, says what is in it, and takes it or only tries."""

    kinds: Sequence[str] = tuple(KINDS)

    def add_arguments(self, parser: ArgumentParser) -> None:
        keys = " ".join(f"Fields of {kind}: {', '.join(KINDS[kind].keys())}." for kind in self.kinds)
        parser.add_argument("file", metavar="FILE", help="a file with column names in its first line")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="KEY=COLUMN",
            help=f"which column holds a field; COLUMN is a name, or #N for the Nth. {keys}",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")
        parser.add_argument("--encoding", default="", help="such as utf-8 or cp1252; found out when not given")
        parser.add_argument("--delimiter", default="", help="one character, or tab; found out when not given")
        parser.add_argument("--time-zone", default=settings.TIME_ZONE, help="of times that name none (%(default)s)")
        parser.add_argument(
            "--date-order", choices=ORDERS, default="", help="what 3/4/2024 means, for columns that leave it open"
        )

        parser.add_argument(
            "--turn",
            choices=Turn.values,
            default=str(Turn.WAITS),
            help="what becomes of leads that qualify by it: they wait for their turn, go to sales at once, or never, "
            "unless they do something themselves (%(default)s)",
        )
        parser.add_argument(
            "--system",
            default=None,
            help="whose external ids these are, such as crm: the same id of two systems is two leads",
        )
        parser.add_argument("--strict", action="store_true", help="leave out each row with a cell that cannot be used")
        parser.add_argument(
            "--decimal-mark",
            choices=(COMMA, POINT),
            default="",
            help="what stands before decimals, for columns whose 1.000 can be a thousand or one",
        )

    def handle(self, *args: object, **options: Any) -> None:
        try:
            self._import(Path(options["file"]), options)
        except DateOrderUnknown as problem:
            raise CommandError(_("%(problem)s Use --date-order.") % {"problem": problem}) from problem
        except DecimalMarkUnknown as problem:
            raise CommandError(_("%(problem)s Use --decimal-mark.") % {"problem": problem}) from problem
        except Unreadable as problem:
            raise CommandError(str(problem)) from problem
        except OSError as error:
            message = _("%(file)s cannot be read: %(why)s.") % {"file": options["file"], "why": error.strerror}
            raise CommandError(message) from error

    def _import(self, path: Path, options: dict[str, Any]) -> None:
        with path.open("rb") as file:
            check_size(path.stat().st_size)
            with as_table(file, sheet=options.get("sheet", "")) as table:
                batch = self.take(path, table, options)
        if batch is not None:
            batch.save()
            self._run(batch)

    def take(self, path: Path, table: Table, options: dict[str, Any]) -> ImportBatch | None:
        """The import, ready to run, with its file stored; None when it was only to be told of. Raises Unreadable."""
        batch, file = self.new_batch(path, table, options), table.file
        self._settle(batch, file, options)
        self.say_mapping(batch, file)
        if options["dry_run"]:
            counts, qualifying = dry_run(batch, file, now=clock.now())
            self.report(batch, counts, qualifying=qualifying)
            return None
        batch.stored_as = store(file)
        return batch

    def new_batch(self, path: Path, table: Table, options: dict[str, Any]) -> ImportBatch:
        """The import, not saved, with the columns guessed; raises Unreadable."""
        return new_batch(
            table.file,
            sheet=table.sheet,
            sheets=table.sheets,
            name=path.name,
            kind=options["kind"],
            time_zone=_known_zone(options["time_zone"]),
            actor=None,
            now=clock.now(),
            encoding=options["encoding"],
            delimiter=_one_character(options["delimiter"]),
            is_mapped=bool(options["map"]),
        )

    def _settle(self, batch: ImportBatch, file: BinaryIO, options: dict[str, Any]) -> None:
        """Takes over what the options say; raises Unreadable."""
        batch.is_strict, batch.turn = options["strict"], options["turn"]
        if options["system"] is not None:
            batch.system = _system(options["system"])
        batch.fixed |= _fixed(options.get("set", []))
        mapping = _mapping(options["map"], batch.columns) or batch.mapping
        order, mark, kind = options["date_order"], options["decimal_mark"], kind_of(batch.kind)
        orders = dict.fromkeys(kind.keys(of=lambda type_: type_.is_date), order) if order else {}
        marks = dict.fromkeys(kind.keys(of=lambda type_: type_.is_number), mark) if mark else {}
        set_mapping(batch, file, mapping, orders=orders, marks=marks)

    def _say_who_qualifies(self, count: int) -> None:
        sentence = ngettext("%(count)d lead would qualify.", "%(count)d leads would qualify.", count)
        self.stdout.write(sentence % {"count": count})

    def _run(self, batch: ImportBatch) -> None:
        run.start(batch.pk, now=clock.now())
        has_run = run.run(batch.pk, clock=clock.now, progress=self._progress if sys.stderr.isatty() else None)
        if sys.stderr.isatty():
            self.stderr.write("")
        batch.refresh_from_db()
        if batch.state == ImportBatch.State.FAILED:
            raise CommandError(batch.message)
        if not has_run:
            raise CommandError(_("A worker goes on with this import; its page shows how far it is."))
        forget(batch)
        self.report(batch, _counts(batch))

    def _progress(self, batch: ImportBatch) -> None:
        done = batch.created + batch.updated + batch.unchanged + batch.rejected
        self.stderr.write(f"\r{done:,} / {batch.rows:,}", ending="")
        self.stderr.flush()

    def say_mapping(self, batch: ImportBatch, file: BinaryIO) -> None:
        """How the file is read, which columns are what, and what the words of its stages mean."""
        pairs = ", ".join(f"{key}={batch.columns[index] or f'#{index + 1}'}" for key, index in batch.mapping.items())
        self.stdout.write(
            ngettext(
                "%(rows)s row, read as %(encoding)s with columns separated by %(delimiter)s.",
                "%(rows)s rows, read as %(encoding)s with columns separated by %(delimiter)s.",
                batch.rows,
            )
            % {"rows": f"{batch.rows:,}", "encoding": batch.encoding, "delimiter": repr(batch.delimiter)}
        )
        self.stdout.write(_("Columns used: %(pairs)s") % {"pairs": pairs})
        if batch.fixed:
            pairs = ", ".join(f"{key}={text}" for key, text in batch.fixed.items())
            self.stdout.write(_("For every row: %(pairs)s") % {"pairs": pairs})
        for word, count, stage in stages_of(batch, file):
            self.stdout.write(
                ngettext(
                    "Stage “%(word)s”, %(count)s row: %(meaning)s",
                    "Stage “%(word)s”, %(count)s rows: %(meaning)s",
                    count,
                )
                % {"word": word, "count": f"{count:,}", "meaning": stage.label}
            )

    def report(self, batch: ImportBatch, counts: Counts, *, qualifying: int | None = None) -> None:
        """What became of the rows, or of a dry run would; then with the number of leads that would qualify."""
        for problem in counts.problems[:_SHOWN]:
            where = _("line %(line)s") % {"line": problem.line} + (f", {problem.column}" if problem.column else "")
            self.stdout.write(f"  {where}: {problem.message}")
        if len(counts.problems) > _SHOWN:
            self.stdout.write(_("  and %(more)s more") % {"more": f"{len(counts.problems) - _SHOWN:,}"})
        if counts.incomplete:
            self.stdout.write(
                ngettext(
                    "%(rows)s row was taken without a cell.",
                    "%(rows)s rows were taken without a cell.",
                    counts.incomplete,
                )
                % {"rows": f"{counts.incomplete:,}"}
            )
        if counts.new_channels:
            names = ", ".join(channel.name for channel in counts.new_channels)
            self.stdout.write(
                _("Channels nobody knew before: %(names)s. Say in the admin what they count as.") % {"names": names}
            )
        words = _words(batch)
        numbers = (counts.created, counts.updated, counts.unchanged, counts.rejected)
        self.stdout.write(", ".join(f"{n:,} {word}" for n, word in zip(numbers, words, strict=True) if word))
        for sentence in id_only_words(counts.id_only, batch.system):
            self.stdout.write(sentence)
        if batch.pk:
            told = _("This is import %(id)s; undo_import takes it back.")
            self.stdout.write(told % {"id": batch.public_id})
        if qualifying is not None:
            self._say_who_qualifies(qualifying)
            self.stdout.write(_("This was a dry run: nothing has been changed."))


def _words(batch: ImportBatch) -> tuple[str, str, str, str]:
    """What new, changed, unchanged and rejected rows are called; outcomes make nothing new."""
    if batch.kind != ImportBatch.Kind.OUTCOMES:
        return _("new"), _("changed"), _("as before"), _("not used")
    is_won_only = not {"lost_at", "opportunity_at", "stage", "is_won"} & batch.mapping.keys()
    return "", _("customers") if is_won_only else _("outcomes"), _("as before"), _("not used")


def _counts(batch: ImportBatch) -> Counts:
    return Counts(
        created=batch.created,
        updated=batch.updated,
        unchanged=batch.unchanged,
        problems=cast("Any", list(batch.problems.all())),
        new_channels=list(Channel.objects.filter(pk__in=batch.new_channels)),
    )


def _mapping(pairs: list[str], columns: list[str]) -> dict[str, int]:
    mapping: dict[str, int] = {}
    for pair in pairs:
        key, equals, column = pair.partition("=")
        if not equals or not key or not column:
            raise CommandError(_("--map %(pair)s: write KEY=COLUMN, such as email=Address.") % {"pair": pair[:100]})
        if key in mapping:
            raise CommandError(_("--map %(key)s is given twice.") % {"key": key})
        mapping[key] = find_column(columns, column)
    return mapping


def _fixed(pairs: list[str]) -> dict[str, str]:
    fixed: dict[str, str] = {}
    for pair in pairs:
        key, _equals, text = pair.partition("=")
        if not key or not text:
            raise CommandError(_("--set %(pair)s: write KEY=VALUE, such as channel=partner.") % {"pair": pair[:100]})
        fixed[key] = text
    return fixed


def _one_character(text: str) -> str:
    text = _DELIMITERS.get(text, text)
    if len(text) > 1 or text in ('"', "\r", "\n"):
        raise CommandError(_("--delimiter is one character, such as ; or tab."))
    return text


def _system(name: str) -> str:
    system = fold(name)
    if len(system) > LONGEST_SYSTEM:
        raise CommandError(_("--system has at most %(most)d characters.") % {"most": LONGEST_SYSTEM})
    return system


def _known_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise CommandError(_("%(name)s is no time zone. Write it like Europe/Lisbon.") % {"name": name[:60]}) from error
