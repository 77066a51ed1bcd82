"""Cards, lists, declines and the help, in the language of the question."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.facts.base import FactBase, Topic
from bot.core.facts.models import Fact
from bot.core.present.card import first_line, time_beside
from bot.core.present.entry import entry_of
from bot.core.present.links import Repository
from bot.core.present.replies import choices_intro, decline, help_intro
from bot.core.present.strings import ENGLISH, Strings
from bot.core.search.results import Choices, NoAnswer
from bot.slack.blocks.elements import (
    LABEL_LENGTH,
    Block,
    Message,
    actions,
    bold,
    button,
    code,
    context,
    italic,
    notice,
    option,
    overflow,
    paragraph,
    plain,
    quote,
    rich_text,
    section,
    sentence,
    versioned,
)
from bot.slack.mrkdwn import entities, escape, link, mention, shorten, visible

SHOW_FACT, MORE_LIKE_THIS, SHARE_FACT, SOURCE = "show_fact", "more_like_this", "share_fact", "fact_source"
CARD_MENU = "card_menu"
CITE, REPORT, EDIT, THUMB_UP, THUMB_DOWN = (
    "cite",
    "report",
    "edit",
    "thumb_up",
    "thumb_down",
)  # the menu's entries
SHOW_HELP, REPORT_BUTTON = "show_help", "report_problem"
EXAMPLES_SHOWN = 5
TRY = tuple(f"try_{number}" for number in range(1, EXAMPLES_SHOWN + 1))
# Slack wants a different action_id for each button of a block.
NEAR_TOPICS = ("open_topic_1", "open_topic_2", "open_topic_3")

UNKNOWN_SHOWN, UNKNOWN_LENGTH = 5, 40
REST_LENGTH, QUESTION_LENGTH = 110, 300
NO_BREAK = "\u00a0"


def fact_value(fact: Fact, text: Strings, offer_id: str = "") -> str:
    """What a button about a fact carries: the fact, the inbox's id of the offer, and the language."""
    parts = [fact.id, offer_id, "" if text.language == "en" else text.language]
    while not parts[-1]:
        parts.pop()
    return versioned(*parts)


def build_card(
    fact: Fact,
    base: FactBase,
    text: Strings = ENGLISH,
    *,
    share: bool = False,
    repository: Repository | None = None,
    shared_by: str | None = None,
    question: str = "",
    unknown: Sequence[str] = (),
    who: str = "",
    intro: str = "",
    menu: bool = True,
) -> Message:
    """One fact: its kind, the answer in bold, a sentence, the quote, who says so and the passage.

    `share` adds the button that posts a private card for everybody, with the `question`; `shared_by` is the id of the
    user to credit; `unknown` are words of the question to name as such; `who` leads where it is asked for; `intro` is a
    line above.  Without `menu` there is nothing to press.
    """
    entry = entry_of(fact, base, text, who=who)
    credit = mention(shared_by)
    first = [plain(f"{intro}\n")] if intro else []
    if credit and question:
        first.append(plain(f"{text('asked', question=question)}\n"))
    body = [
        paragraph(*first, italic(entry.label), plain("\n"), bold(entry.answer), plain(entry.rest)),
        paragraph(plain(entry.statement)),
        quote(f"“{entry.quote}”"),
    ]
    for title, line in entry.others:
        body.append(paragraph(bold(f"{title}: "), plain(line)))
    links = " · ".join(
        link(passage.address, passage.label.replace(" ", NO_BREAK)) for passage in entry.passages
    )
    small, said = [f"{escape(entry.byline)} {links}"], [entities(entry.text)]
    if ignored := _named(unknown):
        line = text("ignored", words=text.quoted(ignored))
        small.append(escape(line))
        said.append(entities(line))
    if intro:
        said.insert(0, entities(intro))
    if credit:
        small.append(text("shared_by", person=credit))
        said.append(text("shared_by", person=credit))
        if question:
            said.insert(0, entities(text("asked", question=question)))
    if text("language"):
        small.append(text("language"))
        said.append(text("language"))
    blocks = [rich_text(*body), context(*small)]
    if menu:
        buttons = []
        if share:
            shared = versioned(
                fact.id, "" if text.language == "en" else text.language, question[:QUESTION_LENGTH]
            )
            buttons.append(button(SHARE_FACT, text("share"), shared.rstrip(":")))
        if base.related(fact):
            buttons.append(button(MORE_LIKE_THIS, text("more"), fact_value(fact, text)))
        buttons.append(button(SOURCE, text("source"), fact_value(fact, text)))
        blocks.append(actions(*buttons, _menu(fact, base, text, repository)))
    return Message(" ".join(said), tuple(blocks))


def build_choices(choices: Choices, text: Strings = ENGLISH, offer_id: str = "") -> Message:
    """Up to five facts under a line that says whether they match or are only the closest."""
    unknown, missing = _named(choices.unknown), _named(choices.missing)
    intro = choices_intro(len(choices.facts), choices.fit, unknown, missing, text)
    return build_list(intro, choices.facts, text, offer_id)


