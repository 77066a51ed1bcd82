"""What is added to the files: templates of new records, with help that formatting removes, and questions of facts."""

import re
from pathlib import Path
from typing import Any

from bot.core.facts.explain import in_quotes
from bot.core.facts.formatter import HELP, ORDER, format_path
from bot.core.facts.json_schema import descriptions
from bot.core.facts.models import KIND_MODELS, Evidence, Fact

_RARE = ("checked", "review_after", "former_ids", "answers")


def template(
    kind: str, fact_id: str = "new-id", source: str = "", quotes: tuple[str, ...] = (), ask: str = ""
) -> str:
    """A record of a kind to fill in: required fields empty, optional ones and `quotes` to choose from as help."""
    fields, texts = KIND_MODELS[kind].model_fields, descriptions(KIND_MODELS[kind])
    of_evidence = descriptions(Evidence)
    lines = [
        f"{HELP} Fill in the lines below, and the optional ones that apply (delete `{HELP} ` before them).",
        f"{HELP} `unionstate fmt` removes what help is left. The id is small letters, digits and hyphens.",
        f"{fact_id}:",
        f"  kind: {kind}",
    ]
    for name in ORDER:
        if name == "asks" and ask:
            lines += ["  asks:", f"    - {in_quotes(ask)}"]
        elif name in fields and name not in ("kind", "evidence", *_RARE):
            lines += _field(name, fields[name], texts[name], "  ")
    lines += [
        "  evidence:",
        f"  {HELP} {of_evidence['source']}",
        f"    - source: {source}".rstrip(),
    ]
    for name in ("section", "quote"):
        lines += _field(name, Evidence.model_fields[name], of_evidence[name], "      ")
    lines += [f"      {HELP} quote: {quote}" for quote in quotes]
    return "\n".join(lines) + "\n"


def _field(name: str, info: Any, text: str, indent: str) -> list[str]:
    example = re.findall("`([^`]+)`", text)[0]
    return [
        f"{indent}{HELP} {text}",
        f"{indent}{name}:" if info.is_required() else f"{indent}{HELP} {name}: {example}",
    ]


def add_question(folder: Path, fact: Fact, question: str) -> tuple[Path, int]:
    """Add a question that should find a fact to facts/questions/; returns the file and the line.

    Raises OSError and DataError.
    """
    path = folder / "questions" / f"{fact.topic}.yaml"
    path.parent.mkdir(exist_ok=True)
    text = path.read_text("utf-8") if path.exists() else ""
    head, entry = f"{fact.id}:\n", f"  - {in_quotes(question)}\n"
    before, found, after = f"\n{text}".partition(f"\n{head}")
    added = f"{before}\n{head}{entry}{after}" if found else f"{text.rstrip()}\n{head}{entry}"
    path.write_text(added.lstrip(), "utf-8")
    formatted = format_path(path)
    path.write_text(formatted, "utf-8")
    return path, f"\n{formatted}".partition(f"\n{head}")[0].count("\n") + 2
