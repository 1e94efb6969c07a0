"""Make .venv from one hash-locked file: `python3 requirements/install.py embedded|dev`.

It runs on the machine's own Python and uses nothing but its standard library; the syntax is old on purpose,
so that an old Python can still say that it is too old.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
OLDEST = (3, 11)
# What contains what: an environment for development can also run Baton.
CONTAINS = {"embedded": ["embedded"], "dev": ["dev", "embedded"]}


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
        told = subprocess.run([PYTHON, "-c", ask], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    except OSError:
        return False
    return told.returncode == 0 and told.stdout.decode() == "%s\n%s\n" % (sys.version, VENV)


def make_environment():
    # type: () -> None
    """Make an empty virtual environment, in place of one that does not work."""
    version = "%d.%d" % sys.version_info[:2]
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        sys.exit(
            "This Python cannot make virtual environments: its modules venv and ensurepip are missing. On "
            "Debian and Ubuntu install them with: apt-get install python3-venv (or python%s-venv)" % version
        )
    say("Making the virtual environment .venv (Python %s) ...\n" % version)
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", VENV], check=False)
    if made.returncode != 0:
        sys.exit("The virtual environment could not be made; the reason is above.")


def install(lock):
    # type: (str) -> None
    """Install exactly the lock with pip as this machine configures it, telling how far it is.

    Nothing is resolved again: the pips of old Pythons resolve what is asked for with an extra, `coverage[toml]`, to
    releases newer than the lock and then refuse them. `pip check` tells what a lock forgets.
    """
    with open(lock) as file:
        total = len(re.findall(r"^[a-z0-9][^ =]*==", file.read(), re.MULTILINE))
    command = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
        "--no-deps",
        "--require-hashes",
        "-r",
        lock,
    ]
    said = []
    collected = 0
    environ = dict(os.environ, PIP_PROGRESS_BAR="off", PYTHONUNBUFFERED="1")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT, env=environ)
    for raw in process.stdout or ():
        line = raw.decode(errors="replace").rstrip()
        said.append(line)
        if line.startswith("Collecting "):
            collected += 1
            if collected % 10 == 0:
                say("Fetching packages ... %d of %d\n" % (collected, total))
        elif line.startswith("Installing collected packages"):
            say("Installing packages ...\n")
    if process.wait() != 0:
        sys.exit("\n".join(said[-15:]) + "\nThe packages could not be installed; the reason is above.")
    check = [PYTHON, "-m", "pip", "--disable-pip-version-check", "check"]
    checked = subprocess.run(check, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if checked.returncode != 0:
        sys.exit(checked.stdout.decode(errors="replace") + "The lock is not whole; make lock repairs it.")


def link_checkout():
    # type: () -> None
    """Let every program of the environment (pytest, celery, mypy) import Baton, wherever it is called."""
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = subprocess.check_output([PYTHON, "-c", ask]).decode().strip()
    with open(os.path.join(packages, "baton.pth"), "w") as link:
        link.write(ROOT + "\n")


def say(text):
    # type: (str) -> None
    sys.stderr.write(text)
    sys.stderr.flush()


if __name__ == "__main__":
    if sys.argv[1:] not in (["embedded"], ["dev"]):
        sys.exit("Say which requirements: embedded or dev.")
    main(sys.argv[1])
