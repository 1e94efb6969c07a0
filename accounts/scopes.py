"""The register of what an API key may do: each scope is declared once, by the package whose API asks for it."""

from typing import Final

from django.utils.functional import Promise

_SCOPES: Final[dict[str, str | Promise]] = {}


def register(key: str, label: str | Promise) -> str:
    """Makes the scope known and returns its key, such as "reports:read"; raises ValueError where there is one."""
    if key in _SCOPES:
        raise ValueError(f"{key}: there is such a scope.")
    _SCOPES[key] = label
    return key


def choices() -> list[tuple[str, str | Promise]]:
    """Keys and labels by key, for whoever makes a key."""
    return sorted(_SCOPES.items())


def keys() -> list[str]:
    """Every scope there is."""
    return sorted(_SCOPES)
