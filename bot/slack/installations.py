"""The workspaces that installed the app: their tokens, encrypted, and which of them a request may use.

Belongs here: keeping, finding and forgetting installations, and the state of those that are under way.
Does not belong here: the pages that people see while they install (`install`), opening the database
(`bot.store`).

Of an installation its bot's token and ids are kept, and the names of workspace and organisation; nothing of
the person who installed.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from slack_bolt import BoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.authorize import Authorize
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import Bot, Installation, InstallationStore
from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import SQLAlchemyOAuthStateStore
from slack_sdk.web import WebClient
from sqlalchemy import Engine, MetaData, Table, Text, and_, func, select

from bot.store import Database, DatabaseAway

log = logging.getLogger(__name__)

STATE_SECONDS = 600  # how long somebody may take between Slack's question and the answer
CLOCK_SECONDS = 600  # how far apart our clock and Slack's are taken to be at most
REMEMBERED = 1_000  # workspaces that are answered while the database is away

# Slack's answers to a token that will never work again.
DEAD_TOKEN = frozenset({"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"})

# Organisation and workspace; the installation of an organisation has no workspace.
Key: TypeAlias = tuple[str | None, str | None]


@dataclass(frozen=True)
class Kept:
    """The tokens in the database, by whether they can be read."""

    newest_key: int
    older_keys: int
    unreadable: int


class States(SQLAlchemyOAuthStateStore):
    """slack_sdk's store of installations under way: a state is good once, whichever process it comes back to."""

    def __init__(self, database: Database) -> None:
        super().__init__(STATE_SECONDS, database.engine, logger=log)
        database.require(self.metadata)
        self._database = database

    def issue(self, *args: Any, **kwargs: Any) -> str:
        """A new state.  Raises DatabaseAway."""
        columns = self.oauth_states.c
        with self._database.asked() as engine:
            with engine.begin() as connection:  # nobody else removes those that were given up
                connection.execute(self.oauth_states.delete().where(columns.expire_at < _now()))
            return super().issue(*args, **kwargs)

    def consume(self, state: str) -> bool:
        """Whether the state was good, which it is no more.  Raises DatabaseAway."""
        columns = self.oauth_states.c
        with self._database.asked() as engine, engine.begin() as connection:
            gone = connection.execute(
                self.oauth_states.delete().where(columns.state == state, columns.expire_at > _now())
            )
            return gone.rowcount == 1


class _Bots(SQLAlchemyInstallationStore):
    """slack_sdk's tables, with room for encrypted tokens and without that of the people who installed."""

    @classmethod
    def build_bots_table(cls, metadata: MetaData, table_name: str) -> Table:
        table = super().build_bots_table(metadata, table_name)
        for name in ("bot_token", "bot_refresh_token"):
            table.c[name].type = Text()  # 200 characters are too few for Slack's longest tokens, encrypted
        return table

    def __init__(self, client_id: str, engine: Engine) -> None:
        super().__init__(client_id, engine, logger=log)
        self.metadata.remove(self.installations)


