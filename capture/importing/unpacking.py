"""What people bring, as a table: CSV as it is, the only file of a ZIP, one sheet of a workbook as CSV."""

import io
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

from django.conf import settings
from django.utils.translation import gettext as _

from capture.importing import sheet_rows
from capture.importing.files import FILE_LIMIT, check_size
from capture.importing.problems import Unreadable

ZIP: Final = b"PK\x03\x04"
OLD_WORKBOOK: Final = b"\xd0\xcf\x11\xe0"
# What a workbook may hold when it is unpacked, and what of all files in it.
UNPACKED_LIMIT: Final = 200 * 1024 * 1024  # bytes
MOST_ENTRIES: Final = 2_000
_BLOCK: Final = 1 << 16
_ENCRYPTED: Final = 0x1
_LONGEST: Final = 120  # seconds, of waiting for a workbook
_OF_SYSTEMS: Final = ("__MACOSX/", ".")
_WORKBOOKS: Final = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")


@dataclass(slots=True)
class Table:
    """A file to be read as CSV; `sheet` and `sheets` are those of a workbook."""

    file: BinaryIO
    sheet: str = ""
    sheets: tuple[str, ...] = ()


@contextmanager
def as_table(file: BinaryIO, *, sheet: str = "") -> Iterator[Table]:
    """The table in the file, open while the context lasts; raises Unreadable for what holds none, or more than one."""
    with tempfile.TemporaryDirectory() as folder:
        inner = _only_file(file, Path(folder)) if _is_zip(file) and not _is_workbook(file) else file
        if inner is not file and _is_zip(inner) and not _is_workbook(inner):
            raise Unreadable("zip_in_zip", _("The ZIP file holds another ZIP file. Unpack it first."))
        if _head(inner) == OLD_WORKBOOK:
            raise Unreadable(
                "old_workbook",
                _("This is an old or an encrypted Excel workbook. Save it as .xlsx without a password, or as CSV."),
            )
        yield _sheet(inner, Path(folder), sheet) if _is_zip(inner) else Table(inner)


def _head(file: BinaryIO) -> bytes:
    file.seek(0)
    head = file.read(4)
    file.seek(0)
    return head


def _is_zip(file: BinaryIO) -> bool:
    return _head(file) == ZIP


@contextmanager
def _archive(file: BinaryIO) -> Iterator[zipfile.ZipFile]:
    """The archive; raises Unreadable for one that is broken, also while it is read."""
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, ValueError, RuntimeError) as error:
        raise Unreadable("broken_zip", _("The file is damaged and cannot be unpacked. Save it again.")) from error


def _is_workbook(file: BinaryIO) -> bool:
    with _archive(file) as archive:
        names = archive.namelist()
        return any(name in names for name in _WORKBOOKS)


def _only_file(file: BinaryIO, folder: Path) -> BinaryIO:
    """The one file in the archive, unpacked as far as is allowed."""
    with _archive(file) as archive:
        entries = [
            entry
            for entry in archive.infolist()
            if not entry.is_dir() and not entry.filename.startswith(_OF_SYSTEMS) and "/." not in entry.filename
        ]
        if len(entries) != 1:
            message = _("The ZIP file holds %(count)s files. Choose one of them, or a ZIP file with one.")
            raise Unreadable("several_files", message % {"count": f"{len(entries):,}"})
        _refuse_encrypted(entries)
        path = folder / "inner"
        with path.open("wb") as unpacked:
            for block in _unpacked(archive, entries[0], FILE_LIMIT):
                unpacked.write(block)
    return cast("BinaryIO", io.BytesIO(path.read_bytes()))


def _refuse_encrypted(entries: list[zipfile.ZipInfo]) -> None:
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise Unreadable("encrypted", _("The file is encrypted. Save it without a password."))


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> Iterator[bytes]:
    """The bytes of an entry; what comes out is counted, whatever the archive says of it."""
    size = 0
    with archive.open(entry) as packed:
        while block := packed.read(_BLOCK):
            size += len(block)
            check_size(size, limit=limit)
            yield block


def _sheet(file: BinaryIO, folder: Path, wanted: str) -> Table:
    """One sheet of a workbook as CSV."""
    with _archive(file) as archive:
        entries = archive.infolist()
        _refuse_encrypted(entries)
        if len(entries) > MOST_ENTRIES:
            raise Unreadable("too_many_entries", _("The workbook is made of too many parts. Save the sheet as CSV."))
        size = 0
        for entry in entries:
            for block in _unpacked(archive, entry, UNPACKED_LIMIT):
                size += len(block)
                check_size(size, limit=UNPACKED_LIMIT)
    path = folder / "workbook"
    file.seek(0)
    path.write_bytes(file.read())
    with (folder / "rows.csv").open("wb") as rows:
        try:
            done = subprocess.run(
                [sys.executable, "-m", sheet_rows.__name__, str(path), wanted],
                cwd=settings.BASE_DIR,
                env={"PYTHONUTF8": "1", "PYTHONPATH": str(settings.BASE_DIR)},
                stdout=rows,
                stderr=subprocess.PIPE,
                timeout=_LONGEST,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise _refusal(sheet_rows.TOO_LARGE, wanted) from error
    if done.returncode:
        raise _refusal(done.returncode, wanted)
    told = json.loads(done.stderr)
    return Table(cast("BinaryIO", (folder / "rows.csv").open("rb")), told["sheet"], tuple(told["sheets"]))


def _refusal(code: int, sheet: str) -> Unreadable:
    """What is said of a workbook that could not be read; one that took too much memory or time ends with any code."""
    if code == sheet_rows.ENCRYPTED:
        return Unreadable("encrypted", _("The workbook is encrypted. Save it without a password."))
    if code == sheet_rows.BROKEN:
        return Unreadable("broken_workbook", _("The workbook is damaged and cannot be read. Save it again, or as CSV."))
    if code == sheet_rows.EMPTY:
        return Unreadable("empty", _("The workbook is empty: no sheet of it holds a table."))
    if code == sheet_rows.NO_SUCH_SHEET:
        return Unreadable("no_such_sheet", _("The workbook has no sheet “%(sheet)s”.") % {"sheet": sheet[:60]})
    return Unreadable(
        "workbook_too_large",
        _("The sheet is too large: at most 500 columns and 1,000,000 rows can be read. Save what is needed as CSV."),
    )
