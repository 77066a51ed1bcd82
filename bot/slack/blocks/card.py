"""Replies: cards, lists, comparisons, overviews, declines and the help, in the language of the question."""

from collections.abc import Sequence
from dataclasses import replace

from bot.core.facts.base import FactBase
from bot.core.facts.models import Fact
from bot.core.present import replies
from bot.core.present.card import entry_of, first_line, headline, time_beside
from bot.core.present.comparison import table_of
from bot.core.present.links import Repository
from bot.core.present.strings import ENGLISH, Strings
from bot.core.search.results import Answer, Choices, NoAnswer
from bot.slack.blocks import elements as ui
from bot.slack.blocks.elements import Block, Message, versioned
from bot.slack.mrkdwn import entities, escape, link, mention, shorten, visible

SHOW_FACT, MORE_LIKE_THIS, SHARE_FACT, SOURCE = "show_fact", "more_like_this", "share_fact", "fact_source"
CARD_MENU, SHOW_HELP, REPORT_BUTTON = "card_menu", "show_help", "report_problem"
OPEN_ENTRY, OPEN_TOPIC, SHARE_ANSWER = "open_entry", "open_overview_topic", "share_answer"
CITE, REPORT, EDIT, THUMB_UP, THUMB_DOWN = "cite", "report", "edit", "thumb_up", "thumb_down"  # in the menu
# Slack wants a different action_id for each button of a block.
TRY = tuple(f"try_{number}" for number in range(1, 6))
NEAR_TOPICS = ("open_topic_1", "open_topic_2", "open_topic_3")

UNKNOWN_SHOWN, UNKNOWN_LENGTH = 5, 40
REST_LENGTH, QUESTION_LENGTH = 110, 300
NO_BREAK = "\u00a0"


def fact_value(fact: Fact, text: Strings, more: str = "") -> str:
    """What a button about a fact carries: the fact, the inbox's id of an offer, and the language."""
    return versioned(fact.id, more, _language(text))


def build_answer(
    outcome: Answer | Choices,
    base: FactBase,
    text: Strings = ENGLISH,
    *,
    question: str = "",
    share: bool = False,
    repository: Repository | None = None,
    offer_id: str = "",
    intro: str = "",
) -> Message:
    """The reply to a question, below the line `intro`; `offer_id` tells the inbox which entry was opened."""
    shared = question if share else ""
    if outcome.form == "comparison":
        return build_comparison(outcome.facts, base, text, question=shared, intro=intro)
    if replies.is_overview(outcome):
        overview = replies.overview_of(outcome, base, text)
        return build_overview(overview, base, text, question=shared, intro=intro)
    if isinstance(outcome, Answer):
        return build_card(outcome.fact, base, text, share=share, repository=repository, question=question,
                          unknown=outcome.unknown, intro=intro)  # fmt: skip
    if outcome.form == "closest":
        intro = f"{intro}\n{replies.closest_intro(outcome, text)}".strip()
        return build_card(outcome.facts[0], base, text, repository=repository, intro=intro)
    return build_choices(outcome, text, offer_id)


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
    entry, credit, ignored = entry_of(fact, base, text, question), mention(shared_by), _named(unknown)
    above = [intro, text("asked", question=question) if credit and question else ""]
    links = " · ".join(link(address, label.replace(" ", NO_BREAK)) for label, address in entry.passages)
    label = ui.plain(f"{entry.label}\n", "italic")
    body = [
        ui.paragraph(*(f"{line}\n" for line in above if line), label, ui.bold(entry.answer), entry.rest),
        ui.paragraph(entry.statement),
        ui.quote(f"“{entry.quote}”"),
        *(ui.paragraph(ui.bold(f"{title}: "), line) for title, line in entry.others),
    ]
    small = ui.context(
        f"{escape(entry.byline)} {links}",
        escape(text("ignored", words=text.quoted(ignored))) if ignored else "",
        text("shared_by", person=credit) if credit else "",
        text("language"),
    )
    buttons = [
        ui.button(MORE_LIKE_THIS, text("more"), fact_value(fact, text)),
        ui.button(SOURCE, text("source"), fact_value(fact, text)),
        _menu(fact, base, text, repository),
    ]
    if share:
        value = versioned(fact.id, _language(text), question[:QUESTION_LENGTH])
        buttons.insert(0, ui.button(SHARE_FACT, text("share"), value))
    return Message.of(ui.rich_text(*body), small, ui.actions(*(buttons if menu else ())))


