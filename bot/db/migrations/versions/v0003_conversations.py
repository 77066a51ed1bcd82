"""The last question of each conversation, for follow-ups."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "turns",
        sa.Column("conversation", sa.String(64), primary_key=True),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        if_not_exists=True,
    )
    op.create_index("turns_expires_at", "turns", ["expires_at"], if_not_exists=True)
