"""Keeps built search engines in the user's cache folder: to read one takes a fraction of the time that building one takes."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import os
import pickle
import sys
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
    is_on = os.environ.get("UNIONSTATE_CACHE", "").strip().lower() != "off"
    gc.disable()  # a million objects are made and none discarded: collections would only hold up every thread
    try:
        key = _key(*folders)
        path = _folder() / f"engine-{key}.pickle"
        if is_on and (engine := _read(path)):
            return engine
        engine = SearchEngine(load_fact_base(*folders))
        if is_on and key == _key(*folders):  # the files did not change while they were read
            # An unwritable folder, for example: it works without the cache.
            with contextlib.suppress(Exception):
                _write(path, engine)
        return engine
    finally:
        gc.enable()


def _folder() -> Path:
    """systemd's cache directory, else the user's."""
    if folder := os.environ.get("CACHE_DIRECTORY", "").split(":")[0]:
        return Path(folder)
    return Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / "unionstate"


def _key(*folders: Path) -> str:
    """A hash of the files and of everything else that the engine depends on."""
    digest = hashlib.sha256(f"{__version__} {sys.version} {numpy.__version__} {folders}".encode())
    for path in (path for folder in folders for path in files_that_count(folder)):
        digest.update(f"\0{path}\0".encode() + (path.read_bytes() if path.is_file() else b""))
    for path in sorted(path for path in _CODE.rglob("*.*") if path.suffix != ".pyc"):
        status = path.stat()
        digest.update(f"{path.name} {status.st_size} {status.st_mtime_ns}".encode())
    return digest.hexdigest()[:32]


def _read(path: Path) -> SearchEngine | None:
    """None without a file, or if another user can write to it: unpickling runs code."""
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
            for status in (os.stat(path.parent), os.fstat(file.fileno())):
                if status.st_uid != os.geteuid() or status.st_mode & 0o022:
                    return None
            engine = pickle.load(file)
        return engine if isinstance(engine, SearchEngine) else None
    except Exception:  # a truncated file, or one of another release, may raise anything
        return None


def _write(path: Path, engine: SearchEngine) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_suffix(f".{os.getpid()}")
    try:
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as file:
            pickle.dump(engine, file, protocol=5)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    for old in sorted(path.parent.glob("engine-*"), key=os.path.getmtime)[:-KEPT]:
        old.unlink()
