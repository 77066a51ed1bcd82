"""Reads the environment strictly: every problem at once, a line per variable, and never a value."""

from __future__ import annotations

import dataclasses
import importlib.util
import os
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from cryptography.fernet import Fernet

from bot.db.engine import default_url, parse_database_url

Mode: TypeAlias = Literal["auto", "socket", "http"]

SLACK_API_URL = "https://slack.com/api"
DEFAULT_PORT = 3000
UNIT_STATE = Path("/var/lib/unionstate")  # the StateDirectory of deploy/unionstate.service
_PAGE = "copy it from the app's page, Basic Information"
_NEW_KEY = "make one with `openssl rand -base64 32`"
_QUOTED = r"""["'“”‘’„«].*|.*["'“”‘’»]"""  # no value begins or ends with one of these


class SettingsError(Exception):
    """The environment cannot be used; `problems` has a line per variable."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _number(highest: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,6}", text) or not 1 <= int(text) <= highest:
            raise ValueError(f"is not a whole number from 1 to {highest}")
        return int(text)

    return parse


def _folder(text: str) -> Path:
    path = Path(text).expanduser()
    if not path.is_dir():
        raise ValueError("is not a folder")
    return path


def _keys(text: str) -> tuple[str, ...]:
    """Fernet keys, separated by commas; plain base64 is accepted, since `openssl rand -base64 32` prints that."""
    keys = [part.strip().replace("+", "-").replace("/", "_") for part in text.split(",") if part.strip()]
    for number, key in enumerate(keys, 1):
        try:
            Fernet(key)
        except ValueError:
            raise ValueError(f"key {number} is not 32 bytes in base64: {_NEW_KEY}") from None
    return tuple(keys)


def _database(text: str) -> str:
    parse_database_url(text)
    return text


def _is_on(text: str) -> bool:
    return text.upper() == "ON"


def _mcp(text: str) -> bool:
    if _is_on(text) and importlib.util.find_spec("mcp") is None:
        raise ValueError("needs the package mcp: pip install 'unionstate-bot[mcp]'")
    return _is_on(text)


# Kinds of values: the pattern, the message if a value does not match it, and how the text is converted.
_BOT_TOKEN = r"xoxb-[!-~]+", "does not hold a token that begins with xoxb-: copy it from OAuth & Permissions"
_APP_TOKEN = r"xapp-[!-~]+", f"does not hold a token that begins with xapp-: {_PAGE}, App-Level Tokens"
_SECRET = r"(?!xox|xapp-)[!-~]+", f"does not hold an app credential: {_PAGE}"
_HOST = r"(\[[\da-fA-F:.]+\]|[^\s/?#:\[]+)(:\d{1,5})?"
_ADDRESS = rf"https?://{_HOST}(/\S*)?", "is not a web address (https://…)", lambda text: text.rstrip("/")
_CHANNEL = r"([TE][A-Z0-9]{2,20}/)?[CG][A-Z0-9]{1,20}", "is not a channel id: copy it from its details"
_SWITCH = r"(?i:on|off)", "is not one of ON, OFF"
_LEVEL = r"(?i:debug|info|warning|error)", "is not one of DEBUG, INFO, WARNING, ERROR", str.upper
_FORMAT = r"(?i:text|json)", "is not one of TEXT, JSON", str.upper


def _variable(
    pattern: str = r".*", problem: str = "", convert: Callable[[str], Any] = str, default: Any = None
) -> Any:
    return dataclasses.field(default=default, metadata={"rule": (pattern, problem, convert)})


@dataclass(frozen=True, repr=False)
class Settings:
    """The environment variables of the bot by their own names, in lower case; an empty one counts as not set."""

    slack_bot_token: str | None = _variable(*_BOT_TOKEN)
    slack_app_token: str | None = _variable(*_APP_TOKEN)
    slack_signing_secret: str | None = _variable(*_SECRET)
    slack_client_id: str | None = _variable(*_SECRET)
    slack_client_secret: str | None = _variable(*_SECRET)
    token_encryption_key: tuple[str, ...] = _variable(convert=_keys, default=())
    slack_api_url: str = _variable(*_ADDRESS, SLACK_API_URL)
    host: str | None = _variable()  # all addresses of the machine, IPv6 and IPv4
    port: int | None = _variable(convert=_number(65535))
    web_concurrency: int = _variable(convert=_number(64), default=1)
    unionstate_facts: Path | None = _variable(convert=_folder)  # noqa: RUF009
    repository_url: str | None = _variable(*_ADDRESS)
    site_url: str | None = _variable(*_ADDRESS)
    database_url: str | None = _variable(convert=_database)
    maintainers_channel: str | None = _variable(*_CHANNEL)  # after its workspace and a slash, for several
    gap_log: bool = _variable(*_SWITCH, _is_on, True)
    mcp: bool = _variable(*_SWITCH, _mcp, False)  # serve the facts to AI assistants under /mcp
    log_level: str = _variable(*_LEVEL, "INFO")
    log_format: str = _variable(*_FORMAT, "TEXT")
    log_questions: bool = _variable(*_SWITCH, _is_on, False)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Raises SettingsError for what is malformed or contradictory; what is missing depends on the mode."""
        values: dict[str, Any] = {}
        problems = []
        for field in dataclasses.fields(cls):
            name = field.name.upper()
            if text := environ.get(name, "").strip():
                pattern, problem, convert = field.metadata["rule"]
                values[field.name] = None
                if re.fullmatch(_QUOTED, text, re.DOTALL):
                    problem, pattern = "begins or ends with a quotation mark, which counts as part of it", ""
                try:
                    if not re.fullmatch(pattern, text, re.ASCII):
                        raise ValueError(problem)
                    values[field.name] = convert(text)
                except ValueError as error:
                    problems.append(f"{name} {error}")
        problems += _contradictions(values)
        if problems:
            raise SettingsError(*problems)
        return cls(**values)

    @property
    def multi_workspace(self) -> bool:
        """Whether workspaces install the app by OAuth, rather than one being served by SLACK_BOT_TOKEN."""
        return self.slack_client_id is not None

    def resolve_database_url(self, environ: Mapping[str, str] = os.environ) -> str:
        """DATABASE_URL, else the SQLite file of this user."""
        return self.database_url or default_url(environ)

    def choose_mode(self, wanted: Mode = "auto") -> Literal["socket", "http"]:
        """The wanted mode, else Socket Mode if SLACK_APP_TOKEN is set, else HTTP.  Raises SettingsError."""
        mode: Literal["socket", "http"] = "socket" if self.slack_app_token else "http"
        if wanted != "auto":
            mode = wanted
        if problems := list(self._missing(mode)):
            raise SettingsError(*problems)
        return mode

    def _missing(self, mode: str) -> Iterator[str]:
        if self.multi_workspace and mode == "socket":
            yield "SLACK_CLIENT_ID is set, but workspaces install the app over HTTP: serve it with --http"
        elif mode == "socket" and not self.slack_app_token:
            yield "SLACK_APP_TOKEN is not set: Socket Mode needs an app-level token (xapp-…) with connections:write"
        if not (self.multi_workspace or self.slack_bot_token):
            yield "SLACK_BOT_TOKEN is not set: copy it (xoxb-…) from the app's page, OAuth & Permissions"
        if mode == "http" and not self.slack_signing_secret:
            yield f"SLACK_SIGNING_SECRET is not set: HTTP needs it, and Socket Mode SLACK_APP_TOKEN; {_PAGE}"


