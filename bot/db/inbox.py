"""The maintainers' inbox: unanswered questions, thumbs and reports, written beside the answers.

No person, no channel and no hour is kept: a question is its folded words, a count and two days.  Choices are the
exception: for an hour they wait under a random id for one of them to be chosen.
"""

from __future__ import annotations

import logging
import queue
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy import Column, Connection, Date, Integer, String, Table, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from bot.core.feedback.inbox import REASONS, InboxContents, Report, Thumbs
from bot.core.feedback.unanswered import LENGTH_KEPT, Question, cluster_questions, kept_words
from bot.core.search import SearchEngine
from bot.db.engine import Database, DatabaseUnavailable

log = logging.getLogger(__name__)

KEPT_DAYS = 180
QUESTIONS_KEPT = 20_000  # beyond these, the ones asked least and longest ago are forgotten
QUESTIONS_READ = 300  # of them, the ones asked most
CHOICE_SECONDS = 3600  # choices of which none was chosen for so long count as unanswered
QUEUED = 2_000  # entries that wait to be written
BATCH = 200  # entries of one transaction
TIDY_SECONDS = 6 * 3600.0
RETRY_SECONDS = 5.0  # between attempts to write reports that wait
CLOSE_SECONDS = 6.0
REMARK_LENGTH = 3_000
_ID_LENGTH = 200
_UNKNOWN_KEPT = 10

