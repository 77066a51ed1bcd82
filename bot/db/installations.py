"""The workspaces that installed the app: slack_sdk's store with encrypted tokens, and which token a request may use."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from cachetools import TTLCache
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from slack_bolt import BoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.authorize import Authorize
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore
from slack_sdk.oauth.sqlalchemy_utils import normalize_datetime_for_db
from slack_sdk.web import WebClient
from sqlalchemy import Dialect, MetaData, Table, Text, select, type_coerce
from sqlalchemy.types import TypeDecorator

from bot.db.engine import Database, DatabaseUnavailable

log = logging.getLogger(__name__)

CLOCK_SECONDS = 600  # how far apart our clock and Slack's are taken to be at most
REMEMBERED, REMEMBERED_SECONDS = 1_000, 24 * 3600.0  # workspaces answered while the database is unavailable

# Slack's errors for a token that will never work again.
DEAD_TOKEN = frozenset({"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"})

# Organisation and workspace; the installation of an organisation has no workspace.
Key: TypeAlias = tuple[str | None, str | None]


class EncryptedText(TypeDecorator[str]):
    """Text encrypted with the first of the keys and decrypted with any of them; unreadable text is read as ""."""

    impl = Text
    cache_ok = False

    def __init__(self, keys: Sequence[str]) -> None:
        super().__init__()
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return value and self._fernet.encrypt(value.encode()).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        try:
            return value and self._fernet.decrypt(value.encode()).decode()
        except InvalidToken:
            return ""


@dataclass(frozen=True)
class KeyUsage:
    """The tokens in the database, by the key that decrypts them."""

    newest_key: int
    older_keys: int
    unreadable: int


class Installations(SQLAlchemyInstallationStore):
    """One record per workspace or organisation: the bot's token and ids, nothing of the person who installed.

    Of `keys` (Fernet) the first encrypts and all decrypt.  Methods raise DatabaseUnavailable.
    """

    def __init__(self, client_id: str, database: Database, keys: Sequence[str]) -> None:
        super().__init__(client_id, database.engine, logger=log)
        self._database, self._newest = database, Fernet(keys[0])
        self._fernet = MultiFernet([Fernet(key) for key in keys])
        for name in ("bot_token", "bot_refresh_token"):
            self.bots.c[name].type = EncryptedText(keys)

    @classmethod
    def build_installations_table(cls, metadata: MetaData, table_name: str) -> Table:
        return Table(table_name, MetaData())  # of the people who installed; not kept

    def save(self, installation: Installation) -> None:
        """Keep the bot's token in the place of that of an earlier installation."""
        self.save_bot(installation.to_bot())

    def save_bot(self, bot: Bot) -> None:
        values = {name: value for name, value in bot.to_dict().items() if name in self.bots.c}
        values["installed_at"] = normalize_datetime_for_db(values["installed_at"])
        key = bot.enterprise_id, None if bot.is_enterprise_install else bot.team_id
        values |= {"client_id": self.client_id, "enterprise_id": key[0], "team_id": key[1]}
        with self._database.connection() as connection:
            connection.execute(self.bots.delete().where(*self._is(key)))
            connection.execute(self.bots.insert(), values)

    def find(self, key: Key) -> Bot | None:
        """The installation of a workspace or an organisation; None too where its token cannot be decrypted."""
        with self._database.connection() as connection:
            row = connection.execute(self.bots.select().where(*self._is(key))).mappings().first()
        if row is None:
            return None
        if not row["bot_token"]:
            log.error(
                "token unreadable code=token_unreadable team=%s enterprise=%s: TOKEN_ENCRYPTION_KEY lacks its key",
                key[1],
                key[0],
            )
            return None
        return self.build_bot_entity(row)

    def find_place(self, place: str) -> Bot | None:
        """The newest installation of a workspace, whether or not it is kept with its organisation, or of an organisation."""
        keys = (key for key in reversed(self.keys()) if place == (key[1] or key[0]))
        return next((bot for key in keys if (bot := self.find(key))), None)

    def find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        return self.find((enterprise_id, None if is_enterprise_install else team_id))

    def delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        with self._database.connection() as connection:
            connection.execute(self.bots.delete().where(*self._is((enterprise_id, team_id))))

    def delete_all(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        self.delete_bot(enterprise_id=enterprise_id, team_id=team_id)

    def reencrypt(self) -> int:
        """Encrypt with the newest key what an older one has encrypted; returns the number of tokens changed."""
        column, changed = type_coerce(self.bots.c.bot_token, Text), 0
        tokens = self._tokens()
        with self._database.connection() as connection:
            for number, token in tokens:
                if _decrypts(self._fernet, token) and not _decrypts(self._newest, token):
                    update = self.bots.update().where(self.bots.c.id == number, column == token)
                    rotated = self._fernet.rotate(token.encode()).decode()
                    changed += connection.execute(
                        update.values(bot_token=type_coerce(rotated, Text))
                    ).rowcount
        return changed

    def key_usage(self) -> KeyUsage:
        """How many tokens each key decrypts."""
        tokens = [token for _, token in self._tokens()]
        newest = sum(_decrypts(self._newest, token) for token in tokens)
        readable = sum(_decrypts(self._fernet, token) for token in tokens)
        return KeyUsage(newest, readable - newest, len(tokens) - readable)

    def keys(self) -> list[Key]:
        """Organisation and workspace of every installation, oldest first."""
        columns = self.bots.c
        query = select(columns.enterprise_id, columns.team_id).where(columns.client_id == self.client_id)
        with self._database.connection() as connection:
            return [(row[0], row[1]) for row in connection.execute(query.order_by(columns.id))]

    def _tokens(self) -> list[tuple[int, str]]:
        columns = self.bots.c
        query = select(columns.id, type_coerce(columns.bot_token, Text)).where(
            columns.client_id == self.client_id
        )
        with self._database.connection() as connection:
            return [(row[0], row[1]) for row in connection.execute(query)]

    def _is(self, key: Key) -> tuple[Any, ...]:
        columns = self.bots.c
        return columns.client_id == self.client_id, columns.enterprise_id == key[0], columns.team_id == key[1]


class StoredAuthorize(Authorize):
    """The token a request may use, read from the database each time so that an uninstallation counts at once.

    While the database is unavailable, workspaces that were answered before still are.
    """

    def __init__(self, installations: Installations) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._installations = installations
        self._remembered: TTLCache[Key, Bot] = TTLCache(REMEMBERED, REMEMBERED_SECONDS)

    def __call__(
        self, *, context: BoltContext, enterprise_id: str | None, team_id: str | None, **_: object
    ) -> AuthorizeResult | None:
        for key in candidate_keys(enterprise_id, team_id, bool(context.is_enterprise_install)):
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
        try:
            bot = self._installations.find(key)
        except DatabaseUnavailable:
            if key in self._remembered:
                return self._remembered[key]
            raise
        self._remembered.pop(key, None)
        if bot:
            self._remembered[key] = bot
        return bot


def candidate_keys(enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool) -> list[Key]:
    """The installations that may serve a request, best first.

    A workspace that joined an organisation after it installed the app has a record without the organisation.
    """
    keys: list[Key] = []
    workspace = team_id if team_id and not team_id.startswith("E") and not is_enterprise_install else None
    organisation = enterprise_id or (team_id if team_id and team_id.startswith("E") else None)
    if workspace:
        keys.append((enterprise_id, workspace))
    if organisation:
        keys.append((organisation, None))
        if workspace:
            keys.append((None, workspace))
    return keys


def remove_installation(
    installations: Installations,
    client: WebClient,
    *,
    enterprise_id: str | None,
    team_id: str | None,
    is_enterprise_install: bool,
    noticed_at: float,
) -> bool:
    """Forget the installations that a notice of Slack's, sent at `noticed_at` (seconds since 1970), has ended.

    Notices come late and in either order, perhaps after the app was installed again.  So a recent installation, or one
    that the notice does not name, is forgotten only where Slack confirms that its token is dead.  Returns whether any
    was forgotten.  Raises DatabaseUnavailable, OSError or SlackApiError where that cannot be found out now.
    """
    forgotten = False
    keys = candidate_keys(enterprise_id, team_id, is_enterprise_install)
    for key in keys:
        bot, named = installations.find(key), key == keys[0]
        certain = bot is not None and named and bot.installed_at < noticed_at - CLOCK_SECONDS
        if (bot is None and named) or certain or (bot is not None and _is_dead(client, bot.bot_token)):
            installations.delete_bot(
                enterprise_id=key[0], team_id=key[1]
            )  # also one that cannot be decrypted
            forgotten = forgotten or bot is not None
    log.info("uninstalled team=%s enterprise=%s forgotten=%s", team_id, enterprise_id, forgotten)
    return forgotten


def _is_dead(client: WebClient, token: str) -> bool:
    try:
        client.auth_test(token=token)
    except SlackApiError as error:
        if error.response.get("error") in DEAD_TOKEN:
            return True
        raise
    return False


def _decrypts(fernet: Fernet | MultiFernet, token: str) -> bool:
    try:
        fernet.decrypt(token.encode())
    except InvalidToken:
        return False
    return True
