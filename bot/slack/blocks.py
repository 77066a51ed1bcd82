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
from bot.core.model import DatedEvent, Evidence, Fact, FactBase, Figure, Position, Source
from bot.core.outcome import Answer, Choices, NoFact, Outcome
from bot.core.phrasing import capitalised, lead, review, short
from bot.core.repository import Repository
from bot.slack import wording
from bot.slack.markup import entities, escape, link, mention, shorten, visible
from bot.slack.parts import (
    Block,
    actions,
    bold,
    bullets,
    button,
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

VALUE_VERSION = "v1"  # buttons are pressed years later: what `value` means is written into it
OTHERS_SHOWN = 5
COMPARED_SHOWN = 3
SOURCES_SHOWN = 3
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
) -> Message:
    """The reply to a question; the options are those of `build_card`.

    `sign` is what the inbox gave for the question, so that it hears when one of the choices is tapped.
    """
    if isinstance(outcome, Answer):
        return build_card(
            outcome.fact, base, share=share, thumbs=thumbs, repository=repository, unknown=outcome.unknown
        )
    if isinstance(outcome, Choices):
        return build_choices(outcome, sign)
    return build_no_fact(outcome)


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
    beginning, rest = _headline(fact)
    body: list[Block] = [section(bold(beginning), plain(rest)), section(plain(fact.statement))]
    text = [f"{beginning}{rest}.", fact.statement]
    for heading, lines in _companions(fact, base):
        body += [section(bold(heading)), bullets(lines)]
        text.append(f"{heading}: {'; '.join(lines)}.")
    small, small_text = _provenance(fact, base)
    if fact.note:
        small.insert(0, escape(f"{wording.NOTE}: {fact.note}"))
        small_text.insert(0, f"{wording.NOTE}: {fact.note}")
    if due := review(fact, today or datetime.date.today()):
        small.append(escape(f"{due}."))
        small_text.append(f"{due}.")
    if ignored := _unknown(unknown):
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
    if unknown := _unknown(choices.unknown):
        intro = f"{unknown} {wording.NEAREST}"
    else:
        intro = wording.SEVERAL if len(choices.facts) > 1 else wording.PERHAPS
    return _list(intro, choices.facts, sign)


def build_related(fact: Fact, base: FactBase) -> Message:
    """What *More like this* shows."""
    related = base.related(fact)
    if not related:
        return build_notice(wording.NO_RELATED)
    return _list(wording.more_like(fact.title), related)


def build_no_fact(outcome: NoFact) -> Message:
    """That there is no such fact, which words are unknown, which topics come nearest."""
    lines = [" ".join(part for part in (wording.NO_FACT, _unknown(outcome.unknown)) if part)]
    body = [section(plain(lines[0]))]
    if outcome.topics:
        body.append(section(bold(wording.NEAREST_TOPICS)))
        body.append(bullets([f"{topic.title}: {topic.about}" for topic in outcome.topics]))
        lines.append(
            f"{wording.NEAREST_TOPICS}: {' '.join(f'{topic.title}: {topic.about}' for topic in outcome.topics)}"
        )
    lines.append(wording.TRY_HELP)
    return Message(entities(" ".join(lines)), (rich_text(body), context([escape(wording.TRY_HELP)])))


def build_help(base: FactBase) -> Message:
    """What can be asked, how, and examples that work."""
    topics = wording.listed([topic.title for topic in base.topics.values()], "and")
    about = wording.about(len(base.facts), len(base.sources))
    body = [
        section(bold(wording.HELP_TITLE)),
        section(plain(about)),
        section(plain(wording.HELP_HOW)),
        section(plain(wording.HELP_BROWSE)),
        section(bold(wording.HELP_TRY)),
        bullets(EXAMPLES),
        section(bold(f"{wording.HELP_TOPICS}: "), plain(f"{topics}.")),
        section(plain(wording.HELP_ELSEWHERE)),
    ]
    text = (
        f"{wording.HELP_TITLE}. {about} {wording.HELP_HOW} {wording.HELP_BROWSE} {wording.HELP_TRY} {'; '.join(EXAMPLES)}."
        f" {wording.HELP_TOPICS}: {topics}. {wording.HELP_ELSEWHERE}"
    )
    return Message(entities(text), (rich_text(body),))


def build_notice(sentence: str) -> Message:
    """One sentence of ours and nothing else."""
    return Message(entities(sentence))


# What a fact is called in one line


def _headline(fact: Fact) -> tuple[str, str]:
    """The first line of a card, parted into its bold beginning and the rest."""
    line = lead(fact)
    if isinstance(fact, Figure):
        beginning = fact.value
    elif isinstance(fact, DatedEvent):
        beginning = capitalised(str(fact.when))
    else:
        # A position's holder comes before the claim.
        beginning = capitalised(fact.attribution) if isinstance(fact, Position) else fact.title
    return beginning, line.removeprefix(beginning)


