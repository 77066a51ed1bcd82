"""The page in a real browser, end to end through the real bot; skipped without Chromium or Playwright."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.playground.server import Playground
from tests.playground import browser as browsers
from tests.playground.browser import COMPOSER, DRAW, gallery, say
from tests.support.facts import FOLDER

pytestmark = pytest.mark.skipif(bool(browsers.missing()), reason=browsers.missing() or "-")

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Locator, Page

Open = Callable[..., "Page"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsers.started() as running:
        yield running


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Opens the page of a playground.  Errors and warnings in the browser's console fail the test."""
    contexts, complaints = [], []

    def complain(message: ConsoleMessage) -> None:
        # A page tries to reconnect after its playground has stopped.
        gone = re.search("ERR_CONNECTION_(REFUSED|RESET)", message.text)
        if message.type in ("error", "warning") and not gone:
            complaints.append(message.text)

    def opened(playground: Playground, width: int = 1280, **more: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 860}, **more)
        context.set_default_timeout(30_000)  # a loaded machine is slow
        contexts.append(context)
        page = context.new_page()
        page.on("console", complain)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"a dialog: {dialog.message}"))
        browsers.visit(page, playground)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture
def page(playground: Playground, open_page: Open) -> Page:
    return open_page(playground)


def last_answer(page: Page, count: int = 1, frame: str = "#content") -> Locator:
    """The bot's last message, once there are `count` of them."""
    messages = page.locator(f"{frame} article.by-bot")
    messages.nth(count - 1).wait_for()
    return messages.last


def press(place: Page | Locator, name: str, role: Any = "button") -> None:
    place.get_by_role(role, name=name).click()


def open_home(page: Page) -> None:
    page.click("[data-channel=D1]")
    page.click("#tab-home")
    page.wait_for_selector(".home input")


def choose_shortcut(page: Page, name: str) -> None:
    press(page, "Shortcuts")
    press(page, name, "menuitem")


def find_nuclear(page: Page) -> None:
    """Type into the shortcut's modal until it offers an entry."""
    page.wait_for_selector("dialog [role=combobox]")
    page.keyboard.type("nuclear")
    page.wait_for_selector("[role=option]:has-text('nuclear')")


def is_focused_in(page: Page, selector: str) -> bool:
    return bool(page.evaluate("s => document.activeElement.closest(s) !== null", selector))


def test_a_private_answer_can_be_explained_and_shared(page: Page, playground: Playground) -> None:
    page.get_by_role("switch").press("Space")
    say(page, "/unionstate trade share of kazakhstan")
    explanation = page.locator(".explanation")
    explanation.locator("table").first.wait_for()
    assert "Unknown words: kazakhstan" in explanation.inner_text()
    assert re.search(r"\b[01]\.\d\d\b", explanation.inner_text()), "scores"
    say(page, "/unionstate trade share")
    answer = last_answer(page, 2)
    assert "49.5%" in answer.inner_text()
    assert "Only visible to you" in answer.inner_text()
    assert "#:~:text=" in (answer.locator("a").first.get_attribute("href") or "")

    press(answer, "Payload")
    shown = json.loads(answer.locator(".payload pre").inner_text())
    assert shown == playground.workspace.messages["C1"][-1]["sent"]
    link = answer.get_by_role("link", name="Open in Block Kit Builder").get_attribute("href") or ""
    assert link.startswith("https://app.slack.com/block-kit-builder/#%7B%22blocks%22")

    press(answer, "Share")
    page.wait_for_selector("article.by-bot:not(.private)")
    assert "@Anna" in last_answer(page).inner_text()


