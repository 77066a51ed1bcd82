"""A built engine is cached while facts and code are unchanged, and never read from a file that others can write."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.core import cache
from bot.core.cache import load_engine
from bot.core.facts.issues import DataError
from tests.support.facts import FOLDER


@pytest.fixture
def facts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("CACHE_DIRECTORY", raising=False)
    monkeypatch.delenv("UNIONSTATE_CACHE", raising=False)
    shutil.copytree(FOLDER, tmp_path / "base")
    return tmp_path / "base/facts"


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Grows with each engine that is built."""
    times: list[object] = []
    build = cache.SearchEngine.__init__

    def counted(self: object, *args: object) -> None:
        times.append(self)
        build(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(cache.SearchEngine, "__init__", counted)
    return times


def files(facts: Path) -> list[Path]:
    return sorted((facts.parents[1] / "unionstate").glob("*"))


def test_the_second_time_it_is_read_and_answers_alike(facts: Path, built: list[object]) -> None:
    first, second = load_engine(facts), load_engine(facts)
    assert len(built) == 1
    assert first.ask("trade share").facts == second.ask("trade share").facts != ()
    (file,) = files(facts)
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_an_edit_is_read_and_a_bad_one_reported(facts: Path, built: list[object]) -> None:
    load_engine(facts)
    path = facts / "trade.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("49.5", "51.5"), encoding="utf-8")
    assert "51.5" in str(load_engine(facts).ask("trade share").facts[0])
    path.write_text("broken", encoding="utf-8")
    with pytest.raises(DataError):
        load_engine(facts)
    assert len(built) == 2


UNUSABLE: dict[str, Callable[[Path], object]] = {
    "cut short": lambda file: file.write_bytes(file.read_bytes()[:-100]),
    "of something else": lambda file: file.write_bytes(b"cos\nsystem\n."),
    "writable by others": lambda file: file.chmod(0o622),
    "in a folder that is writable by others": lambda file: file.parent.chmod(0o777),
    "behind a link": lambda file: (file.rename(file.with_suffix(".moved")), file.symlink_to(file.with_suffix(".moved"))),
}  # fmt: skip


@pytest.mark.parametrize("how", UNUSABLE)
def test_a_file_that_cannot_be_trusted_is_not_read(facts: Path, built: list[object], how: str) -> None:
    load_engine(facts)
    UNUSABLE[how](files(facts)[0])
    assert load_engine(facts).ask("trade share").status == "answer"
    assert len(built) == 2


def test_turned_off_or_without_a_folder_it_is_built(
    facts: Path, built: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNIONSTATE_CACHE", "off")
    load_engine(facts)
    assert files(facts) == []
    monkeypatch.delenv("UNIONSTATE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(facts / "site.yaml"))
    load_engine(facts)
    assert len(built) == 2


def test_only_the_newest_files_are_kept(facts: Path) -> None:
    path = facts / "trade.yaml"
    for number in range(cache.KEPT + 2):
        path.write_text(f"{path.read_text(encoding='utf-8')}# {number}\n", encoding="utf-8")
        load_engine(facts)
    assert len(files(facts)) == cache.KEPT
