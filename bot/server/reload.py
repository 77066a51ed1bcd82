"""Reloads the facts atomically when their files change, and keeps the last good ones on disk."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from bot.core.cache import load_engine
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
    """A copy of the last valid fact files: a zip file in `folder`, with the version as its comment.

    It is named after `facts`, the setting, rather than after the folder that a link leads to: releases change that.
    """

    def __init__(self, folder: Path, facts: Path | None) -> None:
        mark = hashlib.sha256(str(facts or "").encode()).hexdigest()[:8]
        self.path = folder / f"last-good-facts-{mark}.zip"

    def version(self) -> str | None:
        """The version of the facts that are kept; None where there are none."""
        try:
            with zipfile.ZipFile(self.path) as archive:
                return archive.comment.decode()
        except (OSError, ValueError, zipfile.BadZipFile):
            return None

    def save(self, folders: tuple[Path, Path], version: str) -> None:
        """Keep the files of these folders, unless they are kept already; a failure is only logged."""
        if self.version() == version:
            return
        new = self.path.with_suffix(f".{os.getpid()}")
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.comment = version.encode()
                for number, folder in enumerate(folders):
                    for path in yaml_files(folder):
                        archive.write(path, f"{number}/{folder.name}/{path.relative_to(folder)}")
            os.replace(new, self.path)
        except OSError as error:
            log.warning("last good facts not kept code=last_good_not_kept path=%s: %s", self.path, error)

    def load(self) -> FactBase | None:
        """The facts that are kept; None where there are none, or this release cannot read them."""
        if not self.path.exists():
            return None
        try:
            with tempfile.TemporaryDirectory(prefix=".last-good-", dir=self.path.parent) as folder:
                shutil.unpack_archive(self.path, folder)
                facts, seeds = (next(Path(folder, number).iterdir()) for number in "01")
                return load_fact_base(facts, seeds)
        except (OSError, DataError) as error:
            log.error(
                "last good facts cannot be read code=last_good_unreadable path=%s: %s", self.path, error
            )
            return None


class FactsReloader:
    """The current facts, reloaded atomically; `engine` may be called from any thread at any time.

    `problems` says why the files as they are now are not answered from, and is empty where they are; `changed_at` is when
    the files that are answered from were last written (UTC), None for the last good facts.

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
        self._last_good = LastGoodFacts(last_good_folder, facts) if last_good_folder else None
        self._subscribers: list[Callable[[], None]] = []
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.problems: tuple[Problem, ...] = ()
        self.changed_at: datetime | None = None
        self._seen = self._snapshot()
        loaded = self._load()
        if isinstance(loaded, DataError):
            kept = self._last_good and self._last_good.load()
            if not (kept or allow_broken):
                raise loaded
            self._engine = SearchEngine(kept or FactBase((), {}, {}, Vocabulary(), {}, "none"))
        else:
            self._engine = loaded
        self._accept(loaded, self._seen)

    def engine(self) -> SearchEngine:
        """The facts to answer from.  Call it once for an answer, so that no answer mixes two versions."""
        return self._engine

    def subscribe(self, callback: Callable[[], None]) -> None:
        """Have `callback` called, from the watching thread, after each reload, good or bad."""
        self._subscribers.append(callback)

    def watch(self) -> None:
        """Follow the files in a thread of this process: after a fork, and ended by `close`."""
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
            loaded = self._load(self._engine)
            known = set() if isinstance(loaded, DataError) else loaded.base.by_id.keys()
            if self._is_steady(snapshot, DOUBT_SECONDS if self._engine.base.by_id.keys() - known else 0):
                self._accept(loaded, snapshot)

    def _run(self) -> None:
        while not self._stop.wait(POLL_SECONDS):
            try:
                self.refresh()
            except Exception:
                log.exception("reloading the facts failed code=reload_failed")

    def _is_steady(self, snapshot: Snapshot, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self._snapshot() == snapshot:
            if time.monotonic() >= deadline or self._stop.wait(0.05):
                return True
        return False

    def _snapshot(self) -> Snapshot:
        files = []
        for folder in fact_folders(*self._given):
            for path in files_that_count(folder):
                with suppress(OSError):  # deleted meanwhile, or a dangling link
                    status = path.stat()
                    files.append((str(path), status.st_ino, status.st_size, status.st_mtime_ns))
        return tuple(files)

    def _load(self, current: SearchEngine | None = None) -> SearchEngine | DataError:
        try:
            engine = load_engine(*self._given)
            return current if current and current.base.version == engine.base.version else engine
        except DataError as error:
            return error
        except Exception as error:  # a defect of ours: the last good facts answer all the same
            log.exception("the facts could not be loaded code=reload_failed")
            place = Place(fact_folders(*self._given)[0].name, 1)
            return DataError([Problem(place, "", "unreadable", f"{type(error).__name__} while reading")])

    def _accept(self, loaded: SearchEngine | DataError, snapshot: Snapshot) -> None:
        before, self._seen = self.problems, snapshot
        if isinstance(loaded, DataError):
            self.problems = loaded.problems
            if loaded.problems != before:
                self._log_rejected(loaded)
        else:
            is_new = loaded.base.version != self._engine.base.version
            if is_new:
                self._engine = loaded
            newest = max((changed for *_, changed in snapshot), default=0)
            self.changed_at, self.problems = datetime.fromtimestamp(newest / 1e9, UTC), ()
            if is_new or before:
                log.info("facts live fact_base=%s facts=%d", loaded.base.version, len(loaded.base.facts))
            if self._last_good:
                self._last_good.save(fact_folders(*self._given), loaded.base.version)
        for callback in self._subscribers:
            callback()

    def _log_rejected(self, error: DataError) -> None:
        lines = [str(problem) for problem in error.problems[:PROBLEMS_LOGGED]]
        if (more := len(error.problems) - len(lines)) > 0:
            lines.append(f"and {more} more: `unionstate check` lists them")
        log.error(
            "facts not live code=facts_not_live, %s; answering from the last good ones fact_base=%s\n  %s",
            error,
            self._engine.base.version,
            "\n  ".join(lines),
        )