def test_a_mention_opens_a_thread_where_the_conversation_continues(page: Page) -> None:
    say(page, "@UnionState how big was the nuclear plant loan?")
    assert "$10 billion" in last_answer(page, 1, "#thread").inner_text()
    assert page.locator("#content article.by-bot").count() == 0
    assert page.locator("button.replies").inner_text().startswith("1 reply")
    say(page, "@UnionState trade share", "#thread textarea")
    assert "49.5%" in last_answer(page, 2, "#thread").inner_text()
    say(page, "/unionstate trade share", "#thread textarea")
    assert "does not run commands in threads" in page.wait_for_selector(".toast").inner_text()
    press(page, "Dismiss")
    page.fill("#thread textarea", "I was just")
    say(page, "@UnionState who is Douglas Envoy?")
    page.locator(".toast").get_by_role("button", name="Open").wait_for()
    assert page.input_value("#thread textarea") == "I was just", "a reply that is being written stays"


def test_home_answers_a_search_and_keeps_what_was_typed(page: Page) -> None:
    open_home(page)
    say(page, "trade share", ".home input")
    page.locator(".home", has_text="49.5%").wait_for()
    assert page.locator(".home input").first.input_value() == "trade share"
    assert is_focused_in(page, ".home")


def test_shortcuts_find_a_fact_as_one_types_and_run_a_workflow_step(page: Page) -> None:
    choose_shortcut(page, "Find a fact")
    find_nuclear(page)
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog [data-type=context]")
    page.click("dialog .primary")
    page.wait_for_selector("dialog", state="detached")
    assert "nuclear" in last_answer(page).inner_text()

    choose_shortcut(page, "Workflow step")
    page.fill("dialog input", "trade share")
    page.click("dialog .primary")
    assert "49.5%" in page.wait_for_selector(".toast").inner_text()


def test_a_message_is_checked_from_its_menu(page: Page) -> None:
    say(page, "Russia took 60% of Belarus's foreign trade in 2018.")
    mine = page.locator("article", has_text="60%").first
    mine.hover()
    press(mine, "More message actions")
    page.get_by_role("menuitem").first.click()
    answer = last_answer(page).inner_text()
    for words in ("Only visible to you", "49.5%", "60%"):
        assert words in answer


def test_a_report_reaches_the_maintainers_channel(page: Page) -> None:
    say(page, "/unionstate trade share")
    press(last_answer(page), "More actions")
    press(page, "Report a problem", "menuitem")
    page.locator("dialog input[type=radio]").first.check()
    page.click("dialog .primary")
    page.wait_for_selector("[data-channel=C2] .unread")
    page.wait_for_selector("dialog:has-text('maintainers')")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    page.click("[data-channel=C2]")
    assert "trade-share-2018" in last_answer(page).inner_text()


def test_a_link_to_an_article_unfurls(page: Page) -> None:
    unfurl = page.locator("[data-unfurl]")
    assert "alpha.example" in (unfurl.get_attribute("data-unfurl") or "")
    unfurl.get_by_role("button").click()
    assert "Only visible to you" in last_answer(page).inner_text()
    say(page, "see https://nowhere.example/ and https://alpha.example/articles/trade")
    unfurl.nth(1).wait_for()


def test_markup_stays_text(page: Page) -> None:
    page.get_by_role("switch").press("Space")
    typed = '<script>alert(1)</script> <img src=x onerror="alert(1)"> *bold* <!channel> <b>trade</b> share'
    say(page, f"/unionstate {typed}")
    last_answer(page)
    assert typed in page.locator("article.command").inner_text().replace("\u200b", "")
    say(page, f"@UnionState {typed}")
    last_answer(page, 1, "#thread")
    page.locator(".explanation table").first.wait_for()
    assert page.locator("article :is(script, b, img:not([src='/static/icon.svg']))").count() == 0
    page.click("[data-channel=D1]")
    say(page, "zebra count")
    answer = last_answer(page)
    assert "<!channel> & *stars*" in answer.inner_text()
    assert answer.locator(":is(.mention, a[href*='evil.example'])").count() == 0


