"""Reloads the facts atomically when their files change, and keeps the last good ones on disk."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import tempfile
import threading
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from bot.core.cache import load_engine
from bot.core.facts.base import FactBase
from bot.core.facts.issues import DataError, Problem
from bot.core.facts.loader import fact_folders, files_that_count, load_fact_base, yaml_files
from bot.core.facts.models import Vocabulary
from bot.core.search import SearchEngine

log = logging.getLogger(__name__)

# File system events would be quicker by a moment, but they get lost on network disks and when a folder is replaced.
POLL_SECONDS = 0.3
SETTLE_SECONDS = 0.5  # none may have changed for so long: files saved together belong together
PROBLEMS_LOGGED = 20


class LastGoodFacts:
    """A copy of the last valid fact files: a zip file in `folder`, with the version as its comment."""

    def __init__(self, folder: Path, facts: Path | None) -> None:
        # Named after the setting, not after the folder that a link leads to: releases change that.
        mark = hashlib.sha256(str(facts or "").encode()).hexdigest()[:8]
        self.path = folder / f"last-good-facts-{mark}.zip"

    def version(self) -> str | None:
        """The version of the facts that are kept; None where there are none."""
        with suppress(OSError, ValueError, zipfile.BadZipFile), zipfile.ZipFile(self.path) as archive:
            return archive.comment.decode()
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
                for name, folder in zip(("facts", "seeds"), folders, strict=True):
                    for path in yaml_files(folder):
                        archive.write(path, f"{name}/{path.relative_to(folder)}")
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
                return load_fact_base(Path(folder, "facts"), Path(folder, "seeds"))
        except (OSError, DataError) as error:
            failed = "last good facts cannot be read code=last_good_unreadable path=%s: %s"
            log.error(failed, self.path, error)
            return None


class FactsReloader:
    """The current facts, reloaded atomically; `engine` may be called from any thread at any time.

    If the first load fails, the last good facts are used; without any, DataError is raised, unless `allow_broken`:
    then the fact base is empty until the files are valid.
    """

    def __init__(
        self, facts: Path | None = None, *, allow_broken: bool = False, last_good_folder: Path | None = None
    ) -> None:
        self._facts = facts
        self._last_good = LastGoodFacts(last_good_folder, facts) if last_good_folder else None
        self.on_reload: Callable[[], None] = lambda: None  # called by the watching thread, good or bad
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="facts-reloader")
        self.problems: tuple[Problem, ...] = ()  # of the files as they are now; empty if they are in use
        self.changed_at: datetime | None = None  # when they were last written; None for the last good facts
        self._seen = self._snapshot()
        try:
            self._engine = load_engine(facts)
            self._accept(self._engine)
        except DataError as error:
            kept = self._last_good and self._last_good.load()
            if not (kept or allow_broken):
                raise
            self._engine = SearchEngine(kept or FactBase((), {}, {}, Vocabulary(), {}, "none"))
            self._reject(error)

    def engine(self) -> SearchEngine:
        """The facts to answer from.  Call it once for an answer, so that no answer mixes two versions."""
        return self._engine

    def watch(self) -> None:
        """Follow the files in a thread of this process: after a fork, and ended by `close`."""
        self._thread.start()

    def close(self) -> None:
        """Stop following the files; the facts stay usable."""
        self._stop.set()
        if self._thread.ident:
            self._thread.join()

    def refresh(self) -> None:
        """Reload the files if they have changed, once they no longer change."""
        while (snapshot := self._snapshot()) != self._seen and not self._stop.wait(SETTLE_SECONDS):
            if self._snapshot() != snapshot:
                continue
            self._seen = snapshot
            try:
                loaded: SearchEngine | DataError = load_engine(self._facts)
            except DataError as error:
                loaded = error
            if self._snapshot() == snapshot:  # else they changed while they were read
                if isinstance(loaded, DataError):
                    self._reject(loaded)
                else:
                    self._accept(loaded)
                self.on_reload()

    def _run(self) -> None:
        while not self._stop.wait(POLL_SECONDS):
            try:
                self.refresh()
            except Exception:  # a defect of ours
                log.exception("reloading the facts failed code=reload_failed")

    def _snapshot(self) -> list[tuple[str, int, int, int]]:
        """Name, inode, size and time of the last change of each file."""
        files = []
        for folder in fact_folders(self._facts):
            for path in files_that_count(folder):
                with suppress(OSError):  # deleted meanwhile, or a dangling link
                    status = path.stat()
                    files.append((str(path), status.st_ino, status.st_size, status.st_mtime_ns))
        return files

    def _accept(self, loaded: SearchEngine) -> None:
        is_new = loaded.base.version != self._engine.base.version
        if is_new:
            self._engine = loaded
        if is_new or self.problems:
            log.info("facts live fact_base=%s facts=%d", loaded.base.version, len(loaded.base.facts))
        newest = max(changed for *_, changed in self._seen)
        self.changed_at, self.problems = datetime.fromtimestamp(newest / 1e9, UTC), ()
        if self._last_good:
            self._last_good.save(fact_folders(self._facts), loaded.base.version)

    def _reject(self, error: DataError) -> None:
        if error.problems != self.problems:
            problems = "\n  ".join(str(problem) for problem in error.problems[:PROBLEMS_LOGGED])
            rejected = "facts not live code=facts_not_live, %s; answering from the last good ones"
            log.error(f"{rejected} fact_base=%s\n  %s", error, self._engine.base.version, problems)
        self.problems = error.problems
