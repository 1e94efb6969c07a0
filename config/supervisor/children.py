"""The processes under the supervisor: how each is started, read, watched, started again and stopped."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.embedded.processes import start, stop
from config.embedded.state import BASE_DIR, log_file
from config.supervisor.progress import tell

# A process that ends is started again after 1, 2, 4, 8 and 16 s; one that then still ends at once is broken.
RESTARTS = 5
# Whoever lived this long has recovered, and its earlier ends are forgotten.
SOUND_SECONDS = 60
# Celery tells at this level of every tick and every task: that belongs into the log, not into the terminal.
ROUTINE = (" INFO celery.", "worker: ")


@dataclass(kw_only=True)
class Child:
    """One kind of process: web, worker or beat."""

    name: str
    command: Sequence[str]
    stop_signal: signal.Signals
    # What the kernel sends when the supervisor is killed: nobody is left to wait, so it is the quick way.
    death: signal.Signals
    patience: float
    root: Path
    # Part of the line with which the process says that it works; "" when another sign is used.
    ready_line: str = ""
    # It has one thing to do; when it has done that, or could not, it is not started again.
    ends_by_itself: bool = False
    environ: Mapping[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    said_ready: threading.Event = field(default_factory=threading.Event)
    restarts: int = 0
    started_at: float = 0.0
    restart_at: float | None = None

    def start(self, *, holds_input: bool = False) -> None:
        """Start the process and read what it says. From the main thread only (see die_with_parent)."""
        self.started_at, self.restart_at = time.monotonic(), None
        self.process = start(
            self.command,
            death=self.death,
            output=subprocess.PIPE,
            environ={**os.environ, **self.environ},
            cwd=BASE_DIR,
            holds_input=holds_input,
        )
        threading.Thread(target=self._read, args=(self.process,), daemon=True).start()

    def end_input(self) -> None:
        """What it waits for is there."""
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()

    def _read(self, process: "subprocess.Popen[bytes]") -> None:
        with log_file(self.root, self.name).open("ab") as log:
            for raw in process.stdout or ():
                log.write(raw)
                log.flush()
                line = raw.decode(errors="replace").rstrip()
                if self.ready_line and self.ready_line in line:
                    self.said_ready.set()
                if line and not any(routine in line for routine in ROUTINE):
                    tell(f"{self.name:<6} | {line}")

    def watch(self, now: float) -> str | None:
        """Start the process again when its time has come; a sentence when it ended for good."""
        if self.process is None:
            return None
        if self.restart_at is not None:
            if now >= self.restart_at:
                self.start()
            return None
        code = self.process.poll()
        if code is None:
            return None
        if self.ends_by_itself:
            self.process = None
            if code:
                tell(f"{self.name:<6} | ended with {describe(code)}; the next start tries it again")
            return None
        if now - self.started_at > SOUND_SECONDS:
            self.restarts = 0
        if self.restarts == RESTARTS:
            return f"{self.name} ended {RESTARTS + 1} times in a row (now with {describe(code)})."
        delay = 2**self.restarts
        self.restarts += 1
        self.restart_at = now + delay
        tell(f"{self.name:<6} | ended with {describe(code)}; starting it again in {delay} s")
        return None

    def stop(self) -> None:
        """Stop the process and everything it started; it does not come back.

        One that has not said yet that it works has nothing to finish, and while Celery starts it does not hear when
        it is asked to stop.
        """
        if self.process is not None:
            has_begun = not self.ready_line or self.said_ready.is_set()
            stop(self.process, self.stop_signal if has_begun else self.death, patience=self.patience)
            self.process = None

    def kill(self) -> None:
        """End it at once, from a signal handler."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()


def describe(code: int) -> str:
    """An exit code in words."""
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def processes(*, root: Path, port: int) -> list[Child]:
    """Web, beat, the worker and the one of imports, in the order in which they stop."""
    python = [sys.executable, "-m"]
    # Celery warns of tasks that run as root; on one's own machine the person has chosen that already.
    celery = [
        sys.executable,
        "-W",
        "ignore:You're running the worker with superuser",
        "-m",
        "celery",
        "--quiet",
        "-A",
        "config.celery",
    ]
    web = [*python, "gunicorn", "config.supervisor.wsgi:application", "--bind", f"127.0.0.1:{port}"]
    web += ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--graceful-timeout", "10", "--preload"]
    return [
        Child(
            name="web",
            command=[*web, "--log-level", "warning", "--no-control-socket"],
            stop_signal=signal.SIGTERM,
            death=signal.SIGQUIT,
            patience=15,
            root=root,
            environ={"DJANGO_SETTINGS_MODULE": "config.settings"},
        ),
        Child(
            name="beat",
            command=[
                *celery,
                "beat",
                "--loglevel",
                "INFO",
                "--schedule",
                str(root / "celerybeat-schedule"),
                "--pidfile=",
            ],
            stop_signal=signal.SIGTERM,
            death=signal.SIGTERM,
            patience=5,
            root=root,
        ),
        _worker(celery, name="worker", queues="ingest,default,mail,webhooks", concurrency=2, root=root),
        _worker(celery, name="imports", queues="imports", concurrency=1, root=root),
    ]


def _worker(celery: Sequence[str], *, name: str, queues: str, concurrency: int, root: Path) -> Child:
    worker = [*celery, "worker", "--hostname", f"{name}@%h", "--queues", queues, "--concurrency", str(concurrency)]
    return Child(
        name=name,
        command=[*worker, "--loglevel", "INFO", "--without-gossip", "--without-mingle"],
        # Celery's soft shutdown: running tasks get CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT to finish.
        stop_signal=signal.SIGQUIT,
        # Its pool processes die with it; unfinished tasks are found by the sweepers.
        death=signal.SIGKILL,
        patience=40,
        root=root,
        ready_line=" ready.",
    )


def story(*, root: Path) -> Child:
    """Loads the demonstration, once: one transaction, so a stop in the middle leaves nothing of it."""
    return Child(
        name="demo",
        command=[sys.executable, "manage.py", "seed_demo"],
        stop_signal=signal.SIGTERM,
        death=signal.SIGTERM,
        patience=5,
        root=root,
        ends_by_itself=True,
    )
