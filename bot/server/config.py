"""Reads the environment strictly: every problem at once, a line per variable, and never a value."""

from __future__ import annotations

import base64
import binascii
import importlib.util
import os
import re
import urllib.parse
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from bot.db.engine import default_url, parse_database_url

Mode: TypeAlias = Literal["auto", "socket", "http"]

SLACK_API_URL = "https://slack.com/api/"
KEY_BYTES = 32  # of a TOKEN_ENCRYPTION_KEY
MAX_WORKERS = 64
DEFAULT_PORT = 3000
_CHANNEL = re.compile(r"(?:([TE][A-Z0-9]{2,20})/)?([CG][A-Z0-9]{1,20})")
_QUOTED = re.compile(r"""["'“”‘’„«].*|.*["'“”‘’»]""", re.DOTALL)  # of no value the first or last letter
BASIC_INFORMATION = "the app's page, Basic Information"
NO_SIGNING_SECRET = f"SLACK_SIGNING_SECRET is not set: HTTP needs it from {BASIC_INFORMATION}"


class SettingsError(Exception):
    """The environment cannot be used; `problems` has a line per variable."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _token(prefix: str, where: str) -> Any:
    def check(value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if not text.startswith(prefix) or not text.isascii() or len(text.split()) != 1:
            raise ValueError(f"does not hold a token that begins with {prefix}: copy it from {where}")
        return value

    return AfterValidator(check)


def _secret(what: str, where: str) -> Any:
    def check(value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if text.startswith(("xox", "xapp-")) or len(text.split()) > 1 or not text.isascii():
            raise ValueError(f"does not hold {what}: copy it from {where}")
        return value

    return AfterValidator(check)


def _web_address(example: str) -> Any:
    def check(value: str) -> str:
        try:
            parts = urllib.parse.urlsplit(value)
            valid = parts.scheme in ("http", "https") and bool(parts.hostname) and len(value.split()) == 1
            _ = parts.port  # raises ValueError where it is not a number
        except ValueError:
            valid = False
        if not valid:
            raise ValueError(f"is not a web address: write it like {example}")
        return value.rstrip("/")

    return AfterValidator(check)


def _number(highest: int, example: int) -> Any:
    def check(value: Any) -> int:
        text = str(value)
        if not (text.isascii() and text.isdigit() and len(text) <= 6 and 1 <= int(text) <= highest):
            raise ValueError(f"is not a whole number from 1 to {highest}: set it to one, such as {example}")
        return int(text)

    return BeforeValidator(check)


def _choice(*choices: str) -> Any:
    def check(value: str) -> str:
        if value.upper() not in choices:
            raise ValueError(f"is not one of {', '.join(choices)}: set it to one of them or leave it out")
        return value.upper()

    return AfterValidator(check)


def _folder(value: Path) -> Path:
    path = value.expanduser()
    if not path.is_dir():
        raise ValueError("is not a folder: give it the path of a folder with fact files, or leave it out")
    return path


def _fernet_keys(value: Any) -> tuple[str, ...]:
    """Fernet keys, separated by commas; plain base64 is accepted, since `openssl rand -base64 32` prints that."""
    keys = [part.strip().replace("+", "-").replace("/", "_") for part in str(value).split(",")]
    for number, key in enumerate(keys, 1):
        try:
            valid = not key or len(base64.b64decode(key, altchars=b"-_", validate=True)) == KEY_BYTES
        except (binascii.Error, ValueError):
            valid = False
        if not valid:
            raise ValueError(
                f"key {number} is not {KEY_BYTES} bytes in base64: make one with `openssl rand -base64 {KEY_BYTES}`"
            )
    return tuple(key for key in keys if key)


def _database(value: SecretStr) -> SecretStr:
    try:
        parse_database_url(value.get_secret_value())
    except ValueError as error:
        raise ValueError(
            f"cannot be used, {error}: write it like postgresql://user:password@host/database or sqlite:////path/file"
        ) from None
    return value


def _channel(value: str) -> str:
    if not _CHANNEL.fullmatch(value):
        raise ValueError(
            "is not a channel id: copy it from the channel's details in Slack (like C0123456789)"
        )
    return value


def _installed(value: str) -> str:
    if value == "ON" and importlib.util.find_spec("mcp") is None:
        raise ValueError("needs the package mcp: pip install 'unionstate-bot[mcp]', or leave it out")
    return value


OnOff = Annotated[str, _choice("ON", "OFF")]
ClientValue = Annotated[SecretStr, _secret("an app credential", f"{BASIC_INFORMATION}, App Credentials")]


class Settings(BaseModel):
    """The environment variables of the bot by their own names, in lower case; an empty one counts as not set."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    slack_bot_token: Annotated[SecretStr, _token("xoxb-", "the app's page, OAuth & Permissions")] | None = (
        None
    )
    slack_app_token: (
        Annotated[SecretStr, _token("xapp-", f"{BASIC_INFORMATION}, App-Level Tokens")] | None
    ) = None
    slack_signing_secret: Annotated[SecretStr, _secret("a signing secret", BASIC_INFORMATION)] | None = None
    slack_client_id: ClientValue | None = None
    slack_client_secret: ClientValue | None = None
    token_encryption_key: Annotated[tuple[str, ...], BeforeValidator(_fernet_keys)] = Field((), repr=False)
    slack_api_url: Annotated[str, _web_address(SLACK_API_URL)] = SLACK_API_URL.rstrip("/")
    host: str | None = None  # all addresses of the machine, IPv6 and IPv4
    port: Annotated[int, _number(65535, 3000)] | None = None
    web_concurrency: Annotated[int, _number(MAX_WORKERS, 2)] = 1
    unionstate_facts: Annotated[Path, AfterValidator(_folder)] | None = None
    repository_url: Annotated[str, _web_address("https://github.com/owner/repository")] | None = None
    database_url: Annotated[SecretStr, AfterValidator(_database)] | None = None
    maintainers_channel: Annotated[str, AfterValidator(_channel)] | None = None
    gap_log: OnOff = "ON"
    mcp: Annotated[OnOff, AfterValidator(_installed)] = "OFF"  # serve the facts to AI assistants under /mcp
    site_url: Annotated[str, _web_address("https://owner.github.io/repository")] | None = None
    log_level: Annotated[str, _choice("DEBUG", "INFO", "WARNING", "ERROR")] = "INFO"
    log_format: Annotated[str, _choice("TEXT", "JSON")] = "TEXT"
    log_questions: OnOff = "OFF"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Raises SettingsError for what is malformed or contradictory; what is missing depends on the mode."""
        names = {name: environ.get(name.upper(), "").strip() for name in cls.model_fields}
        given = {name: value for name, value in names.items() if value}
        problems = {
            name: "begins or ends with a quotation mark, which counts as part of it here: remove it"
            for name, value in given.items()
            if _QUOTED.fullmatch(value)
        }
        settings: Settings | None = None
        try:
            settings = cls(**{name: value for name, value in given.items() if name not in problems})
        except ValidationError as error:
            problems |= {str(e["loc"][0]): _message(e["msg"]) for e in error.errors(include_input=False)}
        lines = [f"{name.upper()} {message}" for name, message in problems.items()]
        lines += _contradictions(given)
        if lines or settings is None:
            raise SettingsError(*lines)
        return settings

    @property
    def multi_workspace(self) -> bool:
        """Whether workspaces install the app by OAuth, rather than one being served by SLACK_BOT_TOKEN."""
        return self.slack_client_id is not None

    @property
    def maintainers_workspace(self) -> str | None:
        """Whose channel MAINTAINERS_CHANNEL is, where several workspaces are served."""
        found = _CHANNEL.fullmatch(self.maintainers_channel or "")
        return found[1] if found else None

    @property
    def channel(self) -> str | None:
        """The id of the maintainers' channel, without its workspace."""
        return self.maintainers_channel and self.maintainers_channel.rpartition("/")[2]

    def resolve_database_url(self, environ: Mapping[str, str] = os.environ) -> str:
        """DATABASE_URL, else the SQLite file of this user.  Raises OSError where there is no place for that."""
        return self.database_url.get_secret_value() if self.database_url else default_url(environ)

    def choose_mode(self, wanted: Mode = "auto") -> Literal["socket", "http"]:
        """The mode to run in: Socket Mode where SLACK_APP_TOKEN is set, else HTTP, unless one is wanted.

        Raises SettingsError that names what the mode needs and the environment lacks.
        """
        problems = []
        if self.multi_workspace:
            if wanted == "socket":
                problems.append(
                    "SLACK_CLIENT_ID is set, but workspaces install the app over HTTP: serve it with --http, or unset it"
                )
            if not self.slack_signing_secret:
                problems.append(NO_SIGNING_SECRET)
            if problems:
                raise SettingsError(*problems)
            return "http"
        if not self.slack_bot_token:
            problems.append(
                "SLACK_BOT_TOKEN is not set: give it the bot token (xoxb-…) of the app's page, OAuth & Permissions"
            )
        chosen: Literal["socket", "http"] = "socket" if self.slack_app_token else "http"
        if wanted != "auto":
            chosen = wanted
        if wanted == "auto" and not (self.slack_app_token or self.slack_signing_secret):
            problems.append(
                "neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set: set the first for Socket Mode, the second for HTTP"
            )
        elif chosen == "socket" and not self.slack_app_token:
            problems.append(
                "SLACK_APP_TOKEN is not set: Socket Mode needs an app-level token (xapp-…) with connections:write"
            )
        elif chosen == "http" and not self.slack_signing_secret:
            problems.append(NO_SIGNING_SECRET)
        if problems:
            raise SettingsError(*problems)
        return chosen


