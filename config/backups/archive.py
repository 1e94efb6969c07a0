"""The file of a backup: a tar whose last member says the SHA-256 of every other one."""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, cast

MANIFEST: Final = "manifest.json"
DUMP: Final = "database.dump"
FILES: Final = "files/"
CHECKSUMS: Final = "checksums.json"
CHUNK: Final = 1 << 20


class BadArchive(Exception):
    """This is no backup, or not a whole one; the message says what is wrong with it."""


class Writer:
    """Writes one member after the other; see `writing`."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.checksums: dict[str, str] = {}

    def add_json(self, name: str, value: object) -> None:
        raw = json.dumps(value, indent=1, sort_keys=True).encode()
        self.add(name, io.BytesIO(raw), size=len(raw))

    def add(self, name: str, content: IO[bytes], *, size: int) -> None:
        """The whole content; raises OSError where it ends before its size, such as a file that is still written."""
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        hashed = _Hashed(content)
        self._tar.addfile(member, hashed)
        self.checksums[name] = hashed.digest.hexdigest()


@contextmanager
def writing(file: IO[bytes]) -> Iterator[Writer]:
    """An archive that is written into an open file; it has its end, the checksums, where nothing failed."""
    with tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        writer = Writer(tar)
        yield writer
        writer.add_json(CHECKSUMS, dict(writer.checksums))


class _Hashed:
    """Reads on from a file and knows the digest of what was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(size)
        self.digest.update(chunk)
        return chunk


class Archive:
    """A backup that was looked through: every byte of it is as it was written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        digests = dict(_digests(path))
        told: dict[str, str] = self._json(CHECKSUMS) if CHECKSUMS in digests else {}
        if not told or not {MANIFEST, DUMP} <= digests.keys():
            raise BadArchive(f"{path.name} is not a whole backup of Baton: its end or its beginning is missing.")
        for name, digest in told.items():
            if digests.get(name) != digest:
                raise BadArchive(f"{path.name} is damaged: {name} is not as it was written.")
        self.manifest: dict[str, Any] = self._json(MANIFEST)
        self.files = sorted(name for name in told if name.startswith(FILES))

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """One member."""
        with tarfile.open(self.path) as tar:
            yield cast("IO[bytes]", tar.extractfile(name))  # a plain file: all were read

    def _json(self, name: str) -> Any:
        with self.open(name) as content:
            try:
                return json.loads(content.read())
            except ValueError as error:
                raise BadArchive(f"{self.path.name} is damaged: {name} is not as it was written.") from error


def _digests(path: Path) -> Iterator[tuple[str, str]]:
    """Each plain member with the digest of what it holds now."""
    try:
        with tarfile.open(path) as tar:
            for member in tar:
                content = tar.extractfile(member)
                if content is None:
                    raise BadArchive(f"{path.name} is no backup of Baton: {member.name[:100]} is no plain file.")
                digest = hashlib.sha256()
                while chunk := content.read(CHUNK):
                    digest.update(chunk)
                yield member.name, digest.hexdigest()
    except (tarfile.TarError, OSError, EOFError) as error:
        raise BadArchive(f"{path.name} cannot be read as a backup: {error}.") from error
