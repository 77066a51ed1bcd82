"""The tables of the database, apart from slack_sdk's own."""

from __future__ import annotations

import importlib
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, Integer, String, Table

METADATA = sa.MetaData()
QUESTION_LENGTH, ID_LENGTH, HASH_LENGTH = 300, 200, 64

gaps = Table(  # questions without an answer; ids are not reused: `inbox --done q12` must not close a later question
    "gaps",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("words", String(QUESTION_LENGTH), nullable=False, unique=True),
    Column("asked", Integer, nullable=False),
    Column("first_seen", sa.Date, nullable=False),
    Column("last_seen", sa.Date, nullable=False, index=True),
    Column("outcome", String(20), nullable=False),
    Column("unknown", sa.JSON, nullable=False),
    Column("nearest", String(ID_LENGTH)),
    sa.Index("gaps_asked", "asked"),
    sqlite_autoincrement=True,
)
offers = Table(  # choices of which none has been chosen yet
    "offers",
    METADATA,
    Column("sign", String(20), primary_key=True),
    Column("offered_at", sa.BigInteger, nullable=False, index=True),  # seconds since 1970
    Column("words", String(QUESTION_LENGTH), nullable=False),
    Column("unknown", sa.JSON, nullable=False),
    Column("nearest", String(ID_LENGTH)),
)
thumbs = Table(
    "thumbs",
    METADATA,
    Column("fact_id", String(ID_LENGTH), primary_key=True),
    Column("day", sa.Date, primary_key=True),
    Column("helpful", Integer, nullable=False),
    Column("unhelpful", Integer, nullable=False),
)
reports = Table(
    "reports",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("fact_id", String(ID_LENGTH), nullable=False),
    Column("version", String(64), nullable=False),
    Column("reason", String(40), nullable=False),
    Column("remark", sa.Text, nullable=False),
    Column("made", sa.Date, nullable=False),
    Column("closed", sa.Date),
    sa.Index("reports_made", "made"),
    sqlite_autoincrement=True,
)
weeks = Table(  # weeks whose digest one of the processes has sent
    "weeks",
    METADATA,
    Column("week", String(10), primary_key=True),
    Column("claimed", sa.Date, nullable=False),
)
# Deliveries that were handled; the key is a hash, since ids of people stay out of the database.
claims = Table(
    "claims",
    METADATA,
    Column("key", String(HASH_LENGTH), primary_key=True),
    Column("expires_at", sa.BigInteger, nullable=False),
    sa.Index("claims_expires_at", "expires_at"),
)
turns = Table(  # the last question of each conversation, under a hash of ids
    "turns",
    METADATA,
    Column("conversation", String(HASH_LENGTH), primary_key=True),
    Column("question", sa.Text, nullable=False),
    Column("facts", sa.Text, nullable=False),  # ids, separated by spaces
    Column("expires_at", sa.BigInteger, nullable=False),
    sa.Index("turns_expires_at", "expires_at"),
)


def upsert(
    connection: sa.Connection, table: Table, keys: tuple[str, ...], rows: list[dict[str, Any]],
    added: tuple[str, ...] = (), kept: tuple[str, ...] = (),
) -> None:  # fmt: skip
    """Insert rows, or change those with the same keys: to the new values, by adding them up, or not.

    In one statement each: two processes may do so at once.
    """
    dialect: Any = importlib.import_module(f"sqlalchemy.dialects.{connection.dialect.name}")
    statement = dialect.insert(table)
    changes = {name: statement.excluded[name] for name in rows[0] if name not in (*keys, *kept)}
    changes |= {name: table.c[name] + statement.excluded[name] for name in added}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changes), rows)
