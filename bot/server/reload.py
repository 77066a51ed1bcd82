"""The facts to answer from: replaced as a whole when their files change, and kept on disk while they are good."""

from __future__ import annotations

import gc
import hashlib
import logging
import os
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from bot.core.facts.base import FactBase
from bot.core.facts.issues import DataError, Place, Problem
from bot.core.facts.loader import fact_folders, files_that_count, load_fact_base, yaml_files
from bot.core.facts.models import Vocabulary
from bot.core.search import SearchEngine

log = logging.getLogger(__name__)

# With some 0.4 s of loading, a good edit is live within two seconds.  File system events would be quicker by a moment,
# but they get lost on network disks and when a folder is replaced, so polling is needed anyway.
POLL_SECONDS = 0.3
SETTLE_SECONDS = 0.2  # files saved together belong together: none may have changed for so long,
DOUBT_SECONDS = 0.5  # and for so long more where facts are bad or missing, as in a half-written file
PROBLEMS_LOGGED = 20

# What the files look like from outside: name, inode, size and time of the last change of each.
Snapshot: TypeAlias = tuple[tuple[str, int, int, int], ...]


class LastGoodFacts:
    """A copy of the last valid fact files: one zip file in `folder`, with the version as its comment."""

    def __init__(self, folder: Path, facts: Path) -> None:
        mark = hashlib.sha256(str(facts.absolute()).encode()).hexdigest()[:8]
        self.path = folder / f"last-good-facts-{mark}.zip"

    def version(self) -> str | None:
        """The version of the facts that are kept; None where there are none."""
        try:
            with zipfile.ZipFile(self.path) as archive:
                return archive.comment.decode()
        except (OSError, ValueError, zipfile.BadZipFile):
            return None

    def save(self, folders: Iterable[Path], version: str) -> None:
        """Keep the files of these folders, unless they are kept already; what cannot be written is only logged."""
        if self.version() == version:
            return
        name = ""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=f".{self.path.name}.", dir=self.path.parent)
            with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.comment = version.encode()
                for number, folder in enumerate(folders):
                    for path in yaml_files(folder):
                        archive.write(path, f"{number}/{folder.name}/{path.relative_to(folder)}")
            os.replace(name, self.path)
        except OSError as error:
            log.warning("last good facts not kept code=last_good_not_kept path=%s: %s", self.path, error)
            with suppress(OSError):
                os.unlink(name)

    def load(self) -> FactBase | None:
        """The facts that are kept; None where there are none, or this release cannot read them."""
        try:
            with (
                zipfile.ZipFile(self.path) as archive,
                tempfile.TemporaryDirectory(prefix=".last-good-", dir=self.path.parent) as folder,
            ):
                archive.extractall(folder)
                facts, seeds = (next(Path(folder, number).iterdir()) for number in "01")
                return load_fact_base(facts, seeds)
        except (OSError, ValueError, zipfile.BadZipFile, StopIteration, DataError) as error:
            if self.path.exists():
                log.error(
                    "last good facts cannot be read code=last_good_unreadable path=%s: %s", self.path, error
                )
            return None


@dataclass(frozen=True)
class _State:
    """What is answered from, and what was wrong with the files when they were last read."""

    engine: SearchEngine
    changed_at: datetime | None
    problems: tuple[Problem, ...] = ()


