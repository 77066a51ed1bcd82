"""The gallery is current, within Slack's limits, and has every button that the bot handles."""

import json

import pytest

from tests import gallery
from tests.slack.test_manifest import registered

PICTURES = {picture.name: picture for picture in gallery.pictures()}
AGAIN = "if the change is intended, run `python -m tests.gallery` and check the diff"


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_unchanged(name: str) -> None:
    picture = PICTURES[name]
    assert picture.file.exists(), f"a new picture: {AGAIN}"
    assert json.loads(picture.file.read_text("utf-8")) == picture.payload, AGAIN


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_keeps_within_slacks_limits(name: str) -> None:
    assert PICTURES[name].problems() == []


def test_every_file_has_a_picture() -> None:
    assert {path.stem for path in gallery.FOLDER.glob("*.json")} == PICTURES.keys(), AGAIN


def test_every_button_has_a_listener_and_the_reverse() -> None:
    drawn = set().union(*(picture.pressed() for picture in PICTURES.values()))
    assert drawn == set(registered()["action"])
