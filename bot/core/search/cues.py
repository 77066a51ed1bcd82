"""What a question asks for, by its cues: why, who, when, how many …; the cues are data of the languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from bot.core.text import languages, surfaces

# Of several cues in one question, the first of these says what it asks for.
ORDER = ("how_many", "how_much", "why", "who", "when", "where", "whether", "how", "what")


def find_cues(written: Sequence[str]) -> Mapping[str, tuple[int, int]]:
    """What the cues of a text ask for, each with the places of its first cue (first word, last word + 1)."""
    found: dict[str, tuple[int, int]] = {}
    for i, word in enumerate(written):
        for cue, place, asks in _cues().get(word, ()):
            stop = i + len(cue)
            at_place = not place or (place == "^" and i == 0) or (place == "$" and stop == len(written))
            if at_place and tuple(written[i:stop]) == cue and asks not in found:
                found[asks] = (i, stop)
    return found


def main_cue(cues: Mapping[str, tuple[int, int]]) -> str:
    """What a question asks for; empty for a text without a cue."""
    return next((asks for asks in ORDER if asks in cues), "")


def cue_number(asks: str) -> int:
    """What a text asks for as a number; 0 for a text without a cue."""
    return ORDER.index(asks) + 1 if asks else 0


@cache
def _cues() -> Mapping[str, list[tuple[tuple[str, ...], str, str]]]:
    """By first word: the cue's words, the mark of its place (^, $ or none), what it asks for."""
    found: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
    for data in languages().values():
        for asks, cues in data.get("cues", {}).items():
            for cue in cues:
                words = surfaces(cue)
                place = "^" if cue.startswith("^") else "$" if cue.endswith("$") else ""
                found.setdefault(words[0], []).append((words, place, asks))
    return found
