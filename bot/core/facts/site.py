"""The subject of a fact base: what the bot is about and how it presents itself (`facts/site.yaml`)."""

from __future__ import annotations

from typing import Annotated

from bot.core.facts.fields import Line, Lines, at_most
from bot.core.facts.models import Record, Statement, optional


class Site(Record):
    """A base without `site.yaml` has the defaults."""

    name: Annotated[Line, at_most(40)] = optional("The name of the bot.", "UnionState", default="Facts")
    subject: Annotated[Line, at_most(100)] = optional(
        "What the facts are about, so that it completes “facts about …”.",
        "the Union State of Russia and Belarus",
        default="this subject",
    )
    description: Statement = optional(
        "What the bot does, in one sentence.",
        "Curated, dated, attributed facts about the Union State.",
        default="Curated, dated, attributed facts.",
    )
    command: Annotated[Line, at_most(32)] = optional(
        "The slash command, without the slash.", "unionstate", default="facts"
    )
    examples: Lines = optional(
        "Up to five questions that help texts offer; each must have an answer.", ["trade share"], default=()
    )
