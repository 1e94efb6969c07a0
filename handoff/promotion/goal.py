"""How many MQLs marketing means to bring each month. It stands with the other numbers of the agreement."""

from handoff.models import PassPolicy


def goal() -> int | None:
    """None: nobody has set one."""
    return PassPolicy.current().mqls_per_month


def set_goal(*, mqls_per_month: int | None) -> None:
    """From now on it is this one; None: there is none."""
    PassPolicy.make()
    PassPolicy.objects.update(mqls_per_month=mqls_per_month)