class FactsReloader:
    """The current facts, reloaded atomically; `engine` may be called from any thread at any time.

    `facts` and `seeds` default as in `load_fact_base`.  Where the first load fails, the last good facts are used; without
    any, DataError is raised, unless `allow_broken`: then the fact base is empty until the files are good.
    """

    def __init__(
        self,
        facts: Path | None = None,
        seeds: Path | None = None,
        *,
        allow_broken: bool = False,
        last_good_folder: Path | None = None,
    ) -> None:
        self._given = (facts, seeds)
        self.last_good = LastGoodFacts(last_good_folder, fact_folders(facts)[0]) if last_good_folder else None
        self._subscribers: list[Callable[[], None]] = []
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._seen = self._snapshot()
        try:
            base = load_fact_base(facts, seeds)
        except DataError as error:
            kept = self.last_good.load() if self.last_good else None
            if kept is None and not allow_broken:
                raise
            kept = kept or FactBase((), {}, {}, Vocabulary(), {}, "none")
            self._state = _State(SearchEngine(kept), None, error.problems)
            self._log_rejected(error)
        else:
            self._state = _State(SearchEngine(base), _newest(self._seen))
            self._keep(base)

    def engine(self) -> SearchEngine:
        """The facts to answer from.  Call it once for an answer, so that no answer mixes two versions."""
        return self._state.engine

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why the files as they are now are not answered from; empty where they are."""
        return self._state.problems

    @property
    def changed_at(self) -> datetime | None:
        """When the files that are answered from were last written (UTC); None for the last good facts."""
        return self._state.changed_at

    def subscribe(self, callback: Callable[[], None]) -> None:
        """Have `callback` called, from the watching thread, after each reload, good or bad."""
        self._subscribers.append(callback)

    def watch(self) -> None:
        """Follow the files in a thread of this process: after a fork, and ended by `close`."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="facts-reloader")
            self._thread.start()

    def close(self) -> None:
        """Stop following the files; the facts stay usable."""
        self._stop.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def refresh(self) -> None:
        """Reload the files if they have changed, once they keep still."""
        while not self._stop.is_set() and (snapshot := self._snapshot()) != self._seen:
            if not self._is_steady(snapshot, SETTLE_SECONDS):
                continue
            started = time.monotonic()
            loaded = self._load()
            doubtful = isinstance(loaded, DataError) or bool(
                self.engine().base.by_id.keys() - loaded.base.by_id.keys()
            )
            if self._snapshot() != snapshot or (doubtful and not self._is_steady(snapshot, DOUBT_SECONDS)):
                continue  # perhaps half written
            if not self._stop.is_set():
                self._accept(loaded, snapshot, time.monotonic() - started)

    def _run(self) -> None:
        while not self._stop.wait(POLL_SECONDS):
            try:
                self.refresh()
            except Exception:
                log.exception("reloading the facts failed code=reload_failed")

    def _is_steady(self, snapshot: Snapshot, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self._stop.wait(0.05):
            if self._snapshot() != snapshot:
                return False
        return True

    def _snapshot(self) -> Snapshot:
        files = []
        for folder in fact_folders(*self._given):
            for path in files_that_count(folder):
                with suppress(OSError):  # deleted meanwhile, or a dangling link
                    status = path.stat()
                    files.append((str(path), status.st_ino, status.st_size, status.st_mtime_ns))
        return tuple(files)

    def _load(self) -> SearchEngine | DataError:
        try:
            with _garbage_collection_paused():
                base = load_fact_base(*self._given)
                return self.engine() if self.engine().base.version == base.version else SearchEngine(base)
        except DataError as error:
            return error
        except Exception as error:  # a defect of ours: the last good facts answer all the same
            log.exception("the facts could not be loaded code=reload_failed")
            place = Place(fact_folders(*self._given)[0].name, 1)
            return DataError([Problem(place, "", "unreadable", f"{type(error).__name__} while reading")])

    def _accept(self, loaded: SearchEngine | DataError, snapshot: Snapshot, seconds: float) -> None:
        before, self._seen = self._state, snapshot
        if isinstance(loaded, DataError):
            self._state = _State(before.engine, before.changed_at, loaded.problems)
            if loaded.problems != before.problems:
                self._log_rejected(loaded)
        else:
            self._state = _State(loaded, _newest(snapshot))
            self._keep(loaded.base)
            if loaded is not before.engine or before.problems:
                _log_accepted(before.engine.base, loaded.base, seconds)
        for callback in self._subscribers:
            try:
                callback()
            except Exception:
                log.exception("a subscriber to the facts failed")

    def _keep(self, base: FactBase) -> None:
        if self.last_good:
            self.last_good.save(fact_folders(*self._given), base.version)

    def _log_rejected(self, error: DataError) -> None:
        lines = [str(problem) for problem in error.problems[:PROBLEMS_LOGGED]]
        if (more := len(error.problems) - len(lines)) > 0:
            lines.append(f"and {more} more: `unionstate check` lists them")
        log.error(
            "facts not live code=facts_not_live, %s; answering from the last good ones fact_base=%s\n  %s",
            error,
            self.engine().base.version,
            "\n  ".join(lines),
        )


def _newest(snapshot: Snapshot) -> datetime:
    return datetime.fromtimestamp(max((changed for *_, changed in snapshot), default=0) / 1e9, UTC)


def _log_accepted(old: FactBase, new: FactBase, seconds: float) -> None:
    log.info(
        "facts live fact_base=%s facts=%d added=%d changed=%d removed=%d ms=%.0f",
        new.version,
        len(new.facts),
        len(new.by_id.keys() - old.by_id.keys()),
        sum(1 for fact in new.facts if fact.id in old.by_id and old.by_id[fact.id] != fact),
        len(old.by_id.keys() - new.by_id.keys()),
        seconds * 1000,
    )


@contextmanager
def _garbage_collection_paused() -> Iterator[None]:
    """Loading makes a million objects and discards none: collections would only hold up every thread."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
