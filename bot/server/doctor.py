"""`unionstate doctor`: what is right and wrong with a deployment, a line each; it changes nothing and shows no secret."""

from __future__ import annotations

import errno
import http.client
import json
import os
import socket
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse, WebClient
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from bot.core.facts.issues import DataError
from bot.core.facts.loader import fact_folders, load_fact_base
from bot.db import idempotency, inbox
from bot.db.engine import (
    HEAD_REVISION,
    Database,
    DatabaseUnavailable,
    current_revision,
    describe_error,
    open_engine,
    parse_database_url,
    state_folder,
)
from bot.db.installations import DEAD_TOKEN, Installations
from bot.server.config import DEFAULT_PORT, Mode, Settings, SettingsError, secret
from bot.server.log import redact
from bot.server.reload import LastGoodFacts
from bot.slack.manifest import SCOPES
from bot.slack.responses import new_client

Verdict: TypeAlias = Literal["ok", "note", "wrong"]

CLOCK_WRONG_SECONDS = 240  # Slack's signatures are good for 300
CLOCK_NOTED_SECONDS = 5
INSTALLATIONS_ASKED = 20
PROBLEMS_SHOWN = 5
_UNREACHABLE = (OSError, http.client.HTTPException, SlackClientError)


@dataclass(frozen=True)
class Finding:
    """One line: the verdict, the subject and what was found."""

    verdict: Verdict
    about: str
    found: str

    def __str__(self) -> str:
        return f"{self.verdict:<6} {self.about:<12} {redact(self.found)}"


def run(wanted: Mode = "auto", environ: Mapping[str, str] = os.environ) -> int:
    """Print what was found; the exit code: 1 where something is wrong."""
    wrong = 0
    for finding in examine(environ, wanted):
        print(finding, flush=True)
        wrong += finding.verdict == "wrong"
    if wrong:
        print(f"{wrong} wrong")
    return 1 if wrong else 0


def examine(environ: Mapping[str, str], wanted: Mode = "auto") -> Iterator[Finding]:
    """All that can be found out about serving in that mode, in the order in which it should be fixed."""
    try:
        settings = Settings.from_environment(environ)
        mode = settings.choose_mode(wanted)
    except SettingsError as error:
        yield from (Finding("wrong", "variables", problem) for problem in error.problems)
        with suppress(SettingsError):
            facts = Settings.from_environment({"UNIONSTATE_FACTS": environ.get("UNIONSTATE_FACTS", "")})
            yield from _facts(facts, environ)
        return
    yield from _variables(settings, mode)
    if mode == "http":
        yield from _port(settings)
    slack = _Slack(settings)
    yield from slack.installations(environ) if settings.multi_workspace else slack.token()
    if mode == "socket":
        yield slack.socket_mode()
    yield _database(settings, environ)
    yield from _facts(settings, environ)
    yield slack.clock()


def _variables(settings: Settings, mode: str) -> Iterator[Finding]:
    workers = settings.web_concurrency
    http_mode = f"HTTP on port {settings.port or DEFAULT_PORT}, {workers} process{'es' * (workers > 1)}"
    whom = "workspaces that install the app" if settings.multi_workspace else "one workspace"
    yield Finding("ok", "variables", f"{'Socket Mode' if mode == 'socket' else http_mode}, for {whom}")
    if settings.log_questions == "ON":
        yield Finding("note", "variables", "LOG_QUESTIONS=on: the log holds what people ask")
    if settings.channel:  # to look would take another scope in every workspace
        yield Finding(
            "note",
            "variables",
            f"MAINTAINERS_CHANNEL: {settings.channel} gets reports and the weekly digest only if the bot is a member, which it"
            " may not look up: type /invite @UnionState there once",
        )


def _port(settings: Settings) -> Iterator[Finding]:
    """Whether the port is free, or held by this bot."""
    host, port = settings.host or "", settings.port or DEFAULT_PORT
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with closing(socket.create_server((host, port), family=family)):
            return
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            yield Finding("wrong", "port", f"HOST and PORT {port} cannot be used: {error.strerror}")
            return
    try:
        at = f"[{host}]" if ":" in host else host or "127.0.0.1"
        with urllib.request.urlopen(f"http://{at}:{port}/healthz", timeout=2) as answer:
            running = json.load(answer)
        yield Finding("ok", "port", f"{port} is in use by a bot, version {running['version']}")
    except (OSError, ValueError, LookupError, TypeError):
        yield Finding("wrong", "port", f"{port} is in use by another program: set PORT to another")


