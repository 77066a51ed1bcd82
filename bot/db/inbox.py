"""The maintainers' inbox: unanswered questions, thumbs and reports, written in the background.

No person, no channel and no hour is kept: a question is its folded words, a count and two days.  Choices are the
exception: for an hour they wait under a random id for one of them to be chosen.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeAlias

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.core.feedback.inbox import (
    REASONS,
    Inbox,
    InboxContents,
    Question,
    Report,
    Thumbs,
    cluster_questions,
    kept_words,
)
from bot.core.search import SearchEngine
from bot.db.engine import Database, DatabaseUnavailable
from bot.db.tables import claims, gaps, offers, reports, thumbs, turns, upsert, weeks

log = logging.getLogger(__name__)

KEPT_DAYS = 180
QUESTIONS_KEPT = 20_000  # beyond these, the ones asked least and longest ago are forgotten
QUESTIONS_READ = 300  # of them, the ones asked most
CHOICE_SECONDS = 3600  # choices of which none was chosen for so long count as unanswered
QUEUED = 2_000  # entries that wait to be written
TIDY_SECONDS = 6 * 3600.0
CLOSE_SECONDS = 6.0
REMARK_LENGTH = 3_000
WRITE_SECONDS = 0.2  # between two transactions
UNKNOWN_KEPT = 10  # words of a question

# What writes rows of one kind, and one of these rows.
_Entry: TypeAlias = tuple[Callable[[Connection, list[Any]], object], Any]


class DatabaseInbox(Inbox):
    """An Inbox (`bot.core.feedback.inbox`) that writes in its own thread, many entries in a transaction.

    Calls return at once and never raise, except `report`, which waits for the database.  While that is unavailable
    questions and thumbs are dropped; reports wait.  Without `questions` (GAP_LOG=off) only thumbs and reports are kept.
    """

    def __init__(
        self, database: Database, *, questions: bool = True, clock: Callable[[], float] = time.time
    ) -> None:
        self._database, self._questions, self._clock = database, questions, clock
        self._waiting: deque[_Entry] = deque()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._dropped = 0

    @property
    def waiting(self) -> int:
        """How many entries are not written yet."""
        return len(self._waiting)

    def unanswered(
        self, question: str, outcome: str, unknown: tuple[str, ...], nearest: str | None
    ) -> str | None:
        words = kept_words(question) if self._questions else ""
        if not words:
            return None
        known = set(words.split())
        kept = [word for word in unknown if word in known][:UNKNOWN_KEPT]
        row = {"words": words, "unknown": kept, "nearest": nearest}
        if outcome != "choices":
            self.put(_count_questions, _asked_once(row, outcome, _day(self._clock())))
            return None
        offer_id = secrets.token_hex(6)
        self.put(_add_offers, {**row, "sign": offer_id, "offered_at": int(self._clock())})
        return offer_id

    def chosen(self, offer_id: str) -> None:
        self.put(_remove_offers, {"offer_id": offer_id})

    def thumb(self, fact_id: str, helpful: bool) -> None:
        counts = {"helpful": int(helpful), "unhelpful": int(not helpful)}
        self.put(_count_thumbs, {"fact_id": fact_id, "day": _day(self._clock()), **counts})

    def report(self, fact_id: str, version: str, reason: str, remark: str) -> int | None:
        """The report's number; None where the database is unavailable: then the report waits for it."""
        row = {
            "fact_id": fact_id,
            "version": version,
            "reason": reason if reason in REASONS else REASONS[-1],
            "remark": remark.replace("\0", "").encode(errors="replace").decode()[:REMARK_LENGTH],
            "made": _day(self._clock()),
        }
        try:
            with self._database.connection() as connection:
                made = connection.execute(insert(reports).values(row)).inserted_primary_key
                return int(made[0]) if made else None
        except DatabaseUnavailable:
            self.put(_add_reports, row, limit=2 * QUEUED)
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
            self._thread.join(seconds)
            self._thread = None
        if lost := self.waiting:
            log.warning("inbox entries lost code=inbox_lost entries=%d: the database is unavailable", lost)

    def put(self, write: Callable[[Connection, list[Any]], object], row: Any, limit: int = QUEUED) -> None:
        """Have a row written soon, with others in one transaction; it is dropped where the database is unavailable."""
        if len(self._waiting) < limit:
            self._waiting.append((write, row))
        else:
            self._drop(1, "more than can be written")

    def _drop(self, entries: int, reason: str) -> None:
        if entries and not self._dropped:
            log.warning("inbox entries dropped code=inbox_dropped: %s", reason)
        self._dropped += entries

    def _run(self) -> None:
        tidy_at = time.monotonic() + secrets.randbelow(600)  # not all processes at once
        while not self._closing.wait(WRITE_SECONDS):
            if time.monotonic() >= tidy_at:
                self.put(lambda connection, rows: tidy(connection, *rows), self._clock())
                tidy_at = time.monotonic() + TIDY_SECONDS
            self._write_waiting()
        self._write_waiting()
        while self._waiting and self._database.error is None:  # it was busy
            self._write_waiting()

    def _write_waiting(self) -> None:
        if self._waiting:
            self._write([self._waiting.popleft() for _ in range(len(self._waiting))])

    def _write(self, batch: list[_Entry]) -> None:
        try:
            with self._database.connection() as connection:
                for write, entries in groupby(batch, itemgetter(0)):
                    write(connection, [row for _, row in entries])
        except DatabaseUnavailable as error:
            busy = self._database.error is None
            kept = [entry for entry in batch if busy or entry[0] is _add_reports]
            self._waiting.extendleft(reversed(kept))
            self._drop(len(batch) - len(kept), str(error))
        except Exception:
            if len(batch) == 1:
                log.exception("inbox entry not kept code=inbox_write")
            else:  # one entry cannot be written; the others can
                for entry in batch:
                    self._write([entry])
        else:
            if self._dropped:
                log.warning("inbox entries are written again dropped=%d", self._dropped)
            self._dropped = 0


