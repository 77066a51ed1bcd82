"""The vocabulary: what is true of words rather than of facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field

from bot.core.facts.fields import Line, as_tuple, at_most
from bot.core.facts.models import Record

WORD_LENGTH = 80

Word = Annotated[Line, at_most(WORD_LENGTH)]
Words = Annotated[tuple[Word, ...], BeforeValidator(as_tuple)]
WordGroups = Mapping[str, Words]


class Vocabulary(Record):
    """What is true of words rather than of facts (`facts/vocabulary.yaml`)."""

    names: WordGroups = Field(
        default_factory=dict,
        description="Spellings, transliterations and abbreviations of one name: exactly the same thing.",
        examples=[{"EAEU": ["EEU", "Eurasian Economic Union", "ЕАЭС"]}],
    )
    synonyms: WordGroups = Field(
        default_factory=dict,
        description="Everyday words for the same thing within our subject.",
        examples=[{"loan": ["credit", "кредит"]}],
    )
    ignore: Words = Field(
        default=(),
        description="Words of conversation that say nothing of what a question is about.",
        examples=[["the", "please"]],
    )
    light: Words = Field(
        default=(),
        description="Everyday words that people use in any question: they count, but for less.",
        examples=[["get", "happen", "people"]],
    )
    asked: Words = Field(
        default=(),
        description="Words for a property that a question may ask for: without it, a fact is no answer.",
        examples=[["price", "population"]],
    )
    loaded: Words = Field(
        default=(),
        description="Terms that take a side: in titles and statements they stand only in quotation marks.",
        examples=[["last dictator of Europe"]],
    )
