"""Which characters the bytes of a file stand for."""

import codecs
from typing import BinaryIO, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capture.importing.problems import Unreadable

# What may be chosen, by the name kept on the batch. Every other codec of Python is refused.
ENCODINGS: Final[dict[str, str | Promise]] = {
    "utf-8": gettext_lazy("UTF-8"),
    "cp1252": gettext_lazy("Windows, Western European (1252)"),
    "iso8859-1": gettext_lazy("Latin-1"),
    "utf-16": gettext_lazy("UTF-16 (Excel “Unicode text”)"),
    "utf-16-le": gettext_lazy("UTF-16, little-endian, no mark"),
    "utf-16-be": gettext_lazy("UTF-16, big-endian, no mark"),
    "cp1250": gettext_lazy("Windows, Central European (1250)"),
    "cp1251": gettext_lazy("Windows, Cyrillic (1251)"),
    "mac-roman": gettext_lazy("Mac, Western European"),
    "shift_jis": gettext_lazy("Japanese (Shift JIS)"),
    "gbk": gettext_lazy("Chinese (GBK)"),
}
_BLOCK: Final = 1 << 16
_CONTROLS: Final = bytes({*range(32)} - set(b"\t\n\v\f\r\x1a"))
_MAGIC: Final = {
    b"PK\x03\x04": gettext_lazy("an Excel workbook or a ZIP file"),
    b"\xd0\xcf\x11\xe0": gettext_lazy("an old Excel workbook"),
    b"%PDF": gettext_lazy("a PDF file"),
    b"\x1f\x8b": gettext_lazy("a compressed file"),
}


def known_encoding(name: str) -> str:
    """The name under which we keep an encoding a person wrote; raises Unreadable when it is none we read."""
    try:
        wanted = codecs.lookup(name).name
    except (LookupError, ValueError):
        wanted = ""
    for known in ENCODINGS:
        if codecs.lookup(known).name == wanted or (known == "utf-8" and wanted == "utf-8-sig"):
            return known
    raise Unreadable(
        "unknown_encoding",
        _("“%(name)s” is no encoding Baton reads. It reads %(known)s.")
        % {"name": name[:40], "known": ", ".join(ENCODINGS)},
    )


def codec_of(encoding: str) -> tuple[str, str]:
    """The codec and the error handler to open a file with; what cannot be decoded stays recognisable."""
    if encoding == "utf-8":
        return "utf-8-sig", "surrogateescape"
    return encoding, "replace" if encoding.startswith("utf-16") else "surrogateescape"


def detect_encoding(file: BinaryIO) -> str:
    """UTF-16 by its mark or its zero bytes, UTF-8 when the file is mostly that, else Windows 1252.

    Raises Unreadable for an empty file and for one that is no text.
    """
    head = file.read(_BLOCK)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"):
        raise Unreadable("empty", _("The file is empty. Choose a CSV file with column names in its first line."))
    _refuse_other_kinds(head)
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise Unreadable("utf_32", _("This file is in UTF-32, which Baton does not read. Save it as CSV UTF-8."))
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    zeros_even, zeros_odd, half = head[::2].count(0), head[1::2].count(0), len(head) // 2
    if zeros_odd > half * 0.4 and zeros_even < half * 0.1:
        return "utf-16-le"
    if zeros_even > half * 0.4 and zeros_odd < half * 0.1:
        return "utf-16-be"
    if len(head.translate(None, _CONTROLS)) < len(head) * 0.97:
        raise Unreadable("binary", _("This is no text file. Save the table as CSV and try again."))
    file.seek(0)
    foreign, broken = _count_foreign(file)
    return "utf-8" if broken == 0 or foreign > broken else "cp1252"


def _refuse_other_kinds(head: bytes) -> None:
    for magic, name in _MAGIC.items():
        if head.startswith(magic):
            raise Unreadable(
                "not_csv", _("This is %(kind)s, not a CSV file. Save the sheet as CSV and try again.") % {"kind": name}
            )


def _count_foreign(file: BinaryIO) -> tuple[int, int]:
    """Characters beyond ASCII that are proper UTF-8, and bytes that are not."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    foreign = broken = 0
    while block := file.read(_BLOCK):
        text = decoder.decode(block)
        if not text.isascii():
            proper = text.encode("utf-8", "ignore").decode("utf-8")
            broken += len(text) - len(proper)
            foreign += len(proper) - len(proper.encode("ascii", "ignore"))
    tail = decoder.decode(b"", final=True)
    return foreign, broken + len(tail)
