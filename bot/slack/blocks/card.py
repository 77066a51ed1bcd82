"""Cards, lists, declines and the help, in the language of the question."""

from collections.abc import Sequence

from bot.core.facts.base import FactBase
from bot.core.facts.models import Fact
from bot.core.present.card import entry_of, first_line, time_beside
from bot.core.present.links import Repository
from bot.core.present.replies import choices_intro, decline, help_intro
from bot.core.present.strings import ENGLISH, Strings
from bot.core.search.results import Choices, NoAnswer
from bot.slack.blocks import elements as ui
from bot.slack.blocks.elements import Block, Message, Part, versioned
from bot.slack.mrkdwn import entities, escape, link, mention, shorten, visible

SHOW_FACT, MORE_LIKE_THIS, SHARE_FACT, SOURCE = "show_fact", "more_like_this", "share_fact", "fact_source"
CARD_MENU, SHOW_HELP, REPORT_BUTTON = "card_menu", "show_help", "report_problem"
CITE, REPORT, EDIT, THUMB_UP, THUMB_DOWN = "cite", "report", "edit", "thumb_up", "thumb_down"  # in the menu
# Slack wants a different action_id for each button of a block.
TRY = tuple(f"try_{number}" for number in range(1, 6))
NEAR_TOPICS = ("open_topic_1", "open_topic_2", "open_topic_3")

UNKNOWN_SHOWN, UNKNOWN_LENGTH = 5, 40
REST_LENGTH, QUESTION_LENGTH = 110, 300
NO_BREAK = "\u00a0"


def fact_value(fact: Fact, text: Strings, more: str = "") -> str:
    """What a button about a fact carries: the fact, the inbox's id of an offer, and the language."""
    return versioned(fact.id, more, _language(text)).rstrip(":")


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
    intro: str = "",
    menu: bool = True,
) -> Message:
    """One fact: its kind, the answer in bold, a sentence, the quote, who says so and the passage.

    `share` adds the button that posts a private card for everybody, with the `question`; `shared_by` is the id of the
    user to credit; `unknown` are words of the question to name as such; `intro` is a line above.  Without `menu` there
    is nothing to press.
    """
    entry = entry_of(fact, base, text, question)
    credit = mention(shared_by)
    above = [intro, text("asked", question=question) if credit and question else ""]
    links = " · ".join(link(address, label.replace(" ", NO_BREAK)) for label, address in entry.passages)
    body = [
        ui.paragraph(
            *(ui.plain(f"{line}\n") for line in above if line),
            ui.plain(entry.label, "italic"),
            ui.plain("\n"),
            ui.bold(entry.answer),
            ui.plain(entry.rest),
        ),
        ui.paragraph(ui.plain(entry.statement)),
        ui.quote(f"“{entry.quote}”"),
        *(ui.paragraph(ui.bold(f"{title}: "), ui.plain(line)) for title, line in entry.others),
    ]
    ignored = _named(unknown)
    remarks = [
        escape(text("ignored", words=text.quoted(ignored))) if ignored else "",
        text("shared_by", person=credit) if credit else "",
        text("language"),
    ]
    remarks = [remark for remark in remarks if remark]
    said = [*(entities(line) for line in above if line), entities(entry.text), *remarks]
    blocks = [ui.rich_text(*body), ui.context(f"{escape(entry.byline)} {links}", *remarks)]
    if menu:
        buttons = [
            ui.button(SOURCE, text("source"), fact_value(fact, text)),
            _menu(fact, base, text, repository),
        ]
        if base.related(fact):
            buttons.insert(0, ui.button(MORE_LIKE_THIS, text("more"), fact_value(fact, text)))
        if share:
            value = versioned(fact.id, _language(text), question[:QUESTION_LENGTH]).rstrip(":")
            buttons.insert(0, ui.button(SHARE_FACT, text("share"), value))
        blocks.append(ui.actions(*buttons))
    return Message(" ".join(said), tuple(blocks))


def build_choices(choices: Choices, text: Strings = ENGLISH, offer_id: str = "") -> Message:
    """Up to five facts under a line that says whether they match or are only the closest."""
    unknown, missing = _named(choices.unknown), _named(choices.missing)
    intro = choices_intro(len(choices.facts), choices.fit, unknown, missing, text)
    return build_list(intro, choices.facts, text, offer_id)


def build_related(fact: Fact, base: FactBase, text: Strings = ENGLISH) -> Message:
    """What *More like this* shows."""
    if related := base.related(fact):
        return build_list(text("more_like", title=fact.title), related, text)
    return ui.notice(text("no_related"))


