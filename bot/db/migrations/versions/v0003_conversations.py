"""The last question of each conversation, for follow-ups."""

from alembic import op

from bot.db.tables import turns

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    turns.create(op.get_bind(), checkfirst=True)
