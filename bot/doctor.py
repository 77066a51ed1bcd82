"""`unionstate doctor`: what is right and what is wrong with a deployment, a line each.

Belongs here: asking the environment, Slack, the database and the facts, and saying in plain words what came
of it.  Does not belong here: mending anything; showing a secret.

Nothing is changed by it: no message is posted, no event taken from the running bot (a Socket Mode connection
is asked for, not opened), no table made.
"""

from __future__ import annotations

import http.client
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse, WebClient
from sqlalchemy import URL, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from bot.core.facts.issues import DataError
from bot.core.facts.loader import load_fact_base
from bot.logs import redacted
from bot.settings import Mode, Settings, SettingsError
from bot.slack.installations import DEAD_TOKEN, Installations
from bot.slack.manifest import SCOPES
from bot.slack.responses import new_client
from bot.store import Database, DatabaseAway, open_engine, read_url

Verdict: TypeAlias = Literal["ok", "note", "wrong"]

CLOCK_WRONG_SECONDS = 240  # Slack's signatures are good for 300; the rest is its own way to us
CLOCK_NOTED_SECONDS = 5
INSTALLATIONS_ASKED = 20
PROBLEMS_SHOWN = 5
_AWAY = (OSError, http.client.HTTPException, SlackClientError)


@dataclass(frozen=True)
class Finding:
    """One line: whether it is well, what it is about, and what was found."""

    verdict: Verdict
    about: str
    found: str

    def __str__(self) -> str:
        return f"{self.verdict:<6} {self.about:<12} {redacted(self.found)}"


def examine(environ: Mapping[str, str], wanted: Mode = "auto") -> Iterator[Finding]:
    """All that can be found out about serving in that mode, in the order in which it should be mended."""
    try:
        settings = Settings.from_environment(environ)
        mode = settings.choose_mode(wanted)
    except SettingsError as error:
        yield from (Finding("wrong", "variables", problem) for problem in str(error).split("; "))
        yield from _examine_facts(environ)
        return
    yield Finding("ok", "variables", _what_is_served(settings, mode))
    if settings.log_questions:
        yield Finding("note", "variables", "LOG_QUESTIONS=on: the log holds what people ask")
    if channel := settings.maintainers_channel:
        # To look, the app would have to ask every workspace for one scope more (channels:read, groups:read).
        yield Finding(
            "note",
            "variables",
            f"MAINTAINERS_CHANNEL: {channel} gets reports and the weekly inbox only if the bot is a member, which it may not"
            " look up: type /invite @UnionState there once",
        )
    client = new_client(settings.bot_token, settings.api_url)
    dates: list[float] = []
    if settings.several_workspaces:
        yield from _examine_installations(settings, client, environ, dates)
    else:
        yield from _examine_token(client, dates)
    if mode == "socket":
        yield _examine_socket_mode(client, settings.app_token or "", dates)
    yield _examine_database(settings, environ)
    yield from _examine_facts(environ)
    yield _examine_clock(settings, client, dates)


def _what_is_served(settings: Settings, mode: str) -> str:
    how = (
        "Socket Mode"
        if mode == "socket"
        else f"HTTP on port {settings.port}, {settings.workers} process{'es' * (settings.workers > 1)}"
    )
    whom = "workspaces that install the app" if settings.several_workspaces else "one workspace"
    return f"{how}, for {whom}"


# Slack


def _examine_token(client: WebClient, dates: list[float]) -> Iterator[Finding]:
    """SLACK_BOT_TOKEN and what it may do."""
    try:
        answer = _ask(client, dates)
    except SlackApiError as error:
        yield Finding(
            "wrong", "token",
            f"Slack refused SLACK_BOT_TOKEN ({_reason(error)}): copy it again from the app's page, OAuth & Permissions",
        )  # fmt: skip
        return
    except _AWAY as error:
        yield _away("token", client, error)
        return
    yield Finding(
        "ok",
        "token",
        f"{answer.get('user')} ({answer.get('user_id')}) in {answer.get('team')} ({answer.get('team_id')})",
    )
    yield _scopes(answer)


