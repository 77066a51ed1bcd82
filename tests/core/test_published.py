"""Ids outlive the names of facts: former ids answer, and what was published once goes on answering."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.check import check
from bot.core.load import data_folder, load_fact_base
from bot.core.model import FactBase
from bot.core.present.export import fact_as_json
from bot.core.published import FILE, publish, published_ids
from bot.core.search import SearchEngine
from bot.core.search.results import Answer
from tests.core.small import ALL, HEAD, PLANT, SHARE, load, write

RENAMED = SHARE.replace("trade-share-2018:", "russian-share-2018:").replace(
    "  asks:", "  former_ids: [trade-share-2018, share]\n  asks:"
)


def test_a_renamed_fact_answers_to_its_old_ids(tmp_path: Path) -> None:
    base = load(tmp_path, HEAD + RENAMED)
    (fact,) = base.facts
    for name in ("russian-share-2018", "trade-share-2018", "share"):
        assert base.get(name) is fact
        outcome = SearchEngine(base).ask(name)
        assert isinstance(outcome, Answer)
        assert outcome.fact is fact
    assert base.get("trade-share-2017") is None
    assert fact_as_json(base, fact)["former_ids"] == ["trade-share-2018", "share"]


def test_publishing_keeps_all_ids_that_ever_were(tmp_path: Path) -> None:
    facts = write(tmp_path, HEAD + PLANT + SHARE)
    assert publish(load_fact_base(facts), facts) == ("plant-begun", "trade-share-2018")
    assert list(published_ids(facts)) == ["plant-begun", "trade-share-2018"]
    content = (facts / FILE).read_bytes()
    assert publish(load_fact_base(facts), facts) == ()
    assert (facts / FILE).read_bytes() == content
    write(tmp_path, HEAD + PLANT + RENAMED)
    assert publish(load_fact_base(facts), facts) == ("russian-share-2018",)
    assert list(published_ids(facts)) == ["plant-begun", "russian-share-2018", "trade-share-2018"]


GONE = (
    "wanted its record under that id again, or `former_ids: [trade-share-2018]` on the fact that took its place: "
    "published ids go on answering"
)
# Two facts that name each other, as they are published, and the same after one of them was given another id.
LINKED = HEAD + PLANT.replace("  date:", "  see_also: [trade-share-2018]\n  date:") + SHARE.replace(
    "  asks:", "  see_also: [plant-begun]\n  asks:"
)  # fmt: skip
RENAMED_ALONE = LINKED.replace("\ntrade-share-2018:", "\nrussian-share-2018:")


def told(folder: Path, facts: str, **files: str) -> list[str]:
    return [str(p) for p in check(write(folder, facts, **files)).problems]


def publish_first(folder: Path, facts: str) -> None:
    written = write(folder, facts)
    publish(load_fact_base(written), written)


def test_check_refuses_an_id_that_was_published_and_is_gone(tmp_path: Path) -> None:
    publish_first(tmp_path, HEAD + PLANT + SHARE)
    assert told(tmp_path, HEAD + PLANT + SHARE.replace("trade-share-2018:", "russian-share-2018:")) == [
        f"facts/published-ids.txt:4: found “trade-share-2018”, which no fact answers to; {GONE}"
    ]
    assert told(tmp_path, HEAD + PLANT + RENAMED) == []


@pytest.mark.parametrize(
    "facts", [RENAMED_ALONE, LINKED.split("trade-share-2018:")[0]], ids=["renamed", "deleted"]
)
def test_a_published_id_that_others_name_is_told_once_and_not_to_be_taken_out_of_them(
    tmp_path: Path, facts: str
) -> None:
    publish_first(tmp_path, LINKED)
    assert told(tmp_path, facts) == [
        "facts/published-ids.txt:4: found “trade-share-2018”, which no fact answers to, though facts/trade.yaml:9 names it; "
        + GONE
    ]


def test_once_the_renamed_fact_has_its_former_id_those_that_name_it_are_told_the_new_one(
    tmp_path: Path,
) -> None:
    publish_first(tmp_path, LINKED)
    kept = RENAMED_ALONE.replace("  asks:", "  former_ids: [trade-share-2018]\n  asks:")
    assert told(tmp_path, kept) == [
        "facts/trade.yaml:9: plant-begun.see_also: found “trade-share-2018”; wanted russian-share-2018, as it is called now"
    ]
    assert told(tmp_path, kept.replace("see_also: [trade-share", "see_also: [russian-share")) == []


def test_what_is_gone_is_told_with_every_other_mistake(tmp_path: Path) -> None:
    publish_first(tmp_path, HEAD + PLANT + SHARE)
    first, second = told(tmp_path, HEAD + PLANT.replace("2013-11", "soon"))
    assert first.startswith("facts/published-ids.txt:4: found “trade-share-2018”, which no fact answers to; ")
    assert "plant-begun.date: found “soon”" in second


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("value: 49.5%", "value: [49.5%"),  # a record that cannot be parsed
        ("as_of: 2018", "as_of: soon"),  # one that does not validate
        ("kind: figure", "Kind: figure"),
    ],
)
def test_a_record_that_is_broken_is_not_gone_nor_are_its_former_ids(
    tmp_path: Path, old: str, new: str
) -> None:
    publish_first(tmp_path, HEAD + RENAMED)
    publish_first(
        tmp_path, HEAD + RENAMED.replace("[trade-share-2018, share]", "[]").replace("russian", "trade")
    )
    assert (HEAD + RENAMED).count(old) == 1
    problems = told(tmp_path, (HEAD + RENAMED).replace(old, new))
    assert problems
    assert [p for p in problems if FILE in p] == []


def test_a_folder_without_the_list_is_right_too(tmp_path: Path) -> None:
    facts = write(tmp_path, ALL)
    assert published_ids(facts) == {}
    assert check(facts).problems == ()


def test_a_list_may_have_comments_and_blank_lines(tmp_path: Path) -> None:
    facts = write(tmp_path, ALL)
    (facts / FILE).write_text("# why\n\nplant-begun # kept\n", encoding="utf-8")
    assert published_ids(facts) == {"plant-begun": 3}


def test_a_list_that_cannot_be_written_is_left_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = write(tmp_path, HEAD + PLANT)
    publish(load_fact_base(facts), facts)
    before = (facts / FILE).read_bytes()
    write(tmp_path, HEAD + PLANT + SHARE)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bot.core.files.os.replace", full)
    with pytest.raises(OSError, match="No space left"):
        publish(load_fact_base(facts), facts)
    assert (facts / FILE).read_bytes() == before
    assert sorted(p.name for p in facts.iterdir()) == [FILE, "trade.yaml"]  # nothing half-written lies about


def test_every_published_id_of_the_project_answers(base: FactBase) -> None:
    listed = published_ids(data_folder() / "facts")
    assert len(listed) > 300
    assert [name for name in listed if base.get(name) is None] == []
