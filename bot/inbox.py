"""The maintainers' inbox in the database: written beside the answers, read by `unionstate inbox` and the weekly message.

Belongs here: its tables, writing them without holding up an answer, reading, closing and forgetting.
Does not belong here: opening a database (`bot.store`), laying like questions together (`bot.core.feedback.unanswered`),
how the inbox looks (`bot.terminal`, `bot.slack.digest`).

No person, no channel and no hour is kept: a question is its folded words, a count and two days.  Choices
are the exception, for an hour: they wait under a random sign for one of them to be tapped.
"""

from __future__ import annotations

import logging
import queue
import secrets
import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, TypeAlias

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    Date,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.core.feedback.inbox import REASONS, InboxContents, Report, Thumbs
from bot.core.feedback.unanswered import LENGTH_KEPT, Question, cluster_questions, kept_words
from bot.core.search import SearchEngine
from bot.store import Database, DatabaseAway

log = logging.getLogger(__name__)

KEPT_DAYS = 180
TAP_SECONDS = 3600  # choices of which none is tapped for so long are a gap
WAITING = 2_000  # what waits to be written while the database is slow or away; more is dropped
RETRY_SECONDS = 1.0
TIDY_SECONDS = 6 * 3600.0  # between two times that a process forgets what is old
CLOSE_SECONDS = 6.0  # what the end of the process waits for the last words to be written
REMARK_LENGTH = 3_000
_ID_LENGTH = 200
_UNKNOWN_KEPT = 10

METADATA = MetaData()
# Numbers of records are not used twice: `inbox --done q12` must not close what came to be q12 later.
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
    Column("unknown", JSON, nullable=False),
    Column("nearest", String(_ID_LENGTH)),
    **_NUMBERED,
)
_offers = Table(  # choices of which one may still be tapped
    "offers",
    METADATA,
    Column("sign", String(20), primary_key=True),
    Column("offered_at", BigInteger, nullable=False, index=True),  # seconds since 1970
    Column("words", String(LENGTH_KEPT), nullable=False),
    Column("unknown", JSON, nullable=False),
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
    Column("remark", Text, nullable=False),
    Column("made", Date, nullable=False),
    Column("closed", Date),
    Index("reports_made", "made"),
    **_NUMBERED,
)
_weeks = Table(  # weeks whose message one of the processes has taken on
    "weeks",
    METADATA,
    Column("week", String(10), primary_key=True),
    Column("claimed", Date, nullable=False),
)

_Job: TypeAlias = Callable[[Connection], object]


