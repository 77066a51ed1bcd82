"""The subject of a fact base: what the bot is about and how it presents itself (`facts/site.yaml`)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.core.facts.fields import Line, Lines, at_most
from bot.core.facts.models import STATEMENT_LENGTH, Record


class Site(Record):
    """A base without `site.yaml` has the defaults."""

    name: Annotated[Line, at_most(40)] = Field(
        default="Facts", description="The name of the bot.", examples=["UnionState"]
    )
    subject: Annotated[Line, at_most(100)] = Field(
        default="this subject",
        description="What the facts are about, so that it completes “facts about …”.",
        examples=["the Union State of Russia and Belarus"],
    )
    description: Annotated[Line, at_most(STATEMENT_LENGTH)] = Field(
        default="Curated, dated, attributed facts.",
        description="What the bot does, in one sentence.",
        examples=["Curated, dated, attributed facts about the Union State of Russia and Belarus."],
    )
    command: Annotated[Line, at_most(32)] = Field(
        default="facts", description="The slash command, without the slash.", examples=["unionstate"]
    )
    examples: Lines = Field(
        default=(),
        description="Up to five questions that help texts offer; each must have an answer.",
        examples=[["trade share", "who financed the nuclear plant?"]],
    )
