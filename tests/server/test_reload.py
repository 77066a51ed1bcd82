"""Facts are reloaded when their files change, and only if they are valid."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.core.facts.issues import DataError
from bot.core.search import SearchEngine
from bot.server.reload import FactsReloader, LastGoodFacts
from tests.support.facts import FOLDER
from tests.support.fake_slack import FakeSlack
from tests.support.process import Served, wait_until


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the small fact base."""
    shutil.copytree(FOLDER, tmp_path / "base")
    return tmp_path / "base"


@pytest.fixture
def live(folder: Path) -> Iterator[FactsReloader]:
    facts = FactsReloader(folder / "facts")
    facts.watch()
    yield facts
    facts.close()


def value(live: FactsReloader) -> str:
    return str(getattr(live.engine().base.by_id["trade-share-2018"], "value", ""))


def wait_for_value(live: FactsReloader, expected: str) -> None:
    wait_until(lambda: value(live) == expected)


def edited(path: Path, old: str, new: str) -> str:
    text = path.read_text(encoding="utf-8")
    assert old in text
    return text.replace(old, new)


def save(path: Path, old: str, new: str) -> None:
    path.write_text(edited(path, old, new), encoding="utf-8")


def break_(folder: Path, value: str = "49.5") -> None:
    save(folder / "facts/trade.yaml", f"value: {value}", f"valeu: {value}")


def fields(live: FactsReloader) -> list[str]:
    return [problem.field for problem in live.problems]


def test_a_good_edit_is_live(live: FactsReloader, folder: Path) -> None:
    save(folder / "facts/trade.yaml", "49.5", "51.5")
    wait_for_value(live, "51.5%")
    assert live.changed_at is not None
    temporary = folder / "facts/.trade.yaml.swp"  # as vim, VS Code's atomic saving and `sed -i` do
    temporary.write_text(edited(folder / "facts/trade.yaml", "51.5", "52.5"), encoding="utf-8")
    os.replace(temporary, folder / "facts/trade.yaml")
    wait_for_value(live, "52.5%")
    save(folder / "seeds/alpha-2019.yaml", "short: ", "short: New ")
    wait_until(lambda: live.engine().base.sources["alpha-2019"].short.startswith("New "))


