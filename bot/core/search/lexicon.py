"""What words are: stop words, everyday words, properties, and the vocabulary's names and synonyms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

from bot.core.facts.models import Vocabulary
from bot.core.text import SHORT_STEM, Token, languages, listed, surfaces, tokens

MatchType: TypeAlias = Literal["same", "name", "synonym", "typo", "number", "date"]
NAME, SYNONYM = "@name:", "@synonym:"  # begin the terms of the vocabulary's groups
ASKING = ("how_many", "how_much", "why", "who", "when", "where", "how")
STRUCTURE = ("from", "to", "by", "beside", "joining", "qualifiers")  # sections of the languages


class Lexicon:
    """The words of one vocabulary together with those of the languages."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._stop: set[str] = set()
        self._stop_phrases: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for entry in (*listed("stop_words"), *listed("phrases"), *vocabulary.ignore):
            words = tokens(entry)
            if len(words) > 1:
                self._stop_phrases[words[0].surface].append(tuple(t.surface for t in words))
                continue
            # A short word's stem may be another's (the Russian "за" and "заём"): there the word itself counts.
            for token in words:
                self._stop |= (
                    {token.surface} if len(token.surface) < SHORT_STEM else {token.surface, token.term}
                )
        self.low_weight = _terms((*listed("low_weight"), *vocabulary.light))
        self.attributes = _terms((*listed("attributes"), *vocabulary.asked))
        cues = [cue for data in languages().values() for asks in ASKING for cue in data["cues"].get(asks, ())]
        structure = [entry for section in STRUCTURE for entry in listed(section)]
        self._structure = frozenset(word for entry in (*cues, *structure) for word in surfaces(entry))
        self.heads: dict[str, str] = {}  # the term of a group: its first word
        self.group_words: dict[str, set[str]] = defaultdict(set)  # a word as written: what it stands for
        self._single: dict[str, list[str]] = defaultdict(list)  # groups by their words of one term …
        self._phrases: dict[str, dict[str, list[tuple[tuple[str, ...], str]]]] = {}
        for prefix, groups in ((NAME, vocabulary.names), (SYNONYM, vocabulary.synonyms)):
            for head, others in groups.items():
                group = f"{prefix}{head}"
                self.heads[group] = head
                for phrase in (head, *others):
                    words = tokens(phrase)
                    terms = tuple(t.term for t in words)
                    if len(terms) > 1:  # … and by the first two terms of longer ones
                        self._phrases.setdefault(terms[0], {}).setdefault(terms[1], []).append((terms, group))
                    elif terms and group not in self._single[terms[0]]:
                        self._single[terms[0]].append(group)
                    if len(words) == 1 and not self.is_stop(words[0]):
                        self.group_words[words[0].surface] |= {words[0].term, group}

    def is_stop(self, token: Token) -> bool:
        """Whether it is a function word, or a word of conversation."""
        surface, stop = token.surface, self._stop
        return surface in stop or (len(surface) >= SHORT_STEM and token.term in stop)

    def content(self, words: Sequence[Token]) -> list[int]:
        """The places of the words that say something."""
        drop: set[int] = set()
        for i, token in enumerate(words):
            for phrase in self._stop_phrases.get(token.surface, ()):
                if tuple(t.surface for t in words[i : i + len(phrase)]) == phrase:
                    drop.update(range(i, i + len(phrase)))
        return [i for i, token in enumerate(words) if i not in drop and not self.is_stop(token)]

    def groups(self, terms: Sequence[str]) -> list[tuple[int, int, str]]:
        """The vocabulary's words and phrases in a text: first place, last place + 1, the group's term."""
        found: list[tuple[int, int, str]] = []
        for i, term in enumerate(terms):
            if term in self._single:
                found.extend([(i, i + 1, group) for group in self._single[term]])
            if term in self._phrases and i + 1 < len(terms):
                for phrase, group in self._phrases[term].get(terms[i + 1], ()):
                    stop = i + len(phrase)
                    if stop == i + 2 or tuple(terms[i:stop]) == phrase:
                        found.append((i, stop, group))
        return found

    def is_silent(self, token: Token) -> bool:
        """Whether a word says nothing of what is asked, nor of how the other words belong together."""
        return token.surface not in self._structure and self.is_stop(token)

    def common_term(self, term: str) -> str:
        """One term for all words of a group: its name, or its first synonym group; the term itself for others."""
        return self._single[term][0] if term in self._single else term


def _terms(words: Iterable[str]) -> frozenset[str]:
    return frozenset(token.term for word in words for token in tokens(word))