def _contradictions(given: Mapping[str, Any]) -> Iterator[str]:
    """What must be set together, and what must not."""
    several = "slack_client_id" in given or "slack_client_secret" in given
    channel = given.get("maintainers_channel")
    if channel and several != ("/" in channel):
        yield "MAINTAINERS_CHANNEL is a channel id where one workspace is served, and T0123456789/C0123456789 for several"
    if several:
        for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"):
            if name.lower() not in given:
                yield f"{name} is not set: to serve several workspaces, set SLACK_CLIENT_ID and SLACK_CLIENT_SECRET"
        for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"):
            if name.lower() in given:
                yield f"{name} and SLACK_CLIENT_ID contradict each other: the one serves one workspace, the other several"
        if "token_encryption_key" not in given:
            yield f"TOKEN_ENCRYPTION_KEY is not set: {_NEW_KEY} and keep it; it encrypts the tokens of workspaces"


def deployed_environment(env_file: Path | None = None, unit: str | None = None) -> Mapping[str, str]:
    """The variables of a file with NAME=VALUE lines, those of a running unit, or our own.  Raises SettingsError."""
    try:
        if env_file:
            lines = env_file.read_text(encoding="utf-8-sig").splitlines()
            pairs = [line.strip().partition("=") for line in lines if not line.strip().startswith(("#", ";"))]
            state = {"STATE_DIRECTORY": str(UNIT_STATE)} if UNIT_STATE.is_dir() else {}
            kept = {name: os.environ[name] for name in ("HOME", "XDG_DATA_HOME") if name in os.environ}
            return {**kept, **state, **{name.strip(): value.strip() for name, _, value in pairs}}
        if unit:
            show = ["systemctl", "show", unit, "-p", "MainPID", "--value"]
            pid = subprocess.run(show, capture_output=True, text=True).stdout.strip() or "0"
            entries = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace").split("\0")
            return dict(entry.split("=", 1) for entry in entries if "=" in entry)
    except (OSError, UnicodeDecodeError) as error:
        problem = f"the environment of {unit or env_file} cannot be read ({error})"
        raise SettingsError(f"{problem}: {'is it running?' if unit else 'is that the file?'}") from None
    return os.environ
