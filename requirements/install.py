"""Make .venv from one hash-locked file: `python3 requirements/install.py embedded|dev`.

It runs on the machine's own Python and uses nothing but its standard library; the syntax is old on purpose,
so that an old Python can still say that it is too old.
"""

import glob
import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import threading
import time
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
OLDEST = (3, 11)
# What contains what: an environment for development can also run Baton.
CONTAINS = {"embedded": ["embedded"], "dev": ["dev", "embedded"]}
# One pip waits for the network as long as it works; two at once do both.
PIPS = 2


def main(name):
    # type: (str) -> None
    """Bring .venv up to this lock file; quick when it is already."""
    if sys.version_info[:2] < OLDEST:
        sys.exit(
            "Baton needs Python 3.11 or newer, and this is %s. Choose one: make PYTHON=python3.12 ..."
            % sys.version.split()[0]
        )
    lock = os.path.join(ROOT, "requirements", name + ".txt")
    if is_current(name):
        return
    began = time.time()
    if not works():
        make_environment()
    install(lock)
    link_checkout()
    for contained in CONTAINS[name]:
        with open(stamp_file(contained), "w") as stamp:
            stamp.write(fingerprint(contained))
    say("Installed the locked packages in %.0f s.\n" % (time.time() - began))


def fingerprint(name):
    # type: (str) -> str
    """What the environment must have been made from: the lock file and the Python."""
    with open(os.path.join(ROOT, "requirements", name + ".txt"), "rb") as lock:
        return hashlib.sha256(lock.read() + sys.version.encode()).hexdigest()


def stamp_file(name):
    # type: (str) -> str
    return os.path.join(VENV, name + ".installed")


def is_current(name):
    # type: (str) -> bool
    """Whether the environment was made from exactly this lock file, and is still where it was made."""
    try:
        with open(stamp_file(name)) as stamp:
            return stamp.read() == fingerprint(name) and works()
    except OSError:
        return False


def works():
    # type: () -> bool
    """Whether .venv has a Python of our version with pip: one that was moved or half made has not."""
    ask = "import sys, pip; print(sys.version); print(sys.prefix)"
    try:
        told = subprocess.run([PYTHON, "-I", "-c", ask], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    except OSError:
        return False
    return told.returncode == 0 and told.stdout == os.fsencode("%s\n%s\n" % (sys.version, VENV))


def make_environment():
    # type: () -> None
    """Make an empty virtual environment with pip, in place of one that does not work.

    What `python -m venv` does for pip, let it install itself and compile all of it, takes ten times as long as
    everything else about an environment: a wheel only has to be unpacked.
    """
    version = "%d.%d" % sys.version_info[:2]
    try:
        import ensurepip
        import venv  # noqa: F401
    except ImportError:
        sys.exit(
            "This Python cannot make virtual environments: its modules venv and ensurepip are missing. On "
            "Debian and Ubuntu install them with: apt-get install python3-venv (or python%s-venv)" % version
        )
    say("Making the virtual environment .venv (Python %s) ...\n" % version)
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", "--without-pip", VENV], check=False)
    if made.returncode != 0:
        sys.exit("The virtual environment could not be made; the reason is above.")
    # Distributions keep the wheel at a place of their own, which is written down as they built this Python.
    bundled = sysconfig.get_config_var("WHEEL_PKG_DIR") or os.path.join(os.path.dirname(ensurepip.__file__), "_bundled")
    wheels = glob.glob(os.path.join(bundled, "pip-*.whl"))
    if not wheels:
        sys.exit("This Python brings no pip: there is no pip-*.whl in %s." % bundled)
    with zipfile.ZipFile(wheels[0]) as wheel:
        wheel.extractall(packages_folder())


def packages_folder():
    # type: () -> str
    """Where the environment has its packages."""
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return os.fsdecode(subprocess.check_output([PYTHON, "-I", "-c", ask])).strip()


def install(lock):
    # type: (str) -> None
    """Install exactly the lock with pip as this machine configures it, telling how far it is.

    Nothing is resolved again: the pips of old Pythons resolve what is asked for with an extra, `coverage[toml]`, to
    releases newer than the lock and then refuse them. Nothing is built: a build fetches what no lock names. Nothing
    is compiled: Python does that by itself for the third of it that is ever imported. So no package asks for another
    one, and some pips at once install a part of the lock each.
    """
    locked = read_lock(lock)
    progress = Progress(len(locked))
    pips = [Pip(part, progress) for part in parts_of(lock)]
    for each in pips:
        each.start()
    for each in pips:
        each.join()
    for each in pips:
        if each.returncode != 0:
            sys.exit("\n".join(each.said[-15:]) + "\nThe packages could not be installed; the reason is above.")
    check(locked)


def parts_of(lock):
    # type: (str) -> list[str]
    """The lock in parts of about as many packages, each a lock file of its own in the environment."""
    with open(lock) as file:
        entries = re.findall(r"^[A-Za-z0-9](?:.*\\\n)*.*\n", file.read(), re.MULTILINE)
    parts = []
    for number in range(min(PIPS, len(entries))):
        parts.append(os.path.join(VENV, "part%d.txt" % number))
        with open(parts[-1], "w") as part:
            part.writelines(entries[number::PIPS])
    return parts


class Progress(object):
    """Tells how far all the pips are together."""

    def __init__(self, packages):
        # type: (int) -> None
        self.packages = packages
        self.collected = 0
        self.lock = threading.Lock()

    def hear(self, line):
        # type: (str) -> None
        """A line that a pip has said."""
        if line.startswith("Collecting "):
            with self.lock:
                self.collected += 1
                if self.collected % 10 == 0:
                    say("Fetching packages ... %d of %d\n" % (self.collected, self.packages))
        elif line.startswith("Installing collected packages"):
            say("Installing packages ...\n")


class Pip(threading.Thread):
    """One pip that installs a part of the lock; what it said and its exit code once it has ended."""

    def __init__(self, part, progress):
        # type: (str, Progress) -> None
        super(Pip, self).__init__()
        self.part = part
        self.progress = progress
        self.said = []  # type: list[str]
        self.returncode = 1

    def run(self):
        # type: () -> None
        options = ("--no-input", "--no-deps", "--only-binary=:all:", "--require-hashes", "--no-compile")
        command = pip("install", "-r", self.part, *options)
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT, env=pip_environment()
        )
        for raw in process.stdout or ():
            self.said.append(raw.decode(errors="replace").rstrip())
            self.progress.hear(self.said[-1])
        self.returncode = process.wait()
        os.unlink(self.part)


