"""What words are: stop words, everyday words, attributes, and the vocabulary's names and synonyms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Literal, TypeAlias

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.core.facts.models import Vocabulary
from bot.core.text import SHORT_STEM, Token, listed, surfaces, tokens

MatchType: TypeAlias = Literal["same", "name", "synonym", "typo", "related", "joined", "number", "date"]
NAME, SYNONYM = "@name:", "@synonym:"  # begin the terms of the vocabulary's groups


class StopWords:
    """Function words and phrases of conversation, in all languages."""

    def __init__(self, more: Iterable[str] = ()) -> None:
        self._words: set[str] = set()
        self._phrases: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for entry in (*listed("stop_words"), *listed("phrases"), *more):
            words = tokens(entry)
            if len(words) == 1:
                # A short word's stem may be another's (the Russian "за" and "заём"): there the word itself counts.
                self._words.add(words[0].surface)
                if len(words[0].surface) >= SHORT_STEM:
                    self._words.add(words[0].term)
            elif words:
                self._phrases[words[0].surface].append(tuple(t.surface for t in words))
        self._long = sorted(w for w in self._words if len(w) >= SHORT_STEM)
        self._letters = {letters(w) for w in self._words if len(w) >= 3}

    def __contains__(self, token: Token) -> bool:
        return token.surface in self._words or (
            len(token.surface) >= SHORT_STEM and token.term in self._words
        )

    def content(self, words: Sequence[Token]) -> list[int]:
        """The places of the words that say something."""
        written = tuple(t.surface for t in words)
        drop: set[int] = set()
        for i, surface in enumerate(written):
            for phrase in self._phrases.get(surface, ()):
                if written[i : i + len(phrase)] == phrase:
                    drop.update(range(i, i + len(phrase)))
        return [i for i, t in enumerate(words) if i not in drop and t not in self]

    def has_misspelt(self, word: str) -> bool:
        """Whether a word is one of them with two letters exchanged (wiht) or, if long, a letter more or less (betwen)."""
        if letters(word) in self._letters:
            return True
        if len(word) < SHORT_STEM:
            return False
        return process.extractOne(word, self._long, scorer=OSA.distance, score_cutoff=1) is not None


@cache
def stop_words(more: tuple[str, ...] = ()) -> StopWords:
    return StopWords(more)


class Lexicon:
    """The words of one vocabulary together with those of the languages."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.stop = stop_words(tuple(vocabulary.ignore))
        self.low_weight = _terms((*listed("low_weight"), *vocabulary.light))
        self.attributes = _terms((*listed("attributes"), *vocabulary.asked))
        self.heads: dict[str, str] = {}  # the term of a group: its first word
        self.group_words: dict[str, set[str]] = defaultdict(
            set
        )  # a word as written: terms that it stands for
        self._groups: dict[tuple[str, ...], list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        for prefix, groups in ((NAME, vocabulary.names), (SYNONYM, vocabulary.synonyms)):
            for head, others in groups.items():
                group = f"{prefix}{head}"
                self.heads[group] = head
                for phrase in (head, *others):
                    words = tokens(phrase)
                    terms = tuple(t.term for t in words)
                    self._groups[terms[:2]].append((terms, group))
                    if len(words) == 1 and words[0] not in self.stop:
                        self.group_words[words[0].surface] |= {words[0].term, group}

    def groups(self, terms: Sequence[str]) -> list[tuple[int, int, str]]:
        """The vocabulary's words and phrases in a text: first place, last place + 1, the group's term."""
        found: list[tuple[int, int, str]] = []
        known = self._groups
        for i, term in enumerate(terms):
            for key in ((term,), tuple(terms[i : i + 2])) if i + 1 < len(terms) else ((term,),):
                if key in known:
                    for phrase, group in known[key]:
                        size = len(phrase)
                        if size <= 2 or tuple(terms[i : i + size]) == phrase:
                            found.append((i, i + size, group))
        return found


def match_of_group(term: str) -> MatchType:
    return "name" if term.startswith(NAME) else "synonym"


def letters(word: str) -> tuple[str, str]:
    """What two spellings share that differ in the order of letters behind the first."""
    return word[:1], "".join(sorted(word))


def _terms(words: Iterable[str]) -> frozenset[str]:
    return frozenset(token.term for word in words for token in tokens(word))


__all__ = ["Lexicon", "MatchType", "letters", "match_of_group", "stop_words", "surfaces"]
