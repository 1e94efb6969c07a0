"""Servers that can be struck down: the web server and the worker with their children, and connections to PostgreSQL."""

import os
import signal
from contextlib import suppress
from pathlib import Path

from django.db import connection

from tests.chaos.processes import Machine, Program, eventually, serves


def serve(machine: Machine, port: int, **environ: str) -> Program:
    """gunicorn as production runs it, answering at this port."""
    served = machine.program(
        "-m", "gunicorn", "config.wsgi", "-b", f"127.0.0.1:{port}", "-w", "2", "-k", "gthread", "--threads", "4",
        **environ,
    )  # fmt: skip
    eventually(lambda: serves(port), "the web server answers")
    return served


def strike(program: Program) -> None:
    """The master and its workers, all at once, as by kill -9."""
    master = program.process.pid
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    for pid in (master, *map(int, children)):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    program.process.communicate()


def end_connections() -> None:
    """What everybody else sees of a PostgreSQL that is killed and is there again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