def build_choices(choices: Choices, text: Strings = ENGLISH, offer_id: str = "") -> Message:
    """Up to five facts under a line that says whether they match or are only the closest."""
    unknown, missing = _named(choices.unknown), _named(choices.missing)
    intro = replies.choices_intro(len(choices.facts), choices.fit, unknown, missing, text)
    return build_list(intro, choices.facts, text, offer_id)


def build_related(fact: Fact, base: FactBase, text: Strings = ENGLISH) -> Message:
    """What *More like this* shows."""
    if related := base.related(fact):
        return build_list(text("more_like", title=fact.title), related, text)
    return ui.notice(text("no_related"))


def build_none(outcome: NoAnswer, text: Strings = ENGLISH) -> Message:
    """That the articles don't say, which words are unknown, the nearest topics, and the way to example questions."""
    topics = zip(NEAR_TOPICS, outcome.topics, strict=False)
    buttons = [ui.button(name, topic.title, versioned("topic", topic.id, "1")) for name, topic in topics]
    near = ui.context(f"{text('nearest_topics')}:" if buttons else "")
    titles = ", ".join(button["text"]["text"] for button in buttons)
    buttons.append(ui.button(SHOW_HELP, text("see_examples"), versioned("help", text.language)))
    said = ui.sentence(replies.decline(_named(outcome.unknown), text))
    drawn = Message.of(said, near, ui.actions(*buttons))
    return replace(drawn, text=f"{drawn.text} {entities(titles)}".strip())


def build_help(base: FactBase, text: Strings = ENGLISH, *, examples: bool = True) -> Message:
    """What can be asked and how; with example questions, unless the view shows these already."""
    site = base.site
    title = ui.bold(text("help_title", subject=site.subject))
    where = text("help_where", command=f"/{site.command}")
    topic = f"topic {next(iter(base.topics), '')}"
    typed = ["topics", topic, "sources", "actors", "timeline 2019", "random", "about"]
    words = [part for word in typed for part in (" ", ui.plain(word, "code"))]
    return Message.of(
        ui.rich_text(ui.paragraph(title), ui.paragraph(replies.help_intro(base, text)), ui.paragraph(where)),
        build_examples(base) if examples else ui.actions(),
        ui.rich_text(ui.paragraph(f"{text('help_also')}:", *words)),
    )


def build_examples(base: FactBase) -> Block:
    """The example questions, a button each."""
    examples = zip(TRY, base.site.examples, strict=False)
    return ui.actions(*(ui.button(name, question, versioned(question)) for name, question in examples))


def build_thanks_down(fact: Fact, text: Strings = ENGLISH) -> Message:
    """The reply to *Not helpful*."""
    reports = ui.button(REPORT_BUTTON, text("report"), fact_value(fact, text))
    return Message.of(ui.sentence(text("thanks_down")), ui.actions(reports))


def build_row(fact: Fact, text: Strings = ENGLISH, offer_id: str = "", below: str = "") -> Block:
    """A fact in one line, with the time unless it contains that, and a Show button; perhaps a line below."""
    beginning, rest = first_line(fact)
    if when := time_beside(fact):
        rest = f"{shorten(rest, REST_LENGTH)}{when}"
    label = text("show_label", title=fact.title)
    shows = ui.button(SHOW_FACT, text("show"), fact_value(fact, text, offer_id), label=label)
    return ui.section(f"*{escape(beginning)}*{escape(rest)}\n{escape(below)}".rstrip("\n"), shows)


