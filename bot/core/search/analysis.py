"""The words of a question that say something, with what each may stand for and what it weighs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.core.search.index import Index
from bot.core.search.lexicon import NAME, MatchType, match_of_group
from bot.core.text import Token, months_meant, stem, tokens

MAX_WORDS = 60  # a longer question is judged by its first words: bounded time for any text
SYNONYM = 0.80  # similarity; below 1, so that the word itself wins a tie
NAME_WEIGHT = 0.5  # the least weight of a name
LOW_WEIGHT = 0.65  # factor for everyday words


class Alternative(NamedTuple):
    """A term of the base that a word of the question may stand for."""

    term: str
    similarity: float
    how: MatchType
    matched: str
    words: int = 1  # of the question that stand for it together


@dataclass
class QuestionWord:
    """One word of a question with what it may stand for, the most similar first; none where it is unknown."""

    token: Token
    alternatives: list[Alternative] = field(default_factory=list)
    weight: float = 0.0
    at: int = 0  # its place among all words of the question
    repeated: list[int] = field(default_factory=list)  # the places where it stands again
    low: bool = False  # whether it is an everyday word
    name: str = ""  # the vocabulary's name for whom or what it names

    @property
    def known(self) -> bool:
        return bool(self.alternatives)

    @property
    def exact(self) -> bool:
        return self.token.exact

    @property
    def text(self) -> str:
        return self.token.surface


def analyse(text: str, index: Index) -> tuple[list[Token], list[QuestionWord]]:
    """All words of a question, and its content words, each once."""
    lexicon, terms = index.lexicon, index.terms
    written = _joined(tokens(text)[: MAX_WORDS * 2], index)
    kept = lexicon.stop.content(written)
    groups: dict[int, list[Alternative]] = defaultdict(list)
    # Phrases are looked for in the text as written (belt and road), and without its function words (rise in trade).
    everything = range(len(written))
    for places in (everything, kept) if len(kept) < len(written) else (everything,):
        for start, stop, group in lexicon.groups([written[i].term for i in places]):
            if group not in terms:
                continue
            how = match_of_group(group)
            inside = places[start:stop]
            content = len(set(inside) & set(kept))
            similarity = 1.0 if how == "name" else SYNONYM
            found = Alternative(group, similarity, how, lexicon.heads[group], content or 1)
            if len(inside) > 1 and not content:
                kept = sorted({*kept, inside[0]})
            for i in inside:
                if all(group != other.term for other in groups[i]):
                    groups[i].append(found)
    kept = kept[:MAX_WORDS]
    beside_year = any(written[i].kind == "year" for i in kept)
    result: dict[str, QuestionWord] = {}
    for i in kept:
        token = written[i]
        if token.term in result:
            result[token.term].repeated.append(i)
            continue
        word = QuestionWord(token, at=i, low=token.term in lexicon.low_weight)
        found_so = word.alternatives
        if token.term in terms:
            found_so.append(Alternative(token.term, 1.0, "number" if token.exact else "same", token.surface))
        found_so += groups.get(i, ())
        for month in months_meant(token, beside_year):
            if (term := f"month:{month}") in terms and term != token.term:
                found_so.append(Alternative(term, 1.0, "date", token.surface))
        # A property that no fact has (population) is not guessed to be one that some have (popularity).
        if not found_so and not token.exact and token.term not in lexicon.attributes:
            found_so += [Alternative(*guess) for guess in index.speller.guess(token.surface)]
            if not found_so and lexicon.stop.has_misspelt(token.surface):
                continue
        found_so.sort(key=lambda a: -a.similarity)
        word.name = next((a.term for a in found_so if a.term.startswith(NAME)), "")
        word.weight = _weight(word, index)
        result[token.term] = word
    return written, list(result.values())


def _joined(words: Sequence[Token], index: Index) -> list[Token]:
    """The words, with what the base writes as one word joined (air base)."""
    result: list[Token] = []
    known = [index.knows(token) for token in words]
    joined = False
    for i, token in enumerate(words):
        if joined:
            joined = False
        elif i + 1 < len(words) and not token.exact and not (known[i] and known[i + 1]):
            together = token.surface + words[i + 1].surface
            joined = together in index.speller
            result.append(Token(together, stem(together)) if joined else token)
        else:
            result.append(token)
    return result


def _weight(word: QuestionWord, index: Index) -> float:
    weight = index.unknown_weight
    if word.alternatives:
        # Of the ways to understand the word, the commonest: a rare spelling of a common thing is common.
        least = word.alternatives[0].similarity - 0.1
        near = [index.terms[a.term] for a in word.alternatives if a.similarity >= least]
        weight = min(index.weights[term] for term in near).item()
    if word.name:
        weight = max(weight, NAME_WEIGHT)
    return weight * (LOW_WEIGHT if word.low else 1.0)