def _examine_installations(
    settings: Settings, client: WebClient, environ: Mapping[str, str], dates: list[float]
) -> Iterator[Finding]:
    """The tokens that workspaces gave."""
    database = None
    try:
        url = settings.database(environ)
        if _is_missing_file(read_url(url)):
            yield Finding(
                "note", "installed", "no workspace yet: the first start of the bot makes the database"
            )
            return
        database = Database(open_engine(url))
        if not inspect(database.engine).has_table("slack_bots"):
            yield Finding("note", "installed", "no workspace yet: none of the tables has been made")
            return
        installations = Installations(settings.client_id or "", database, settings.encryption_keys)
        kept, keys = installations.survey(), installations.keys()
        if kept.unreadable:
            yield Finding(
                "wrong", "keys",
                f"{kept.unreadable} of {len(keys)} tokens cannot be read: add the key that they were kept with to TOKEN_ENCRYPTION_KEY,"
                " after a comma, or have those workspaces install the app again",
            )  # fmt: skip
        if kept.older_keys:
            yield Finding(
                "note",
                "keys",
                f"{kept.older_keys} tokens are still under an older key: the next start of the bot renews them",
            )
        asked, wrong = keys[-INSTALLATIONS_ASKED:], 0
        for enterprise, team in asked:
            bot = installations.find_bot(
                enterprise_id=enterprise, team_id=team, is_enterprise_install=team is None
            )
            if bot is None:  # told above
                continue
            place = team or enterprise
            try:
                answer = _ask(client, dates, bot.bot_token)
            except SlackApiError as error:
                wrong += 1
                reason = _reason(error)
                mend = "it has to install the app again" if reason in DEAD_TOKEN else "ask again later"
                yield Finding("wrong", "installed", f"Slack refused the token of {place} ({reason}): {mend}")
            except _AWAY as error:
                yield _away("installed", client, error)
                return
            else:
                finding = _scopes(answer)
                if finding.verdict != "ok":
                    yield Finding(finding.verdict, finding.about, f"{place}: {finding.found}")
        if not wrong and not kept.unreadable:
            yield Finding(
                "ok",
                "installed",
                f"{len(keys)} workspaces or organisations; the newest {len(asked)} were asked for",
            )
    except (DatabaseAway, SQLAlchemyError, OSError):
        yield Finding("wrong", "installed", "not to be found out while the database is away")
    finally:
        if database:
            database.close()


def _scopes(answer: SlackResponse) -> Finding:
    """What was granted against what the manifest asks for."""
    written = _header(answer, "x-oauth-scopes")
    if written is None:
        return Finding("note", "scopes", "Slack did not say which were granted")
    granted = {scope.strip() for scope in written.split(",") if scope.strip()}
    if missing := sorted(set(SCOPES) - granted):
        features = ", ".join(f"{scope} ({SCOPES[scope]})" for scope in missing)
        return Finding(
            "wrong",
            "scopes",
            f"not granted: {features}. Give the app the manifest of `unionstate manifest` and install it again",
        )
    if more := sorted(granted - set(SCOPES)):
        return Finding(
            "note", "scopes", f"all {len(SCOPES)} granted, and more than are needed: {', '.join(more)}"
        )
    return Finding("ok", "scopes", f"all {len(SCOPES)} granted, and no more")


def _examine_socket_mode(client: WebClient, app_token: str, dates: list[float]) -> Finding:
    try:
        _note_date(client.apps_connections_open(app_token=app_token), dates)
    except SlackApiError as error:
        return Finding(
            "wrong", "socket mode",
            f"Slack gives no connection ({_reason(error)}): turn Socket Mode on, and copy SLACK_APP_TOKEN (connections:write) from the app's page",
        )  # fmt: skip
    except _AWAY as error:
        return _away("socket mode", client, error)
    return Finding("ok", "socket mode", "Slack gives a connection")


def _examine_clock(settings: Settings, client: WebClient, dates: list[float]) -> Finding:
    if not dates:
        try:
            _note_date(client.api_call("api.test"), dates)
        except SlackApiError as error:
            _note_date(error.response, dates)
        except _AWAY as error:
            return _away("clock", client, error)
    if not dates:
        return Finding("note", "clock", "Slack did not say what time it is")
    offset = min(dates, key=abs)
    said = (
        f"{abs(offset):.0f} s {'ahead of' if offset > 0 else 'behind'} Slack's"
        if abs(offset) >= 1
        else "as Slack's"
    )
    if abs(offset) >= CLOCK_WRONG_SECONDS:
        return Finding("wrong", "clock", f"{said}: signatures will be refused, set it by the network (NTP)")
    return Finding("note" if abs(offset) >= CLOCK_NOTED_SECONDS else "ok", "clock", said)


