"""Drawing: facts and outcomes to Slack messages.

Belongs here: pure functions that are handed facts and the fact base, and return a `Message`.  Does not
belong here: looking anything up, sending, or deciding which facts are shown (`bot.core` did that).

Words from outside (facts, people) go into rich text, where nothing is markup, or through
`markup.escape`.  `text` is what screen readers and notifications give: it says all that the blocks say.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.core.examples import EXAMPLES
from bot.core.model import Fact, FactBase
from bot.core.present import phrases
from bot.core.present.card import first_line, provenance, related_lines, review, time_beside
from bot.core.present.links import Repository
from bot.core.search.results import Answer, Choices, NoAnswer, Outcome
from bot.slack import wording
from bot.slack.markup import entities, escape, link, mention, shorten, visible
from bot.slack.parts import (
    Block,
    actions,
    bold,
    bullets,
    button,
    code,
    context,
    feedback,
    mrkdwn_section,
    option,
    overflow,
    plain,
    rich_text,
    section,
)

SHOW_FACT = "show_fact"
MORE_LIKE_THIS = "more_like_this"
SHARE_FACT = "share_fact"
CARD_MENU = "card_menu"  # an overflow menu, whose options' values begin with one of the next three
CITE, REPORT, EDIT = "cite", "report", "edit"
THUMB, THUMB_UP, THUMB_DOWN = "thumb", "thumb_up", "thumb_down"  # the last two where plain buttons stand in

TRY = tuple(f"try_{number}" for number, _ in enumerate(EXAMPLES, 1))

VALUE_VERSION = "v1"  # buttons are pressed years later: what `value` means is written into it
BUTTON_TEXT = 75
UNKNOWN_SHOWN = 5
UNKNOWN_LENGTH = 40
REST_LENGTH = 110


@dataclass(frozen=True)
class Message:
    """What is posted: blocks, and the same in words."""

    text: str
    blocks: tuple[Block, ...] = ()

    def payload(self) -> dict[str, Any]:
        """The message's part of a request; links stay folded, or five previews would bury the answer."""
        payload: dict[str, Any] = {"text": self.text, "unfurl_links": False, "unfurl_media": False}
        if self.blocks:
            payload["blocks"] = list(self.blocks)
        return payload


def button_value(fact: Fact, sign: str | None = None) -> str:
    """The value of a button that is about a fact; `sign` is the inbox's for the question that it was offered for."""
    return f"{VALUE_VERSION}:{fact.id}" + (f":{sign}" if sign else "")


def read_button_value(value: str) -> str | None:
    """The fact id that a button carries, or None for a value that this version did not write."""
    version, _, rest = value.partition(":")
    return rest.partition(":")[0] or None if version == VALUE_VERSION else None


def read_sign(value: str) -> str | None:
    """The inbox's sign in a button's value, or None where it carries none."""
    version, _, rest = value.partition(":")
    return rest.partition(":")[2] or None if version == VALUE_VERSION else None


def tool_value(tool: str, fact: Fact) -> str:
    """The value of an option or of a thumb: what it does, and with which fact."""
    return f"{VALUE_VERSION}:{tool}:{fact.id}"


def read_tool_value(value: str) -> tuple[str, str] | None:
    """The tool and the fact id of `tool_value`, or None for a value that this version did not write."""
    version, _, rest = value.partition(":")
    tool, _, fact_id = rest.partition(":")
    return (tool, fact_id) if version == VALUE_VERSION and tool and fact_id else None


def build_outcome(
    outcome: Outcome,
    base: FactBase,
    *,
    share: bool = False,
    thumbs: bool = False,
    repository: Repository | None = None,
    sign: str | None = None,
    help_typed: str = wording.HELP_COMMAND,
) -> Message:
    """The reply to a question; the options are those of `build_card`.

    `sign` is what the inbox gave for the question, so that it hears when one of the choices is tapped;
    `help_typed` is what brings the help where the question came from.
    """
    if isinstance(outcome, Answer):
        return build_card(
            outcome.fact, base, share=share, thumbs=thumbs, repository=repository, unknown=outcome.unknown
        )
    if isinstance(outcome, Choices):
        return build_choices(outcome, sign)
    return build_no_fact(outcome, help_typed)


