"""The sentences around entries: above choices, of a decline, of the help; and why an outcome is what it is."""

from collections.abc import Sequence

from bot.core.facts.base import FactBase
from bot.core.facts.models import Position
from bot.core.present.strings import ENGLISH, Strings
from bot.core.search.cues import find_cues, main_cue
from bot.core.search.results import Choices, Outcome
from bot.core.text import surfaces


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
    asked = main_cue(find_cues(surfaces(outcome.query))).replace("how_many", "how_much")
    if asked and asked != "what":
        return text(f"closest_{asked}")
    if outcome.missing:
        return text("closest_about", words=text.quoted(outcome.missing[:2]))
    return text("closest")


def explanation(outcome: Outcome, text: Strings = ENGLISH) -> str:
    """Why an outcome is what it is, for maintainers."""
    if (rejection := outcome.rejection) is None:
        return text("why_answered", percent=round(100 * outcome.hits[0].score))
    words = text.quoted([word.replace("_", " ") for word in rejection.words], "and")
    return text(f"why_{rejection.code}", words=words, percent=round(100 * (rejection.value or 0)))


def decline(unknown: Sequence[str], text: Strings) -> str:
    """That the articles don't say; `unknown` are the words that they don't have."""
    return text("none_unknown", words=text.quoted(unknown)) if unknown else text("none")


def counts(base: FactBase, text: Strings) -> dict[str, str]:
    """How much there is: facts and attributed opinions are counted apart."""
    opinions = sum(isinstance(fact, Position) for fact in base.facts)
    return {
        "facts": text("facts", count=len(base.facts) - opinions),
        "opinions": text("attributed_opinions", count=opinions),
        "sources": text("articles", count=len(base.sources)),
    }


def help_intro(base: FactBase, text: Strings) -> str:
    return text("help_intro", **counts(base, text))
