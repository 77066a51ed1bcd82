"""Words as the vocabulary and the facts have them: what a word stands for, and which words are of no use."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from bot.core.facts.base import FactBase
from bot.core.facts.issues import Place, Problem, quote_value
from bot.core.facts.models import Fact
from bot.core.text import tokens

_SECTIONS = ("names", "synonyms")
_FILE = "facts/vocabulary.yaml"


def groups_with(base: FactBase, word: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """The groups of the vocabulary that have a word: section, first word and the others."""
    key = _key(word)
    return [
        (section, head, others)
        for section in _SECTIONS
        for head, others in getattr(base.vocabulary, section).items()
        if any(_key(other) == key for other in (head, *others))
    ]


def facts_with(base: FactBase, word: str) -> list[Fact]:
    """The facts whose texts or questions have all the words of a phrase, or of another name for it."""
    names = [(head, *others) for section, head, others in groups_with(base, word) if section == "names"]
    keys = [set(_key(name)) for name in itertools.chain([word], *names)]
    return [fact for fact in base.facts if any(key and key <= _terms(base, fact) for key in keys)]


def check_words(base: FactBase) -> Iterator[Problem]:
    """Mistakes in the vocabulary: a separator in a word, a name of two things, a group that no fact needs."""
    texts = (text for fact in base.facts for text in _texts(base, fact))
    used = {token.term for token in tokens(" ".join({word for text in texts for word in text.split()}))}
    names: dict[tuple[str, ...], str] = {}
    for section in _SECTIONS:
        for head, others in getattr(base.vocabulary, section).items():
            place = Place(_FILE, base.lines.get(_FILE, {}).get((section, head), 1))
            field, words = f"{section}.{head}", (head, *others)
            for word in words:
                if any(sign in word for sign in ";|,"):
                    message = f"{quote_value(word)} has a separator in it"
                    yield Problem(place, field, "separator", message, "a comma between the words")
                other = names.setdefault(_key(word), head) if section == "names" else head
                if other != head:
                    message = f"{quote_value(word)} is a name of {quote_value(other)} too"
                    yield Problem(place, field, "two-names", message, "the word in one group")
            if not any(set(_key(word)) <= used for word in words):
                yield Problem(
                    place, field, "unused-words", "no fact has any of these words", "the group deleted"
                )


def _key(word: str) -> tuple[str, ...]:
    return tuple(token.term for token in tokens(word))


def _texts(base: FactBase, fact: Fact) -> list[str]:
    sources = [base.sources[name] for name in fact.sources]
    texts = [fact.title, fact.statement, fact.note, fact.attribution, getattr(fact, "role", ""), *fact.asks]
    texts += [getattr(fact, "value", ""), *base.questions.get(fact.id, ())]
    texts += [text for source in sources for text in (source.title, source.author, source.publisher)]
    return [text for text in texts if text]


def _terms(base: FactBase, fact: Fact) -> set[str]:
    return {token.term for text in _texts(base, fact) for token in tokens(text)}
