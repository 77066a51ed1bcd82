"""Keeps built search engines in the user's cache folder: to read one takes a fraction of the time that building one takes."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import os
import pickle
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy

from bot import __version__
from bot.core.facts.loader import fact_folders, files_that_count, load_fact_base
from bot.core.search import SearchEngine

KEPT = 4  # files; the oldest go
_CODE = Path(__file__).parent


def load_engine(facts: Path | None = None, seeds: Path | None = None) -> SearchEngine:
    """The search engine of these folders, which default as in `load_fact_base`; raises DataError as that does.

    It is built where UNIONSTATE_CACHE is "off", or the cache cannot be read, or holds none for these files and this code.
    """
    folders = fact_folders(facts, seeds)
    with garbage_collection_paused():
        path = cache_folder() / f"engine-{_key(*folders)}.pickle"
        engine = _read(path)
        if engine is None:
            engine = SearchEngine(load_fact_base(*folders))
            _write(path, engine)
    return engine


def cache_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """systemd's cache directory, else the user's."""
    if folder := environ.get("CACHE_DIRECTORY", "").split(":")[0]:
        return Path(folder)
    return Path(environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / "unionstate"


@contextlib.contextmanager
def garbage_collection_paused() -> Iterator[None]:
    """Loading makes a million objects and discards none: collections would only hold up every thread."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _key(*folders: Path) -> str:
    """A hash of the files, and of all else that the engine depends on."""
    digest = hashlib.sha256(f"{__version__} {sys.version} {numpy.__version__} {folders}".encode())
    for path in (path for folder in folders for path in files_that_count(folder)):
        digest.update(f"\0{path}\0".encode() + (path.read_bytes() if path.is_file() else b""))
    for path in sorted(_CODE.rglob("*.*")):
        if path.suffix != ".pyc":
            status = path.stat()
            digest.update(f"{path.name} {status.st_size} {status.st_mtime_ns}".encode())
    return digest.hexdigest()[:32]


def _is_off() -> bool:
    return os.environ.get("UNIONSTATE_CACHE", "").strip().lower() == "off"


def _read(path: Path) -> SearchEngine | None:
    """None where there is no file, or one that another user can write to: unpickling runs what is in it."""
    try:
        if _is_off() or not _is_ours(os.stat(path.parent)):
            return None
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
            engine = pickle.load(file) if _is_ours(os.fstat(file.fileno())) else None
        return engine if isinstance(engine, SearchEngine) else None
    except Exception:  # whatever a file that is cut short or of another release raises
        return None


def _is_ours(status: os.stat_result) -> bool:
    return status.st_uid == os.geteuid() and not status.st_mode & 0o022


def _write(path: Path, engine: SearchEngine) -> None:
    if _is_off():
        return
    with contextlib.suppress(
        Exception
    ):  # a folder that cannot be written to, say: the engine works all the same
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = path.with_suffix(f".{os.getpid()}")
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as file:
            pickle.dump(engine, file, protocol=5)
        new.replace(path)
        for old in sorted(path.parent.glob("engine-*"), key=os.path.getmtime)[:-KEPT]:
            old.unlink()
