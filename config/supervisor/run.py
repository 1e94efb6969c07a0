"""The supervisor behind `make run`: servers, preparation, web, worker and beat in one terminal.

Exit codes: 0 stopped on request, or Baton runs already; 1 something did not start or did not go on, with a
sentence that says what.
"""

import argparse
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from config.demo.password import PASSWORD
from config.embedded import EmbeddedFailure, EmbeddedServers
from config.embedded.locks import FileLock
from config.embedded.processes import die_with_parent
from config.embedded.state import BASE_DIR, prepared_state_dir, read_record, state_dir, write_record
from config.supervisor.children import Child, processes, story
from config.supervisor.progress import step, tell

HOST = "127.0.0.1"
READY_SECONDS = 120
# make, timeout and service managers send the same signal to us twice: once directly, once through make.
SAME_WISH_SECONDS = 2
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class CannotRun(Exception):
    """Baton cannot start or go on; the message is a sentence for the person at the terminal."""


class StopRequested(Exception):
    """Ctrl-C or SIGTERM."""


def main() -> int:
    """Run Baton until somebody stops it."""
    parser = argparse.ArgumentParser(prog="make run", description="Runs Baton on this machine.")
    parser.add_argument("--with-parent", action="store_true", help="stop when the process that started this one dies")
    options = parser.parse_args()
    if options.with_parent:
        die_with_parent(signal.SIGTERM, os.getppid())
    for number in STOP_SIGNALS:
        signal.signal(number, on_stop_signal)
    try:
        return run_once(prepared_state_dir())
    except StopRequested:
        return 0
    except (CannotRun, EmbeddedFailure) as problem:
        tell(f"{problem}")
        return 1


def run_once(root: Path) -> int:
    """Run, unless Baton runs already with this state directory."""
    note = root / "run.json"
    with FileLock(root / "run.lock") as lock:
        if not lock.try_own():
            running = read_record(note) or {"address": "an address it has not told yet", "pid": "unknown"}
            tell(
                f"Baton is already running at {running['address']} (process {running['pid']})."
                " If you have just stopped it, try again in some seconds."
            )
            return 0
        port = chosen_port()
        write_record(note, {"address": f"http://{HOST}:{port}", "pid": os.getpid()})
        try:
            return run(root, port)
        finally:
            note.unlink(missing_ok=True)


def chosen_port() -> int:
    """PORT, checked before anything is started."""
    text = os.environ.get("PORT") or "8000"
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise CannotRun(f"PORT is {text!r}, and a port is a number from 1 to 65535.")
    port = int(text)
    with socket.socket() as probe:
        # As gunicorn does: a port that was in use a moment ago is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise CannotRun(f"Port {port} may only be used by root. Choose another: make run PORT=8000.") from error
        except OSError as error:
            other = port + 1 if port < 65535 else 8001
            raise CannotRun(
                f"Port {port} is in use by another program. Stop it or choose another: make run PORT={other}."
            ) from error
    return port


def run(root: Path, port: int) -> int:
    """Start everything, say where it is, watch it, and stop it in order whatever happens."""
    os.environ["PORT"] = str(port)
    servers = EmbeddedServers(report=step)
    children: list[Child] = []
    try:
        with servers:
            try:
                children += processes(root=root, port=port)
                web, *others = children
                # It loads beside the preparation, and listens after it.
                web.start(holds_input=True)
                prepared = prepare()
                web.end_input()
                if prepared.awaits_story:
                    others.append(story(root=root))
                    children.append(others[-1])
                with step("Starting web"):
                    wait_for(lambda: serves(port), [web])
                tell(invitation(port, prepared.people, setup_code=prepared.setup_code))
                if prepared.awaits_story:
                    tell("The demonstration is being loaded beside it; its leads appear when all of them are there.")
                with step("Starting worker and beat"):
                    for child in reversed(others):
                        child.start()
                    wait_for(lambda: all(child.said_ready.is_set() for child in others if child.ready_line), children)
                watch(children, servers)
            finally:
                stop_all(children, servers)
    except StopRequested:
        pass
    return 0


class Prepared(NamedTuple):
    """Who of the demonstration can sign in, by role; whether its story is to be loaded; the code for `/setup/`."""

    people: dict[str, list[str]]
    awaits_story: bool
    setup_code: str | None


