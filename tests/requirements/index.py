"""A package index of invented packages in a directory, and Pythons to install them with."""

import base64
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.embedded.state import BASE_DIR

# What a Python has to bring to make an environment, and what we have to know of it.
ASK = (
    "import ensurepip, glob, os, sys, sysconfig, venv\n"
    "own = os.path.join(os.path.dirname(ensurepip.__file__), '_bundled')\n"
    "wheels = glob.glob((sysconfig.get_config_var('WHEEL_PKG_DIR') or own) + '/pip-*.whl')\n"
    "print(*sys.version_info[:3], wheels[0])"
)
SUPPORTED = (11, 12, 13)


@dataclass(frozen=True, kw_only=True)
class Interpreter:
    """A Python of this machine, and the wheel of the pip that comes with it."""

    program: Path
    version: tuple[int, ...]
    pip: Path

    @property
    def pip_version(self) -> tuple[int, ...]:
        return tuple(map(int, self.pip.name.split("-")[1].split(".")))

    def __str__(self) -> str:
        return f"python {'.'.join(map(str, self.version))}, pip {self.pip.name.split('-')[1]}"


def oldest_of_each() -> list[Interpreter]:
    """The oldest Python on this machine of each supported release."""
    oldest: dict[int, Interpreter] = {}
    for found in sorted(filter(None, map(ask, programs())), key=lambda each: each.version):
        if found.version[0] == 3 and found.version[1] in SUPPORTED:
            oldest.setdefault(found.version[1], found)
    return list(oldest.values())


def programs() -> Iterator[Path]:
    """Everything that may be a Python: what PATH finds, what pyenv keeps, and the one that runs the tests."""
    yield Path(sys.base_prefix, "bin", "python3")
    names = [f"python3.{minor}" for minor in SUPPORTED] + ["python3"]
    for folder in os.get_exec_path():
        yield from (Path(folder, name) for name in names)
    kept = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv", "versions")
    yield from sorted(kept.glob("3.*/bin/python3"))


def ask(program: Path) -> Interpreter | None:
    """What this program is; None when it is no Python, or one that cannot make environments."""
    if not os.access(program, os.X_OK):
        return None
    told = subprocess.run([program, "-I", "-c", ASK], capture_output=True, text=True, check=False)
    if told.returncode != 0:
        return None
    *version, pip = told.stdout.split(maxsplit=3)
    return Interpreter(program=program, version=tuple(map(int, version)), pip=Path(pip.strip()))


class Index:
    """Wheels that are offered to pip, which sees no other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def offer(self, name: str, version: str, *needs: str) -> str:
        """Make a release; the line of a lock that asks for it."""
        wheel = self.folder / f"{name}-{version}-py3-none-any.whl"
        about = f"{name}-{version}.dist-info"
        metadata = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", "Provides-Extra: more"]
        metadata += [f"Requires-Dist: {need}" for need in needs]
        files = {
            f"{name}.py": f"VERSION = {version!r}\n",
            f"{about}/METADATA": "\n".join(metadata),
            f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        rows = [f"{path},sha256={digest(text)},{len(text.encode())}" for path, text in files.items()]
        files[f"{about}/RECORD"] = "\n".join([*rows, f"{about}/RECORD,,"]) + "\n"
        with zipfile.ZipFile(wheel, "w") as archive:
            for path, text in files.items():
                archive.writestr(path, text)
        return entry(name, version, wheel)

    def offer_source(self, name: str, version: str, setup: str) -> str:
        """Make a release that has to be built, by running `setup`; the line of a lock that asks for it."""
        source = self.folder / f"{name}-{version}.tar.gz"
        with tarfile.open(source, "w:gz") as archive:
            member = tarfile.TarInfo(f"{name}-{version}/setup.py")
            member.size = len(setup)
            archive.addfile(member, io.BytesIO(setup.encode()))
        return entry(name, version, source)


def entry(name: str, version: str, release: Path) -> str:
    """The line of a lock that asks for this file."""
    return f"{name}=={version} \\\n    --hash=sha256:{hashlib.sha256(release.read_bytes()).hexdigest()}\n"


def digest(text: str) -> str:
    """As RECORD spells it."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


class Checkout:
    """A directory with install.py and a lock; the environment it makes is forgotten by removing what it installed."""

    def __init__(self, folder: Path, interpreter: Interpreter) -> None:
        self.folder, self.interpreter = folder, interpreter
        self.installer = folder / "requirements" / "install.py"
        self.installer.parent.mkdir(parents=True)
        shutil.copy(BASE_DIR / "requirements" / "install.py", self.installer)

    def lock(self, *entries: str) -> None:
        """Write the lock."""
        (self.folder / "requirements" / "embedded.txt").write_text("".join(entries))

    def install(self, index: Index, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run install.py on a machine that knows this index only."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "PYTHON"))}
        ours = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(index.folder)}
        return subprocess.run(
            [self.interpreter.program, self.installer, "embedded"],
            env=kept | ours | environ,
            capture_output=True,
            text=True,
            check=False,
        )

    def forget(self) -> None:
        """Remove the invented packages, and what install.py knows of them."""
        venv = self.folder / ".venv"
        names = tuple(self.installed())
        for path in [*venv.glob("lib/python3*/site-packages/*"), *venv.glob("*.installed")]:
            if path.suffix == ".installed" or (names and path.name.startswith(names)):
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def imports(self, statement: str) -> bool:
        """Whether the environment can do this from anywhere, in a locale that has no letters but ASCII."""
        (self.folder / "config").mkdir(exist_ok=True)
        python = self.folder / ".venv" / "bin" / "python"
        told = subprocess.run([python, "-c", statement], env={"LC_ALL": "C"}, cwd="/", check=False)
        return told.returncode == 0

    def installed(self) -> dict[str, str]:
        """The invented packages that are there, with their versions."""
        found = (self.folder / ".venv").glob("lib/python3*/site-packages/*.dist-info")
        pairs = [path.name.removesuffix(".dist-info").split("-") for path in found]
        return {name: version for name, version in pairs if name != "pip"}
