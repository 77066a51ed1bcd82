"""Facts that follow their files: watched, read anew, and exchanged whole or not at all.

Belongs here: noticing that fact files have changed, waiting until whoever writes them is done, and
keeping the last good facts where the new ones are bad.  Does not belong here: what makes a fact base
good (`bot.core.facts.report`), or how its problems are shown.

Each process watches for itself.  File system events (watchfiles) make it quick; a look at the files'
times every `LOOK_SECONDS` makes it sure, since events are lost on network disks, when a folder is
replaced, and where the system has no more watches to give.
"""

from __future__ import annotations

import gc
import hashlib
import logging
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, TypeAlias

from watchfiles import watch

from bot.core.facts.base import FactBase
from bot.core.facts.issues import DataError, Place, Problem
from bot.core.facts.loader import fact_folders, files_that_count, load_fact_base
from bot.core.facts.vocabulary import Vocabulary
from bot.core.search import SearchEngine

try:
    import fcntl
except ImportError:  # Windows, where the bot runs in one process
    fcntl = None  # type: ignore[assignment]

log = logging.getLogger(__name__)

# A good edit is live within two seconds even without events: these four, with some 0.4 s of reading, are less.
LOOK_SECONDS = 0.8
SETTLE_SECONDS = 0.2  # files saved in one go belong together: none may have changed for so long
# … and for so long more where facts are bad or have gone, as in a file that is half written or about to come back.
DOUBT_SECONDS = 0.5
RETRY_SECONDS = 0.05
PROBLEMS_LOGGED = 20
GIT_SECONDS = 5

# What the fact files look like from outside: name, inode, size and time of the last change of each.
Look: TypeAlias = tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True)
class _State:
    """What is answered from, and what was wrong with the files when they were last read.  Exchanged as one."""

    finder: SearchEngine
    changed_at: datetime | None
    problems: tuple[Problem, ...] = ()


