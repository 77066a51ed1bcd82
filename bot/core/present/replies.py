"""The sentences around entries: above choices, of a decline, of the help."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.facts.base import FactBase
from bot.core.facts.models import Position
from bot.core.present.strings import Strings
from bot.core.search.results import Choices
from bot.core.text import languages, surfaces


def choices_intro(
    count: int, fit: bool, unknown: Sequence[str], missing: Sequence[str], text: Strings
) -> str:
    """That several entries match, or why they are only the closest."""
    if unknown:
        return text("unknown", words=text.quoted(unknown))
    if fit:
        return text("perhaps" if count == 1 else "fit")
    return text("missing", words=text.quoted(missing)) if missing else text("nearest")


def closest_intro(outcome: Choices, text: Strings) -> str:
    """What the closest entry doesn't say."""
    asked = _asked(outcome.query)
    if asked:
        return text(f"closest_{asked}")
    return (
        text("closest_about", words=text.quoted(outcome.missing[:2])) if outcome.missing else text("closest")
    )


def _asked(question: str) -> str:
    """What a question asks for, by its question word."""
    words = surfaces(question)
    begins = {" ".join(words[:2]), *words[:1], f"^{' '.join(words[:1])}"}
    for language in languages().values():
        for asked in ("why", "how_much", "how", "where", "when", "who", "whether"):
            if not begins.isdisjoint(language["cues"].get(asked, ())):
                return asked
    return ""


def decline(unknown: Sequence[str], text: Strings) -> str:
    """That the articles don't say; `unknown` are the words that they don't have."""
    return text("none_unknown", words=text.quoted(unknown)) if unknown else text("none")


def help_intro(base: FactBase, text: Strings) -> str:
    """How much there is: facts and attributed opinions are counted apart."""
    opinions = sum(isinstance(fact, Position) for fact in base.facts)
    return text(
        "help_intro",
        facts=text("facts", count=len(base.facts) - opinions),
        opinions=text("attributed_opinions", count=opinions),
        sources=text("articles", count=len(base.sources)),
    )