class KeptInbox:
    """An Inbox (`bot.core.feedback.inbox`) that writes to the database from a thread of its own.

    Calls return at once and never raise; while the database is away what they bring waits, up to `WAITING`
    of it.  Without `questions` (GAP_LOG=off) only thumbs and reports are kept.

    `start` begins writing, after a fork and not before; `close` writes what still waits.
    """

    def __init__(
        self,
        database: Database,
        *,
        questions: bool = True,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
        clock: Callable[[], float] = time.time,
    ) -> None:
        database.require(METADATA)
        self._database, self._questions = database, questions
        self._today, self._clock = today, clock
        self._jobs: queue.Queue[_Job] = queue.Queue(WAITING)
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._overflowed = False

    # -- what surfaces call -----------------------------------------------------------------------

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
            sign = secrets.token_hex(6)
            self._put(partial(_offer, sign, int(self._clock()), words, kept, nearest))
            return sign
        self._put(partial(_count_gap, self._today(), words, outcome, kept, nearest))
        return None

    def chosen(self, sign: str) -> None:
        """See `bot.core.feedback.inbox.Inbox`."""
        self._put(lambda connection: connection.execute(delete(_offers).where(_offers.c.sign == sign)))

    def thumb(self, fact_id: str, helpful: bool) -> None:
        """See `bot.core.feedback.inbox.Inbox`."""
        self._put(partial(_count_thumb, self._today(), fact_id, helpful))

    def report(self, fact_id: str, version: str, reason: str, remark: str) -> int | None:
        """See `bot.core.feedback.inbox.Inbox`.  Where the database is away the report waits, and has no number yet."""
        values = {
            "fact_id": fact_id,
            "version": version,
            "reason": reason if reason in REASONS else REASONS[-1],
            "remark": _plain(remark)[:REMARK_LENGTH],
            "made": self._today(),
        }
        try:
            with self._database.asked() as engine, engine.begin() as connection:
                made = connection.execute(insert(_reports).values(values)).inserted_primary_key
                return int(made[0]) if made else None
        except DatabaseAway:
            self._put(lambda connection: connection.execute(insert(_reports).values(values)))
        except Exception:
            log.exception("a report was not kept fact=%s reason=%s", fact_id, reason)
        return None

    def _put(self, job: _Job) -> None:
        try:
            self._jobs.put_nowait(job)
            self._overflowed = False
        except queue.Full:
            if not self._overflowed:
                log.warning("inbox full: words for the maintainers are dropped until the database is back")
            self._overflowed = True

    # -- writing ----------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin writing, in a thread of this process.  The thread is no daemon: end it with `close`."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="inbox-writer")
            self._thread.start()

    def close(self, seconds: float = CLOSE_SECONDS) -> None:
        """Write what still waits and end; what cannot be written within some seconds is given up with a log line."""
        self._closing.set()
        self._put(_nothing)  # wakes the thread
        if self._thread is not None:
            self._thread.join(seconds)
            self._thread = None

    def _run(self) -> None:
        tidy_at = time.monotonic() + secrets.randbelow(600)  # several processes need not do it at once
        while True:
            job: _Job
            try:
                if self._closing.is_set():
                    job = self._jobs.get_nowait()
                else:
                    job = self._jobs.get(timeout=max(0.0, tidy_at - time.monotonic()))
            except queue.Empty:
                if self._closing.is_set():
                    return
                job = partial(tidy, self._today(), self._clock())
                tidy_at = time.monotonic() + TIDY_SECONDS
            while not self._is_done(job):
                if self._closing.wait(RETRY_SECONDS):
                    if self._is_done(job):
                        break
                    left = 1 + sum(other is not _nothing for other in list(self._jobs.queue))
                    log.warning("inbox: %d words for the maintainers lost, the database is away", left)
                    return

    def _is_done(self, job: _Job) -> bool:
        """Write, each job in a transaction of its own; False where it is to be tried again."""
        if job is _nothing:
            return True
        try:
            with self._database.asked() as engine, engine.begin() as connection:
                job(connection)
        except DatabaseAway as away:
            cause = away.__cause__
            if cause is None or isinstance(cause, OperationalError | InterfaceError | PoolTimeout | OSError):
                return False
            log.error("inbox: a word for the maintainers cannot be kept: %s", type(cause).__name__)
        except Exception:
            log.exception("inbox: a word for the maintainers was not kept")
        return True


def _nothing(_: Connection) -> None:
    """What wakes the writer."""


def _upsert(
    connection: Connection, table: Table, keys: list[str], values: dict[str, Any], **changes: Any
) -> None:
    """A new row of `values`, or `changes` to the one that has these keys; in one statement, so that two writers both count."""
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).values(values)
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changes))


def _count_gap(
    day: date, words: str, outcome: str, unknown: list[str], nearest: str | None, connection: Connection
) -> None:
    told = {"outcome": outcome, "unknown": unknown, "nearest": nearest}
    _upsert(
        connection, _gaps, ["words"],
        {"words": words, "asked": 1, "first_seen": day, "last_seen": day, **told},
        asked=_gaps.c.asked + 1, last_seen=day, **told,
    )  # fmt: skip


def _offer(
    sign: str, at: int, words: str, unknown: list[str], nearest: str | None, connection: Connection
) -> None:
    values = {"sign": sign, "offered_at": at, "words": words, "unknown": unknown, "nearest": nearest}
    connection.execute(insert(_offers).values(values))


def _count_thumb(day: date, fact_id: str, helpful: bool, connection: Connection) -> None:
    name = "helpful" if helpful else "unhelpful"
    values = {"fact_id": fact_id, "day": day, "helpful": int(helpful), "unhelpful": int(not helpful)}
    _upsert(connection, _thumbs, ["fact_id", "day"], values, **{name: _thumbs.c[name] + 1})