def secret(value: SecretStr | None) -> str | None:
    """The text of a secret setting."""
    return value.get_secret_value() if value else None


def _message(message: str) -> str:
    return message.removeprefix("Value error, ")


def _contradictions(given: Mapping[str, str]) -> list[str]:
    """What must be set together, and what must not."""
    problems = []
    if channel := _CHANNEL.fullmatch(given.get("maintainers_channel", "")):
        if "slack_client_id" in given and not channel[1]:
            problems.append(
                "MAINTAINERS_CHANNEL names no workspace, and several are served: write it like T0123456789/C0123456789"
            )
        if "slack_client_id" not in given and channel[1]:
            problems.append(
                f"MAINTAINERS_CHANNEL names a workspace, but only one is served: write the channel id alone, {channel[2]}"
            )
    credentials = ["slack_client_id", "slack_client_secret"]
    if not any(name in given for name in credentials):
        return problems
    for name, other in zip(credentials, reversed(credentials), strict=True):
        if name not in given:
            problems.append(
                f"{name.upper()} is not set, but {other.upper()} is: set both to serve several workspaces, or neither"
            )
    if tokens := [name.upper() for name in ("slack_bot_token", "slack_app_token") if name in given]:
        names = " and ".join(tokens)
        problems.append(
            f"{names} and SLACK_CLIENT_ID contradict each other: unset {names} to serve several workspaces that install"
            " the app over HTTP, or unset SLACK_CLIENT_ID and SLACK_CLIENT_SECRET to serve one by its token"
        )
    if "token_encryption_key" not in given:
        problems.append(
            f"TOKEN_ENCRYPTION_KEY is not set: make one with `openssl rand -base64 {KEY_BYTES}` and keep it, since the tokens"
            " of installed workspaces are encrypted with it"
        )
    return problems
