"""`unionstate doctor`: what is right and wrong with a deployment, a line each; it changes nothing and shows no secret."""

from __future__ import annotations

import http.client
import json
import logging
import os
import re
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TypeAlias

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse, WebClient
from sqlalchemy import inspect, select, text

from bot.core.facts.issues import DataError
from bot.core.facts.loader import load_fact_base
from bot.db import engine
from bot.db.engine import HEAD_REVISION, Database, DatabaseUnavailable
from bot.db.installations import Installations
from bot.db.tables import METADATA
from bot.server.config import DEFAULT_PORT, Mode, Settings, SettingsError
from bot.server.log import redact
from bot.server.reload import LastGoodFacts
from bot.server.run import slack_error
from bot.server.web import open_socket
from bot.slack.manifest import SCOPES
from bot.slack.responses import new_client

CLOCK_WRONG_SECONDS = 240
CLOCK_NOTED_SECONDS = 5
INSTALLATIONS_ASKED = 20  # the newest
PROBLEMS_SHOWN = 5

Findings: TypeAlias = Iterator[tuple[str, object]]  # "ok", "note" or "wrong", and what was found


def run(wanted: Mode = "auto", environ: Mapping[str, str] = os.environ) -> int:
    """Print what was found; the exit code: 1 where something is wrong."""
    logging.getLogger().addHandler(logging.NullHandler())  # what is logged is printed here
    wrong = 0
    for line in examine(environ, wanted):
        print(line, flush=True)
        wrong += line.startswith("wrong")
    if wrong:
        print(f"{wrong} wrong")
    return 1 if wrong else 0


def examine(environ: Mapping[str, str], wanted: Mode = "auto") -> Iterator[str]:
    """All that can be found out about serving in that mode, a line each, in the order in which it should be fixed."""
    try:
        settings = Settings.from_environment(environ)
        mode = settings.choose_mode(wanted)
    except SettingsError as error:
        yield from (_line("wrong", "variables", problem) for problem in error.problems)
        return
    database = _existing_database(settings, environ)
    client = new_client(settings.slack_bot_token, settings.slack_api_url + "/")
    several, socket_mode = settings.multi_workspace, mode == "socket"
    checks = [
        ("variables", _variables(settings, mode)),
        ("installed", _installed(settings, database, client)) if several else ("token", _token(client)),
        ("socket mode", _socket_mode(settings, client)) if socket_mode else ("port", _port(settings)),
        ("database", _database(database)),
        ("facts", _facts(settings, environ)),
        ("clock", _clock(settings)),
    ]
    for about, check in checks:
        try:
            for verdict, found in check:
                yield _line(verdict, about, found)
        except DatabaseUnavailable as error:
            yield _line("wrong", about, f"the database cannot be used: {error}")
        except SlackApiError as error:
            name = "SLACK_APP_TOKEN" if socket_mode and about != "token" else "SLACK_BOT_TOKEN"
            fix = "copy it again from the app's page"
            yield _line("wrong", about, f"Slack refused {name} ({slack_error(error)}): {fix}")
        except (OSError, http.client.HTTPException, SlackClientError) as error:
            yield _line("wrong", about, f"Slack cannot be reached: {error}")
    if database:
        database.close()


def _line(verdict: str, about: str, found: object) -> str:
    return f"{verdict:<6} {about:<12} {redact(str(found))}"


def _existing_database(settings: Settings, environ: Mapping[str, str]) -> Database | None:
    """None for a SQLite file that does not exist yet."""
    url = settings.resolve_database_url(environ)
    address = engine.parse_database_url(url)
    if address.drivername == "sqlite" and not Path(address.database or "").exists():
        return None
    return Database(engine.open_engine(url), migrate=False)


def _variables(settings: Settings, mode: str) -> Findings:
    port, processes = settings.port or DEFAULT_PORT, settings.web_concurrency
    how = "Socket Mode" if mode == "socket" else f"HTTP on port {port}, processes: {processes}"
    whom = "workspaces that install the app" if settings.multi_workspace else "one workspace"
    yield "ok", f"{how}, for {whom}"
    if settings.log_questions:
        yield "note", "LOG_QUESTIONS=on: the log holds what people ask"
    if channel := settings.maintainers_channel:  # to look would take another scope
        yield "note", f"MAINTAINERS_CHANNEL: type /invite @UnionState in {channel}; reports need that"


def _token(client: WebClient) -> Findings:
    answer = client.auth_test()
    yield "ok", f"{answer['user']} ({answer['user_id']}) in {answer['team']} ({answer['team_id']})"
    yield _scopes(answer)


