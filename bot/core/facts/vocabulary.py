"""The vocabulary: what is true of words rather than of facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator

from bot.core.facts.fields import Line, as_tuple, at_most
from bot.core.facts.models import Record, optional, required

Words = Annotated[tuple[Annotated[Line, at_most(80)], ...], BeforeValidator(as_tuple)]
WordGroups = Mapping[str, Words]


class Vocabulary(Record):
    """What is true of words rather than of facts (`facts/vocabulary.yaml`)."""

    names: WordGroups = required(
        "Spellings, transliterations and abbreviations of one name: exactly the same thing.",
        {"EAEU": ["EEU", "Eurasian Economic Union", "ЕАЭС"]},
        default_factory=dict,
    )
    synonyms: WordGroups = required(
        "Everyday words for the same thing within our subject.",
        {"loan": ["credit", "кредит"]},
        default_factory=dict,
    )
    ignore: Words = optional(
        "Words of conversation that say nothing of the question.", ["please"], default=()
    )
    light: Words = optional("Everyday words that count for less.", ["get", "happen", "people"], default=())
    asked: Words = optional(
        "Properties that a fact must have to be an answer.", ["price", "population"], default=()
    )
    loaded: Words = optional(
        "Terms that take a side: in titles and statements they stand only in quotation marks.",
        ["last dictator of Europe"],
        default=(),
    )