def check(locked):
    # type: (dict[str, str | None]) -> None
    """Refuse an environment that is not the lock, and a lock that forgets what its packages need."""
    ask = "import importlib.metadata as m; print(*[each.name + '==' + each.version for each in m.distributions()])"
    listed = subprocess.check_output([PYTHON, "-I", "-c", ask]).decode().split()
    found = {plain(name): version for name, version in (each.split("==") for each in listed)}
    wrong = [name for name, version in sorted(locked.items()) if version and found.get(name) != version]
    if wrong:
        sys.exit(
            "pip did not install into .venv what the lock says: %s. What this machine tells pip: pip config list."
            % ", ".join(wrong)
        )
    whole = subprocess.run(
        pip("check"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, env=pip_environment()
    )
    if whole.returncode != 0:
        sys.exit(whole.stdout.decode(errors="replace") + "The lock is not whole; make lock repairs it.")


def read_lock(lock):
    # type: (str) -> dict[str, str | None]
    """The version of each package; None where it depends on the machine whether the package is needed."""
    with open(lock) as file:
        entries = re.findall(r"^([A-Za-z0-9][^ =]*)==([^ ]+) *(;?)", file.read(), re.MULTILINE)
    return {plain(name): None if marker else version for name, version, marker in entries}


def plain(name):
    # type: (str) -> str
    """A package's name as the index spells it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pip(*arguments):
    # type: (str) -> list[str]
    """A command line of the environment's pip, which sees the packages of the environment and no others."""
    command = [PYTHON, "-I", "-u", "-m", "pip", "--disable-pip-version-check"]
    command.extend(arguments)
    return command


def pip_environment():
    # type: () -> dict[str, str]
    """Where to fetch from stays as this machine says; what to install and where to put it is the lock's business."""
    return dict(os.environ, PIP_PROGRESS_BAR="off", PIP_CONSTRAINT=os.devnull, PIP_USER="0")


def link_checkout():
    # type: () -> None
    """Let every program of the environment (pytest, celery, mypy) import Baton, wherever it is called.

    The path is relative, so that it can be read in every locale, whatever letters ROOT has.
    """
    packages = packages_folder()
    with open(os.path.join(packages, "baton.pth"), "w") as link:
        link.write(os.path.relpath(ROOT, packages) + "\n")


def say(text):
    # type: (str) -> None
    sys.stderr.write(text)
    sys.stderr.flush()


if __name__ == "__main__":
    if sys.argv[1:] not in (["embedded"], ["dev"]):
        sys.exit("Say which requirements: embedded or dev.")
    main(sys.argv[1])
