"""An index for the questions that were asked most, so that the inbox reads only those."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_index("gaps_asked", "gaps", ["asked"], if_not_exists=True)