def test_an_edit_is_live_at_once_and_a_bad_one_is_shown_with_its_line(
    open_page: Open, tmp_path: Path
) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    facts = tmp_path / "facts"
    file = facts / "trade.yaml"
    good = file.read_text("utf-8")
    with Playground(facts, watch=True) as playground:
        page = open_page(playground)
        bar = page.locator(".edit-bar")
        say(page, "/unionstate marsupial quota")
        bar.get_by_text("1 question without an answer").click()
        assert "marsupial quota" in bar.inner_text()
        say(page, "/unionstate trade share")
        assert "49.5%" in last_answer(page, 2).inner_text()

        edited = good.replace("49.5%", "52.5%").replace("49.5 percent", "52.5 percent")
        edited = edited.replace("asks: [", "asks: [marsupial quota, ", 1)
        file.write_text(edited, "utf-8")
        assert "52.5%" in last_answer(page, 3).inner_text(), "the last question is asked again"
        assert "marsupial" not in bar.inner_text(), "the facts answer it now"

        bad = edited.replace("as_of: 2018", "as_of: twenty-eighteen")
        line = bad[: bad.index("twenty-eighteen")].count("\n") + 1
        file.write_text(bad, "utf-8")
        page.wait_for_selector(".edit-bar.bad")
        assert f"trade.yaml:{line}" in bar.inner_text()
        assert "twenty-eighteen" in bar.inner_text()
        say(page, "/unionstate trade share")
        assert "52.5%" in last_answer(page, 4).inner_text(), "the last good facts answer"

        file.write_text(good, "utf-8")
        page.wait_for_selector(".edit-bar.good")
        assert "no problems" in bar.inner_text()
        press(last_answer(page, 5), "More actions")
        with page.expect_popup() as popup:
            press(page, "Edit this fact", "menuitem")
        assert "trade-share-2018:" in popup.value.locator("li:target").inner_text()
        assert str(file) in popup.value.inner_text("main")


def test_the_page_comes_back_with_its_playground(open_page: Open) -> None:
    with Playground(FOLDER / "facts") as first:
        page = open_page(first)
    page.wait_for_selector("body.lost")
    say(page, "who is Douglas Envoy?")
    assert "does not answer" in page.wait_for_selector(".toast").inner_text()
    assert page.input_value(COMPOSER) == "who is Douglas Envoy?", "what was typed is not lost"
    with Playground(FOLDER / "facts", port=first.port):
        page.wait_for_selector("body:not(.lost)")
        say(page, "/unionstate trade share")
        assert "49.5%" in last_answer(page).inner_text()


@pytest.fixture(scope="module")
def canvas(browser: Browser) -> Iterator[Page]:
    """A page on which only blocks are drawn."""
    with Playground(FOLDER / "facts") as playground:
        page = browser.new_page()
        browsers.visit(page, playground)
        yield page
        page.close()


def test_what_cannot_be_drawn_says_so(canvas: Page) -> None:
    odd = [
        {"type": "hologram"},
        {"type": "actions", "elements": [{"type": "lever", "action_id": "l"}]},
        {"type": "rich_text", "elements": [{"type": "rich_text_riddle", "elements": []}]},
    ]
    kinds = ("hologram", "lever", "rich_text_riddle")
    assert canvas.evaluate(DRAW, odd)["undrawn"] == [f"This page cannot draw “{kind}”." for kind in kinds]


def test_every_payload_of_the_gallery_is_drawn(canvas: Page) -> None:
    held: list[dict[str, Any]] = []
    for name, blocks in gallery().items():
        drawn = canvas.evaluate(DRAW, blocks)
        assert drawn["undrawn"] == [], name
        assert drawn["words"].strip(), name
        held += [value for block in drawn["state"].values() for value in block.values()]
    assert {"type": "conversations_select", "selected_conversation": "C1"} in held, "the current one"
    assert {"type": "plain_text_input", "value": None} in held