def prepare() -> Prepared:
    """Make the database ready, in another process so that this one stays small."""
    done = subprocess.run(
        [sys.executable, "-m", "config.supervisor.prepare"], cwd=BASE_DIR, stdout=subprocess.PIPE, check=False
    )
    if done.returncode != 0:
        raise CannotRun("The database could not be made ready; the reason is above.")
    told = json.loads(done.stdout.splitlines()[-1])
    return Prepared(told["demo_people"], told["awaits_story"], told["setup_code"])


def wait_for(is_ready: Callable[[], bool], children: Sequence[Child]) -> None:
    """Wait until pages are served, or tasks are taken. Raises CannotRun when one of these processes ends."""
    deadline = time.monotonic() + READY_SECONDS
    while not is_ready():
        for child in children:
            if child.process is not None and child.process.poll() is not None and not child.ends_by_itself:
                time.sleep(0.2)  # its last words
                raise CannotRun(f"{child.name} does not start; what it said is above and in {child.root / 'log'}.")
        if time.monotonic() > deadline:
            raise CannotRun(f"Not everything was ready after {READY_SECONDS} s; see {children[0].root / 'log'}.")
        time.sleep(0.1)


def serves(port: int) -> bool:
    """Whether the web process answers; any answer but a server error counts."""
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/livez", timeout=5):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def invitation(port: int, people: Mapping[str, Sequence[str]], *, setup_code: str | None) -> str:
    """Where to look and how to sign in: one line, and one for each role of the demonstration."""
    address = f"Baton is ready at http://{HOST}:{port}"
    if setup_code:
        page = f"http://{HOST}:{port}/setup/"
        again = f"later: {command('setup_code')}"
        return (
            f"{address} (Ctrl-C stops it) - make yourself its administrator at {page}\n"
            f"  with the code {setup_code}, which works once, for a day. Another one {again}"
        )
    if not people:
        return f"{address} (Ctrl-C stops it)"
    width = max(map(len, people))
    lines = [f"  {role:<{width}}  {', '.join(addresses)}" for role, addresses in people.items()]
    return "\n".join([f"{address} (Ctrl-C stops it) - sign in with the password {PASSWORD} as", *lines])


def command(name: str) -> str:
    """A line for another terminal that runs this command of manage.py with the state directory of this process."""
    parts = [".venv/bin/python", "manage.py", name]
    if os.environ.get("BATON_STATE_DIR"):
        parts.insert(0, f"BATON_STATE_DIR={shlex.quote(str(state_dir()))}")
    if Path(os.environ.get("PWD", BASE_DIR)).resolve() != BASE_DIR:
        parts = ["cd", shlex.quote(str(BASE_DIR)), "&&", *parts]
    return " ".join(parts)


def watch(children: list[Child], servers: EmbeddedServers) -> None:
    """Keep the processes running until a signal comes, a server is lost or a process is broken."""
    while True:
        if lost := servers.lost():
            raise CannotRun(f"{' and '.join(lost)} ended unexpectedly; the log is in {children[0].root / 'log'}.")
        for child in children:
            if problem := child.watch(time.monotonic()):
                raise CannotRun(f"{problem} Its log is in {child.root / 'log'}.")
        time.sleep(0.25)


def stop_all(children: list[Child], servers: EmbeddedServers) -> None:
    """Web, beat, worker, Valkey, PostgreSQL. A Ctrl-C meanwhile kills the first three at once."""
    began = time.monotonic()

    def on_impatience(_number: int, _frame: FrameType | None) -> None:
        if time.monotonic() - began > SAME_WISH_SECONDS:
            kill_all(children)

    signal.signal(signal.SIGINT, on_impatience)
    with step("Stopping"):
        for child in children:
            child.stop()
        shared = servers.close()
    if shared:
        tell(f"{' and '.join(shared)} goes on for another command and stops with it.")


def kill_all(children: list[Child]) -> None:
    """Do not wait any longer."""
    for child in children:
        child.kill()


def on_stop_signal(number: int, frame: FrameType | None) -> None:
    """The first signal ends the waiting, wherever it is; others must not end the stopping that follows."""
    for other in STOP_SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    raise StopRequested


if __name__ == "__main__":
    sys.exit(main())
