"""What people read on the Slack side; whoever draws these words escapes them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.present.phrases import count_of, listed

COMMAND = "/unionstate"

SHARE = "Share"
MORE = "More like this"
SHOW = "Show"
SHOWN_LABEL = "Show: {title}"  # what a screen reader says of a Show button

CITE = "Cite"
REPORT = "Report a problem"
EDIT = "Edit this fact"
HELPFUL = "Helpful"
NOT_HELPFUL = "Not helpful"

HELP_TITLE = "Ask me about the Union State of Russia and Belarus"
HELP_MORE = "More, in the same way"
HELP_ELSEWHERE = (
    "Each card's menu has Cite and Report a problem. The shortcut Find a fact finds one as you type and posts it; Check"
    " against the facts, among the actions of any message, lays it beside what I know, for your eyes only. Links to my"
    " articles unfurl, and a workflow may use the step Look up a fact."
)
THANKS = "You are welcome."

SEVERAL = "More than one fact fits. Which one do you mean?"
PERHAPS = "I am not sure that this is what you mean:"
NO_FACT = "I have no such fact."
NO_RELATED = "I have nothing like this one."
NEAREST_TOPICS = "Nearest topics"
# What brings the help, where the question came from: no command works in a thread, or where nothing is typed.
HELP_COMMAND, HELP_MENTION, HELP_WORD = f"{COMMAND} help", "@UnionState help", "help"

TOO_LONG = "That is more than I can look up at once: please ask in one or two sentences."
OUT_OF_DATE = "This button is out of date: please ask again."
FACT_GONE = "This fact is no longer in the fact base: please ask again."
UNKNOWN_COMMAND = f"I do not know this command: try {COMMAND} help."
NOT_SHARED = "I could not post that here, so nobody else saw it: please try again."


def broke(reference: str) -> str:
    """Something of ours failed: never to be taken for "no such fact"."""
    return f"Something broke on my side before I could answer: please try again, and if it stays so, report reference {reference}."


def about(facts: int, sources: int) -> str:
    return (
        f"I answer from {facts} facts of {sources} articles, and say when each was true, who says so and where it stands."
        " Where I have no fact, I say so."
    )


def help_sentence(facts: int, sources: int) -> str:
    return (
        f"Ask in your own words, with {COMMAND} (only you see the answer), by mentioning me or in a direct message:"
        f" I answer from {facts} facts of {sources} articles, with date, source and link, and say so where I have none."
    )


def try_help(typed: str) -> str:
    return f"Type {typed} for questions that work."


def offered(count: int, fit: bool, unknown_words: Sequence[str], missing: Sequence[str]) -> str:
    """What stands above the facts offered: that they fit, or why they only come nearest.

    `unknown_words` are those that the fact base has never heard of, `missing` those that none of the facts has.
    """
    nearest = "This comes nearest:" if count == 1 else "These come nearest:"
    if unknown_words:
        return f"{unknown(unknown_words)} {nearest}"
    if fit:
        return PERHAPS if count == 1 else SEVERAL
    if missing:
        return f"I have no fact that fits {listed([f'“{word}”' for word in missing], 'or')} here. {nearest}"
    return f"No fact fits all of that. {nearest}"


def unknown(words: Sequence[str]) -> str:
    """The words that the fact base has never heard of, named; "" where there are none."""
    if not words:
        return ""
    return f"I know nothing about {listed([f'“{word}”' for word in words], 'or')}."


def more_like(title: str) -> str:
    return f"More like “{title}”"


def shared_by(person: str) -> str:
    return f"Shared by {person}"


# Browsing

OPEN = "Open"
OPENED_LABEL = "Open: {title}"
PREVIOUS = "Previous"
NEXT = "Next"
GO_TO = "Go to"
ALL_TOPICS = "All topics"
ALL_SOURCES = "All sources"
ANOTHER = "Another fact"
PAGE_GONE = "What this button opened is no longer in the fact base: please try again from the list."

HOW_TO_REPORT = "Found a mistake? Press Report a problem on the fact's card."


def facts(count: int) -> str:
    return count_of("fact", count)


def page_of(number: int, pages: int, total: int) -> str:
    return f"Page {number} of {pages}, {facts(total)}"


def continued(heading: str) -> str:
    return f"{heading}, continued"


# Home

HOME_SEARCH = "Ask a question"
HOME_PLACEHOLDER = "A few words are enough, such as: trade share"
HOME_HINT = "Press Enter for the answer."
HOME_CLEAR = "Clear the answer"
HOME_BACK = "Back to the answer"
HOME_START = "Back to the start"
HOME_TRY = "Questions to try"
HOME_BROWSE = "Look around"
HOME_LATEST = "Latest facts"


# Installing, on pages in a browser

INSTALL_TITLE = "Add UnionState to Slack"
INSTALL_ASKS = "UnionState answers questions with sourced facts. It will ask your workspace for what these need, and for no more:"
INSTALL_BUTTON = "Add to Slack"
INSTALLED_NEXT = f"In Slack, type {COMMAND} help to see questions that work."
INSTALLED_ORGANISATION = (
    "An administrator of the organisation now adds it to workspaces. There, people type"
    f" {COMMAND} help to see questions that work."
)
INSTALLED_BUTTON = "Open Slack"
NOT_INSTALLED_TITLE = "UnionState was not installed"
BEGIN_AGAIN = "Begin again"
NOT_INSTALLED = {
    "access_denied": "The installation was cancelled in Slack. You may begin again at any time.",
    "invalid_browser": "This page was opened in another browser, or more than ten minutes after you began. Please begin again, in one browser.",
    "invalid_state": "You took more than ten minutes, or this page was opened twice. Please begin again.",
    "missing_code": "Slack did not send what the installation needs. Please begin again.",
    "invalid_code": "Slack did not confirm the installation. Please begin again; if it stays so, tell whoever runs this bot.",
    "slack_away": "Slack did not answer. Please begin again in a few minutes.",
    "storage_error": "The installation could not be kept. Please begin again in a few minutes.",
    "too_many": "Too many people are installing at this moment. Please begin again in a minute.",
}
BUSY = "More is being asked than I can answer at this moment. Please ask again in a few seconds."
NO_INSTALLATION = (
    "I cannot answer here any more: my installation in this workspace has ended. Somebody who may add apps to it can"
    " install me again."
)


def not_installed(reason: str) -> str:
    """For a reason that only Slack knows."""
    return f"Slack gave the reason {reason}. Please begin again; if it stays so, tell whoever runs this bot."


def installed(where: str | None) -> str:
    return f"UnionState is installed in {where}" if where else "UnionState is installed"


# Modals

APP_NAME = "UnionState"
CLOSE = "Close"
SEND = "Send"
POST = "Post"

CITE_TITLE = "Cite this fact"

FIND_TITLE = "Find a fact"
FIND_LABEL = "Fact"
FIND_PLACEHOLDER = "Type a word or two"
FIND_HINT = "Type the beginning of a name, a topic or a question, and choose a fact to see its card."
FIND_WHERE = "Post it to"

REPORT_TITLE = "Report a problem"
REPORT_REASON = "What is the matter with this fact?"
REPORT_REMARK = "Anything to add?"
REPORT_HINT = "Your name is not passed on, so please leave out what is private."
REASONS = {
    "wrong": "It is wrong",
    "outdated": "It is outdated",
    "unclear": "It is unclear",
    "source moved": "The article has moved or changed",
    "other": "Something else",
}
REPORT_SLOW = "Thank you. Passing it on takes longer than usual, so I shall write to you what came of it."
REPORT_LIMIT = "Thank you. That's many reports for one day: please send the rest tomorrow."
REPORT_AGAIN = "Thank you. You have sent this already, and once is enough."
OPEN_ISSUE = "Open an issue"
ISSUE_HOW = "You may also open an issue in the repository, already filled in, to follow what comes of it:"
FACT_GONE_REPORT = (
    "This fact is no longer in the fact base, so there is nothing left to report. Thank you all the same."
)

THANKS_UP = "Thank you: noted as helpful."
THANKS_DOWN = (
    "Thank you: noted as not helpful. If something is wrong with it, Report a problem in the menu of the card tells the"
    " maintainers what."
)


def cite_intro(title: str) -> str:
    return f"Copy the reference to the article behind “{title}”. Square brackets mark what was inferred."


def not_posted(title: str) -> str:
    return f"I could not post “{title}” there: nobody has seen it. Please try again, or choose another conversation."


def report_done(number: int | None, told: bool, issue: bool) -> str:
    """What became of a report: kept under a number, told to the maintainers, or neither."""
    if number is not None:
        return f"Thank you. The maintainers have it as report {number}."
    if told:
        return "Thank you. The maintainers have been told."
    if issue:
        return "I could not pass it on myself: please open the issue below, which reaches the maintainers."
    return (
        "I could not pass it on: nobody has told me yet where reports go. Please tell whoever installed me."
    )


def report_outcome(title: str, sentence: str) -> str:
    """The same in a message of its own."""
    return f"Your report on “{title}”: {sentence}"


def reported(number: int | None, reason: str) -> str:
    return f"Report {number}: {reason[:1].lower()}{reason[1:]}" if number is not None else f"Report: {reason}"


def report_about(fact_id: str, version: str) -> str:
    return f"Fact {fact_id}, version {version} of the facts"


# Check against the facts

CHECK_TITLE = "Check against the facts"  # a shortcut's name has 24 characters at most
NO_SENTENCES = "This message has no sentence that I could look up."


def untouched(sentences: int) -> str:
    read = "its sentence" if sentences == 1 else f"its {sentences} sentences"
    return f"I have no fact about what this message says: I read {read}."


def compared(touched: int, sentences: int) -> str:
    part = (
        "this message's sentence" if sentences == 1 else f"{touched} of this message's {sentences} sentences"
    )
    return f"I have facts about {part}. Here they are side by side; what is right is for you to judge."


def beside(message: Sequence[str], fact: Sequence[str]) -> str:
    """The figures of a sentence beside those of a fact."""
    return f"In the message: {', '.join(message)}. In the fact: {', '.join(fact) or 'no figure'}."


def not_compared(claims: int, cut: bool) -> str:
    """What of a long message is not shown; empty where all of it is."""
    left = (
        f"{claims} more {'sentence' if claims == 1 else 'sentences'} that I have facts about"
        if claims
        else ""
    )
    end = "the message's end, which I did not read" if cut else ""
    rest = listed([part for part in (left, end) if part], "and")
    return f"Not shown: {rest}. To check these, send them as a message of their own." if rest else ""


# Links to the articles

SHOW_FACTS = "Show facts"
SHOW_FACTS_LABEL = "Show facts from: {title}"


def facts_from(count: int) -> str:
    return f"{facts(count)} in the fact base"


# The step of a workflow

STEP_TITLE = "Look up a fact"
STEP_ABOUT = "Finds a sourced fact about the Union State of Russia and Belarus"
STEP_EMPTY = (
    "The question is empty: give the step's Question some words, for instance from a form of the workflow."
)


def step_choices(titles: Sequence[str]) -> str:
    return f"No one fact answers this, and the step needs one. Ask more exactly, or give a fact's id. Nearest: {'; '.join(titles)}."


def step_none(words: Sequence[str]) -> str:
    return " ".join(part for part in ("There is no such fact.", unknown(words[:5])) if part)


# The maintainers' inbox

INBOX_TITLE = "This week's inbox"
UNHELPFUL_FACTS = "Facts that people marked as not helpful"
INBOX_HOW = (
    "unionstate inbox, on the bot's host, shows all of it and closes what is done. It holds words and counts, nobody's"
    " name, and forgets them after 180 days."
)


def open_reports(count: int) -> str:
    return "1 open report" if count == 1 else f"{count} open reports"


def open_questions(questions: int, asked: int) -> str:
    count = "1 question" if questions == 1 else f"{questions} questions"
    return f"{count} without an answer, asked {times(asked)}"


def times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def report_line(number: int, title: str, reason: str, remark: str) -> str:
    return f"r{number}, {title}: {reason}" + (f", “{remark}”" if remark else "")


def thumbs_line(title: str, unhelpful: int, helpful: int) -> str:
    return f"{title}: {times(unhelpful)}" + (f", and helpful {times(helpful)}" if helpful else "")


def question_line(words: str, count: int, unknown: Sequence[str], nearest: str, answered: str) -> str:
    """One of the questions without an answer; `nearest` and `answered` are titles of facts, or ""."""
    remarks = [f"asked {times(count)}"] if count > 1 else []
    if unknown:
        remarks.append(f"unknown: {', '.join(unknown)}")
    if answered:
        remarks.append(f"answered by now: {answered}")
    elif nearest:
        remarks.append(f"nearest: {nearest}")
    return f"“{words}”" + (f" ({'; '.join(remarks)})" if remarks else "")
