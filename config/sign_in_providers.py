"""Where people of the organisation may sign in besides here: what the environment names, in allauth's words."""

import re
from typing import Any, Final
from urllib.parse import urlsplit

from config.environment import Environment, WrongSetting

# A Microsoft tenant is one directory: an id, or one of its domains. Names for many would let strangers say any address.
TENANT: Final = re.compile(r"[0-9a-fA-F-]{36}|[\w-]+(?:\.[\w-]+)+", re.ASCII)


def apps_of(env: Environment) -> list[dict[str, Any]]:
    """One entry for each provider that is set; raises WrongSetting where only a part of one is."""
    google = _pair("BATON_GOOGLE", env.text("BATON_GOOGLE_CLIENT_ID", ""), env.text("BATON_GOOGLE_CLIENT_SECRET", ""))
    microsoft = _pair(
        "BATON_MICROSOFT", env.text("BATON_MICROSOFT_CLIENT_ID", ""), env.text("BATON_MICROSOFT_CLIENT_SECRET", "")
    )
    tenant = env.text("BATON_MICROSOFT_TENANT", "")
    apps = []
    if google:
        apps.append(_app("google", "Google", google, server="https://accounts.google.com"))
    if microsoft:
        if not TENANT.fullmatch(tenant):
            raise WrongSetting("BATON_MICROSOFT_TENANT has to be the id or a domain of your own directory.")
        server = f"https://login.microsoftonline.com/{tenant}/v2.0"
        # Addresses are those of the organisation's own directory, which says nothing of having verified them.
        apps.append(_app("microsoft", "Microsoft", microsoft, server=server, verified_email=True))
    elif tenant:
        raise WrongSetting("BATON_MICROSOFT_TENANT is set, but BATON_MICROSOFT_CLIENT_ID is not.")
    return apps


def origins_of(apps: list[dict[str, Any]]) -> list[str]:
    """Where the browser is sent from the form that asks to sign in."""
    addresses = [urlsplit(app["settings"]["server_url"]) for app in apps]
    return [f"{address.scheme}://{address.netloc}" for address in addresses]


def _pair(name: str, client_id: str, secret: str) -> tuple[str, str] | None:
    if bool(client_id) != bool(secret):
        raise WrongSetting(f"{name}_CLIENT_ID and {name}_CLIENT_SECRET are set together, or not at all.")
    return (client_id, secret) if client_id else None


def _app(key: str, name: str, pair: tuple[str, str], *, server: str, **more: Any) -> dict[str, Any]:
    settings = {"server_url": server, "oauth_pkce_enabled": True, **more}
    return {"provider_id": key, "name": name, "client_id": pair[0], "secret": pair[1], "settings": settings}