def build_list(intro: str, facts: Sequence[Fact], text: Strings = ENGLISH, offer_id: str = "") -> Message:
    rows = (build_row(fact, text, offer_id) for fact in facts)
    return Message.of(ui.sentence(intro), *rows, ui.context(text("language")))


def _named(words: Sequence[str]) -> list[str]:
    """Words of a question that a reply names: cleaned and cut, since people typed them."""
    return [shorten(cleaned, UNKNOWN_LENGTH) for word in words[:UNKNOWN_SHOWN] if (cleaned := visible(word))]


def _language(text: Strings) -> str:
    """The language as values carry it: nothing for English."""
    return "" if text.language == "en" else text.language


def _menu(fact: Fact, base: FactBase, text: Strings, repository: Repository | None) -> Block:
    tools = (THUMB_UP, "helpful"), (THUMB_DOWN, "not_helpful"), (CITE, "cite"), (REPORT, "report")
    options = [ui.option(text(key), versioned(tool, fact.id, _language(text))) for tool, key in tools]
    if repository:
        address = repository.line(base.places[fact.id])
        options.append(ui.option(text("edit"), versioned(EDIT, fact.id), url=address))
    return {"type": "overflow", "action_id": CARD_MENU, "options": options}


def build_comparison(
    facts: Sequence[Fact], base: FactBase, text: Strings = ENGLISH, *, question: str = "", intro: str = ""
) -> Message:
    """A table of facts; with a `question`, a button that posts it for everybody."""
    table = table_of(facts, base, text)
    names = ["when", "value", "source"] if table.over_time else ["what", "value", "when", "source"]
    rows = [[ui.heading(text(f"column_{name}")) for name in names]]
    for row in table.rows:
        source = ui.rich_text(ui.paragraph(ui.linked(row["address"], row["source"])))
        rows.append([*(ui.sentence(row[name]) for name in names[:-1]), source])
    drawn = {"type": "table", "rows": rows, "column_settings": [{"is_wrapped": True}] * len(names)}
    buttons = [*_share(question, text), _entries(table.facts, text)]
    small = ui.context(table.change, text("language"))
    return Message.of(ui.heading(intro or table.title), drawn, small, ui.actions(*buttons))


def build_overview(
    overview: replies.Overview, base: FactBase, text: Strings, *, question: str = "", intro: str = ""
) -> Message:
    """How much there is about a word or a name, dated facts, opinions by holder, and a menu of every entry."""
    body = [ui.paragraph(intro and f"{intro}\n", ui.bold(overview.title)), ui.paragraph(overview.intro)]
    for key, lines in (("key_facts", overview.facts), ("opinions", overview.opinions)):
        if lines:
            items = [_with_source(line, fact, base) for line, fact in lines]
            body += [ui.paragraph(ui.bold(f"\n{text(key)}")), ui.bullets(items)]
    buttons = [_entries(overview.entries, text)] if overview.entries else []
    if topic := overview.topic:
        opens = text("open_topic", title=topic.title)
        buttons.append(ui.button(OPEN_TOPIC, opens, versioned("topic", topic.id, "1")))
    buttons += _share(question, text)
    return Message.of(ui.rich_text(*body), ui.actions(*buttons), ui.context(text("language")))


def _share(question: str, text: Strings) -> list[Block]:
    return [ui.button(SHARE_ANSWER, text("share"), versioned(question))] if question else []


def _entries(facts: Sequence[Fact], text: Strings) -> Block:
    """A menu of entries: choosing one shows its card."""
    options = [(headline(fact), fact_value(fact, text)) for fact in facts]
    return ui.select(OPEN_ENTRY, text("all_entries"), options)


def _with_source(line: str, fact: Fact, base: FactBase) -> Block:
    """A line with a link to its passage; a time that is the source's own is not repeated."""
    evidence = fact.evidence[0]
    source = base.sources[evidence.source]
    for dated in (source.short[-4:], str(source.dated)):
        line = line.removesuffix(f" ({dated})")
    return ui.paragraph(f"{line} (", ui.linked(base.link(evidence), source.short), ")")
