"""Reading the environment: a value arrives whole, or the process ends with a sentence that names its variable."""

import difflib
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

import psycopg
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

PREFIX: Final = "BATON_"
# Variables of ours that the settings do not read: the supervisor does, or the tests and the bench.
READ_ELSEWHERE: Final = {"BATON_DEMO"}
OF_TESTS: Final = ("BATON_BENCH_", "BATON_BROWSER", "BATON_CHAOS", "BATON_CLOCK_", "BATON_SCORING_")
# Of a variable whose name holds one of these the value is not repeated anywhere.
SECRET: Final = ("KEY", "SECRET", "PASSWORD", "URL", "TOKEN")
YES: Final = {"1", "yes", "true", "on"}
NO: Final = {"0", "no", "false", "off"}
LEVELS: Final = {"CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG"}
SHORTEST_KEY: Final = 50
LOOPBACK: Final = {"localhost", "127.0.0.1", "::1"}
# The names under which libpq and Django know the parts of an address; all others are options of the connection.
DJANGO_PARTS: Final = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
# A server that is gone without a word is given up within seconds, unless the address says otherwise (libpq).
QUICKLY: Final = {
    "connect_timeout": "3",
    "tcp_user_timeout": "5000",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
}
REDIS_OPTIONS: Final = {"ssl_cert_reqs", "ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_check_hostname"}
# Scheme: the port it has when none is named, and the setting that turns on its encryption.
MAIL_SERVERS: Final = {"smtp": (25, ""), "smtp+tls": (587, "EMAIL_USE_TLS"), "smtp+ssl": (465, "EMAIL_USE_SSL")}
MAIL_FILES: Final = "lib.private_files.EmailBackend"
MAIL_OF_A_COPY: Final = "lib.copy_mail.EmailBackend"
MAIL_ELSEWHERE: Final = {
    "filemail": MAIL_FILES,
    "consolemail": "django.core.mail.backends.console.EmailBackend",
    "memorymail": "django.core.mail.backends.locmem.EmailBackend",
    "dummymail": "django.core.mail.backends.dummy.EmailBackend",
}


class WrongSetting(ImproperlyConfigured):
    """A variable that cannot be used; the message names it and says what it may be."""


def tell_wrong_settings() -> None:
    """Let a program that a wrong setting ends say the sentence, and not where in our code it was noticed."""
    others = sys.excepthook

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, WrongSetting):
            sys.stderr.write(f"{error}\n")
        else:
            others(kind, error, trace)

    sys.excepthook = tell


def is_public(base_url: str) -> bool:
    """Whether people reach this address from other machines."""
    address = urlsplit(base_url)
    return address.scheme == "https" or address.hostname not in LOOPBACK


