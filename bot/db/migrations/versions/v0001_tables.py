"""Creates the tables that are missing; release 0.1.0 made its own without Alembic."""

import sqlalchemy as sa
from alembic import op
from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore

from bot.db.tables import METADATA

revision = "0001"
down_revision = None


def upgrade() -> None:
    METADATA.create_all(op.get_bind())
    bots = SQLAlchemyInstallationStore.build_bots_table(sa.MetaData(), "slack_bots")
    bots.c.bot_token.type = bots.c.bot_refresh_token.type = sa.Text()  # encrypted, they are longer
    bots.create(op.get_bind(), checkfirst=True)
