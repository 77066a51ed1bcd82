"""Cards, lists of choices, declines and the help."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from bot.core.examples import EXAMPLES
from bot.core.facts.base import FactBase, Topic
from bot.core.facts.models import Fact
from bot.core.present import phrases
from bot.core.present.card import first_line, provenance, related_lines, review, time_beside
from bot.core.present.links import Repository
from bot.core.search.results import Answer, Choices, NoAnswer, Outcome
from bot.slack import strings
from bot.slack.blocks.elements import (
    LABEL_LENGTH,
    Block,
    Message,
    actions,
    bold,
    bullets,
    button,
    code,
    context,
    feedback,
    heading,
    notice,
    option,
    overflow,
    paragraph,
    plain,
    rich_text,
    section,
    sentence,
    versioned,
)
from bot.slack.mrkdwn import entities, escape, link, mention, shorten, visible

SHOW_FACT, MORE_LIKE_THIS, SHARE_FACT = "show_fact", "more_like_this", "share_fact"
CARD_MENU = "card_menu"
CITE, REPORT, EDIT = "cite", "report", "edit"  # the entries of the card's menu
THUMB, THUMB_UP, THUMB_DOWN = "thumb", "thumb_up", "thumb_down"  # the last two where plain buttons stand in
TRY = tuple(f"try_{number}" for number, _ in enumerate(EXAMPLES, 1))
# Slack wants a different action_id for each button of a block.
NEAR_TOPICS = ("open_topic_1", "open_topic_2", "open_topic_3")

UNKNOWN_SHOWN, UNKNOWN_LENGTH = 5, 40
REST_LENGTH = 110


def build_outcome(
    outcome: Outcome,
    base: FactBase,
    *,
    share: bool = False,
    thumbs: bool = False,
    repository: Repository | None = None,
    offer_id: str | None = None,
    help_typed: str = strings.HELP_COMMAND,
) -> Message:
    """The reply to a question.  The first options are those of `build_card`.

    `offer_id` is the inbox's for the question, so that it learns which of the choices was opened;
    `help_typed` is what shows the help where the question was asked.
    """
    if isinstance(outcome, Answer):
        return build_card(
            outcome.fact, base, share=share, thumbs=thumbs, repository=repository, unknown=outcome.unknown
        )
    return (
        build_choices(outcome, offer_id) if isinstance(outcome, Choices) else build_none(outcome, help_typed)
    )


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

    `share` adds the button that posts a private card for everybody; `thumbs` asks whether it was helpful (messages
    only); `repository` is where *Edit this fact* leads; `shared_by` is the id of the user to credit; `unknown` are
    words of the question to name as such; `today` decides whether the fact is due for review.
    """
    beginning, rest = first_line(fact)
    body = [paragraph(bold(beginning), plain(rest)), paragraph(plain(fact.statement))]
    text = [f"{beginning}{rest}.", fact.statement]
    for title, lines in related_lines(fact, base):
        body += [paragraph(bold(title)), bullets(lines)]
        text.append(f"{title}: {'; '.join(lines)}.")
    small = _small_print(fact, base, unknown, today or datetime.date.today())
    said = [entities(line) for line in (*text, *(in_words for _, in_words in small))]
    lines = [mrkdwn for mrkdwn, _ in small]
    if credit := mention(shared_by):
        lines.append(strings.shared_by(credit))
        said.append(strings.shared_by(credit))
    buttons = [button(SHARE_FACT, strings.SHARE, versioned(fact.id))] if share else []
    if base.related(fact):
        buttons.append(button(MORE_LIKE_THIS, strings.MORE, versioned(fact.id)))
    buttons.append(_menu(fact, base, repository))
    blocks = [rich_text(*body), context(*lines), actions(*buttons)]
    if thumbs:
        up, down = versioned(THUMB_UP, fact.id), versioned(THUMB_DOWN, fact.id)
        blocks.append(feedback(THUMB, (strings.HELPFUL, up), (strings.NOT_HELPFUL, down)))
    return Message(" ".join(said), tuple(blocks))


def _small_print(
    fact: Fact, base: FactBase, unknown: Sequence[str], today: datetime.date
) -> list[tuple[str, str]]:
    """Each line as mrkdwn and in words."""
    origin = provenance(fact, base)
    lines = [(escape(origin.claim), origin.claim)]
    for article in origin.articles:
        named = f"{phrases.ARTICLE}: {link(article.address, article.title)}{escape(article.remarks)}"
        lines.append((named, f"{phrases.ARTICLE}: {article.title}{article.remarks}: {article.address}"))
    if fact.note:
        lines.insert(0, _line(f"{phrases.NOTE}: {fact.note}"))
    if origin.hidden:
        lines.append(_line(phrases.and_more(origin.hidden)))
    if due := review(fact, today):
        lines.append(_line(f"{due}."))
    if ignored := strings.unknown(_named(unknown)):
        lines.append(_line(ignored))
    return lines


