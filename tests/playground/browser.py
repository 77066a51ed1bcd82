"""A headless Chromium for the tests and the pictures, which connects only to this machine."""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.playground.server import Playground

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
COMPOSER = "#composer-text"
# Draws blocks with the page's own modules, as a message of the bot would have them.
DRAW = """async (blocks) => {
  const [{ drawBlocks }, { Form }] = await Promise.all([import('/static/blocks.js'), import('/static/elements.js')]);
  const place = { form: new Form(), act() {}, suggest: async () => ({ options: [] }) };
  const numbered = blocks.map((block, n) => ({ block_id: `s${n}`, ...block }));
  const frame = document.createElement('div');
  frame.id = 'drawn';
  frame.className = 'blocks message';
  frame.append(...drawBlocks(numbered, place));
  document.querySelector('#content').replaceChildren(frame);
  const undrawn = [...frame.querySelectorAll('[data-undrawn]')].map((node) => node.innerText);
  return { undrawn, state: place.form.state(numbered), words: frame.innerText };
}"""


def chromium() -> str | None:
    """The path of an installed Chromium."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def missing() -> str:
    """What keeps the browser tests from running, if anything."""
    if not importlib.util.find_spec("playwright"):
        return "the Python package playwright is not installed"
    return "" if chromium() else "no Chromium is installed (Debian: apt install chromium)"


@contextmanager
def started() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        yield browser
        browser.close()


def visit(page: Page, playground: Playground) -> None:
    page.goto(playground.address)
    page.wait_for_selector("html[data-ready]")


def say(page: Page, text: str, composer: str = COMPOSER) -> None:
    page.fill(composer, text)
    page.press(composer, "Enter")


def gallery() -> dict[str, list[dict[str, Any]]]:
    """The blocks of every message and view that the bot sends."""
    files = sorted(Path(__file__).parents[1].glob("gallery/*.json"))
    payloads = {file.stem: json.loads(file.read_text("utf-8")) for file in files}
    return {name: payload["blocks"] for name, payload in payloads.items() if "blocks" in payload}