def build_card(
    fact: Fact,
    base: FactBase,
    *,
    share: bool = False,
    thumbs: bool = False,
    repository: Repository | None = None,
    shared_by: str | None = None,
    unknown: Sequence[str] = (),
    today: datetime.date | None = None,
) -> Message:
    """One fact: value, date, name or holder first; then the statement, other times, and where it stands.

    `share` adds the button that posts a private card for all; `thumbs` asks whether it was helpful (in
    messages only: modals and Home have no such block); `repository` is where *Edit this fact* leads;
    `shared_by` is the id of the user to credit; `unknown` are words of the question to name as such;
    `today` (the clock's, where none is given) tells whether the fact is due for another look.
    """
    beginning, rest = first_line(fact)
    body: list[Block] = [section(bold(beginning), plain(rest)), section(plain(fact.statement))]
    text = [f"{beginning}{rest}.", fact.statement]
    for heading, lines in related_lines(fact, base):
        body += [section(bold(heading)), bullets(lines)]
        text.append(f"{heading}: {'; '.join(lines)}.")
    origin = provenance(fact, base)
    small, small_text = [escape(origin.claim)], [origin.claim]
    for article in origin.articles:
        small.append(f"{phrases.ARTICLE}: {link(article.address, article.title)}{escape(article.remarks)}")
        small_text.append(f"{phrases.ARTICLE}: {article.title}{article.remarks}: {article.address}")
    if origin.hidden:
        small.append(phrases.and_more(origin.hidden))
        small_text.append(phrases.and_more(origin.hidden))
    if fact.note:
        small.insert(0, escape(f"{phrases.NOTE}: {fact.note}"))
        small_text.insert(0, f"{phrases.NOTE}: {fact.note}")
    if due := review(fact, today or datetime.date.today()):
        small.append(escape(f"{due}."))
        small_text.append(f"{due}.")
    if ignored := wording.unknown(_named(unknown)):
        small.append(escape(ignored))
        small_text.append(ignored)
    credit = mention(shared_by)
    said = [entities(line) for line in text + small_text]
    if credit:
        small.append(wording.shared_by(credit))
        said.append(wording.shared_by(credit))
    buttons = [_button(SHARE_FACT, wording.SHARE, fact)] if share else []
    if base.related(fact):
        buttons.append(_button(MORE_LIKE_THIS, wording.MORE, fact))
    buttons.append(_menu(fact, base, repository))
    blocks: list[Block] = [rich_text(body), context(small), actions(buttons)]
    if thumbs:
        up, down = tool_value(THUMB_UP, fact), tool_value(THUMB_DOWN, fact)
        blocks.append(feedback(THUMB, (wording.HELPFUL, up), (wording.NOT_HELPFUL, down)))
    return Message(" ".join(said), tuple(blocks))


def build_choices(choices: Choices, sign: str | None = None) -> Message:
    """Up to five facts, one line and one Show button each."""
    unknown, missing = _named(choices.unknown), _named(choices.missing)
    return _list(wording.offered(len(choices.facts), choices.fit, unknown, missing), choices.facts, sign)


def build_related(fact: Fact, base: FactBase) -> Message:
    """What *More like this* shows."""
    related = base.related(fact)
    if not related:
        return build_notice(wording.NO_RELATED)
    return _list(wording.more_like(fact.title), related)


def build_no_fact(outcome: NoAnswer, typed: str = wording.HELP_COMMAND) -> Message:
    """That there is no such fact, which words are unknown, and what to type for the help."""
    said = " ".join(part for part in (wording.NO_FACT, wording.unknown(_named(outcome.unknown))) if part)
    hint = wording.try_help(typed)
    return Message(entities(f"{said} {hint}"), (rich_text([section(plain(said))]), context([escape(hint)])))