def _scopes(answer: SlackResponse) -> tuple[str, str]:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    granted = set(re.findall(r"[^,\s]+", headers.get("x-oauth-scopes", "")))
    if missing := ", ".join(f"{scope} ({SCOPES[scope]})" for scope in sorted(set(SCOPES) - granted)):
        fix = "give the app the manifest of `unionstate manifest` and install it again"
        return "wrong", f"scopes not granted: {missing}; {fix}"
    if more := ", ".join(sorted(granted - set(SCOPES))):
        return "note", f"scopes that are not needed: {more}"
    return "ok", f"all {len(SCOPES)} scopes granted, and no more"


def _installed(settings: Settings, database: Database | None, client: WebClient) -> Findings:
    if database:
        with database.connection() as connection:
            database = database if inspect(connection).has_table("slack_bots") else None
    if not database:
        yield "note", "no workspace yet: the bot makes the tables when it starts"
        return
    store = Installations(settings.slack_client_id or "", database, settings.token_encryption_key)
    keys, (older, unreadable) = store.keys(), store.tokens()
    yield "ok", f"{len(keys)} workspaces or organisations"
    if unreadable:
        fix = "add their key to TOKEN_ENCRYPTION_KEY, or have those workspaces install the app again"
        yield "wrong", f"{len(unreadable)} of {len(keys)} tokens cannot be decrypted: {fix}"
    if older:
        later = "the next start of the bot encrypts them with the first"
        yield "note", f"{len(older)} tokens are encrypted with an older key: {later}"
    for enterprise, team in keys[-INSTALLATIONS_ASKED:]:
        if bot := store.find_bot(enterprise_id=enterprise, team_id=team):
            try:
                verdict, found = _scopes(client.auth_test(token=bot.bot_token))
            except SlackApiError as error:
                found = f"Slack refused its token ({slack_error(error)}): it has to install the app again"
                verdict = "wrong"
            if verdict == "wrong":
                yield verdict, f"{team or enterprise}: {found}"


def _port(settings: Settings) -> Findings:
    """Whether the port is free, or held by this bot."""
    try:
        open_socket(settings).close()
    except SettingsError as error:
        host, port = settings.host or "127.0.0.1", settings.port or DEFAULT_PORT
        try:
            with closing(http.client.HTTPConnection(host, port, timeout=2)) as connection:
                connection.request("GET", "/healthz")
                version = json.load(connection.getresponse())["version"]
            yield "ok", f"in use by a bot, version {version}"
        except (OSError, http.client.HTTPException, ValueError, LookupError, TypeError):
            yield "wrong", f"{error}: stop what uses it, or set another"


def _socket_mode(settings: Settings, client: WebClient) -> Findings:
    # A connection is asked for, not opened: the running bot loses no event.
    client.apps_connections_open(app_token=settings.slack_app_token or "")
    yield "ok", "Slack gives a connection"


def _database(database: Database | None) -> Findings:
    if not database:
        yield "ok", "no SQLite file yet: the bot makes one when it starts, or answers without"
        return
    address = database.engine.url
    with database.connection() as connection:
        if address.drivername == "sqlite":
            found = f"SQLite file {address.database}"
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # fails where it may not be written
        else:
            version = str(connection.execute(text("SHOW server_version")).scalar_one()).split()[0]
            found = f"PostgreSQL {version} on {address.host}, database {address.database}"
            connection.execute(text("CREATE TEMPORARY TABLE unionstate_doctor (id INTEGER)"))
        revision = engine.current_revision(connection)
        found += f", revision {revision}"
        if revision is None or revision < HEAD_REVISION:
            found += f": the bot migrates it to {HEAD_REVISION} when it starts"
        else:
            if revision > HEAD_REVISION:
                found += f", newer than this release ({HEAD_REVISION}), which can use it"
            for table in METADATA.sorted_tables:
                connection.execute(select(table).limit(0))  # fails where a column is missing
        connection.rollback()
    yield "ok", found


def _facts(settings: Settings, environ: Mapping[str, str]) -> Findings:
    try:
        base = load_fact_base(settings.unionstate_facts)
        yield "ok", f"{len(base.facts)} facts of {len(base.sources)} articles, version {base.version}"
    except DataError as error:
        for problem in error.problems[:PROBLEMS_SHOWN]:
            yield "wrong", problem
    kept = LastGoodFacts(engine.state_folder(environ), settings.unionstate_facts)
    if version := kept.version():
        yield "ok", f"version {version} is kept in {kept.path}"


def _clock(settings: Settings) -> Findings:
    with urllib.request.urlopen(f"{settings.slack_api_url}/api.test", b"", timeout=10) as answer:
        ahead = time.time() - parsedate_to_datetime(answer.headers["date"]).timestamp()
    if abs(ahead) < CLOCK_NOTED_SECONDS:
        yield "ok", "as Slack's"
    else:
        verdict = "note" if abs(ahead) < CLOCK_WRONG_SECONDS else "wrong"
        fix = "set it by the network (NTP), since Slack's signatures are good for 300 s"
        yield verdict, f"{ahead:.0f} s ahead of Slack's: {fix}"