class Environment:
    """The variables of a process. An empty one counts as unset; every method raises WrongSetting."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self._read = set(READ_ELSEWHERE)

    def text(self, name: str, default: str | None = None) -> str:
        """The value as it is, or what the file holds that NAME_FILE names; without a default it has to be there."""
        self._read.add(name)
        if value := self._from_file(name) or self._values.get(name, ""):
            return value
        if default is None:
            raise WrongSetting(f"{name} is not set, and there is no default for it. See .env.example.")
        return default

    def _from_file(self, name: str) -> str:
        """Where a secret lies in a file of its own, such as a credential of systemd: its first line."""
        variable = f"{name}_FILE"
        self._read.add(variable)
        path = self._values.get(variable, "")
        if not path:
            return ""
        if self._values.get(name, ""):
            raise WrongSetting(f"{name} and {variable} are both set; unset the one that does not hold.")
        try:
            lines = Path(path).read_text().splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise WrongSetting(f"{variable} names {path}, which cannot be read: {type(error).__name__}.") from error
        if not lines or not lines[0]:
            raise WrongSetting(f"{variable} names {path}, and that is empty.")
        return lines[0]

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.text(name, "yes" if default else "no").lower()
        if value not in YES | NO:
            raise WrongSetting(f"{name} is {value!r}; say yes or no.")
        return value in YES

    def number(self, name: str, default: int, *, least: int = 0) -> int:
        return self._whole(name, self.text(name, str(default)), least=least)

    def _whole(self, name: str, text: str, *, least: int = 0) -> int:
        if not (text.isascii() and text.isdigit()) or int(text) < least:
            raise WrongSetting(f"{name} is {text!r}, and not a whole number from {least} on.")
        return int(text)

    def words(self, name: str, default: str = "") -> list[str]:
        """A list separated by commas."""
        return [word.strip() for word in self.text(name, default).split(",") if word.strip()]

    def ports(self, name: str, default: str) -> list[int]:
        return [self._whole(name, word, least=1) for word in self.words(name, default)]

    def choice(self, name: str, default: str, choices: set[str]) -> str:
        value = self.text(name, default).upper()
        if value not in choices:
            raise WrongSetting(f"{name} is {value!r}; it is one of {', '.join(sorted(choices))}.")
        return value

    def zone(self, name: str, default: str) -> str:
        value = self.text(name, default)
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise WrongSetting(f"{name} is {value!r}, which is no time zone such as Europe/Lisbon.") from error
        return value

    def directory(self, name: str, default: Path) -> Path:
        """A directory; one that is there already has to be writable."""
        path = Path(self.text(name, str(default)))
        if self._values.get(name) and path.exists() and not (path.is_dir() and os.access(path, os.W_OK | os.X_OK)):
            raise WrongSetting(f"{name} is {path}, and that is not a directory this user can write to.")
        return path

    def base_url(self, name: str, default: str) -> str:
        """The address people use, such as https://baton.example, without a slash at its end."""
        value = self.text(name, default).rstrip("/")
        address = self._split(name, value)
        if address.scheme not in {"http", "https"} or not address.hostname or address.path or address.query:
            raise WrongSetting(f"{name} is {value!r}; it is http:// or https:// and a host, and no path.")
        return value

    def hosts(self, name: str, default: str, *, public: bool) -> list[str]:
        names = self.words(name, default)
        if public and "*" in names:
            raise WrongSetting(f"{name} is *, which answers under every name; list the names people use.")
        return names

    def secret(self, name: str, *, public: bool) -> str:
        value = self.text(name)
        if public and len(value) < SHORTEST_KEY:
            raise WrongSetting(
                f"{name} has {len(value)} characters; at least {SHORTEST_KEY} random ones keep it secret."
            )
        return value

    def database(self, name: str, *, limits: str) -> dict[str, Any]:
        """Django's settings of the database at a URL as libpq reads it.

        Every option of the URL arrives at libpq or is refused; `limits` are server settings (`-c ...`) that hold unless
        the URL's own `options` say otherwise.
        """
        url = self.text(name)
        if not url.startswith(("postgresql://", "postgres://")):
            raise WrongSetting(f"{name} is no address such as postgresql://baton:password@db.example:5432/baton.")
        try:
            parts = conninfo_to_dict(url)
        except psycopg.ProgrammingError as error:
            # libpq repeats what it cannot read, which may be the password; an unknown option is not.
            whole = str(error).strip()
            reason = whole if "query parameter" in whole else whole.partition(":")[0]
            raise WrongSetting(f"{name} cannot be used as an address of PostgreSQL: {reason}.") from None
        if not parts.get("dbname") and not parts.get("service"):
            raise WrongSetting(f"{name} names no database; it ends like .../baton.")
        settings = {ours: parts.pop(theirs, "") for theirs, ours in DJANGO_PARTS.items()}
        options = f"{limits} {parts.pop('options', '')}".strip()
        return {"ENGINE": "lib.database", **settings, "OPTIONS": {**QUICKLY, **parts, "options": options}}

    def redis(self, name: str) -> str:
        """An address that the cache and the broker read alike. Certificates are looked at unless it says otherwise."""
        address = self._split(name, self.text(name))
        if address.scheme not in {"redis", "rediss"} or not address.hostname:
            raise WrongSetting(
                f"{name} is no address such as redis://:password@redis.example:6379/0 (rediss: with TLS)."
            )
        database = address.path.strip("/")
        if database:
            self._whole(f"The database at the end of {name}", database)
        options = dict(parse_qsl(address.query, keep_blank_values=True))
        allowed = REDIS_OPTIONS if address.scheme == "rediss" else set()
        if unknown := sorted(options.keys() - allowed):
            raise WrongSetting(f"{name} has an option that is not known here: {unknown[0]}.")
        if address.scheme == "rediss":
            options.setdefault("ssl_cert_reqs", "required")
        return urlunsplit(address._replace(path=f"/{database or 0}", query=urlencode(options)))

    def mailbox(self, name: str) -> str:
        """An address such as ada@example.com; empty: none."""
        value = self.text(name, "")
        local, _at, host = value.rpartition("@")
        if value and (not local or not host or not value.isprintable() or {" ", ","} & set(value)):
            raise WrongSetting(f"{name} is {value!r}, and that is no address such as ada@example.com.")
        return value

    def mail(self, name: str, *, folder: Path, all_to: str = "") -> dict[str, object]:
        """Django's settings of the mail server at a URL; without one mails become files in `folder`."""
        if not self.text(name, ""):
            return {"EMAIL_BACKEND": MAIL_FILES, "EMAIL_FILE_PATH": folder}
        address = self._split(name, self.text(name))
        if address.query or address.fragment:
            raise WrongSetting(
                f"{name} has options after a ? or #, and there are none; write such characters as %3F, %23."
            )
        if address.scheme in MAIL_ELSEWHERE:
            return {"EMAIL_BACKEND": MAIL_ELSEWHERE[address.scheme], "EMAIL_FILE_PATH": unquote(address.path)}
        if address.scheme not in MAIL_SERVERS or not address.hostname or address.path.strip("/"):
            raise WrongSetting(
                f"{name} is no address such as smtp+tls://user:password@mail.example:587 (or smtp+ssl://, or smtp://)."
            )
        port, encryption = MAIL_SERVERS[address.scheme]
        return {
            "EMAIL_BACKEND": MAIL_OF_A_COPY if all_to else "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": address.hostname,
            "EMAIL_PORT": address.port or port,
            "EMAIL_HOST_USER": unquote(address.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(address.password or ""),
            **({encryption: True} if encryption else {}),
        }

    def _split(self, name: str, url: str) -> SplitResult:
        try:
            address = urlsplit(url)
            address.port  # noqa: B018 (looks whether it is a number)
        except ValueError as error:
            raise WrongSetting(f"{name} is no address that can be read: {error}.") from error
        return address

    def without_secrets(self) -> dict[str, str]:
        """Our variables that have a value; of one that is secret, or may hold a password, only that there is one."""
        return {
            name: "(secret)" if any(word in name for word in SECRET) else value
            for name, value in sorted(self._values.items())
            if name.startswith(PREFIX) and value
        }

    def refuse_unknown(self) -> None:
        """Refuse a variable of ours that nobody reads: it is misspelled, or of another release."""
        for name in sorted(self._values):
            if name.startswith(PREFIX) and name not in self._read and not name.startswith(OF_TESTS):
                similar = difflib.get_close_matches(name, self._read, n=1)
                hint = f"Did you mean {similar[0]}?" if similar else "See .env.example for those there are."
                raise WrongSetting(f"{name} is not a setting of Baton. {hint}")