@pytest.mark.parametrize(
    ("mrkdwn", "html"),
    [
        ("*bold* and _it_", "<strong>bold</strong> and <em>it</em>"),
        ("2*3*4 a_b_c", "2*3*4 a_b_c"),
        ("\u200b*not bold\u200b*", "\u200b*not bold\u200b*"),
        ("&lt;b&gt; &amp;amp;", "&lt;b&gt; &amp;amp;"),
        ("<javascript:alert(1)|x>", "<span>x</span>"),
        ("&gt; quoted\nplain", '<blockquote class="quote">quoted</blockquote>plain'),
        ("<!channel>", '<span class="mention broadcast">@channel</span>'),
        ("one\ntwo", "one<br>two"),
        ("*<https://a.example|l>*", '<strong><a href="https://a.example" target="_blank" rel="noopener noreferrer">l</a></strong>'),
    ],
)  # fmt: skip
def test_mrkdwn_is_read_as_slack_reads_it(canvas: Page, mrkdwn: str, html: str) -> None:
    drawn = canvas.evaluate(
        "async (t) => { const { mrkdwn } = await import('/static/text.js'); const d = document.createElement('div'); d.append(...mrkdwn(t)); return d.innerHTML; }",
        mrkdwn,
    )
    assert drawn == html


def test_the_keyboard_alone_is_enough(page: Page) -> None:
    keys = page.keyboard
    assert is_focused_in(page, COMPOSER)
    keys.type("/un")
    page.wait_for_selector("[role=listbox] [role=option]")
    keys.press("Tab")
    assert page.input_value(COMPOSER) == "/unionstate "
    keys.type("trade share")
    keys.press("Enter")
    last_answer(page)
    keys.press("ArrowUp")
    assert page.input_value(COMPOSER) == "/unionstate trade share"
    keys.press("ArrowDown")
    assert page.input_value(COMPOSER) == ""
    _tab_to(page, "Reply in thread", "Shift+Tab")
    keys.press("Enter")
    page.wait_for_selector("#thread textarea")
    assert is_focused_in(page, "#thread")
    keys.press("Escape")
    page.wait_for_selector("#thread", state="hidden")
    _tab_to(page, "Shortcuts", "Tab")
    keys.press("Enter")
    keys.press("Enter")
    find_nuclear(page)
    keys.press("Enter")
    page.wait_for_selector("dialog [data-type=context]")
    keys.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    assert is_focused_in(page, COMPOSER)


def _tab_to(page: Page, name: str, key: str) -> None:
    for _ in range(60):
        page.keyboard.press(key)
        if page.evaluate("document.activeElement.ariaLabel") == name:
            return
    raise AssertionError(f"{name} cannot be reached with {key}")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_axe_finds_nothing(playground: Playground, open_page: Open, scheme: str, width: int) -> None:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe-core's package is not installed"
    ).Axe()
    page = open_page(playground, width, color_scheme=scheme, reduced_motion="reduce")

    def check(where: str) -> None:
        # The page behind a modal is inert, and its colours are dimmed.
        context = "dialog" if page.locator("dialog[open]").count() else None
        found = axe.run(page, context=context)
        assert found.violations_count == 0, f"{where}: {found.generate_report()}"

    page.get_by_role("switch").press("Space")
    for question in ("trade share", "2015", "kazakhstan"):
        say(page, f"/unionstate {question}")
    say(page, "@UnionState nuclear plant loan")
    press(last_answer(page, 3), "Payload")
    page.locator(".explanation table").first.wait_for()
    page.locator("button.replies").last.wait_for()
    check("conversation")
    page.fill(COMPOSER, "/unionstate ")
    page.wait_for_selector("[role=listbox]")
    check("completion")
    page.fill(COMPOSER, "")
    page.locator("button.replies").last.click()
    last_answer(page, 1, "#thread")
    check("thread")
    page.keyboard.press("Escape")
    press(page, "Shortcuts")
    page.wait_for_selector("[role=menu]")
    check("menu")
    press(page, "Find a fact", "menuitem")
    find_nuclear(page)
    check("modal with type-ahead")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    open_home(page)
    check("home")
    blocks = [block for blocks in gallery().values() for block in blocks if "block_id" not in block]
    page.evaluate(DRAW, blocks)
    check("every block")


def test_a_narrow_window_shows_one_thing_at_a_time(playground: Playground, open_page: Open) -> None:
    page = open_page(playground, 360)
    say(page, "@UnionState trade share")
    page.locator("button.replies").last.click()
    last_answer(page, 1, "#thread")
    assert not page.locator("#content").is_visible()
    press(page, "Close thread")
    assert page.locator("#content").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
