"""The site: what the bot is about and how it presents itself."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from bot.core.facts.fields import Line, Lines, as_tuple, at_most
from bot.core.facts.models import STATEMENT_LENGTH, Record


class Site(Record):
    """What the bot is about and how it presents itself (`facts/site.yaml`)."""

    name: Annotated[Line, at_most(40)] = Field(
        default="Facts", description="The name of the bot.", examples=["UnionState"]
    )
    subject: Annotated[Line, at_most(100)] = Field(
        default="the articles",
        description="What the facts are about, so that it completes “facts about …”.",
        examples=["the Union State of Russia and Belarus"],
    )
    description: Annotated[Line, at_most(STATEMENT_LENGTH)] = Field(
        default="Curated, dated, attributed facts from articles.",
        description="What the bot does, in one sentence.",
        examples=["Curated, dated, attributed facts about the Union State of Russia and Belarus."],
    )
    command: Annotated[Line, at_most(32)] = Field(
        default="/facts", description="The slash command.", examples=["/unionstate"]
    )
    examples: Lines = Field(
        default=(),
        description="Questions that help texts offer to try; each must have an answer.",
        examples=[["trade share", "who financed the nuclear plant?"]],
    )
    languages: Annotated[tuple[Literal["en", "ru", "be"], ...], BeforeValidator(as_tuple)] = Field(
        default=("en",),
        description="The languages in which questions are understood.",
        examples=[["en", "ru"]],
    )
