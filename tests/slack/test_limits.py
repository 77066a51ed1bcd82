"""The limit check names what Slack would refuse, and lets pass what it takes: both edges of each limit."""

from typing import Any

import pytest

from bot.slack.limits import check_message, check_view


def text(length: int, kind: str = "plain_text") -> dict[str, Any]:
    return {"type": kind, "text": "x" * length}


def section(**more: Any) -> dict[str, Any]:
    return {"type": "section", "text": text(1), **more}


def button(**more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": "a", "text": text(1), **more}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def rich(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


def option(length: int = 1) -> dict[str, Any]:
    return {"text": text(length), "value": "v"}


BLOCKS: list[tuple[str, dict[str, Any], str]] = [
    # a block that passes and a variation, with what is said of the variation ("" = it passes too)
    ("section", section(text=text(3000)), ""),
    ("section too long", section(text=text(3001)), "block 1 (section): text: 3001 characters, more than 3000"),
    ("section empty", section(text=text(0)), "block 1 (section): text: empty"),
    ("section of nothing", {"type": "section"}, "block 1 (section): neither text nor fields"),
    ("fields", section(fields=[text(900)] * 10), ""),
    ("field", section(fields=[text(2000)]), ""),
    ("fields too many", section(fields=[text(1)] * 11), "block 1 (section): fields: 11 of them, more than 10"),
    ("field too long", section(fields=[text(2001)]), "block 1 (section): field 1: 2001 characters, more than 2000"),
    ("unknown field", section(colour="red"), "block 1 (section): unknown field colour"),
    ("header", {"type": "header", "text": text(150)}, ""),
    ("header too long", {"type": "header", "text": text(151)}, "block 1 (header): text: 151 characters, more than 150"),
    ("header mrkdwn", {"type": "header", "text": text(1, "mrkdwn")}, "block 1 (header): text: type 'mrkdwn' does not belong here"),
    ("divider", {"type": "divider"}, ""),
    ("context", {"type": "context", "elements": [text(1, "mrkdwn")] * 10}, ""),
    ("context too many", {"type": "context", "elements": [text(1)] * 11}, "block 1 (context): elements: 11 of them, more than 10"),
    ("context none", {"type": "context", "elements": []}, "block 1 (context): elements: none"),
    ("image", {"type": "image", "image_url": "https://a.example/i.png", "alt_text": "a map"}, ""),
    ("image unread", {"type": "image", "image_url": "https://a.example/i.png"}, "block 1 (image): alt_text missing"),
    ("image unseen", {"type": "image", "alt_text": "a map"}, "block 1 (image): wants either image_url or slack_file"),
    ("actions", actions(*[button(action_id=str(i)) for i in range(25)]), ""),
    ("actions too many", actions(*[button(action_id=str(i)) for i in range(26)]), "block 1 (actions): elements: 26 of them, more than 25"),
    ("button", actions(button(text=text(75), value="v" * 2000, url="u" * 3000, accessibility_label="l" * 75)), ""),
    ("button text", actions(button(text=text(76))), "block 1 (actions): element 1: text: 76 characters, more than 75"),
    ("button value", actions(button(value="v" * 2001)), "block 1 (actions): element 1: value: 2001 characters, more than 2000"),
    ("button label", actions(button(accessibility_label="l" * 76)), "block 1 (actions): element 1: accessibility_label: 76 characters, more than 75"),
    ("button style", actions(button(style="loud")), "block 1 (actions): element 1: style 'loud' is neither primary nor danger"),
    ("button unnamed", actions({"type": "button", "text": text(1)}), "block 1 (actions): element 1: action_id: no text"),
    ("action_id", actions(button(action_id="a" * 256)), "block 1 (actions): element 1: action_id: 256 characters, more than 255"),
    ("same action_id", actions(button(), button()), "block 1 (actions): action_id 'a' twice"),
    ("accessory", section(accessory=button()), ""),
    ("accessory image", section(accessory={"type": "image", "image_url": "u"}), "block 1 (section): accessory: alt_text missing"),
    ("select", actions({"type": "static_select", "action_id": "a", "options": [option(75)] * 100}), ""),
    ("select too many", actions({"type": "static_select", "action_id": "a", "options": [option()] * 101}), "block 1 (actions): element 1: options: 101 of them, more than 100"),
    ("option too long", actions({"type": "static_select", "action_id": "a", "options": [option(76)]}), "block 1 (actions): element 1: option 1: 76 characters, more than 75"),
    ("overflow", actions({"type": "overflow", "action_id": "a", "options": [option()] * 6}), "block 1 (actions): element 1: options: 6 of them, more than 5"),
    ("rich text", rich({"type": "text", "text": "x", "style": {"bold": True}}, {"type": "link", "url": "u"}), ""),
    ("rich text empty", rich({"type": "text", "text": ""}), "block 1 (rich_text): element 1: part 1: text: empty"),
    ("rich text none", rich(), "block 1 (rich_text): element 1: elements: none"),
    ("rich text style", rich({"type": "text", "text": "x", "style": {"loud": True}}), "block 1 (rich_text): element 1: part 1: unknown style {'loud': True}"),
    ("rich text list", {"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "stars", "elements": []}]}, "block 1 (rich_text): element 1: style 'stars' is neither bullet nor ordered"),
    ("markdown", {"type": "markdown", "text": "x" * 9000}, ""),
    ("input", {"type": "input", "label": text(1), "element": button()}, "block 1 (input): element 'button' takes no input"),
    ("unknown block", {"type": "alert"}, "block 1 (alert): not a type of block that we draw"),
    ("block_id", section(block_id="b" * 256), "block 1 (section): block_id: 256 characters, more than 255"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("block", "problem"), [case[1:] for case in BLOCKS], ids=[case[0] for case in BLOCKS]
)
def test_block(block: dict[str, Any], problem: str) -> None:
    found = check_message({"text": "x", "blocks": [block]})
    assert problem in found if problem else found == []


@pytest.mark.parametrize(
    ("message", "problems"),
    [
        ({"text": "x" * 4000}, []),
        ({"text": "x" * 4001}, ["text: 4001 characters, more than 4000"]),
        ({"text": " "}, ["text: missing; screen readers and notifications have nothing else"]),
        ({"blocks": [section()]}, ["text: missing; screen readers and notifications have nothing else"]),
        ({"text": "x", "blocks": [section()] * 50}, []),
        ({"text": "x", "blocks": [section()] * 51}, ["blocks: 51 of them, not 1 to 50"]),
        ({"text": "x", "blocks": []}, ["blocks: 0 of them, not 1 to 50"]),
        ({"text": "x", "blocks": [section(block_id="a")] * 2}, ["blocks: block_id 'a' twice"]),
        ({"text": "x", "blocks": [section(text=text(3000))] * 4}, ["blocks: 12000 characters together, more than 10000"]),
        ({"text": "x", "blocks": "none"}, ["blocks: not a list of blocks"]),
        ({"text": "x", "colour": "red"}, ["message: unknown argument colour"]),
        ({"delete_original": True}, []),
        ({"delete_original": True, "text": "x"}, ["message: delete_original has to be sent alone"]),
    ],
)  # fmt: skip
def test_message(message: dict[str, Any], problems: list[str]) -> None:
    assert check_message(message) == problems


@pytest.mark.parametrize(
    ("view", "problems"),
    [
        ({"type": "home", "blocks": [section()] * 100}, []),
        ({"type": "home", "blocks": [section()] * 101}, ["blocks: 101 of them, not 1 to 100"]),
        ({"type": "modal", "title": text(24), "blocks": [section()]}, []),
        ({"type": "modal", "title": text(25), "blocks": [section()]}, ["title: 25 characters, more than 24"]),
        ({"type": "modal", "blocks": [section()]}, ["title: no text object"]),
        ({"type": "modal", "title": text(1), "blocks": [section()], "private_metadata": "x" * 3001}, ["private_metadata: 3001 characters, more than 3000"]),
        ({"type": "modal", "title": text(1), "blocks": [{"type": "input", "label": text(1), "element": {"type": "plain_text_input", "action_id": "a"}}]}, ["view: inputs need a submit button"]),
        ({"type": "home", "blocks": [{"type": "markdown", "text": "x"}]}, ["block 1 (markdown): markdown blocks exist in messages only"]),
        ({"type": "page"}, ["view: type 'page' is neither modal nor home"]),
    ],
)  # fmt: skip
def test_view(view: dict[str, Any], problems: list[str]) -> None:
    assert check_view(view) == problems
