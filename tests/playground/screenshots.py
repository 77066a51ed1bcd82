"""Draws the playground's pictures for the README: `python -m tests.playground.screenshots [FOLDER [NAME …]]`."""

from __future__ import annotations

import argparse
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from bot.core.facts.loader import fact_folders
from bot.playground.server import Playground
from tests.playground import browser as browsers
from tests.playground.browser import COMPOSER

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Frames = list[tuple[bytes, int]]  # a picture, and for how many milliseconds it is shown


def main() -> int:
    parser = argparse.ArgumentParser(description="Draw the playground's pictures.")
    parser.add_argument("folder", type=Path, nargs="?", default=Path("docs"), help="default: docs")
    parser.add_argument("names", nargs="*", default=list(PICTURES), help="default: all of them")
    arguments = parser.parse_args()
    if lacking := browsers.missing():
        print(f"no pictures: {lacking}", file=sys.stderr)
        return 1
    for name in [name for name in os.environ if name.startswith("SLACK_")]:
        del os.environ[name]
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with browsers.started() as browser:
        for name in arguments.names:
            save(PICTURES[name](browser), arguments.folder / name)
    return 0


def save(frames: Frames, path: Path) -> None:
    """A PNG, or a GIF of several frames, in 256 colours: all that a quiet page has, and a third of the bytes."""
    pictures = [Image.open(io.BytesIO(picture)).convert("RGB") for picture, _ in frames]
    palette = pictures[-1].quantize(256, dither=Image.Dither.NONE)
    first, *rest = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]
    times = [milliseconds for _, milliseconds in frames]
    animated: dict[str, Any] = {"save_all": True, "append_images": rest, "duration": times, "loop": 0}
    if rest:
        first.save(path.with_suffix(".gif"), **animated)
    else:
        first.save(path.with_suffix(".png"), optimize=True)


@contextmanager
def opened(
    browser: Browser, width: int, height: int, playground: Playground | None = None, **more: Any
) -> Iterator[Page]:
    with playground or Playground() as running:
        viewport: Any = {"width": width, "height": height}
        page = browser.new_page(viewport=viewport, reduced_motion="reduce", **more)
        browsers.visit(page, running)
        page.wait_for_selector("[data-unfurl]")
        yield page
        page.close()


def ask(page: Page, text: str) -> None:
    """Say something, and wait until the bot has answered."""
    answers = page.locator("article.by-bot")
    count = answers.count()
    browsers.say(page, text)
    answers.nth(count).wait_for()


def conversation(*questions: str) -> Callable[[Browser], Frames]:
    """Questions and all of their answers in a direct message."""

    def prepare(page: Page) -> None:
        page.click("[data-channel=D1]")
        for question in questions:
            ask(page, question)
        page.evaluate("document.querySelector('.beginning').remove()")
        frame = "document.querySelector('#content')"
        height = page.evaluate(f"{frame}.scrollHeight + innerHeight - {frame}.clientHeight")
        page.set_viewport_size({"width": 900, "height": height})

    return picture(900, 600, prepare)


def ask_and_share(browser: Browser) -> Frames:
    """A question is typed, answered for one person, and shared with the channel."""
    frames: Frames = []
    with opened(browser, 760, 540, color_scheme="light") as page:

        def frame(milliseconds: int) -> None:
            page.mouse.move(380, 20)
            frames.append((page.screenshot(), milliseconds))

        page.evaluate("document.querySelector('#content').replaceChildren()")
        frame(800)
        typed = "/unionstate who financed the nuclear plant?"
        for end in (11, 15, 24, 32, len(typed)):
            page.fill(COMPOSER, typed[:end])
            page.keyboard.press("Escape")
            frame(250)
        ask(page, typed)
        frame(2600)
        page.get_by_role("button", name="Share").focus()
        frame(700)
        page.keyboard.press("Enter")
        page.wait_for_selector("article.by-bot:not(.private)")
        page.wait_for_selector("article.by-bot.private", state="detached")
        frame(3000)
    return frames


def picture(
    width: int, height: int, prepare: Callable[[Page], None], **more: Any
) -> Callable[[Browser], Frames]:
    """The page once it has been prepared."""

    def draw(browser: Browser) -> Frames:
        with opened(browser, width, height, **more) as page:
            prepare(page)
            return [(page.screenshot(), 0)]

    return draw


def home(page: Page) -> None:
    """The app's Home, with an answer to a search."""
    page.click("[data-channel=D1]")
    page.click("#tab-home")
    browsers.say(page, "trade share", ".home input")
    page.locator(".home", has_text="49.5%").wait_for()


def find(page: Page) -> None:
    """The shortcut's modal, offering entries as one types."""
    ask(page, "/unionstate trade share")
    page.click("[aria-label=Shortcuts]")
    page.get_by_role("menuitem").first.click()
    page.wait_for_selector("dialog [role=combobox]")
    page.keyboard.type("nuclear pl")
    page.wait_for_selector("[role=option]:has-text('nuclear')")


def edit(browser: Browser) -> Frames:
    """Edit mode with a mistake just saved, and why a question got its answer."""

    def make_mistake(page: Page) -> None:
        page.get_by_role("switch").press("Space")
        ask(page, "/unionstate trde share")
        page.wait_for_selector(".explanation table")
        trade = facts / "trade.yaml"
        trade.write_text(trade.read_text("utf-8").replace("as_of: 2018", "as_of: last year", 1), "utf-8")
        page.wait_for_selector(".edit-bar.bad")
        page.evaluate("document.querySelector('article.command').scrollIntoView()")

    with tempfile.TemporaryDirectory() as temporary:
        for folder in fact_folders(None, None):
            shutil.copytree(folder, Path(temporary) / folder.name)
        facts = Path(temporary) / "facts"
        return picture(1200, 800, make_mistake, playground=Playground(facts, watch=True))(browser)


PICTURES: dict[str, Callable[[Browser], Frames]] = {
    "playground": ask_and_share,
    "playground-answers": conversation("trade share", "when were the 28 union programmes approved?", "who is Kerry?"),
    "playground-forms": conversation("sanctions", "trade share over time", "best pizza in minsk"),
    "playground-home": picture(1200, 800, home),
    "playground-find": picture(1200, 720, find, color_scheme="dark"),
    "playground-edit": edit,
    "playground-narrow": picture(390, 780, partial(ask, text="/unionstate would an airbase change the balance of forces?")),
}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