def build_help(base: FactBase, *, examples: bool = True) -> Message:
    """What can be asked, and how; with the questions to try, except where they stand beside it already."""
    sentence = wording.help_sentence(len(base.facts), len(base.sources))
    one_topic = [f"topic {topic}" for topic in list(base.topics)[:1]]
    one_source = [f"source {source}" for source in list(base.sources)[:1]]
    typed = ["topics", *one_topic, "sources", *one_source, "actors", "timeline 2019", "random", "about"]
    body = [section(bold(wording.HELP_TITLE)), section(plain(sentence))]
    more: list[Block] = [plain(f"{wording.HELP_MORE}:")]
    for words in typed:
        more += [plain(" "), code(words)]
    text = [f"{wording.HELP_TITLE}.", sentence, f"{wording.HELP_MORE}: {', '.join(typed)}."]
    blocks = [rich_text(body), rich_text([section(*more)])]
    if examples:
        blocks.insert(1, build_examples())
        text.insert(2, f"{wording.HOME_TRY}: {'; '.join(EXAMPLES)}.")
    return Message(entities(" ".join(text)), tuple(blocks))


def build_examples() -> Block:
    """The questions to try, a button each."""
    return actions(
        [
            button(action_id, shorten(question, BUTTON_TEXT), f"{VALUE_VERSION}:{question}")
            for action_id, question in zip(TRY, EXAMPLES, strict=True)
        ]
    )


def build_notice(sentence: str) -> Message:
    """One sentence of ours and nothing else."""
    return Message(entities(sentence))


# Parts of messages


def _list(intro: str, facts: Sequence[Fact], sign: str | None = None) -> Message:
    """An introduction, then a line and a Show button for each fact."""
    blocks: list[Block] = [rich_text([section(plain(intro))])]
    said = [intro]
    for number, fact in enumerate(facts, 1):
        blocks.append(build_row(fact, sign))
        said.append(f"{number}. {row_text(fact)}")
    return Message(entities("\n".join(said)), tuple(blocks))


def build_row(fact: Fact, sign: str | None = None) -> Block:
    """A fact in one line with a Show button: a row of choices, of related facts, of a page."""
    beginning, rest = _line(fact)
    return mrkdwn_section(
        f"*{escape(beginning)}*{escape(rest)}",
        button(
            SHOW_FACT, wording.SHOW, button_value(fact, sign), wording.SHOWN_LABEL.format(title=fact.title)
        ),
    )


def row_text(fact: Fact) -> str:
    """The same in words, for `text`."""
    return "".join(_line(fact))


def _line(fact: Fact) -> tuple[str, str]:
    """A fact among others: bold beginning, rest, with the time wherever neither of them tells it."""
    beginning, rest = first_line(fact)
    when = time_beside(fact)
    return beginning, f"{shorten(rest, REST_LENGTH)}{when}" if when else rest


def _named(words: Sequence[str]) -> list[str]:
    """Words of a question that a reply names, cleaned and cut, since they are what somebody typed."""
    return [shorten(cleaned, UNKNOWN_LENGTH) for word in words[:UNKNOWN_SHOWN] if (cleaned := visible(word))]


def _menu(fact: Fact, base: FactBase, repository: Repository | None) -> Block:
    """What a reader of the card wants now and then: kept in a menu, so that the card stays short."""
    options = [
        option(wording.CITE, tool_value(CITE, fact)),
        option(wording.REPORT, tool_value(REPORT, fact)),
    ]
    if repository:
        address = repository.line(base.places[fact.id])
        options.append(option(wording.EDIT, tool_value(EDIT, fact), address))
    return overflow(CARD_MENU, options)


def _button(action_id: str, text: str, fact: Fact) -> Block:
    return button(action_id, text, button_value(fact))
