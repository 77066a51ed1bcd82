"""Everything that people read on the Slack side, in one voice: sentence case, short, kind.

Belongs here: plain strings, and functions that put plain strings together.  Does not belong here:
blocks, escaping, markup of any kind — whoever draws these words escapes them.
"""

from __future__ import annotations

from collections.abc import Sequence

COMMAND = "/unionstate"

SHARE = "Share"
MORE = "More like this"
SHOW = "Show"
SHOWN_LABEL = "Show: {title}"  # what a screen reader says of a Show button

OTHER_TIMES = "At other times"
COMPARE = "Compare"
NOTE = "Note"
ARTICLE = "Article"

HELP_TITLE = "Ask me about the Union State of Russia and Belarus"
HELP_HOW = (
    f"Type {COMMAND} and a few words for an answer that only you see, mention me in a channel for an answer in a"
    " thread, or write to me directly."
)
HELP_TRY = "Questions that work:"
HELP_TOPICS = "What I know about"

SEVERAL = "More than one fact fits. Which one do you mean?"
PERHAPS = "I am not sure that this is what you mean:"
NEAREST = "These come nearest:"
NO_FACT = "I have no such fact."
NO_RELATED = "I have nothing like this one."
NEAREST_TOPICS = "Nearest topics"
TRY_HELP = f"{COMMAND} help shows questions that work."

TOO_LONG = "That is more than I can look up at once: please ask in one or two sentences."
OUT_OF_DATE = f"This button is out of date: please ask again with {COMMAND}."
FACT_GONE = "This fact is no longer in the fact base: please ask again."
UNKNOWN_COMMAND = f"I do not know this command: try {COMMAND} help."
NOT_SHARED = "I could not post that here, so nobody else saw it: please try again."

INFERRED_FIELDS = {"published": "date"}  # how a source's fields are called when they are marked as inferred


def broke(reference: str) -> str:
    """Something of ours failed: never to be taken for "no such fact"."""
    return f"Something broke on my side before I could answer: please try again, and if it stays so, report reference {reference}."


def about(facts: int, sources: int) -> str:
    return (
        f"I answer from {facts} facts of {sources} articles, and say when each was true, who says so and where it stands."
        " What I have no fact about, I say so."
    )


def unknown(words: Sequence[str]) -> str:
    """The words that the fact base has never heard of, named."""
    return f"I know nothing about {listed([f'“{word}”' for word in words], 'or')}."


def more_like(title: str) -> str:
    return f"More like “{title}”"


def and_more(count: int) -> str:
    return f"and {count} more"


def as_of(when: str) -> str:
    return f"As of {when}"


def according_to(who: str) -> str:
    return f"according to {who}"


def cited_by(author: str) -> str:
    """Follows `according_to` where somebody else than the article's author holds or gives this."""
    return f"cited by {author}"


def in_article_of(publisher: str) -> str:
    """The same where the article names no author."""
    return f"in an article of {publisher}"


def published(when: str, reported: bool) -> str:
    """When the article appeared, or of what day it reports where that is all that is known."""
    return f"on an event of {when}" if reported else when


def link_goes_to_publisher(publisher: str) -> str:
    return f"the link opens the site of {publisher}, since the article's own address is not known"


def inferred(fields: Sequence[str]) -> str:
    names = [INFERRED_FIELDS.get(name, name.replace("_", " ")) for name in fields]
    return f"{listed(names, 'and')} inferred"


def shared_by(person: str) -> str:
    return f"Shared by {person}"


def listed(words: Sequence[str], last: str) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
