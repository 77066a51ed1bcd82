"""The subject of a fact base: its name, what it is about, the command, and questions that show what can be asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

SITE, QUESTIONS = "site.yaml", "questions"


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


class Site(BaseModel):
    """`facts/site.yaml`; a base without one gets the defaults."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(default="Facts", description="The bot's name.", examples=["UnionState"])
    subject: str = Field(default="this subject", examples=["the Union State of Russia and Belarus"])
    description: str = Field(default="Curated, dated, attributed facts.")
    command: str = Field(default="facts", description="The slash command, without the slash.")
    examples: Annotated[tuple[str, ...], BeforeValidator(_as_tuple)] = Field(
        default=(), description="Up to five questions that have an answer."
    )


def load_site(facts: Path) -> Site:
    """Reads `site.yaml` of a folder of facts.  Raises ValidationError if a field is wrong, YAMLError if it is not YAML."""
    path = facts / SITE
    return Site.model_validate(yaml.safe_load(path.read_bytes()) or {}) if path.is_file() else Site()


def load_questions(facts: Path, ids: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Reads `questions/*.yaml` of a folder of facts: for each fact, questions that should find it.

    Unknown ids are left out.  Raises YAMLError if a file is not YAML.
    """
    known = set(ids)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted((facts / QUESTIONS).glob("*.yaml")):
        for fact_id, questions in (yaml.load(path.read_bytes(), loader) or {}).items():
            if fact_id in known:
                found[fact_id] = tuple(str(question) for question in questions or ())
    return found
