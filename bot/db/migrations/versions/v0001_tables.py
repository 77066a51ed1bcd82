"""The tables of release 0.1.0, which made them without Alembic; those that exist are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "gaps",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("words", sa.String(300), nullable=False, unique=True),
        sa.Column("asked", sa.Integer, nullable=False),
        sa.Column("first_seen", sa.Date, nullable=False),
        sa.Column("last_seen", sa.Date, nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("unknown", sa.JSON, nullable=False),
        sa.Column("nearest", sa.String(200)),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_index("ix_gaps_last_seen", "gaps", ["last_seen"], if_not_exists=True)
    op.create_table(
        "offers",
        sa.Column("sign", sa.String(20), primary_key=True),
        sa.Column("offered_at", sa.BigInteger, nullable=False),
        sa.Column("words", sa.String(300), nullable=False),
        sa.Column("unknown", sa.JSON, nullable=False),
        sa.Column("nearest", sa.String(200)),
        if_not_exists=True,
    )
    op.create_index("ix_offers_offered_at", "offers", ["offered_at"], if_not_exists=True)
    op.create_table(
        "thumbs",
        sa.Column("fact_id", sa.String(200), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("helpful", sa.Integer, nullable=False),
        sa.Column("unhelpful", sa.Integer, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("fact_id", sa.String(200), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("remark", sa.Text, nullable=False),
        sa.Column("made", sa.Date, nullable=False),
        sa.Column("closed", sa.Date),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_index("reports_made", "reports", ["made"], if_not_exists=True)
    op.create_table(
        "weeks",
        sa.Column("week", sa.String(10), primary_key=True),
        sa.Column("claimed", sa.Date, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "claims",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        if_not_exists=True,
    )
    op.create_index("claims_expires_at", "claims", ["expires_at"], if_not_exists=True)
    op.create_table(
        "slack_bots",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("client_id", sa.String(32), nullable=False),
        sa.Column("app_id", sa.String(32), nullable=False),
        sa.Column("enterprise_id", sa.String(32)),
        sa.Column("enterprise_name", sa.String(200)),
        sa.Column("team_id", sa.String(32)),
        sa.Column("team_name", sa.String(200)),
        sa.Column("bot_token", sa.Text),
        sa.Column("bot_id", sa.String(32)),
        sa.Column("bot_user_id", sa.String(32)),
        sa.Column("bot_scopes", sa.String(1000)),
        sa.Column("bot_refresh_token", sa.Text),
        sa.Column("bot_token_expires_at", sa.DateTime),
        sa.Column("is_enterprise_install", sa.Boolean, nullable=False),
        sa.Column("installed_at", sa.DateTime, nullable=False),
        if_not_exists=True,
    )
    op.create_index(
        "slack_bots_idx",
        "slack_bots",
        ["client_id", "enterprise_id", "team_id", "installed_at"],
        if_not_exists=True,
    )