def _line(fact: Fact) -> tuple[str, str]:
    """A fact among others: bold beginning, rest, with the year wherever neither of them tells it."""
    beginning, rest = _headline(fact)
    if isinstance(fact, DatedEvent) or str(fact.when) in fact.title:
        return beginning, rest
    return beginning, f"{shorten(rest, REST_LENGTH)} ({fact.when})"


def _companions(fact: Fact, base: FactBase) -> list[tuple[str, list[str]]]:
    """What stands beside a fact, a heading and lines each: its series in time order, and what other articles say."""
    found: list[tuple[str, list[str]]] = []
    series = base.series_of(fact)
    if series:
        lines = [_at_other_time(other, base) for other in _nearest_in_time(fact, series)]
        found.append((wording.OTHER_TIMES, _with_rest(lines, len(series))))
    compared = base.compared(fact)
    if compared:
        lines = [_compared(other, base) for other in compared[:COMPARED_SHOWN]]
        found.append((wording.COMPARE, _with_rest(lines, len(compared))))
    return found


def _at_other_time(fact: Fact, base: FactBase) -> str:
    """A fact of the same series: when and what, with its source's short name."""
    holder = f"{fact.attribution}: " if isinstance(fact, Position) else ""
    return f"{capitalised(str(fact.when))}: {holder}{short(fact)} ({_source_name(fact, base)})"


def _compared(fact: Fact, base: FactBase) -> str:
    """What another article says, which disagrees or completes: in full, with its source's short name."""
    when = "" if isinstance(fact, DatedEvent) else f"{fact.when}, "
    return f"{lead(fact)} ({when}{_source_name(fact, base)})"


def _source_name(fact: Fact, base: FactBase) -> str:
    return base.sources[fact.evidence[0].source].short


def _with_rest(lines: list[str], count: int) -> list[str]:
    """The lines, and one that tells how many of `count` are not among them."""
    return [*lines, wording.and_more(count - len(lines))] if count > len(lines) else lines


def _nearest_in_time(fact: Fact, others: Sequence[Fact]) -> tuple[Fact, ...]:
    """At most OTHERS_SHOWN of the others: those nearest in time, in time order."""
    near = sorted(others, key=lambda other: abs((other.when.first - fact.when.first).days))[:OTHERS_SHOWN]
    return tuple(other for other in others if other in near)


# Who says so, and where


def _provenance(fact: Fact, base: FactBase) -> tuple[list[str], list[str]]:
    """The small print: as mrkdwn lines for a context block, and as plain lines for `text`."""
    first_of_source: dict[str, Evidence] = {}
    for evidence in fact.evidence:
        first_of_source.setdefault(evidence.source, evidence)
    main = next(iter(first_of_source))
    who = _holder(fact, base.sources[main])
    claim = (
        f"{capitalised(who)}." if isinstance(fact, DatedEvent) else f"{wording.as_of(str(fact.when))}, {who}."
    )
    drawn, said = [escape(claim)], [claim]
    for source_id, evidence in list(first_of_source.items())[:SOURCES_SHOWN]:
        source = base.sources[source_id]
        remarks = [] if source_id == main else [source.by]
        if source.dated:
            remarks.append(wording.published(str(source.dated), reported=source.published is None))
        if source.inferred:
            remarks.append(wording.inferred(list(source.inferred)))
        if evidence.section:
            remarks.append(f"“{evidence.section}”")
        if source.url is None:
            remarks.append(wording.link_goes_to_publisher(source.publisher))
        address = base.link(evidence)
        tail = f" ({'; '.join(remarks)})" if remarks else ""
        drawn.append(f"{wording.ARTICLE}: {link(address, source.title)}{escape(tail)}")
        said.append(f"{wording.ARTICLE}: {source.title}{tail}: {address}")
    if (hidden := len(first_of_source) - SOURCES_SHOWN) > 0:
        drawn.append(wording.and_more(hidden))
        said.append(wording.and_more(hidden))
    return drawn, said


def _holder(fact: Fact, source: Source) -> str:
    """Who says so: the article's author, or whoever the article lets speak, and through whom."""
    person = source.author or source.speaker
    if not fact.attribution or fact.attribution in source.by:
        return wording.according_to(source.by)
    said_by = wording.according_to(fact.attribution)
    if person is None:
        return f"{said_by}, {wording.in_article_of(source.publisher)}"
    return f"{said_by}, {source.publisher if person in fact.attribution else wording.cited_by(source.by)}"


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


def _unknown(words: Sequence[str]) -> str:
    """The unknown words named, cleaned and cut, since they are what somebody typed; "" when there are none."""
    named = [shorten(cleaned, UNKNOWN_LENGTH) for word in words[:UNKNOWN_SHOWN] if (cleaned := visible(word))]
    return wording.unknown(named) if named else ""


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
