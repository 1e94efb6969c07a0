"""Starting a process that cannot outlive its parent, recognising one that did, and stopping it."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from config.embedded.accounts import Account

PR_SET_PDEATHSIG = 1
# Loaded before any fork: a child between fork and exec should not have to import anything.
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(death: signal.Signals, parent: int) -> None:
    """Ask the kernel for this signal when `parent` dies; end at once when it is dead already. Linux only.

    It must be called in the process concerned. The kernel watches the thread that forked, so start processes
    from the main thread only.
    """
    if LIBC is None:
        return
    LIBC.prctl(PR_SET_PDEATHSIG, int(death))
    if os.getppid() != parent:
        os._exit(1)


def start(
    command: Sequence[str | Path],
    *,
    death: signal.Signals,
    output: int | IO[bytes],
    environ: Mapping[str, str],
    cwd: Path,
    account: Account | None = None,
    feed: bytes | None = None,
    holds_input: bool = False,
) -> subprocess.Popen[bytes]:
    """Start a process that gets `death` when we die, in a session that Ctrl-C does not reach.

    Its input is `feed`, or empty; with `holds_input` it ends when the caller closes it.
    """
    parent = os.getpid()
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE if holds_input or feed is not None else subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=environ,
        cwd=cwd,
        start_new_session=True,
        # Runs after the user was changed, which would have cleared the request. It takes no lock and imports
        # nothing, so it is safe beside our threads.
        preexec_fn=lambda: die_with_parent(death, parent),  # noqa: PLW1509
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=() if account else None,
    )
    if feed is not None and process.stdin is not None:
        process.stdin.write(feed)
        process.stdin.close()
    return process


def stop(process: subprocess.Popen[bytes], how: signal.Signals, *, patience: float) -> int:
    """Ask a child to end, wait, and kill its whole session when it does not; its return code."""
    if process.poll() is None:
        process.send_signal(how)
    try:
        code = process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        code = process.wait()
    kill_session(process.pid)
    return code


def kill_session(leader: int) -> None:
    """Kill what a dead session leader left behind."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def is_running(pid: int, mark: str) -> bool:
    """Whether this number is a living process with `mark` in its command line: numbers are used again."""
    process = Path(f"/proc/{pid}")
    try:
        # A zombie keeps its number until its parent looks, but it serves nobody.
        is_zombie = (process / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
        command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        if Path("/proc/self").exists():
            return False
        # No /proc on macOS.
        show = ["ps", "-o", "command=", "-p", str(pid)]
        is_zombie, command = False, subprocess.run(show, capture_output=True, text=True, check=False).stdout
    return mark in command and not is_zombie


def end_orphan(pid: int, mark: str, how: signal.Signals, *, patience: float) -> bool:
    """End a server whose keeper is gone, if it still runs; False when it does not go."""
    deadline = time.monotonic() + patience
    if is_running(pid, mark):
        os.kill(pid, how)
    while is_running(pid, mark):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