# -- reading, closing, forgetting -----------------------------------------------------------------


def tidy(today: date, now: float, connection: Connection) -> None:
    """Choices that nobody tapped become gaps; what is older than `KEPT_DAYS` is forgotten."""
    overdue = select(_offers).where(_offers.c.offered_at <= int(now) - TAP_SECONDS).order_by(_offers.c.sign)
    for row in connection.execute(overdue).all():
        # Whoever removes the row counts it: another process may be at the same.
        if connection.execute(delete(_offers).where(_offers.c.sign == row.sign)).rowcount:
            day = datetime.fromtimestamp(row.offered_at, UTC).date()
            _count_gap(day, row.words, "choices", list(row.unknown), row.nearest, connection)
    oldest = today - timedelta(days=KEPT_DAYS)
    for column in (_gaps.c.last_seen, _thumbs.c.day, _reports.c.made, _weeks.c.claimed):
        connection.execute(delete(column.table).where(column < oldest))


def read(
    database: Database,
    finder: SearchEngine | None = None,
    since: date | None = None,
    *,
    today: date | None = None,
    now: float | None = None,
) -> InboxContents:
    """What lies in the inbox, of all time or since a day; open reports are there whenever they were made.

    With the facts of the moment, questions that they answer by now are marked.  Raises DatabaseAway.
    """
    database.require(METADATA)
    first = since or date.min
    with database.asked() as engine, engine.begin() as connection:
        tidy(today or datetime.now(UTC).date(), time.time() if now is None else now, connection)
        gaps = [
            Question(
                row.id, row.words, row.asked, row.first_seen, row.last_seen, row.outcome, tuple(row.unknown), row.nearest
            )
            for row in connection.execute(select(_gaps).where(_gaps.c.last_seen >= first))
        ]  # fmt: skip
        unhelpful = func.sum(_thumbs.c.unhelpful)
        counted = (
            select(_thumbs.c.fact_id, func.sum(_thumbs.c.helpful), unhelpful)
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
    """Close a report; False where there is no open one of that number.  Raises DatabaseAway."""
    open_one = (_reports.c.id == number) & _reports.c.closed.is_(None)
    statement = update(_reports).where(open_one).values(closed=datetime.now(UTC).date())
    with database.asked() as engine, engine.begin() as connection:
        return bool(connection.execute(statement).rowcount)


def forget_gaps(database: Database, numbers: list[int]) -> int:
    """Forget questions; asked again, they come back.  Gives how many there were.  Raises DatabaseAway."""
    with database.asked() as engine, engine.begin() as connection:
        return connection.execute(delete(_gaps).where(_gaps.c.id.in_(numbers))).rowcount


def forget_thumbs(database: Database, fact_id: str) -> bool:
    """Forget how a fact was found; False where nobody had said so.  Raises DatabaseAway."""
    with database.asked() as engine, engine.begin() as connection:
        return bool(connection.execute(delete(_thumbs).where(_thumbs.c.fact_id == fact_id)).rowcount)


# -- the week -------------------------------------------------------------------------------------


def claim_week(database: Database, week: str, today: date) -> bool:
    """Whether this process is the one that sends the message of a week (`2026-W48`).  Raises DatabaseAway.

    The first week that a database hears of is nobody's: a bot that has just been set up has nothing to tell.
    """
    database.require(METADATA)
    try:
        with database.asked() as engine, engine.begin() as connection:
            known = connection.execute(select(func.count()).select_from(_weeks)).scalar_one()
            connection.execute(insert(_weeks).values(week=week, claimed=today))
    except IntegrityError:
        return False
    return known > 0


def release_week(database: Database, week: str) -> None:
    """Give the week back, since its message could not be sent.  Raises DatabaseAway."""
    with database.asked() as engine, engine.begin() as connection:
        connection.execute(delete(_weeks).where(_weeks.c.week == week))


def _plain(text: str) -> str:
    """Without what a database refuses (NUL, lone surrogates)."""
    return text.replace("\0", "").encode(errors="replace").decode()