def test_a_bad_edit_leaves_the_last_good_facts_and_is_logged_once(
    live: FactsReloader, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path, before, notified = folder / "facts/trade.yaml", live.engine(), []
    good = path.read_text(encoding="utf-8")
    live.on_reload = lambda: notified.append(fields(live))
    break_(folder)
    wait_until(lambda: len(notified) == 1)
    assert live.engine() is before
    path.touch()  # the same mistake, saved again
    wait_until(lambda: len(notified) == 2)
    (error,) = (record.getMessage() for record in caplog.records)
    for part in ("1 problem in the fact base", "facts/trade.yaml:", "valeu"):
        assert part in error
    path.write_text(good, encoding="utf-8")
    wait_until(lambda: len(notified) == 3)
    assert live.engine() is before
    assert notified == [["trade-share-2018.valeu"]] * 2 + [[]]


def test_files_saved_one_after_the_other_go_live_together(live: FactsReloader, folder: Path) -> None:
    """A fact moves to another file: in between, it is in neither."""
    versions: list[SearchEngine] = []
    live.on_reload = lambda: versions.append(live.engine())
    trade, defence = folder / "facts/trade.yaml", folder / "facts/defence.yaml"
    before, record, after = re.split(r"(trade-share-2018:\n(?:  .*\n)+)", trade.read_text(encoding="utf-8"))
    trade.write_text(before + after, encoding="utf-8")
    time.sleep(0.1)
    defence.write_text(defence.read_text(encoding="utf-8") + f"\n{record}\n", encoding="utf-8")
    wait_until(lambda: bool(versions))
    assert [version.base.by_id["trade-share-2018"].topic for version in versions] == ["defence"]


def test_a_half_written_file_is_waited_for(live: FactsReloader, folder: Path) -> None:
    """The first half reads as a good file with fewer facts, or as a bad one; neither is taken."""
    notified: list[int] = []
    live.on_reload = lambda: notified.append(len(live.problems))
    path, facts = folder / "facts/trade.yaml", len(live.engine().base.facts)
    text = edited(path, "49.5", "56.5")
    with path.open("w", encoding="utf-8") as file:
        for i in range(4):
            file.write(text[len(text) * i // 4 : len(text) * (i + 1) // 4])
            file.flush()
            time.sleep(0.15)
    wait_for_value(live, "56.5%")
    wait_until(lambda: bool(notified))  # it is called after the swap
    assert notified == [0]
    assert len(live.engine().base.facts) == facts


def test_a_folder_that_is_replaced_is_followed(live: FactsReloader, folder: Path, tmp_path: Path) -> None:
    """As after a checkout into a new folder or a remounted volume."""
    for number in ("57.5", "58.5"):
        shutil.copytree(FOLDER / "facts", tmp_path / f"new{number}")
        save(tmp_path / f"new{number}/trade.yaml", "49.5", number)
        (folder / "facts").rename(tmp_path / f"old{number}")
        time.sleep(0.05)
        (tmp_path / f"new{number}").rename(folder / "facts")
        wait_for_value(live, f"{number}%")
    save(folder / "facts/trade.yaml", "58.5", "59.5")
    wait_for_value(live, "59.5%")


def test_a_link_that_leads_elsewhere_is_followed(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "two")
    save(tmp_path / "two/facts/trade.yaml", "49.5", "60.5")
    (tmp_path / "current").symlink_to(folder.name)
    (tmp_path / "next").symlink_to("two")
    with contextlib.closing(FactsReloader(tmp_path / "current/facts")) as live:
        live.watch()
        os.replace(tmp_path / "next", tmp_path / "current")
        wait_for_value(live, "60.5%")
        save(tmp_path / "two/facts/trade.yaml", "60.5", "61.5")
        wait_for_value(live, "61.5%")


def test_other_files_are_left_alone(live: FactsReloader, folder: Path) -> None:
    notified: list[int] = []
    live.on_reload = lambda: notified.append(1)
    (folder / "facts/notes.txt").write_text("x", encoding="utf-8")
    (folder / "facts/.trade.yaml.swp").write_text("x", encoding="utf-8")
    time.sleep(1.2)
    assert not notified


def test_bad_facts_at_the_start_may_be_allowed_and_fixed(folder: Path) -> None:
    break_(folder)
    live = FactsReloader(folder / "facts", allow_broken=True)
    assert fields(live) == ["trade-share-2018.valeu"]
    assert live.engine().ask("trade share").status == "none"
    save(folder / "facts/trade.yaml", "valeu: ", "value: ")
    live.refresh()
    assert live.engine().ask("trade share").status == "answer"
    assert not live.problems


def test_a_copy_that_cannot_be_written_or_read_stops_nothing(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder", encoding="utf-8")
    assert value(FactsReloader(folder / "facts", last_good_folder=file)) == "49.5%"
    assert "code=last_good_not_kept" in caplog.text
    FactsReloader(folder / "facts", last_good_folder=tmp_path / "state")
    LastGoodFacts(tmp_path / "state", folder / "facts").path.write_bytes(b"PK, and then nothing")
    break_(folder)
    with pytest.raises(DataError):
        FactsReloader(folder / "facts", last_good_folder=tmp_path / "state")
    assert "code=last_good_unreadable" in caplog.text


# A served bot with two workers


def wait_for_both_workers(served: Served, condition: Callable[[dict[str, Any]], object]) -> None:
    """Until the condition holds for all of 16 responses in two seconds.

    Connections go to either worker; while one is busy with a reload, the other gets all of them.
    """

    def holds() -> bool:
        time.sleep(0.125)
        return bool(condition(served.json("/healthz")))

    wait_until(lambda: all(holds() for _ in range(16)))


def test_edits_over_http(slack: FakeSlack, folder: Path) -> None:
    path = folder / "facts/trade.yaml"
    good = path.read_text(encoding="utf-8")
    with Served(slack, "--http", UNIONSTATE_FACTS=str(path.parent), WEB_CONCURRENCY="2") as served:
        first = served.json("/healthz")["fact_base"]
        assert served.json("/healthz")["problems"] == []

        path.write_text(good.replace("49.5", "51.5"), encoding="utf-8")
        wait_for_both_workers(served, lambda health: health["fact_base"] != first)
        assert "51.5%" in served.ask()

        path.write_text(good.replace("value: 49.5%", "valeu: 52.5%"), encoding="utf-8")
        wait_for_both_workers(served, lambda health: health["problems"])
        (problem,) = served.json("/healthz")["problems"]
        assert problem.startswith("facts/trade.yaml:")
        assert "51.5%" in served.ask()
        assert served.command("about") == 200
        assert "valeu" in slack.posts()[-1].text

        path.write_text(good, encoding="utf-8")
        wait_for_both_workers(served, lambda health: health["fact_base"] == first and not health["problems"])
        assert served.stop() == 0
    assert served.log.count("code=facts_not_live") == 2  # a line of each process
    assert served.log.count("facts live fact_base=") == 4
    assert "Traceback" not in served.log


def test_questions_while_the_facts_change_are_answered_from_one_version(
    slack: FakeSlack, folder: Path
) -> None:
    """Every third edit is invalid and must not be used."""
    path = folder / "facts/trade.yaml"
    good, values = path.read_text(encoding="utf-8"), [f"{number}.5" for number in range(60, 66)]

    def edit() -> None:
        for number, value in enumerate(values):
            text = good.replace("49.5", value)
            text = text.replace("value:", "valeu:", 1) if number % 3 == 2 else text
            path.write_text(text, encoding="utf-8")
            time.sleep(1.5)

    with Served(slack, "--http", UNIONSTATE_FACTS=str(path.parent), WEB_CONCURRENCY="2") as served:
        editor = threading.Thread(target=edit)
        editor.start()
        while editor.is_alive():
            assert served.command("trade share") == 200
            time.sleep(0.02)
        assert served.stop() == 0
    texts = [f"{call.text} {call.blocks}" for call in slack.posts()]
    seen = [{value for value in ("49.5", *values) if value in text} for text in texts]
    assert {len(found) for found in seen} == {1}
    assert len(set.union(*seen)) > 2
    assert not set.union(*seen) & set(values[2::3])
    assert "Traceback" not in served.log