def _day(seconds: float) -> date:
    return datetime.fromtimestamp(seconds, UTC).date()


def _asked_once(question: dict[str, Any], outcome: str, day: date) -> dict[str, Any]:
    return {**question, "outcome": outcome, "asked": 1, "first_seen": day, "last_seen": day}


def _count_questions(connection: Connection, rows: list[dict[str, Any]]) -> None:
    upsert(connection, gaps, ("words",), rows, added=("asked",), kept=("first_seen",))


def _count_thumbs(connection: Connection, rows: list[dict[str, Any]]) -> None:
    upsert(connection, thumbs, ("fact_id", "day"), rows, added=("helpful", "unhelpful"))


def _add_offers(connection: Connection, rows: list[dict[str, Any]]) -> None:
    connection.execute(insert(offers), rows)


def _remove_offers(connection: Connection, rows: list[dict[str, Any]]) -> None:
    connection.execute(delete(offers).where(offers.c.sign == bindparam("offer_id")), rows)


def _add_reports(connection: Connection, rows: list[dict[str, Any]]) -> None:
    connection.execute(insert(reports), rows)


def tidy(connection: Connection, now: float) -> None:
    """Count choices of which none was chosen, and forget what is old or too much."""
    overdue = select(offers).where(offers.c.offered_at <= int(now) - CHOICE_SECONDS).order_by(offers.c.sign)
    for row in connection.execute(overdue).all():
        # The process that removes the row counts it: another may be doing the same.
        if connection.execute(delete(offers).where(offers.c.sign == row.sign)).rowcount:
            question = {"words": row.words, "unknown": row.unknown, "nearest": row.nearest}
            _count_questions(connection, [_asked_once(question, "choices", _day(row.offered_at))])
    oldest = _day(now) - timedelta(days=KEPT_DAYS)
    for column in (gaps.c.last_seen, thumbs.c.day, reports.c.made, weeks.c.claimed):
        connection.execute(delete(column.table).where(column < oldest))
    for table in (claims, turns):
        connection.execute(delete(table).where(table.c.expires_at <= int(now)))
    if connection.execute(select(func.count()).select_from(gaps)).scalar_one() > QUESTIONS_KEPT:
        kept = select(gaps.c.id).order_by(gaps.c.asked.desc(), gaps.c.last_seen.desc()).limit(QUESTIONS_KEPT)
        connection.execute(delete(gaps).where(gaps.c.id.not_in(kept)))


def read(
    database: Database, finder: SearchEngine | None = None, since: date | None = None, *, now: float = 0
) -> InboxContents:
    """The inbox, as a whole or since a day; open reports are included whenever they were made.

    With `finder`, questions that the facts answer by now are marked.  Raises DatabaseUnavailable.
    """
    first, unhelpful = since or date.min, func.sum(thumbs.c.unhelpful)
    asked_most = select(gaps).where(gaps.c.last_seen >= first).order_by(gaps.c.asked.desc(), gaps.c.id)
    counted = (
        select(thumbs.c.fact_id, func.sum(thumbs.c.helpful), unhelpful)
        .where(thumbs.c.day >= first)
        .group_by(thumbs.c.fact_id)
        .having(unhelpful > 0)
        .order_by(unhelpful.desc(), thumbs.c.fact_id)
    )
    opened = select(*(column for column in reports.c if column.name != "closed"))
    with database.connection() as connection:
        tidy(connection, now or time.time())
        asked = connection.execute(asked_most.limit(QUESTIONS_READ))
        questions = [
            Question(id, words, count, first_seen, last_seen, outcome, tuple(unknown), nearest)
            for id, words, count, first_seen, last_seen, outcome, unknown, nearest in asked
        ]
        thumbed = tuple(Thumbs(id, int(up), int(down)) for id, up, down in connection.execute(counted))
        found = connection.execute(opened.where(reports.c.closed.is_(None)).order_by(reports.c.id))
        reported = tuple(Report(*row) for row in found)
    return InboxContents(cluster_questions(questions, finder.ask if finder else None), thumbed, reported)


def close_report(database: Database, number: int) -> bool:
    """Close a report; False where no open one has that number.  Raises DatabaseUnavailable."""
    open_one = (reports.c.id == number) & reports.c.closed.is_(None)
    with database.connection() as connection:
        statement = update(reports).where(open_one).values(closed=_day(time.time()))
        return bool(connection.execute(statement).rowcount)


def delete_questions(database: Database, numbers: Iterable[int]) -> int:
    """Forget questions, which come back when asked again; returns how many.  Raises DatabaseUnavailable."""
    with database.connection() as connection:
        return connection.execute(delete(gaps).where(gaps.c.id.in_(list(numbers)))).rowcount


def delete_thumbs(database: Database, fact_id: str) -> bool:
    """Forget the thumbs of a fact; False where it has none.  Raises DatabaseUnavailable."""
    with database.connection() as connection:
        return bool(connection.execute(delete(thumbs).where(thumbs.c.fact_id == fact_id)).rowcount)


def claim_week(database: Database, week: str, today: date) -> bool:
    """Whether this process is the one that sends the digest of a week (`2026-W48`).  Raises DatabaseUnavailable."""
    try:
        with database.connection() as connection:
            connection.execute(insert(weeks).values(week=week, claimed=today))
    except IntegrityError:
        return False
    return True


def release_week(database: Database, week: str) -> None:
    """Let another process send the digest of that week.  Raises DatabaseUnavailable."""
    with database.connection() as connection:
        connection.execute(delete(weeks).where(weeks.c.week == week))