class _Slack:
    """What Slack says of the tokens, and of the time."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: WebClient = new_client(secret(settings.slack_bot_token), settings.slack_api_url + "/")
        self._offsets: list[float] = []  # how far our clock is ahead

    def token(self) -> Iterator[Finding]:
        try:
            answer = self._auth_test()
        except SlackApiError as error:
            fix = "copy it again from the app's page, OAuth & Permissions"
            yield Finding("wrong", "token", f"Slack refused SLACK_BOT_TOKEN ({_reason(error)}): {fix}")
        except _UNREACHABLE as error:
            yield self._unreachable("token", error)
        else:
            who = f"{answer.get('user')} ({answer.get('user_id')}) in {answer.get('team')} ({answer.get('team_id')})"
            yield Finding("ok", "token", who)
            yield _scopes(answer)

    def installations(self, environ: Mapping[str, str]) -> Iterator[Finding]:
        """The tokens of the workspaces that installed the app."""
        settings, database = self._settings, None
        try:
            url = settings.resolve_database_url(environ)
            if _missing_file(url):
                yield Finding(
                    "note", "installed", "no workspace yet: the bot creates the database when it starts"
                )
                return
            database = Database(open_engine(url), migrate=False)
            if not inspect(database.engine).has_table("slack_bots"):
                yield Finding("note", "installed", "no workspace yet: the tables do not exist")
                return
            client_id = secret(settings.slack_client_id) or ""
            store = Installations(client_id, database, settings.token_encryption_key)
            yield from self._check_installations(store)
        except (DatabaseUnavailable, SQLAlchemyError, OSError):
            yield Finding("wrong", "installed", "cannot be found out while the database is unavailable")
        finally:
            if database:
                database.close()

    def _check_installations(self, store: Installations) -> Iterator[Finding]:
        usage, keys = store.key_usage(), store.keys()
        if usage.unreadable:
            fix = "add their key to TOKEN_ENCRYPTION_KEY, after a comma, or have those workspaces install the app again"
            yield Finding(
                "wrong", "keys", f"{usage.unreadable} of {len(keys)} tokens cannot be decrypted: {fix}"
            )
        if usage.older_keys:
            later = "the next start of the bot encrypts them with the first"
            yield Finding(
                "note", "keys", f"{usage.older_keys} tokens are encrypted with an older key: {later}"
            )
        asked, refused = keys[-INSTALLATIONS_ASKED:], 0
        for key in asked:
            bot, place = store.find(key), key[1] or key[0]
            if bot is None:  # cannot be decrypted
                continue
            try:
                scopes = _scopes(self._auth_test(bot.bot_token))
            except SlackApiError as error:
                refused += 1
                fix = "it has to install the app again" if _reason(error) in DEAD_TOKEN else "try again later"
                yield Finding(
                    "wrong", "installed", f"Slack refused the token of {place} ({_reason(error)}): {fix}"
                )
            except _UNREACHABLE as error:
                yield self._unreachable("installed", error)
                return
            else:
                if scopes.verdict != "ok":
                    yield Finding(scopes.verdict, scopes.about, f"{place}: {scopes.found}")
        if not refused and not usage.unreadable:
            yield Finding(
                "ok", "installed", f"{len(keys)} workspaces or organisations; the newest {len(asked)} work"
            )

    def socket_mode(self) -> Finding:
        try:  # a connection is asked for, not opened: the running bot loses no event
            self._note_date(
                self._client.apps_connections_open(app_token=secret(self._settings.slack_app_token) or "")
            )
        except SlackApiError as error:
            fix = "turn Socket Mode on, and copy SLACK_APP_TOKEN (connections:write) from the app's page"
            return Finding("wrong", "socket mode", f"Slack gives no connection ({_reason(error)}): {fix}")
        except _UNREACHABLE as error:
            return self._unreachable("socket mode", error)
        return Finding("ok", "socket mode", "Slack gives a connection")

    def clock(self) -> Finding:
        if not self._offsets:
            try:
                self._note_date(self._client.api_call("api.test"))
            except SlackApiError as error:
                self._note_date(error.response)
            except _UNREACHABLE as error:
                return self._unreachable("clock", error)
        if not self._offsets:
            return Finding("note", "clock", "Slack's answer had no date")
        ahead = min(self._offsets, key=abs)
        found = (
            f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} Slack's"
            if abs(ahead) >= 1
            else "as Slack's"
        )
        if abs(ahead) >= CLOCK_WRONG_SECONDS:
            return Finding(
                "wrong", "clock", f"{found}: signatures will be refused, set it by the network (NTP)"
            )
        return Finding("note" if abs(ahead) >= CLOCK_NOTED_SECONDS else "ok", "clock", found)

    def _auth_test(self, token: str | None = None) -> SlackResponse:
        answer = self._client.auth_test(token=token) if token else self._client.auth_test()
        self._note_date(answer)
        return answer

    def _note_date(self, answer: Any) -> None:
        with suppress(ValueError):
            ahead = time.time() - parsedate_to_datetime(_header(answer, "date") or "").timestamp()
            self._offsets.append(0.0 if 0 <= ahead <= 1 else ahead)  # the date has no fractions of a second

    def _unreachable(self, about: str, error: Exception) -> Finding:
        return Finding("wrong", about, f"Slack at {self._client.base_url} cannot be reached: {error}")


def _scopes(answer: SlackResponse) -> Finding:
    """What was granted, compared with what the manifest asks for."""
    written = _header(answer, "x-oauth-scopes")
    if written is None:
        return Finding("note", "scopes", "Slack did not say which are granted")
    granted = {scope.strip() for scope in written.split(",") if scope.strip()}
    if missing := sorted(set(SCOPES) - granted):
        features = ", ".join(f"{scope} ({SCOPES[scope]})" for scope in missing)
        fix = "Give the app the manifest of `unionstate manifest` and install it again"
        return Finding("wrong", "scopes", f"not granted: {features}. {fix}")
    if more := sorted(granted - set(SCOPES)):
        return Finding(
            "note", "scopes", f"all {len(SCOPES)} granted, and more than are needed: {', '.join(more)}"
        )
    return Finding("ok", "scopes", f"all {len(SCOPES)} granted, and no more")


def _header(answer: Any, name: str) -> str | None:
    for found, value in (getattr(answer, "headers", None) or {}).items():
        if found.lower() == name:
            return str(value[0] if isinstance(value, list) else value)
    return None


def _reason(error: SlackApiError) -> str:
    data = getattr(error.response, "data", error.response)
    return str(data.get("error")) if isinstance(data, dict) else "no usable answer"


def _database(settings: Settings, environ: Mapping[str, str]) -> Finding:
    needed: Verdict = "wrong" if settings.multi_workspace else "note"
    consequence = "" if settings.multi_workspace else "; questions are answered without it"
    engine = None
    try:
        url = settings.resolve_database_url(environ)
        if path := _missing_file(url):
            folder = next(parent for parent in path.absolute().parents if parent.exists())
            if os.access(folder, os.W_OK):
                return Finding("ok", "database", f"SQLite file {path}, which the bot creates when it starts")
            return Finding(
                needed, "database", f"cannot be used: no file can be made in {folder}{consequence}"
            )
        engine = open_engine(url)
        place = parse_database_url(url)
        with engine.connect() as connection:
            writable, found = True, f"SQLite file {place.database}"
            if engine.dialect.name == "postgresql":
                version = str(connection.execute(text("SHOW server_version")).scalar_one()).split()[0]
                writable = connection.execute(text("SHOW transaction_read_only")).scalar_one() == "off"
                found = f"PostgreSQL {version} on {place.host}, database {place.database}"
            else:
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # fails where it may not be written
            revision, missing = current_revision(connection), _missing_columns(connection)
            connection.rollback()
    except (SQLAlchemyError, OSError) as error:
        return Finding("wrong", "database", f"cannot be used: {describe_error(error)}{consequence}")
    finally:
        if engine:
            engine.dispose()
    if not writable:
        return Finding(needed, "database", f"{found}: it may be read but not written{consequence}")
    if revision is None:
        return Finding("ok", "database", f"{found}, without a revision: the bot migrates it when it starts")
    found += f", revision {revision}"
    if missing:
        return Finding(
            "wrong", "database", f"{found}, but {', '.join(missing)} missing: restore it from a backup"
        )
    if revision > HEAD_REVISION:
        return Finding(
            "note", "database", f"{found}, newer than this release ({HEAD_REVISION}), which goes on with it"
        )
    if revision < HEAD_REVISION:
        return Finding("note", "database", f"{found}: the bot migrates it to {HEAD_REVISION} when it starts")
    return Finding("ok", "database", found)


def _missing_columns(connection: Connection) -> list[str]:
    """Tables and columns that the bot uses and the database lacks."""
    inspector, missing = inspect(connection), []
    for table in (*inbox.METADATA.sorted_tables, *idempotency.METADATA.sorted_tables):
        if not inspector.has_table(table.name):
            missing.append(table.name)
            continue
        there = {column["name"] for column in inspector.get_columns(table.name)}
        missing += [f"{table.name}.{column.name}" for column in table.columns if column.name not in there]
    return missing


def _missing_file(url: str) -> Path | None:
    """The path of a SQLite file that does not exist yet."""
    address = parse_database_url(url)
    path = Path(address.database or "")
    return path if address.drivername == "sqlite" and not path.exists() else None


def _facts(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    folder = settings.unionstate_facts
    try:
        base = load_fact_base(folder)
    except DataError as error:
        shown = [str(problem) for problem in error.problems[:PROBLEMS_SHOWN]]
        yield from (Finding("wrong", "facts", problem) for problem in shown)
        if more := len(error.problems) - len(shown):
            yield Finding("wrong", "facts", f"and {more} more: `unionstate check` lists them all")
    else:
        counts = f"{len(base.facts)} facts of {len(base.sources)} articles"
        yield Finding("ok", "facts", f"{counts}, version {base.version}")
    with suppress(OSError):
        kept = LastGoodFacts(state_folder(environ), fact_folders(folder)[0])
        if version := kept.version():
            yield Finding("ok", "last good", f"facts of version {version} in {kept.path}")
