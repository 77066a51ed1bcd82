"""What the environment says: reading, checking, and refusing what contradicts itself.

Belongs here: every environment variable that the served bot reads, and the one line that tells what
is wrong with it.  Does not belong here: acting on a setting (`serve`, `bot.slack`).
"""

from __future__ import annotations

import base64
import binascii
import re
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from bot.store import default_url, read_url

Mode: TypeAlias = Literal["auto", "socket", "http"]

SLACK_API_URL = "https://slack.com/api/"
DEFAULT_PORT = 3000
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LOG_FORMATS = ("TEXT", "JSON")
NO_FOLDER = "is no folder: give it the path of a folder with fact files, or leave it out"
KEY_BYTES = 32  # of a TOKEN_ENCRYPTION_KEY
MAX_WORKERS = 64
# Of a channel, public or private, with the workspace or organisation before it where there are several.
_CHANNEL = re.compile(r"(?:([TE][A-Z0-9]{2,20})/)?([CG][A-Z0-9]{1,20})")


class SettingsError(Exception):
    """The environment cannot be used.  The message is one line: each variable, and what would mend it."""


@dataclass(frozen=True)
class Settings:
    """The checked environment.  Secrets are left out of `repr`, so that no log can show them by accident."""

    bot_token: str | None = field(default=None, repr=False)
    signing_secret: str | None = field(default=None, repr=False)
    app_token: str | None = field(default=None, repr=False)
    api_url: str = SLACK_API_URL
    port: int = DEFAULT_PORT
    workers: int = 1
    log_level: str = "INFO"
    facts: Path | None = None
    repository_url: str | None = None
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    encryption_keys: tuple[str, ...] = field(default=(), repr=False)  # the first encrypts, all decrypt
    database_url: str = field(default="", repr=False)  # may hold a password; empty: the default
    log_format: str = "TEXT"
    log_questions: bool = False
    gap_log: bool = True  # whether questions without an answer are kept for the maintainers
    maintainers_channel: str | None = None
    maintainers_workspace: str | None = None  # whose channel that is, where several workspaces are served

    @property
    def several_workspaces(self) -> bool:
        """Whether workspaces install the app by OAuth, rather than one being served by SLACK_BOT_TOKEN."""
        return self.client_id is not None

    def database(self, environ: Mapping[str, str]) -> str:
        """The database's address: DATABASE_URL, else the SQLite file of this user."""
        return self.database_url or default_url(environ)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Read the variables that are set; an empty one counts as not set.

        Raises SettingsError that names every malformed or contradictory variable.  What is missing is
        told by `choose_mode`, since it depends on the mode.
        """
        read = _Reading(environ)
        workspace, channel = read.channel("MAINTAINERS_CHANNEL")
        settings = cls(
            bot_token=read.token("SLACK_BOT_TOKEN", "xoxb-", "the app's page, OAuth & Permissions"),
            signing_secret=read.signing_secret("SLACK_SIGNING_SECRET"),
            app_token=read.token(
                "SLACK_APP_TOKEN", "xapp-", "the app's page, Basic Information, App-Level Tokens"
            ),
            api_url=read.address("SLACK_API_URL", SLACK_API_URL).rstrip("/") + "/",
            port=read.number("PORT", DEFAULT_PORT, 65535),
            workers=read.number("WEB_CONCURRENCY", 1, MAX_WORKERS),
            log_level=read.choice("LOG_LEVEL", "INFO", LOG_LEVELS),
            facts=read.folder("UNIONSTATE_FACTS"),
            repository_url=read.address("REPOSITORY_URL", "").rstrip("/") or None,
            client_id=read.client("SLACK_CLIENT_ID"),
            client_secret=read.client("SLACK_CLIENT_SECRET"),
            encryption_keys=read.keys("TOKEN_ENCRYPTION_KEY"),
            database_url=read.database("DATABASE_URL"),
            log_format=read.choice("LOG_FORMAT", "TEXT", LOG_FORMATS),
            log_questions=read.choice("LOG_QUESTIONS", "OFF", ("ON", "OFF")) == "ON",
            gap_log=read.choice("GAP_LOG", "ON", ("ON", "OFF")) == "ON",
            maintainers_channel=channel,
            maintainers_workspace=workspace,
        )
        read.installing()
        read.finish()
        return settings

    def choose_mode(self, wanted: Mode = "auto") -> Literal["socket", "http"]:
        """The mode to run in: Socket Mode where SLACK_APP_TOKEN is set, else HTTP, unless one is asked for.

        Raises SettingsError that names what the mode needs and the environment lacks.
        """
        problems = []
        if self.several_workspaces:
            if wanted == "socket":
                problems.append(
                    "SLACK_CLIENT_ID is set, but workspaces install the app over HTTP: serve it with --http, or unset it"
                )
            if not self.signing_secret:
                problems.append(
                    "SLACK_SIGNING_SECRET is not set: HTTP needs it from the app's page, Basic Information"
                )
            if problems:
                raise SettingsError("; ".join(problems))
            return "http"
        if not self.bot_token:
            problems.append(
                "SLACK_BOT_TOKEN is not set: give it the bot token (xoxb-…) of the app's page, OAuth & Permissions"
            )
        if wanted == "auto":
            chosen: Literal["socket", "http"] = "socket" if self.app_token else "http"
            if not (self.app_token or self.signing_secret):
                problems.append(
                    "neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set: set the first for Socket Mode, the second for HTTP"
                )
        else:
            chosen = wanted
            if wanted == "socket" and not self.app_token:
                problems.append(
                    "SLACK_APP_TOKEN is not set: Socket Mode needs an app-level token (xapp-…) with connections:write"
                )
            if wanted == "http" and not self.signing_secret:
                problems.append(
                    "SLACK_SIGNING_SECRET is not set: HTTP needs it from the app's page, Basic Information"
                )
        if problems:
            raise SettingsError("; ".join(problems))
        return chosen


class _Reading:
    """One pass over the environment that collects what is wrong with it."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []

    def text(self, name: str) -> str:
        return self.environ.get(name, "").strip()

    def token(self, name: str, prefix: str, where: str) -> str | None:
        value = self.text(name)
        if not value:
            return None
        if not value.startswith(prefix) or not value.isascii() or len(value.split()) != 1:
            # The value itself is a secret, even when it is the wrong one.
            self.problems.append(
                f"{name} does not hold a token that begins with {prefix}: copy it from {where}"
            )
        return value

    def signing_secret(self, name: str) -> str | None:
        value = self.text(name)
        if value.startswith(("xox", "xapp-")) or len(value.split()) > 1:
            self.problems.append(
                f"{name} does not hold a signing secret: copy it from the app's page, Basic Information"
            )
        return value or None

    def address(self, name: str, default: str) -> str:
        value = self.text(name) or default
        try:
            parts = urllib.parse.urlsplit(value)
            valid = parts.scheme in ("http", "https") and bool(parts.hostname) and len(value.split()) == 1
            _ = parts.port  # raises ValueError where it is no number
        except ValueError:
            valid = False
        if value and not valid:
            self.problems.append(
                f"{name} is no web address: write it like {default or 'https://github.com/owner/repository'}"
            )
            return default
        return value

    def number(self, name: str, default: int, highest: int) -> int:
        value = self.text(name)
        if not value:
            return default
        if not (value.isascii() and value.isdigit() and len(value) <= 6 and 1 <= int(value) <= highest):
            self.problems.append(
                f"{name} is no whole number from 1 to {highest}: set it to one, such as {default}"
            )
            return default
        return int(value)

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        value = self.text(name).upper() or default
        if value not in choices:
            self.problems.append(
                f"{name} is none of {', '.join(choices)}: set it to one of them or leave it out"
            )
            return default
        return value

    def folder(self, name: str) -> Path | None:
        value = self.text(name)
        if not value:
            return None
        path = Path(value).expanduser()
        if not path.is_dir():
            self.problems.append(f"{name} {NO_FOLDER}")
        return path

    def client(self, name: str) -> str | None:
        value = self.text(name)
        if value.startswith(("xox", "xapp-")) or len(value.split()) > 1:
            self.problems.append(
                f"{name} holds something else: copy it from the app's page, Basic Information, App Credentials"
            )
        return value or None

    def keys(self, name: str) -> tuple[str, ...]:
        """Fernet keys, the newest first; plain base64 is taken too, since `openssl rand -base64 32` writes that."""
        keys = []
        for number, part in enumerate(self.text(name).split(","), 1):
            written = part.strip().replace("+", "-").replace("/", "_")
            if not written:
                continue
            try:
                valid = len(base64.b64decode(written, altchars=b"-_", validate=True)) == KEY_BYTES
            except (binascii.Error, ValueError):
                valid = False
            if not valid:
                self.problems.append(
                    f"{name}: key {number} is not {KEY_BYTES} bytes in base64: make one with `openssl rand -base64 {KEY_BYTES}`"
                )
            keys.append(written)
        return tuple(keys)

    def database(self, name: str) -> str:
        value = self.text(name)
        if value:
            try:
                read_url(value)
            except ValueError as error:
                # The address may hold a password, so only what is wrong with it is told.
                self.problems.append(
                    f"{name} cannot be used, {error}: write it like postgresql://user:password@host/database or sqlite:////path/file"
                )
        return value

    def channel(self, name: str) -> tuple[str | None, str | None]:
        """A channel's id, and where several workspaces are served also the id of its workspace: T0123/C0456."""
        value = self.text(name)
        if not value:
            return None, None
        found = _CHANNEL.fullmatch(value)
        if not found:
            self.problems.append(
                f"{name} is no channel's id: copy it from the channel's details in Slack, where it is like C0123456789"
            )
        elif bool(self.text("SLACK_CLIENT_ID")) != bool(found[1]):
            self.problems.append(
                f"{name} names no workspace, and several are served: write it like T0123456789/C0123456789"
                if not found[1]
                else f"{name} names a workspace, but only one is served: write the channel's id alone, {found[2]}"
            )
        return (found[1], found[2]) if found else (None, None)

    def installing(self) -> None:
        """What belongs together, and what contradicts it, when workspaces install the app themselves."""
        client = {name: bool(self.text(name)) for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET")}
        if not any(client.values()):
            return
        for name, given in client.items():
            if not given:
                other = next(n for n, there in client.items() if there)
                self.problems.append(
                    f"{name} is not set, but {other} is: set both to serve several workspaces, or neither"
                )
        contradicting = [n for n in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN") if self.text(n)]
        if contradicting:
            names = " and ".join(contradicting)
            self.problems.append(
                f"{names} and SLACK_CLIENT_ID contradict each other: unset {names} to serve several workspaces that install"
                " the app over HTTP, or unset SLACK_CLIENT_ID and SLACK_CLIENT_SECRET to serve one by its token"
            )
        if not self.text("TOKEN_ENCRYPTION_KEY"):
            self.problems.append(
                f"TOKEN_ENCRYPTION_KEY is not set: make one with `openssl rand -base64 {KEY_BYTES}` and keep it, since the tokens"
                " of installed workspaces are encrypted with it"
            )

    def finish(self) -> None:
        if self.problems:
            raise SettingsError("; ".join(self.problems))
