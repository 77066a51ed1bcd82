"""The words of a question that say something, with what each may stand for and what it weighs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.core.search.config import SearchConfig
from bot.core.search.index import Index
from bot.core.search.lexicon import NAME, MatchType, match_of_group
from bot.core.text import Token, months_meant, stem, tokens


@dataclass(frozen=True)
class Alternative:
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

    @property
    def known(self) -> bool:
        return bool(self.alternatives)

    @property
    def exact(self) -> bool:
        return self.token.exact

    @property
    def name(self) -> str:
        """The vocabulary's name for whom or what the word names; empty for a word that is not a name."""
        return next((a.term for a in self.alternatives if a.term.startswith(NAME)), "")


def analyse(
    text: str, index: Index, config: SearchConfig
) -> tuple[tuple[Token, ...], tuple[QuestionWord, ...]]:
    """All words of a question, and its content words, each once."""
    lexicon = index.lexicon
    written = _respelt(tokens(text)[: config.max_words * 2], index)
    kept = lexicon.stop.content(written)
    groups: dict[int, list[Alternative]] = defaultdict(list)
    # Phrases are looked for in the text as written (belt and road), and without its function words (rise in trade).
    for places in (range(len(written)), kept):
        for start, stop, group in lexicon.groups([written[i].term for i in places]):
            if group not in index.terms:
                continue
            how = match_of_group(group)
            inside = places[start:stop]
            similarity = 1.0 if how == "name" else config.synonym
            found = Alternative(
                group, similarity, how, lexicon.heads[group], len(set(inside) & set(kept)) or 1
            )
            if len(inside) > 1 and not set(inside) & set(kept):
                kept = sorted({*kept, inside[0]})
            for i in inside:
                if all(found.term != other.term for other in groups[i]):
                    groups[i].append(found)
    kept = kept[: config.max_words]
    beside_year = any(written[i].kind == "year" for i in kept)
    result: dict[str, QuestionWord] = {}
    for i in kept:
        token = written[i]
        if token.term in result:
            result[token.term].repeated.append(i)
            continue
        word = QuestionWord(token, at=i, low=token.term in lexicon.low_weight)
        if token.term in index.terms:
            how = "number" if token.exact else "same"
            word.alternatives.append(Alternative(token.term, 1.0, how, token.surface))
        word.alternatives += groups[i]
        for month in months_meant(token, beside_year):
            if (term := f"month:{month}") in index.terms and term != token.term:
                word.alternatives.append(Alternative(term, 1.0, "date", token.surface))
        # A property that no fact has (population) is not guessed to be one that some have (popularity).
        if not word.alternatives and not token.exact and token.term not in lexicon.attributes:
            word.alternatives = [Alternative(*guess) for guess in index.speller.guess(token.surface)]
            if not word.alternatives and lexicon.stop.has_misspelt(token.surface):
                continue
        word.alternatives.sort(key=lambda a: -a.similarity)
        word.weight = _weight(word, index, config)
        result[token.term] = word
    return tuple(written), tuple(result.values())


def _respelt(words: Sequence[Token], index: Index) -> list[Token]:
    """Joins what the base writes as one word, and splits what it writes as two."""
    result: list[Token] = []
    skip = False
    for i, token in enumerate(words):
        if skip:
            skip = False
            continue
        if i + 1 < len(words) and not token.exact:
            together = token.surface + words[i + 1].surface
            if together in index.speller and not (index.knows(token) and index.knows(words[i + 1])):
                result.append(Token(together, stem(together)))
                skip = True
                continue
        if not token.exact and token.surface not in index.speller and token.term not in index.terms:
            parts = [Token(part, stem(part)) for part in index.joined.get(token.surface, ())]
            if parts:
                result += [part for part in parts if part not in index.lexicon.stop]
                continue
        result.append(token)
    return result


def _weight(word: QuestionWord, index: Index, config: SearchConfig) -> float:
    weight = index.unknown_weight
    if word.alternatives:
        # Of the ways to understand the word, the commonest: a rare spelling of a common thing is common.
        least = word.alternatives[0].similarity - 0.1
        weight = min(
            float(index.weights[index.terms[a.term]]) for a in word.alternatives if a.similarity >= least
        )
    if word.name:
        weight = max(weight, config.name_weight)
    return weight * (config.low_weight if word.low else 1.0)