def build_related(fact: Fact, base: FactBase, text: Strings = ENGLISH) -> Message:
    """What *More like this* shows."""
    related = base.related(fact)
    if not related:
        return notice(text("no_related"))
    return build_list(text("more_like", title=fact.title), related, text)


def build_none(outcome: NoAnswer, text: Strings = ENGLISH, topics: Sequence[Topic] = ()) -> Message:
    """That the articles don't say, which words are unknown, the nearest topics, and the way to example questions."""
    said = decline(_named(outcome.unknown), text)
    blocks, lines = [sentence(said)], [said]
    buttons = [
        button(
            action_id,
            shorten(topic.title, LABEL_LENGTH),
            versioned("topic", topic.id, "1"),
            label=text("open_label", title=topic.title),
        )
        for action_id, topic in zip(NEAR_TOPICS, topics, strict=False)
    ]
    if buttons:
        lines.append(
            f"{text('nearest_topics')}: {', '.join(topic.title for topic in topics[: len(buttons)])}."
        )
        blocks.append(context(f"{text('nearest_topics')}:"))
    buttons.append(button(SHOW_HELP, text("see_examples"), versioned("help", text.language)))
    return Message(entities(" ".join(lines)), (*blocks, actions(*buttons)))


def build_help(base: FactBase, text: Strings = ENGLISH, *, examples: bool = True) -> Message:
    """What can be asked and how; with example questions, unless the view shows these already."""
    site = base.site
    title = text("help_title", subject=site.subject)
    lines = [help_intro(base, text), text("help_where", command=f"/{site.command}")]
    one_topic = [f"topic {topic}" for topic in list(base.topics)[:1]]
    typed = ["topics", *one_topic, "sources", "actors", "timeline 2019", "random", "about"]
    also = [plain(f"{text('help_also')}:")]
    for words in typed:
        also += [plain(" "), code(words)]
    blocks = [rich_text(paragraph(bold(title)), *(paragraph(plain(line)) for line in lines))]
    said = [f"{title}.", *lines]
    if examples and site.examples:
        blocks.append(build_examples(base))
        said.append(f"{text('try_asking')}: {'; '.join(site.examples)}.")
    blocks.append(rich_text(paragraph(*also)))
    said.append(f"{text('help_also')}: {', '.join(typed)}.")
    return Message(entities(" ".join(said)), tuple(blocks))


def build_examples(base: FactBase) -> Block:
    """The example questions, a button each."""
    return actions(
        *(
            button(action_id, shorten(question, LABEL_LENGTH), versioned(question))
            for action_id, question in zip(TRY, base.site.examples, strict=False)
        )
    )


def build_thanks_down(fact: Fact, text: Strings = ENGLISH) -> Message:
    """The reply to *Not helpful*."""
    reports = button(REPORT_BUTTON, text("report"), fact_value(fact, text))
    return Message(text("thanks_down"), (sentence(text("thanks_down")), actions(reports)))


def build_row(fact: Fact, text: Strings = ENGLISH, offer_id: str = "") -> Block:
    """A fact in one line with a Show button."""
    beginning, rest = _row(fact)
    label = text("show_label", title=fact.title)
    shows = button(SHOW_FACT, text("show"), fact_value(fact, text, offer_id), label=label)
    return section(f"*{escape(beginning)}*{escape(rest)}", shows)


def row_text(fact: Fact) -> str:
    """The same in words."""
    return "".join(_row(fact))


def build_list(intro: str, facts: Sequence[Fact], text: Strings = ENGLISH, offer_id: str = "") -> Message:
    lines = [intro, *(f"{number}. {row_text(fact)}" for number, fact in enumerate(facts, 1))]
    blocks = (sentence(intro), *(build_row(fact, text, offer_id) for fact in facts))
    if text("language"):
        lines.append(text("language"))
        blocks = (*blocks, context(text("language")))
    return Message(entities("\n".join(lines)), blocks)


def _row(fact: Fact) -> tuple[str, str]:
    """The bold beginning and the rest, with the time wherever neither of them says it."""
    beginning, rest = first_line(fact)
    when = time_beside(fact)
    return beginning, f"{shorten(rest, REST_LENGTH)}{when}" if when else rest


def _named(words: Sequence[str]) -> list[str]:
    """Words of a question that a reply names: cleaned and cut, since people typed them."""
    return [shorten(cleaned, UNKNOWN_LENGTH) for word in words[:UNKNOWN_SHOWN] if (cleaned := visible(word))]


def _menu(fact: Fact, base: FactBase, text: Strings, repository: Repository | None) -> Block:
    language = [] if text.language == "en" else [text.language]
    tools = (THUMB_UP, "helpful"), (THUMB_DOWN, "not_helpful"), (CITE, "cite"), (REPORT, "report")
    options = [option(text(key), versioned(tool, fact.id, *language)) for tool, key in tools]
    if repository:
        address = repository.line(base.places[fact.id])
        options.append(option(text("edit"), versioned(EDIT, fact.id), url=address))
    return overflow(CARD_MENU, *options)