METADATA = sa.MetaData()
# Ids are not reused: `inbox --done q12` must not close a later question.
_NUMBERED: dict[str, Any] = {"sqlite_autoincrement": True}
_gaps = Table(
    "gaps",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("words", String(LENGTH_KEPT), nullable=False, unique=True),
    Column("asked", Integer, nullable=False),
    Column("first_seen", Date, nullable=False),
    Column("last_seen", Date, nullable=False, index=True),
    Column("outcome", String(20), nullable=False),
    Column("unknown", sa.JSON, nullable=False),
    Column("nearest", String(_ID_LENGTH)),
    sa.Index("gaps_asked", "asked"),
    **_NUMBERED,
)
_offers = Table(
    "offers",
    METADATA,
    Column("sign", String(20), primary_key=True),
    Column("offered_at", sa.BigInteger, nullable=False, index=True),  # seconds since 1970
    Column("words", String(LENGTH_KEPT), nullable=False),
    Column("unknown", sa.JSON, nullable=False),
    Column("nearest", String(_ID_LENGTH)),
)
_thumbs = Table(
    "thumbs",
    METADATA,
    Column("fact_id", String(_ID_LENGTH), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("helpful", Integer, nullable=False),
    Column("unhelpful", Integer, nullable=False),
)
_reports = Table(
    "reports",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("fact_id", String(_ID_LENGTH), nullable=False),
    Column("version", String(64), nullable=False),
    Column("reason", String(40), nullable=False),
    Column("remark", sa.Text, nullable=False),
    Column("made", Date, nullable=False),
    Column("closed", Date),
    sa.Index("reports_made", "made"),
    **_NUMBERED,
)
_weeks = Table(  # weeks whose digest one of the processes sends
    "weeks",
    METADATA,
    Column("week", String(10), primary_key=True),
    Column("claimed", Date, nullable=False),
)

_Entry: TypeAlias = Callable[[Connection], object]


class DatabaseInbox:
    """An Inbox (`bot.core.feedback.inbox`) that writes from a thread of its own, many entries in a transaction.

    Calls return at once and never raise, except `report`, which waits for the database.  While that is unavailable
    questions and thumbs are dropped; reports wait.  Without `questions` (GAP_LOG=off) only thumbs and reports are kept.
    """

    def __init__(
        self,
        database: Database,
        *,
        questions: bool = True,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database, self._questions = database, questions
        self._today, self._clock = today, clock
        self._queue: queue.Queue[_Entry] = queue.Queue(QUEUED)
        self._late_reports: list[_Entry] = []
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._dropped = 0

    @property
    def waiting(self) -> int:
        """How many entries are not written yet."""
        return self._queue.qsize() + len(self._late_reports)

    def unanswered(
        self, question: str, outcome: str, unknown: tuple[str, ...], nearest: str | None
    ) -> str | None:
        """See `bot.core.feedback.inbox.Inbox`."""
        words = kept_words(question) if self._questions else ""
        if not words:
            return None
        said = set(words.split())
        kept = [word for word in unknown if word in said][:_UNKNOWN_KEPT]
        if outcome == "choices":
            offer_id = secrets.token_hex(6)
            row = {
                "sign": offer_id,
                "offered_at": int(self._clock()),
                "words": words,
                "unknown": kept,
                "nearest": nearest,
            }
            self._put(lambda connection: connection.execute(insert(_offers).values(row)))
            return offer_id
        self._put(partial(_count_question, self._today(), words, outcome, kept, nearest))
        return None

    def chosen(self, offer_id: str) -> None:
        """See `bot.core.feedback.inbox.Inbox`."""
        self._put(lambda connection: connection.execute(delete(_offers).where(_offers.c.sign == offer_id)))

    def thumb(self, fact_id: str, helpful: bool) -> None:
        """See `bot.core.feedback.inbox.Inbox`."""
        self._put(partial(_count_thumb, self._today(), fact_id, helpful))

    def report(self, fact_id: str, version: str, reason: str, remark: str) -> int | None:
        """See `bot.core.feedback.inbox.Inbox`.  Where the database is unavailable the report waits, and has no number yet."""
        values = {
            "fact_id": fact_id,
            "version": version,
            "reason": reason if reason in REASONS else REASONS[-1],
            "remark": remark.replace("\0", "").encode(errors="replace").decode()[:REMARK_LENGTH],
            "made": self._today(),
        }
        try:
            with self._database.connection() as connection:
                made = connection.execute(insert(_reports).values(values)).inserted_primary_key
                return int(made[0]) if made else None
        except DatabaseUnavailable:
            if len(self._late_reports) < QUEUED:
                self._late_reports.append(
                    lambda connection: connection.execute(insert(_reports).values(values))
                )
        except Exception:
            log.exception("report not kept code=inbox_write fact=%s reason=%s", fact_id, reason)
        return None

    def start(self) -> None:
        """Begin writing, in a thread of this process: after a fork, and ended by `close`."""
        if self._thread is None:
            self._closing.clear()
            self._thread = threading.Thread(target=self._run, name="inbox-writer", daemon=True)
            self._thread.start()

    def close(self, seconds: float = CLOSE_SECONDS) -> None:
        """Write what still waits, for some seconds at most, and end."""
        if self._thread is not None:
            self._closing.set()
            self._put(lambda connection: None)  # wakes the thread
            self._thread.join(seconds)
            self._thread = None
        if lost := self.waiting:
            log.warning("inbox entries lost code=inbox_lost entries=%d: the database is unavailable", lost)

    def _put(self, entry: _Entry) -> None:
        try:
            self._queue.put_nowait(entry)
        except queue.Full:
            self._drop(1, "more than can be written")

    def _drop(self, entries: int, reason: str) -> None:
        if not self._dropped:
            log.warning("inbox entries dropped code=inbox_dropped: %s", reason)
        self._dropped += entries

    def _run(self) -> None:
        tidy_at = time.monotonic() + secrets.randbelow(600)  # not all processes at once
        while not (self._closing.is_set() and self._queue.empty()):
            batch: list[_Entry] = []
            try:
                batch.append(self._queue.get(timeout=RETRY_SECONDS))
                while len(batch) < BATCH:
                    batch.append(self._queue.get_nowait())
            except queue.Empty:
                pass
            if time.monotonic() >= tidy_at:
                batch.append(partial(tidy, self._today(), self._clock()))
                tidy_at = time.monotonic() + TIDY_SECONDS
            if batch or self._late_reports:
                self._write(batch)

    def _write(self, batch: list[_Entry]) -> None:
        late, self._late_reports = self._late_reports, []
        try:
            with self._database.connection() as connection:
                for entry in (*late, *batch):
                    entry(connection)
        except DatabaseUnavailable as error:
            self._late_reports[:0] = late
            self._drop(len(batch), str(error))
        except Exception:
            if len(batch) > 1:  # one entry cannot be written; the others can
                for entry in batch:
                    self._write([entry])
                return
            log.exception("inbox entry not kept code=inbox_write")
        else:
            if self._dropped:
                log.warning("inbox entries are written again dropped=%d", self._dropped)
            self._dropped = 0


def _upsert(
    connection: Connection, table: Table, keys: list[str], values: dict[str, Any], **changes: Any
) -> None:
    """Insert a row, or change the one with these keys; in one statement, so that two processes both count."""
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).values(values)
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changes))


def _count_question(
    day: date, words: str, outcome: str, unknown: list[str], nearest: str | None, connection: Connection
) -> None:
    values = {"words": words, "asked": 1, "first_seen": day}
    latest = {"last_seen": day, "outcome": outcome, "unknown": unknown, "nearest": nearest}
    _upsert(connection, _gaps, ["words"], {**values, **latest}, asked=_gaps.c.asked + 1, **latest)


def _count_thumb(day: date, fact_id: str, helpful: bool, connection: Connection) -> None:
    name = "helpful" if helpful else "unhelpful"
    values = {"fact_id": fact_id, "day": day, "helpful": int(helpful), "unhelpful": int(not helpful)}
    _upsert(connection, _thumbs, ["fact_id", "day"], values, **{name: _thumbs.c[name] + 1})