class Installations(InstallationStore):
    """The installed workspaces and organisations, one record each.

    `keys` are Fernet keys: the first encrypts, all of them decrypt.  Every method raises DatabaseAway.
    """

    def __init__(self, client_id: str, database: Database, keys: Sequence[str]) -> None:
        self._database = database
        self._bots = _Bots(client_id, database.engine)
        self._newest = Fernet(keys[0])
        self._fernet = MultiFernet([Fernet(key) for key in keys])
        database.require(self._bots.metadata)

    @property
    def logger(self) -> logging.Logger:
        return log

    def save(self, installation: Installation) -> None:
        """Keep the bot's token; what the record of an earlier installation held is replaced."""
        self.save_bot(installation.to_bot())

    def save_bot(self, bot: Bot) -> None:
        kept = Bot(**{**_fields(bot), "bot_token": self._encrypt(bot.bot_token)})
        table, mine = self._bots.bots, self._is(_key(bot))
        with self._database.asked() as engine:
            self._bots.save_bot(kept)
            with engine.begin() as connection:  # after, so that there is never none
                newest = connection.execute(select(func.max(table.c.id)).where(mine)).scalar_one()
                connection.execute(table.delete().where(mine, table.c.id < newest))

    def find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """The installation of a workspace, or of an organisation; None too where its token cannot be read."""
        with self._database.asked():
            bot = self._bots.find_bot(
                enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install
            )
        if bot is None:
            return None
        try:
            bot.bot_token = self._fernet.decrypt(bot.bot_token.encode()).decode()
        except InvalidToken:
            log.error(
                "token unreadable team=%s enterprise=%s: TOKEN_ENCRYPTION_KEY lacks the key that it was kept with",
                team_id,
                enterprise_id,
            )
            return None
        return bot

    def delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        with self._database.asked():
            self._bots.delete_bot(enterprise_id=enterprise_id, team_id=team_id)

    def delete_all(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        self.delete_bot(enterprise_id=enterprise_id, team_id=team_id)

    def reencrypt(self) -> int:
        """Encrypt with the newest key what an older one has encrypted; returns how many tokens those were.

        Several processes may do so at the same time.
        """
        table, renewed = self._bots.bots, 0
        with self._database.asked() as engine:
            old = [
                (number, token)
                for number, token in self._tokens(engine)
                if _reads(self._fernet, token) and not _reads(self._newest, token)
            ]
            with engine.begin() as connection:
                for number, token in old:
                    changed = connection.execute(
                        table.update()
                        .where(table.c.id == number, table.c.bot_token == token)
                        .values(bot_token=self._fernet.rotate(token.encode()).decode())
                    )
                    renewed += changed.rowcount
        return renewed

    def survey(self) -> Kept:
        """How many tokens there are, by the key that reads them."""
        newest = older = unreadable = 0
        with self._database.asked() as engine:
            for _, token in self._tokens(engine):
                if _reads(self._newest, token):
                    newest += 1
                elif _reads(self._fernet, token):
                    older += 1
                else:
                    unreadable += 1
        return Kept(newest, older, unreadable)

    def keys(self) -> list[Key]:
        """Organisation and workspace of every installation."""
        columns = self._bots.bots.c
        query = select(columns.enterprise_id, columns.team_id).where(
            columns.client_id == self._bots.client_id
        )
        with self._database.asked() as engine, engine.connect() as connection:
            return [
                (row.enterprise_id, row.team_id) for row in connection.execute(query.order_by(columns.id))
            ]

    def _tokens(self, engine: Engine) -> list[tuple[int, str]]:
        columns = self._bots.bots.c
        query = select(columns.id, columns.bot_token).where(columns.client_id == self._bots.client_id)
        with engine.connect() as connection:
            return [(row.id, row.bot_token) for row in connection.execute(query)]

    def _is(self, key: Key) -> Any:
        columns, (enterprise, team) = self._bots.bots.c, key
        return and_(
            columns.client_id == self._bots.client_id,
            columns.enterprise_id == enterprise,
            columns.team_id == team,
        )

    def _encrypt(self, token: str) -> str:
        return self._fernet.encrypt(token.encode()).decode()


class StoredAuthorize(Authorize):
    """Which token a request may use: read from the database each time, so that an uninstallation counts at once.

    Slack is not asked: an installation holds the bot's ids.  While the database is away, workspaces that were
    answered before are answered with what they had.
    """

    def __init__(self, installations: Installations) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._installations = installations
        self._lock = threading.Lock()
        self._remembered: OrderedDict[Key, Bot] = OrderedDict()

    def __call__(
        self,
        *,
        context: BoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        actor_enterprise_id: str | None = None,
        actor_team_id: str | None = None,
        actor_user_id: str | None = None,
    ) -> AuthorizeResult | None:
        for key in _places(enterprise_id, team_id, bool(context.is_enterprise_install)):
            if bot := self._find(key):
                return AuthorizeResult(
                    enterprise_id=enterprise_id,
                    team_id=team_id,
                    bot_user_id=bot.bot_user_id,
                    bot_id=bot.bot_id,
                    bot_token=bot.bot_token,
                    bot_scopes=bot.bot_scopes,
                )
        log.warning("not installed team=%s enterprise=%s", team_id, enterprise_id)
        return None

    def _find(self, key: Key) -> Bot | None:
        enterprise, team = key
        try:
            bot = self._installations.find_bot(
                enterprise_id=enterprise, team_id=team, is_enterprise_install=team is None
            )
        except DatabaseAway:
            with self._lock:
                remembered = self._remembered.get(key)
            if remembered is None:
                raise
            return remembered
        with self._lock:
            self._remembered.pop(key, None)
            if bot:
                self._remembered[key] = bot
                while len(self._remembered) > REMEMBERED:
                    self._remembered.popitem(last=False)
        return bot


def forget(
    installations: Installations,
    client: WebClient,
    *,
    enterprise_id: str | None,
    team_id: str | None,
    is_enterprise_install: bool,
    told_at: float,
) -> bool:
    """The app was uninstalled, or its token revoked, at `told_at` (seconds since 1970): forget what no longer works.

    Slack tells both in either order, and late: the workspace may have installed the app again meanwhile.
    So what was not installed well before is forgotten only when Slack confirms that its token is dead.
    Returns whether something was forgotten.  Raises DatabaseAway, OSError or SlackApiError where that cannot
    be found out now.
    """
    forgotten = False
    for number, (enterprise, team) in enumerate(_places(enterprise_id, team_id, is_enterprise_install)):
        bot = installations.find_bot(
            enterprise_id=enterprise, team_id=team, is_enterprise_install=team is None
        )
        # An organisation's installation is meant only where the event says so, or its token is dead.
        sure = bot is not None and number == 0 and bot.installed_at < told_at - CLOCK_SECONDS
        if bot is None and number == 0:
            installations.delete_bot(enterprise_id=enterprise, team_id=team)  # one that cannot be read
        elif bot is not None and (sure or _is_dead(client, bot.bot_token)):
            installations.delete_bot(enterprise_id=enterprise, team_id=team)
            forgotten = True
    log.info("uninstalled team=%s enterprise=%s forgotten=%s", team_id, enterprise_id, forgotten)
    return forgotten


def _places(enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool) -> list[Key]:
    """Where an installation that serves a request may stand: the workspace's own first, then its organisation's."""
    places: list[Key] = []
    if team_id and not is_enterprise_install and not team_id.startswith("E"):
        places.append((enterprise_id, team_id))
    organisation = enterprise_id or (team_id if team_id and team_id.startswith("E") else None)
    if organisation:
        places.append((organisation, None))
    return places


def _is_dead(client: WebClient, token: str) -> bool:
    try:
        client.auth_test(token=token)
    except SlackApiError as error:
        if error.response.get("error") in DEAD_TOKEN:
            return True
        raise
    return False


def _key(bot: Bot) -> Key:
    return bot.enterprise_id, None if bot.is_enterprise_install else bot.team_id


def _fields(bot: Bot) -> dict[str, Any]:
    return {
        "app_id": bot.app_id,
        "enterprise_id": bot.enterprise_id,
        "enterprise_name": bot.enterprise_name,
        "team_id": None if bot.is_enterprise_install else bot.team_id,
        "team_name": None if bot.is_enterprise_install else bot.team_name,
        "bot_id": bot.bot_id,
        "bot_user_id": bot.bot_user_id,
        "bot_scopes": bot.bot_scopes,
        "is_enterprise_install": bot.is_enterprise_install,
        "installed_at": bot.installed_at,
    }


def _reads(fernet: Fernet | MultiFernet, token: str) -> bool:
    try:
        fernet.decrypt(token.encode())
    except InvalidToken:
        return False
    return True


def _now() -> datetime:
    """As slack_sdk keeps times: in UTC, without saying so."""
    return datetime.now(tz=UTC).replace(tzinfo=None)