def _ask(client: WebClient, dates: list[float], token: str | None = None) -> SlackResponse:
    answer = client.auth_test(token=token) if token else client.auth_test()
    _note_date(answer, dates)
    return answer


def _note_date(answer: Any, dates: list[float]) -> None:
    """How far our clock is ahead of the answer's date, which has no fractions of a second."""
    try:
        told = parsedate_to_datetime(_header(answer, "date") or "").timestamp()
    except ValueError:
        return
    ahead = time.time() - told
    dates.append(0.0 if 0 <= ahead <= 1 else ahead)


def _header(answer: Any, name: str) -> str | None:
    for found, value in (getattr(answer, "headers", None) or {}).items():
        if found.lower() == name:
            return str(value[0] if isinstance(value, list) else value)
    return None


def _reason(error: SlackApiError) -> str:
    response = error.response
    data = getattr(response, "data", response)
    return str(data.get("error")) if isinstance(data, dict) else "no usable answer"


def _away(about: str, client: WebClient, error: Exception) -> Finding:
    return Finding("wrong", about, f"Slack at {client.base_url} cannot be reached: {error}")


# Ourselves


def _examine_database(settings: Settings, environ: Mapping[str, str]) -> Finding:
    needed: Verdict = "wrong" if settings.several_workspaces else "note"
    consequence = "" if settings.several_workspaces else "; questions are answered without it"
    engine = None
    try:
        url = settings.database(environ)
        place = read_url(url)
        if _is_missing_file(place):
            return _examine_missing_file(Path(place.database or ""), needed, consequence)
        engine = open_engine(url)
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                version = connection.execute(text("SHOW server_version")).scalar_one()
                writable = connection.execute(text("SHOW transaction_read_only")).scalar_one() == "off"
                found = f"PostgreSQL {str(version).split()[0]} on {place.host}, database {place.database}"
            else:
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # fails where it may not be written
                connection.rollback()
                writable, found = True, f"SQLite file {place.database}"
                if settings.several_workspaces:
                    found += " (one host only; a host whose disk is lost at each start needs PostgreSQL)"
    except (SQLAlchemyError, OSError, RuntimeError) as error:
        said = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        return Finding(needed, "database", f"cannot be used: {said}{consequence}")
    finally:
        if engine:
            engine.dispose()
    if not writable:
        return Finding(needed, "database", f"{found}: it may be read but not written{consequence}")
    return Finding("ok", "database", found)


def _is_missing_file(url: URL) -> bool:
    return url.drivername == "sqlite" and not Path(url.database or "").exists()


def _examine_missing_file(path: Path, needed: Verdict, consequence: str) -> Finding:
    """The bot makes the file at its first start, and the folders above it."""
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    if not os.access(folder, os.W_OK):
        return Finding(needed, "database", f"cannot be used: no file can be made in {folder}{consequence}")
    return Finding("ok", "database", f"SQLite file {path}, which the first start of the bot makes")


def _examine_facts(environ: Mapping[str, str]) -> Iterator[Finding]:
    try:
        folder = Settings.from_environment({"UNIONSTATE_FACTS": environ.get("UNIONSTATE_FACTS", "")}).facts
        base = load_fact_base(folder)
    except SettingsError:  # told as a variable
        return
    except DataError as error:
        shown = [str(problem) for problem in error.problems[:PROBLEMS_SHOWN]]
        yield from (Finding("wrong", "facts", problem) for problem in shown)
        if len(error.problems) > len(shown):
            yield Finding(
                "wrong",
                "facts",
                f"and {len(error.problems) - len(shown)} more: `unionstate check` lists them all",
            )
        return
    yield Finding(
        "ok", "facts", f"{len(base.facts)} facts of {len(base.sources)} articles, version {base.version}"
    )


def run(wanted: Mode = "auto") -> int:
    """Print what was found; the exit code: 1 when something is wrong."""
    wrong = 0
    for finding in examine(os.environ, wanted):
        print(finding, flush=True)
        wrong += finding.verdict == "wrong"
    if wrong:
        print(f"{wrong} wrong")
    return 1 if wrong else 0
