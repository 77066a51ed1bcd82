"""The workspaces that installed the app: slack_sdk's store with encrypted tokens, and which token a request may use."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from types import SimpleNamespace
from typing import TypeAlias

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from slack_bolt import BoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.authorize import Authorize
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore
from slack_sdk.oauth.sqlalchemy_utils import normalize_datetime_for_db
from slack_sdk.web import WebClient
from sqlalchemy import select

from bot.db.engine import Database, DatabaseUnavailable

log = logging.getLogger(__name__)

# Slack's errors for a token that will never work again.
DEAD_TOKEN = frozenset({"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"})

# Organisation and workspace; the installation of an organisation has no workspace.
Key: TypeAlias = tuple[str | None, str | None]


class Installations(SQLAlchemyInstallationStore):
    """One record per workspace or organisation: the bot's token and ids, nothing of the person who installed.

    Of `keys` (Fernet) the first encrypts and all decrypt.  Methods raise DatabaseUnavailable.
    """

    def __init__(self, client_id: str, database: Database, keys: Sequence[str]) -> None:
        super().__init__(client_id, database.engine, logger=log)
        self.engine = SimpleNamespace(begin=database.connection, connect=database.connection)  # type: ignore[assignment]
        self._connection = database.connection
        self._newest, self._fernet = Fernet(keys[0]), MultiFernet([Fernet(key) for key in keys])

    def save(self, installation: Installation) -> None:
        """Keep the bot's token in the place of that of an earlier installation."""
        bot = installation.to_bot()
        columns = self.bots.c
        same = columns.enterprise_id == bot.enterprise_id, columns.team_id == bot.team_id
        values = {**bot.to_dict(), "client_id": self.client_id}
        values["bot_token"] = self._fernet.encrypt(bot.bot_token.encode()).decode()
        values["installed_at"] = normalize_datetime_for_db(values["installed_at"])
        with self._connection() as connection:
            connection.execute(self.bots.delete().where(columns.client_id == self.client_id, *same))
            connection.execute(self.bots.insert(), values)
        log.info("installed team=%s enterprise=%s", bot.team_id, bot.enterprise_id)

    def find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """The installation of a workspace or an organisation; None too where its token cannot be decrypted."""
        bot = super().find_bot(
            enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install
        )
        if bot:
            try:
                bot.bot_token = self._fernet.decrypt(bot.bot_token.encode()).decode()
            except InvalidToken:
                unreadable = "token unreadable code=token_unreadable team=%s enterprise=%s: TOKEN_ENCRYPTION_KEY lacks its key"
                log.error(unreadable, team_id, enterprise_id)
                return None
        return bot

    def find_place(self, place: str) -> Bot | None:
        """The newest installation of a workspace, whether or not it is kept with its organisation, or of an organisation."""
        found = [key for key in self.keys() if place == (key[1] or key[0])]
        return self.find_bot(enterprise_id=found[-1][0], team_id=found[-1][1]) if found else None

    def keys(self) -> list[Key]:
        """Organisation and workspace of every installation, oldest first."""
        columns = self.bots.c
        query = select(columns.enterprise_id, columns.team_id).where(columns.client_id == self.client_id)
        with self._connection() as connection:
            return [(row[0], row[1]) for row in connection.execute(query.order_by(columns.id))]

    def tokens(self) -> tuple[dict[int, str], dict[int, str]]:
        """The stored tokens that only an older key decrypts, and those that no key decrypts, by row."""
        columns, older, unreadable = self.bots.c, {}, {}
        query = select(columns.id, columns.bot_token).where(columns.client_id == self.client_id)
        with self._connection() as connection:
            for row, token in connection.execute(query).all():
                if not _decrypts(self._fernet, token):
                    unreadable[row] = token
                elif not _decrypts(self._newest, token):
                    older[row] = token
        return older, unreadable

    def reencrypt(self) -> int:
        """Encrypt with the newest key what an older one has encrypted; returns the number of tokens changed."""
        changed, columns = 0, self.bots.c
        for row, token in self.tokens()[0].items():
            unchanged = self.bots.update().where(columns.id == row, columns.bot_token == token)
            with self._connection() as connection:
                rotated = self._fernet.rotate(token.encode()).decode()
                changed += connection.execute(unchanged.values(bot_token=rotated)).rowcount
        return changed

    def remove(self, client: WebClient, context: BoltContext) -> None:
        """Deletes the installations that an event of Slack has ended: those whose tokens Slack refuses.

        Notices come late and in either order, perhaps after the app was installed again, and may not say that the
        installation was an organisation's.  Raises DatabaseUnavailable, OSError or SlackApiError where it cannot be
        found out now.
        """
        for number, key in enumerate(candidate_keys(context)):
            bot = self.find_bot(enterprise_id=key[0], team_id=key[1])
            # The first is removed too where its token cannot be decrypted.
            if _is_dead(client, bot.bot_token) if bot else number == 0:
                self.delete_bot(enterprise_id=key[0], team_id=key[1])
                log.info("uninstalled enterprise=%s team=%s", *key)


class StoredAuthorize(Authorize):
    """The token a request may use, read from the database each time so that an uninstallation counts at once.

    While the database is unavailable, workspaces that were answered before still are.
    """

    def __init__(self, installations: Installations) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._installations = installations
        self._remembered: dict[Key, Bot] = {}

    def __call__(
        self, *, context: BoltContext, enterprise_id: str | None, team_id: str | None, **_: object
    ) -> AuthorizeResult | None:
        for key in candidate_keys(context):
            if bot := self._find(key):
                ids = {"enterprise_id": enterprise_id, "team_id": team_id, "bot_id": bot.bot_id}
                user, token, scopes = bot.bot_user_id, bot.bot_token, bot.bot_scopes
                return AuthorizeResult(**ids, bot_user_id=user, bot_token=token, bot_scopes=scopes)
        log.warning("not installed team=%s enterprise=%s", team_id, enterprise_id)
        return None

    def _find(self, key: Key) -> Bot | None:
        try:
            bot = self._installations.find_bot(enterprise_id=key[0], team_id=key[1])
        except DatabaseUnavailable:
            if key in self._remembered:
                return self._remembered[key]
            raise
        if bot:
            self._remembered[key] = bot
        else:
            self._remembered.pop(key, None)
        return bot


def candidate_keys(context: BoltContext) -> list[Key]:
    """The installations that may serve a request, best first.

    A workspace that joined an organisation after it installed the app has a record without the organisation.
    """
    enterprise, team = context.enterprise_id, context.team_id
    is_organisation = bool(team and team.startswith("E"))
    workspace = None if is_organisation or context.is_enterprise_install else team
    organisation = enterprise or (team if is_organisation else None)
    keys = (enterprise, workspace), (organisation, None), (None, workspace)
    return [key for key in dict.fromkeys(keys) if any(key)]


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
        return bool(fernet.decrypt(token.encode()))
    except InvalidToken:
        return False