def build_none(outcome: NoAnswer, text: Strings = ENGLISH) -> Message:
    """That the articles don't say, which words are unknown, the nearest topics, and the way to example questions."""
    said, near = decline(_named(outcome.unknown), text), f"{text('nearest_topics')}:"
    topics = outcome.topics[: len(NEAR_TOPICS)]
    parts: list[Part] = [(ui.sentence(said), said)]
    if topics:
        parts.append((ui.context(near), f"{near} {', '.join(topic.title for topic in topics)}."))
    buttons = [
        ui.button(
            name, topic.title, versioned("topic", topic.id, "1"), label=text("open_label", title=topic.title)
        )
        for name, topic in zip(NEAR_TOPICS, topics, strict=False)
    ]
    buttons.append(ui.button(SHOW_HELP, text("see_examples"), versioned("help", text.language)))
    return Message.of([*parts, (ui.actions(*buttons), "")], " ")


def build_help(base: FactBase, text: Strings = ENGLISH, *, examples: bool = True) -> Message:
    """What can be asked and how; with example questions, unless the view shows these already."""
    site = base.site
    title, also = text("help_title", subject=site.subject), f"{text('help_also')}:"
    lines = [help_intro(base, text), text("help_where", command=f"/{site.command}")]
    topic = [f"topic {topic}" for topic in list(base.topics)[:1]]
    typed = ["topics", *topic, "sources", "actors", "timeline 2019", "random", "about"]
    words = [part for word in typed for part in (ui.plain(" "), ui.plain(word, "code"))]
    paragraphs = [ui.bold(title), *map(ui.plain, lines)]
    parts: list[Part] = [
        (ui.rich_text(*map(ui.paragraph, paragraphs)), " ".join([f"{title}.", *lines])),
        (ui.rich_text(ui.paragraph(ui.plain(also), *words)), f"{also} {', '.join(typed)}."),
    ]
    if examples and site.examples:
        parts.insert(1, (build_examples(base), f"{text('try_asking')}: {'; '.join(site.examples)}."))
    return Message.of(parts, " ")


def build_examples(base: FactBase) -> Block:
    """The example questions, a button each."""
    examples = zip(TRY, base.site.examples, strict=False)
    return ui.actions(*(ui.button(name, question, versioned(question)) for name, question in examples))


def build_thanks_down(fact: Fact, text: Strings = ENGLISH) -> Message:
    """The reply to *Not helpful*."""
    reports = ui.button(REPORT_BUTTON, text("report"), fact_value(fact, text))
    return Message(text("thanks_down"), (ui.sentence(text("thanks_down")), ui.actions(reports)))


def build_row(fact: Fact, text: Strings = ENGLISH, offer_id: str = "", below: str = "") -> Block:
    """A fact in one line with a Show button, perhaps with a line below."""
    beginning, rest = _row(fact)
    label = text("show_label", title=fact.title)
    shows = ui.button(SHOW_FACT, text("show"), fact_value(fact, text, offer_id), label=label)
    return ui.section(f"*{escape(beginning)}*{escape(rest)}{escape(below and chr(10) + below)}", shows)


def row_text(fact: Fact) -> str:
    """The same in words."""
    return "".join(_row(fact))


def build_list(intro: str, facts: Sequence[Fact], text: Strings = ENGLISH, offer_id: str = "") -> Message:
    rows = [
        (build_row(fact, text, offer_id), f"{number}. {row_text(fact)}")
        for number, fact in enumerate(facts, 1)
    ]
    return Message.of([(ui.sentence(intro), intro), *rows, *language_note(text)])


def language_note(text: Strings) -> list[Part]:
    """That the entries are in English, below a reply in another language; with the same in words."""
    return [(ui.context(text("language")), text("language"))] if text("language") else []


def _row(fact: Fact) -> tuple[str, str]:
    """The bold beginning and the rest, with the time if neither contains it."""
    beginning, rest = first_line(fact)
    when = time_beside(fact)
    return beginning, f"{shorten(rest, REST_LENGTH)}{when}" if when else rest


def _named(words: Sequence[str]) -> list[str]:
    """Words of a question that a reply names: cleaned and cut, since people typed them."""
    return [shorten(cleaned, UNKNOWN_LENGTH) for word in words[:UNKNOWN_SHOWN] if (cleaned := visible(word))]


def _language(text: Strings) -> str:
    """The language as values carry it: nothing for English."""
    return "" if text.language == "en" else text.language


def _menu(fact: Fact, base: FactBase, text: Strings, repository: Repository | None) -> Block:
    tools = (THUMB_UP, "helpful"), (THUMB_DOWN, "not_helpful"), (CITE, "cite"), (REPORT, "report")
    options = [
        ui.option(text(key), versioned(tool, fact.id, _language(text)).rstrip(":")) for tool, key in tools
    ]
    if repository:
        address = repository.line(base.places[fact.id])
        options.append(ui.option(text("edit"), versioned(EDIT, fact.id), url=address))
    return ui.overflow(CARD_MENU, *options)