class LiveFacts:
    """The facts of the moment.

    `finder()` gives them; whoever answers a question calls it once and answers from what it gave, so that no
    answer is made of two versions.  Threads may call it at any time.

    `facts` and `seeds` default as `load_fact_base` has it.  Raises DataError where the first reading fails,
    unless `allow_broken`: then the fact base is empty until the files are good.
    """

    def __init__(
        self, facts: Path | None = None, seeds: Path | None = None, *, allow_broken: bool = False
    ) -> None:
        self._given = (facts, seeds)
        self._subscribers: list[Callable[[], None]] = []
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._seen = self._look()
        try:
            self._state = _State(
                SearchEngine(load_fact_base(facts, seeds)), changed_at(*fact_folders(facts, seeds))
            )
        except DataError as error:
            if not allow_broken:
                raise
            nothing = FactBase((), {}, {}, Vocabulary(), {}, "none")
            self._state = _State(SearchEngine(nothing), None, error.problems)
        self._told = _ToldOnce()

    def finder(self) -> SearchEngine:
        """The facts to answer from: the last good ones."""
        return self._state.finder

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why the files as they are now are not answered from; empty where they are."""
        return self._state.problems

    @property
    def changed_at(self) -> datetime | None:
        """When the facts that are answered from last changed (UTC), as far as history or this process knows."""
        return self._state.changed_at

    def subscribe(self, callback: Callable[[], None]) -> None:
        """Have `callback` called, from the watching thread, after each reading, good or bad."""
        self._subscribers.append(callback)

    def watch(self) -> None:
        """Follow the files from now on, in a thread of this process; begin after a fork, not before.

        The thread is no daemon: end it with `close`.  A second call does nothing.
        """
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="facts-watcher")
            self._thread.start()

    def close(self) -> None:
        """End the watching, within a tenth of a second unless files are being read; the facts stay usable."""
        self._stop.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
        self._told.close()

    # -- watching ---------------------------------------------------------------------------------

    def _run(self) -> None:
        said = ""
        while not self._stop.is_set():
            try:
                self._follow()
                folders = fact_folders(*self._given)
                identity = _identity(folders)
                for _ in watch(
                    *folders,
                    watch_filter=None,
                    debounce=200,
                    step=20,
                    stop_event=self._stop,
                    rust_timeout=int(LOOK_SECONDS * 1000),
                    yield_on_timeout=True,
                    raise_interrupt=False,
                    recursive=False,
                ):
                    self._follow()
                    if _identity(fact_folders(*self._given)) != identity:
                        break  # the folder was replaced: the events of the old one are none of ours
            except FileNotFoundError:  # no such folder for the moment, which reading it has told
                self._stop.wait(LOOK_SECONDS)
            except Exception as error:  # such as: the system has no more watches to give
                if said != (said := repr(error)):
                    log.warning("no file events, looking every %s s: %s", LOOK_SECONDS, said)
                self._stop.wait(LOOK_SECONDS)

    def _follow(self) -> None:
        """Read the files if they have changed, once they keep still."""
        while not self._stop.is_set() and self._look() != self._seen:
            look = self._settled(self._look(), SETTLE_SECONDS)
            started = time.monotonic()
            found = self._read()
            if self._look() != look:
                continue  # written while it was read: perhaps half of it
            seconds = time.monotonic() - started
            if self._is_doubtful(found) and self._settled(look, DOUBT_SECONDS) != look:
                continue
            # From here on it is one version, whatever is written meanwhile.
            started = time.monotonic()
            finder = found if isinstance(found, DataError) else self._indexed(found)
            if not self._stop.is_set():
                self._accept(finder, look, seconds + time.monotonic() - started)

    def _is_doubtful(self, found: FactBase | DataError) -> bool:
        if isinstance(found, DataError):
            return True
        return bool(self._state.finder.base.by_id.keys() - found.by_id.keys())

    def _settled(self, look: Look, seconds: float) -> Look:
        """Waits until the files have looked the same for so long; gives how they look."""
        since = time.monotonic()
        while time.monotonic() - since < seconds and not self._stop.wait(RETRY_SECONDS):
            if (now := self._look()) != look:
                look, since = now, time.monotonic()
        return look

    def _look(self) -> Look:
        return _looked_at(fact_folders(*self._given))

    def _read(self) -> FactBase | DataError:
        try:
            with _collector_at_rest():
                return load_fact_base(*self._given)
        except DataError as error:
            return error
        except Exception as error:
            return self._mistake_of_ours(error)

    def _indexed(self, base: FactBase) -> SearchEngine | DataError:
        current = self._state.finder
        if current.base.version == base.version:
            return current
        try:
            with _collector_at_rest():
                return SearchEngine(base)
        except Exception as error:
            return self._mistake_of_ours(error)

    def _mistake_of_ours(self, error: Exception) -> DataError:
        """The last good facts answer all the same, and the maintainers see that the new ones do not."""
        log.error("the facts could not be read anew", exc_info=error)
        place = Place(fact_folders(*self._given)[0].name, 1)
        return DataError([Problem(place, "", "internal", f"{type(error).__name__} while reading")])

    def _accept(self, found: SearchEngine | DataError, look: Look, seconds: float) -> None:
        before, self._seen = self._state, look
        if isinstance(found, DataError):
            self._state = _State(before.finder, before.changed_at, found.problems)
            if found.problems != before.problems:
                self._tell_bad(found, before.finder.base)
        else:
            same = found.base.version == before.finder.base.version
            # Where no history tells, the change that has just been seen is as old as the newest file.
            changed = before.changed_at if same else changed_at(*fact_folders(*self._given)) or _newest(look)
            self._state = _State(found, changed)
            if found is not before.finder or before.problems:
                self._tell_good(before.finder.base, found.base, seconds)
        for callback in self._subscribers:
            try:
                callback()
            except Exception:
                log.exception("a subscriber to the facts failed")

    def _tell_good(self, old: FactBase, new: FactBase, seconds: float) -> None:
        if self._told.already(f"good {new.version}"):
            return
        log.info(
            "facts live fact_base=%s facts=%d added=%d changed=%d removed=%d ms=%.0f",
            new.version,
            len(new.facts),
            len(new.by_id.keys() - old.by_id.keys()),
            sum(1 for fact in new.facts if fact.id in old.by_id and old.by_id[fact.id] != fact),
            len(old.by_id.keys() - new.by_id.keys()),
            seconds * 1000,
        )

    def _tell_bad(self, error: DataError, kept: FactBase) -> None:
        lines = [str(problem) for problem in error.problems[:PROBLEMS_LOGGED]]
        if (more := len(error.problems) - len(lines)) > 0:
            lines.append(f"and {more} more: `unionstate check` lists them")
        if self._told.already("bad " + "\n".join(lines)):
            return
        log.error(
            "facts not live, %s; answering from the last good ones fact_base=%s\n  %s",
            error,
            kept.version,
            "\n  ".join(lines),
        )


class _ToldOnce:
    """What has been told last, shared with the processes that fork from this one: one of them writes it to the log.

    A locked file without a name, since such a lock ends with the process that holds it, however that ends.
    """

    def __init__(self) -> None:
        self._file: BinaryIO | None = None
        if fcntl is not None:
            try:
                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
            except OSError as error:  # a disk that cannot be written: each process tells
                log.debug("each process tells of the facts: %s", error)

    def already(self, what: str) -> bool:
        """Whether that is what was told last; if not, it is now."""
        if self._file is None:
            return False
        mark = hashlib.sha256(what.encode()).digest()
        fcntl.lockf(self._file, fcntl.LOCK_EX)
        try:
            self._file.seek(0)
            if self._file.read() == mark:
                return True
            self._file.seek(0)
            self._file.write(mark)
            return False
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """While a fact base is made: a million objects are made and none thrown away, so that collecting garbage finds none.

    It would take as long as the making itself, and hold up every thread for a tenth of a second at a time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _identity(folders: tuple[Path, ...]) -> tuple[object, ...]:
    """Which folders these are, whatever they are called."""
    found: list[object] = []
    for folder in folders:
        try:
            status = folder.stat()
            found.append((folder, status.st_dev, status.st_ino))
        except OSError:
            found.append(folder)
    return tuple(found)


