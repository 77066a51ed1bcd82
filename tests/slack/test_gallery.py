"""The gallery holds what is sent today, within Slack's limits, and shows every button that the bot listens to."""

import json

import pytest

from tests import gallery
from tests.slack.test_manifest import heard

PICTURES = {picture.name: picture for picture in gallery.pictures()}
AGAIN = "if that was meant, run `python -m tests.gallery` and look at the difference"


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_as_it_is_kept(name: str) -> None:
    picture = PICTURES[name]
    assert picture.file.exists(), f"a new picture: {AGAIN}"
    assert json.loads(picture.file.read_text("utf-8")) == picture.payload, AGAIN


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_keeps_within_slacks_limits(name: str) -> None:
    assert PICTURES[name].problems() == []


def test_no_picture_is_kept_that_is_drawn_no_more() -> None:
    assert {path.stem for path in gallery.FOLDER.glob("*.json")} == PICTURES.keys(), AGAIN


def test_every_button_that_is_drawn_is_listened_to_and_the_reverse() -> None:
    drawn = set().union(*(picture.pressed() for picture in PICTURES.values()))
    assert drawn == set(heard()["action"])
