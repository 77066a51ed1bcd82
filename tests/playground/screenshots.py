"""Pictures of the playground's main states, for the README: `python -m tests.playground.screenshots [FOLDER]`.

Each is drawn from the project's own facts by the real bot.  With `--gallery`, every payload of the tests'
gallery is drawn instead, to be looked at.  Exit code 1 where there is no browser, or where a picture is too
large to be shown.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from bot.core.facts.loader import fact_folders
from bot.playground.server import Playground
from tests.playground import browser as browsers

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

GALLERY = Path(__file__).parents[1] / "gallery"
# Draws blocks with the page's own modules, as a message of the bot would have them.
DRAW = """async (blocks) => {
  const [{ drawBlocks }, { Form }] = await Promise.all([import('/static/blocks.js'), import('/static/elements.js')]);
  const place = { form: new Form(), act() {}, suggest: async () => ({ options: [] }) };
  const frame = document.createElement('div');
  frame.id = 'drawn';
  frame.className = 'blocks message';
  frame.append(...drawBlocks(blocks.map((block, n) => ({ block_id: `s${n}`, ...block })), place));
  document.querySelector('#content').replaceChildren(frame);
}"""
LARGEST = 300_000  # bytes
QUESTIONS = (
    "how many jobs will the nuclear plant create?",
    "when were the 28 union programmes approved?",
    "who is Kerry?",
    "transport corridors around Ukraine",
    "sanctions",
    "trade between belarus and kazakhstan",
)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Draw the playground's pictures.")
    parser.add_argument("folder", type=Path, nargs="?", default=Path("docs"), help="default: docs")
    parser.add_argument("--gallery", action="store_true", help="every payload of tests/gallery instead")
    arguments = parser.parse_args(argv)
    folder: Path = arguments.folder
    if lacking := browsers.missing():
        print(f"no pictures: {lacking}", file=sys.stderr)
        return 1
    for name in [name for name in os.environ if name.startswith("SLACK_")]:
        del os.environ[name]
    folder.mkdir(parents=True, exist_ok=True)
    too_large = False
    with browsers.started() as browser:
        if arguments.gallery:
            draw_gallery(browser, folder)
            return 0
        for name, draw in PICTURES.items():
            file = folder / f"{name}.png"
            draw(browser, file)
            _lighten(file)
            size = file.stat().st_size
            too_large |= size > LARGEST
            print(f"{size / 1000:6.0f} kB  {file}")
    return 1 if too_large else 0


def _lighten(file: Path) -> None:
    """256 colours are all that a quiet page has, and a third of the bytes."""
    with Image.open(file) as picture:
        few = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    few.save(file, optimize=True)


def draw_gallery(browser: Browser, folder: Path) -> None:
    """One picture for each payload that has blocks."""
    with opened(browser, 900, 3000) as page:
        for file in sorted(GALLERY.glob("*.json")):
            payload = json.loads(file.read_text("utf-8"))
            blocks = payload.get("blocks") or payload.get("view", {}).get("blocks")
            if not blocks:
                continue
            page.evaluate(DRAW, blocks)
            page.locator("#drawn").screenshot(path=folder / f"{file.stem}.png")
            print(folder / f"{file.stem}.png")


@contextmanager
def opened(
    browser: Browser, width: int, height: int, playground: Playground | None = None, **more: Any
) -> Iterator[Page]:
    with playground or Playground() as running:
        context = browser.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce", **more
        )
        page = context.new_page()
        page.goto(running.address)
        page.wait_for_selector("html[data-ready]")
        page.wait_for_selector("[data-unfurl]")
        yield page
        context.close()


def say(page: Page, text: str) -> None:
    """Say something, and wait until the bot has answered."""
    count = page.locator("article.by-bot").count()
    page.fill("#composer-text", text)
    page.press("#composer-text", "Enter")
    page.wait_for_function("n => document.querySelectorAll('article.by-bot').length > n", arg=count)


def conversation(browser: Browser, file: Path) -> None:
    """One card of each kind, choices, and a question that is declined."""
    with opened(browser, 940, 800) as page:
        page.click("[data-channel=D1]")
        for question in QUESTIONS:
            say(page, question)
        height = page.evaluate(
            "() => document.querySelector('#content').scrollHeight + innerHeight - document.querySelector('#content').clientHeight"
        )
        page.set_viewport_size({"width": 940, "height": height})
        page.screenshot(path=file)


def thread(browser: Browser, file: Path) -> None:
    """A private answer and, beside it, the thread of a mention."""
    with opened(browser, 1280, 860) as page:
        say(page, "/unionstate доля Китая в торговле Беларуси")
        say(page, "@UnionState how much was the loan for the nuclear plant?")
        page.mouse.move(640, 20)
        page.screenshot(path=file)


def home(browser: Browser, file: Path) -> None:
    """The app's Home, with an answer to a search."""
    with opened(browser, 1280, 860) as page:
        page.click("[data-channel=D1]")
        page.click("#tab-home")
        page.wait_for_selector(".home input")
        page.fill(".home input", "trade share")
        page.press(".home input", "Enter")
        page.wait_for_function("() => document.querySelector('.home').innerText.includes('As of')")
        page.screenshot(path=file)


def find(browser: Browser, file: Path) -> None:
    """The shortcut's modal, offering facts as one types; dark."""
    with opened(browser, 1280, 860, color_scheme="dark") as page:
        say(page, "/unionstate trade share")
        page.click("[aria-label=Shortcuts]")
        page.get_by_role("menuitem").first.click()
        page.wait_for_selector("dialog [role=combobox]")
        page.keyboard.type("nuclear pl")
        page.wait_for_selector("[role=option]:has-text('nuclear')")
        page.screenshot(path=file)


def edit(browser: Browser, file: Path) -> None:
    """Edit mode with a mistake just saved, and why a question got its answer."""
    with tempfile.TemporaryDirectory() as temporary:
        for folder in fact_folders(None, None):
            shutil.copytree(folder, Path(temporary) / folder.name)
        facts = Path(temporary) / "facts"
        with opened(browser, 1280, 860, Playground(facts, watch=True)) as page:
            page.locator("[role=switch]").focus()
            page.keyboard.press("Space")
            say(page, "/unionstate trde share of kazakhstan")
            page.wait_for_selector(".explanation table")
            trade = facts / "trade.yaml"
            trade.write_text(trade.read_text("utf-8").replace("as_of: 2018", "as_of: last year", 1), "utf-8")
            page.wait_for_selector(".edit-bar.bad")
            page.evaluate("() => document.querySelector('article.command').scrollIntoView()")
            page.screenshot(path=file)


def narrow(browser: Browser, file: Path) -> None:
    """On a telephone's width."""
    with opened(browser, 390, 780) as page:
        say(page, "/unionstate would an airbase change the balance of forces?")
        page.screenshot(path=file)


PICTURES: dict[str, Callable[[Browser, Path], None]] = {
    "playground": conversation,
    "playground-thread": thread,
    "playground-home": home,
    "playground-find": find,
    "playground-edit": edit,
    "playground-narrow": narrow,
}


if __name__ == "__main__":
    sys.exit(main())