def _line(text: str) -> tuple[str, str]:
    return escape(text), text


def build_choices(choices: Choices, offer_id: str | None = None) -> Message:
    """Up to five facts, a line and a Show button each."""
    unknown, missing = _named(choices.unknown), _named(choices.missing)
    return _list(strings.offered(len(choices.facts), choices.fit, unknown, missing), choices.facts, offer_id)


def build_related(fact: Fact, base: FactBase) -> Message:
    """What *More like this* shows."""
    related = base.related(fact)
    return _list(strings.more_like(fact.title), related) if related else notice(strings.NO_RELATED)


def build_none(outcome: NoAnswer, typed: str = strings.HELP_COMMAND, topics: Sequence[Topic] = ()) -> Message:
    """That there is no such fact, which words are unknown, the nearest topics, and what to type for the help."""
    declined = " ".join(part for part in (strings.NO_FACT, strings.unknown(_named(outcome.unknown))) if part)
    hint = strings.try_help(typed)
    blocks, text = [sentence(declined)], [declined, hint]
    if topics := topics[: len(NEAR_TOPICS)]:
        buttons = [
            button(
                action_id,
                topic.title,
                versioned("topic", topic.id, "1"),
                label=strings.OPENED_LABEL.format(title=topic.title),
            )
            for action_id, topic in zip(NEAR_TOPICS, topics, strict=False)
        ]
        blocks += [heading(strings.NEAREST_TOPICS), actions(*buttons)]
        text.append(f"{strings.NEAREST_TOPICS}: {', '.join(topic.title for topic in topics)}.")
    return Message(entities(" ".join(text)), (*blocks, context(escape(hint))))


def build_help(base: FactBase, *, examples: bool = True) -> Message:
    """What can be asked and how; with the questions to try, unless the view shows these already."""
    intro = strings.help_sentence(len(base.facts), len(base.sources))
    one_topic = [f"topic {topic}" for topic in list(base.topics)[:1]]
    one_source = [f"source {source}" for source in list(base.sources)[:1]]
    typed = ["topics", *one_topic, "sources", *one_source, "actors", "timeline 2019", "random", "about"]
    more = [plain(f"{strings.HELP_MORE}:")]
    for words in typed:
        more += [plain(" "), code(words)]
    text = [f"{strings.HELP_TITLE}.", intro, f"{strings.HELP_MORE}: {', '.join(typed)}."]
    blocks = [
        rich_text(paragraph(bold(strings.HELP_TITLE)), paragraph(plain(intro))),
        rich_text(paragraph(*more)),
    ]
    if examples:
        blocks.insert(1, build_examples())
        text.insert(2, f"{strings.HOME_TRY}: {'; '.join(EXAMPLES)}.")
    return Message(entities(" ".join(text)), tuple(blocks))


def build_examples() -> Block:
    """The questions to try, a button each."""
    return actions(
        *(
            button(action_id, shorten(question, LABEL_LENGTH), versioned(question))
            for action_id, question in zip(TRY, EXAMPLES, strict=True)
        )
    )


def build_row(fact: Fact, offer_id: str | None = None) -> Block:
    """A fact in one line with a Show button: a row of choices, of related facts, of a page."""
    beginning, rest = _row(fact)
    value = versioned(fact.id, offer_id) if offer_id else versioned(fact.id)
    label = strings.SHOWN_LABEL.format(title=fact.title)
    return section(
        f"*{escape(beginning)}*{escape(rest)}", button(SHOW_FACT, strings.SHOW, value, label=label)
    )


def row_text(fact: Fact) -> str:
    """The same in words."""
    return "".join(_row(fact))


def _row(fact: Fact) -> tuple[str, str]:
    """The bold beginning and the rest, with the time wherever neither of them says it."""
    beginning, rest = first_line(fact)
    when = time_beside(fact)
    return beginning, f"{shorten(rest, REST_LENGTH)}{when}" if when else rest


def _list(intro: str, facts: Sequence[Fact], offer_id: str | None = None) -> Message:
    lines = [intro, *(f"{number}. {row_text(fact)}" for number, fact in enumerate(facts, 1))]
    return Message(
        entities("\n".join(lines)), (sentence(intro), *(build_row(fact, offer_id) for fact in facts))
    )


def _named(words: Sequence[str]) -> list[str]:
    """Words of a question that a reply names: cleaned and cut, since people typed them."""
    return [shorten(cleaned, UNKNOWN_LENGTH) for word in words[:UNKNOWN_SHOWN] if (cleaned := visible(word))]


def _menu(fact: Fact, base: FactBase, repository: Repository | None) -> Block:
    options = [
        option(strings.CITE, versioned(CITE, fact.id)),
        option(strings.REPORT, versioned(REPORT, fact.id)),
    ]
    if repository:
        options.append(
            option(strings.EDIT, versioned(EDIT, fact.id), url=repository.line(base.places[fact.id]))
        )
    return overflow(CARD_MENU, *options)
