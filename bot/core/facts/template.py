"""What is added to the files: templates of new records, with help that formatting removes, and questions of facts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.core.facts.formatter import FACT_ORDER, HELP, format_path, write_atomic
from bot.core.facts.models import KIND_MODELS, Evidence, Fact

_RARE = ("checked", "review_after", "former_ids", "answers")


def template(kind: str, fact_id: str = "new-id", source: str = "", quotes: tuple[str, ...] = ()) -> str:
    """A record of a kind to fill in: required fields empty, optional ones and `quotes` to choose from as help."""
    model = KIND_MODELS[kind]
    lines = [
        f"{HELP} Fill in the lines below, and the optional ones that apply (delete `{HELP} ` before them).",
        f"{HELP} `unionstate fmt` removes what help is left. The id is small letters, digits and hyphens.",
        f"{fact_id}:",
        f"  kind: {kind}",
    ]
    names = [n for n in FACT_ORDER if n in model.model_fields and n not in ("kind", "evidence", *_RARE)]
    for name in names:
        lines += _field(name, model.model_fields[name], "  ")
    lines += [
        "  evidence:",
        f"  {HELP} {Evidence.model_fields['source'].description}",
        f"    - source: {source}".rstrip(),
    ]
    for name in ("section", "quote"):
        lines += _field(name, Evidence.model_fields[name], "      ")
    lines += [f"      {HELP} quote: {quote}" for quote in quotes]
    return "\n".join(lines) + "\n"


def _field(name: str, info: Any, indent: str) -> list[str]:
    example = (info.examples or [""])[0]
    shown = f"[{', '.join(example)}]" if isinstance(example, list) else example
    if info.is_required():
        return [f"{indent}{HELP} {info.description} For example: {shown}", f"{indent}{name}:"]
    return [f"{indent}{HELP} {name}: {shown}", f"{indent}{HELP}   {info.description}"]


def add_question(folder: Path, fact: Fact, question: str) -> Path:
    """Add a question that should find a fact to facts/questions/; returns the file.  Raises OSError and DataError."""
    path = folder / "questions" / f"{fact.topic}.yaml"
    path.parent.mkdir(exist_ok=True)
    text = path.read_text("utf-8") if path.exists() else ""
    head, entry = f"{fact.id}:\n", "  - '" + question.replace("'", "''") + "'\n"
    before, found, after = f"\n{text}".partition(f"\n{head}")
    path.write_text(
        (f"{before}\n{head}{entry}{after}" if found else f"{text.rstrip()}\n{head}{entry}").lstrip(), "utf-8"
    )
    write_atomic(path, format_path(path))
    return path
