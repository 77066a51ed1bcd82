"""Giver and receiver in a question and in a fact: verbs, prepositions, shares and the order of names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from bot.core.search.index import Labels
from bot.core.search.query import Query
from bot.core.text import listed, tokens


def mirrored(query: Query, labels: Labels) -> float:
    """1 where the question has giver and receiver the other way round than the fact, -1 where it has them alike; half for one."""
    if not (labels.giver or labels.receiver):
        return 0.0
    giver, receiver = roles(query)
    against = bool(giver & labels.receiver - labels.giver) + bool(receiver & labels.giver - labels.receiver)
    alike = bool(giver & labels.giver) + bool(receiver & labels.receiver)
    return (against - alike) / 2


def roles(query: Query) -> tuple[set[str], set[str]]:
    """The givers and the receivers that a question names."""
    names = {at: w.name for w in query.words if w.name for at in (w.at, *w.repeated)}
    giver = {name for at, name in names.items() if _marked(query, at, "from", "by")}
    receiver = {name for at, name in names.items() if name not in giver and _marked(query, at, "to")}
    if len(set(names.values())) < 2:
        return giver, receiver
    share = next((at for at, word in enumerate(query.written) if word in _words("parts")), None)
    if share is not None and not giver and not receiver:
        if not query.asks and not query.has("of"):
            return set(), set()  # key words in any order
        return _part_and_whole(query, names, share)
    for at, term in enumerate(query.terms):
        if (taking := term in stems("taking")) or term in stems("giving"):
            subject = next((names[place] for place in sorted(names, reverse=True) if place < at), "")
            if subject and subject not in giver | receiver:
                (receiver if taking else giver).add(subject)
            break
    others = [names[at] for at in sorted(names) if names[at] not in giver | receiver]
    if giver and not receiver:
        receiver.update(others[:1])
    elif receiver and not giver:
        giver.update(others[:1])
    return giver, receiver


def _marked(query: Query, at: int, *sections: str) -> bool:
    """Whether a preposition of one of the sections stands before a word, or before the article before it."""
    first = at - 2 if query.written[at - 1 : at] in (("the",), ("both",)) else at - 1
    return any(word in _words(section) for word in query.written[max(first, 0) : at] for section in sections)


def _part_and_whole(query: Query, names: Mapping[int, str], share: int) -> tuple[set[str], set[str]]:
    """ "Russia's share of Belarus's trade", "the share of Russia in the trade of Belarus", "Belarus's trade with Russia"."""
    places = sorted(names)
    behind = [at for at in places if at > share]
    beside = next((names[at] for at in places if _marked(query, at, "beside")), "")
    near = names[behind[0]] if len(behind) > 1 and behind[0] <= share + 2 else ""
    part = beside or names.get(share - 1, "") or near
    whole = (
        next((names[at] for at in places if names[at] != part and (beside or at > share)), "") if part else ""
    )
    return {part} - {""}, {whole} - {""}


@cache
def stems(section: str) -> frozenset[str]:
    return frozenset(token.term for entry in listed(section) for token in tokens(entry))


@cache
def _words(section: str) -> frozenset[str]:
    return frozenset(listed(section))
