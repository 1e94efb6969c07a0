"""The processes of a run. One nursery imports everything once and forks a child for each line it reads:

    FILE sweep            the sweeper's task, over and over
    FILE send [BUG]       what the tasks that send mail and chat messages do, over and over
    FILE answer SEED      a rep who accepts or rejects whatever is about to be too late

It answers with the number of the child, which writes into the file what a test counts, and goes on until it is told to
stop or is killed.
"""

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Final

import django

from config.embedded.processes import die_with_parent

PAUSE: Final = 0.1
stopping = False


def nursery() -> None:
    """Forks before anything is connected; the children die with it, and nobody has to wait for them."""
    django.setup()
    from handoff import tasks  # noqa: F401 (what every child needs)

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    parent = os.getpid()
    for line in sys.stdin:
        output, *what = line.split()
        number = os.fork()
        if number == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            die_with_parent(signal.SIGKILL, parent)
            _be_child(output, what)
        print(number, flush=True)


def _be_child(output: str, what: list[str]) -> None:
    """Never returns."""
    file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(file, 1)
    os.dup2(file, 2)
    signal.signal(signal.SIGTERM, stop)
    code = 1
    try:
        work(*what)
        code = 0
    finally:
        sys.stderr.flush()
        os._exit(code)


def work(what: str, *rest: str) -> None:
    """Until told to stop."""
    kinds: dict[str, Callable[..., Callable[[], bool]]] = {"sweep": sweeping, "send": sending, "answer": answering}
    turn = kinds[what](*rest)
    say("ready")
    while not stopping:
        if not turn():
            time.sleep(PAUSE)


def stop(_number: int, _frame: FrameType | None) -> None:
    """After what is being done."""
    global stopping  # noqa: PLW0603
    stopping = True


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def sweeping() -> Callable[[], bool]:
    from handoff import tasks

    def turn() -> bool:
        tasks.breach_overdue()
        return False

    return turn


def sending(bug: str = "") -> Callable[[], bool]:
    """One mail and one message a turn, as the two tasks send them."""
    from django.utils import timezone

    from outbox import sending as product
    from outbox.transports.base import transports
    from tests.chaos import bugs

    bugs.put_in(bug)

    def turn() -> bool:
        sent = [product.send_next(transport, now=timezone.now()) for transport in transports()]
        return any(sent)

    return turn


def answering(seed: str) -> Callable[[], bool]:
    """Takes one of the next to be late, which others want as well; says what was acknowledged, or that it was not."""
    from django.utils import timezone

    from handoff.lifecycle import transitions
    from handoff.models import Handoff, Reason

    dice = random.Random(seed)
    reason = Reason.objects.get(key="not_icp")

    def turn() -> bool:
        waiting = Handoff.objects.filter(state="waiting", respond_by__gt=timezone.now()).order_by("respond_by")
        if not (near := list(waiting.select_related("assignee")[:6])):
            return False
        handoff = dice.choice(near)
        actor = handoff.assignee
        assert actor is not None
        try:
            if dice.random() < 0.7:
                transitions.accept(handoff_id=handoff.pk, actor=actor, now=timezone.now())
                say(f"accepted {handoff.pk}")
            else:
                transitions.reject(handoff_id=handoff.pk, actor=actor, reason=reason, now=timezone.now())
                say(f"rejected {handoff.pk}")
        except transitions.NotPossible:
            say(f"refused {handoff.pk}")
        time.sleep(dice.uniform(0, 0.1))
        return True

    return turn


if __name__ == "__main__":
    nursery()