def _looked_at(folders: Iterable[Path]) -> Look:
    files = []
    for folder in folders:
        for path in files_that_count(folder):
            try:
                status = path.stat()
            except OSError:  # gone meanwhile, or a link that leads nowhere
                files.append((str(path), 0, 0, 0))
            else:
                files.append((str(path), status.st_ino, status.st_size, status.st_mtime_ns))
    return tuple(files)


def changed_at(*folders: Path) -> datetime | None:
    """When the files of these folders last changed by git's history (UTC): their last commit, or what is edited since.

    None where they are in no history.  The times of files alone tell when they were copied, cloned or installed.
    """
    try:
        committed = [
            stamp for folder in folders if (stamp := _git(folder, "log", "-1", "--format=%ct", "--", "."))
        ]
        edited = [_git(folder, "status", "--porcelain", "--", ".") for folder in folders]
    except (OSError, subprocess.SubprocessError):  # no git, or no repository
        return None
    if committed and any(edited):
        return _newest(_looked_at(folders))
    return datetime.fromtimestamp(max(map(int, committed)), UTC) if committed else None


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "--no-optional-locks", "-C", str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, check=True, timeout=GIT_SECONDS, text=True)
    return done.stdout.strip()


def _newest(look: Look) -> datetime:
    """When the last of the files was written; now where there is none."""
    times = [changed for _, _, _, changed in look if changed]
    return datetime.fromtimestamp(max(times) / 1e9, UTC) if times else datetime.now(UTC)
