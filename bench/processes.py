"""The processes of the product for a bench, started as `make run` starts them, and what memory they take."""

import os
import re
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

from django.db import connection

from config.embedded.state import prepared_state_dir
from config.supervisor.children import Child, processes
from config.supervisor.run import serves


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(*, port: int, bare_port: int) -> Iterator[dict[str, Child]]:
    """Web, worker and beat by name, and the bare view's server as "bare", until the block ends."""
    root = prepared_state_dir()
    children = {child.name: child for child in processes(root=root, port=port)}
    [bare] = [child for child in processes(root=root, port=bare_port) if child.name == "web"]
    bare.command = [re.sub(r"^[\w.]+:application$", "bench.bare:application", part) for part in bare.command]
    assert "bench.bare:application" in bare.command
    bare.name = "bare"
    children["bare"] = bare
    try:
        for child in children.values():
            child.start()
        until = monotonic() + 60
        while not (serves(port) and serves(bare_port) and children["worker"].said_ready.is_set()):
            if monotonic() > until:
                sys.exit(f"The processes did not start; their logs are in {root / 'log'}.")
            sleep(0.1)
        yield children
    finally:
        for child in children.values():
            child.stop()


def memory(child: Child) -> list[tuple[float, float]]:
    """Resident and proportional size in MB of each process of a child, the largest first (Linux)."""
    assert child.process is not None
    sizes = []
    for pid in _family(child.process.pid):
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        resident, proportional = (re.search(rf"^{name}:\s+(\d+)", text, re.MULTILINE) for name in ("Rss", "Pss"))
        if resident and proportional:
            sizes.append((int(resident[1]) / 1024, int(proportional[1]) / 1024))
    return sorted(sizes, reverse=True)


def spent(child: Child) -> float:
    """Processor seconds of a child's processes and of all processes of the database's server since they started.

    On a machine that does other things too this stays comparable where the clock does not (Linux).
    """
    assert child.process is not None
    connection.ensure_connection()
    server = int(_stat(connection.connection.info.backend_pid)[1])
    ticks = 0
    for pid in {*_family(child.process.pid), *_family(server)}:
        with suppress(OSError):
            ticks += sum(map(int, _stat(pid)[11:15]))  # and of those who ended
    return ticks / os.sysconf("SC_CLK_TCK")


def _stat(pid: int | str) -> list[str]:
    """What /proc tells of a process behind its name: state, parent, ..."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _family(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for name in filter(str.isdigit, os.listdir("/proc")):  # noqa: PTH208 (names only)
        try:
            parent = int(_stat(name)[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(name))
    family = [pid]
    for one in family:
        family += children.get(one, [])
    return family