def tidy(today: date, now: float, connection: Connection) -> None:
    """Count choices of which none was chosen, and forget what is old or too much."""
    overdue = (
        select(_offers).where(_offers.c.offered_at <= int(now) - CHOICE_SECONDS).order_by(_offers.c.sign)
    )
    for row in connection.execute(overdue).all():
        # The process that removes the row counts it: another may be doing the same.
        if connection.execute(delete(_offers).where(_offers.c.sign == row.sign)).rowcount:
            day = datetime.fromtimestamp(row.offered_at, UTC).date()
            _count_question(day, row.words, "choices", list(row.unknown), row.nearest, connection)
    oldest = today - timedelta(days=KEPT_DAYS)
    for column in (_gaps.c.last_seen, _thumbs.c.day, _reports.c.made, _weeks.c.claimed):
        connection.execute(delete(column.table).where(column < oldest))
    kept = select(_gaps.c.id).order_by(_gaps.c.asked.desc(), _gaps.c.last_seen.desc()).limit(QUESTIONS_KEPT)
    if connection.execute(select(sa.func.count()).select_from(_gaps)).scalar_one() > QUESTIONS_KEPT:
        connection.execute(delete(_gaps).where(_gaps.c.id.not_in(kept)))


def read(
    database: Database,
    finder: SearchEngine | None = None,
    since: date | None = None,
    *,
    today: date | None = None,
    now: float | None = None,
) -> InboxContents:
    """The inbox, as a whole or since a day; open reports are included whenever they were made.

    With `finder`, questions that the facts answer by now are marked.  Raises DatabaseUnavailable.
    """
    first = since or date.min
    with database.connection() as connection:
        tidy(today or datetime.now(UTC).date(), time.time() if now is None else now, connection)
        asked_most = (
            select(_gaps).where(_gaps.c.last_seen >= first).order_by(_gaps.c.asked.desc(), _gaps.c.id)
        )
        gaps = [
            Question(
                row.id,
                row.words,
                row.asked,
                row.first_seen,
                row.last_seen,
                row.outcome,
                tuple(row.unknown),
                row.nearest,
            )
            for row in connection.execute(asked_most.limit(QUESTIONS_READ))
        ]
        unhelpful = sa.func.sum(_thumbs.c.unhelpful)
        counted = (
            select(_thumbs.c.fact_id, sa.func.sum(_thumbs.c.helpful), unhelpful)
            .where(_thumbs.c.day >= first)
            .group_by(_thumbs.c.fact_id)
            .having(unhelpful > 0)
            .order_by(unhelpful.desc(), _thumbs.c.fact_id)
        )
        thumbs = tuple(
            Thumbs(fact_id, int(up), int(down)) for fact_id, up, down in connection.execute(counted)
        )
        opened = select(_reports).where(_reports.c.closed.is_(None)).order_by(_reports.c.id)
        reports = tuple(
            Report(row.id, row.fact_id, row.version, row.reason, row.remark, row.made)
            for row in connection.execute(opened)
        )
    return InboxContents(cluster_questions(gaps, finder.ask if finder else None), thumbs, reports)


def close_report(database: Database, number: int) -> bool:
    """Close a report; False where no open one has that number.  Raises DatabaseUnavailable."""
    open_one = (_reports.c.id == number) & _reports.c.closed.is_(None)
    with database.connection() as connection:
        statement = sa.update(_reports).where(open_one).values(closed=datetime.now(UTC).date())
        return bool(connection.execute(statement).rowcount)


def delete_questions(database: Database, numbers: Iterable[int]) -> int:
    """Forget questions, which come back when asked again; returns how many.  Raises DatabaseUnavailable."""
    with database.connection() as connection:
        return connection.execute(delete(_gaps).where(_gaps.c.id.in_(list(numbers)))).rowcount


def delete_thumbs(database: Database, fact_id: str) -> bool:
    """Forget the thumbs of a fact; False where it has none.  Raises DatabaseUnavailable."""
    with database.connection() as connection:
        return bool(connection.execute(delete(_thumbs).where(_thumbs.c.fact_id == fact_id)).rowcount)


def claim_week(database: Database, week: str, today: date) -> bool:
    """Whether this process is the one that sends the digest of a week (`2026-W48`).  Raises DatabaseUnavailable.

    The first week of a new database is claimed by none: a bot that was just set up has nothing to report.
    """
    try:
        with database.connection() as connection:
            known = connection.execute(select(sa.func.count()).select_from(_weeks)).scalar_one()
            connection.execute(insert(_weeks).values(week=week, claimed=today))
    except IntegrityError:
        return False
    return known > 0


def release_week(database: Database, week: str) -> None:
    """Let another process send the digest of that week.  Raises DatabaseUnavailable."""
    with database.connection() as connection:
        connection.execute(delete(_weeks).where(_weeks.c.week == week))
