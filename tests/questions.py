"""How well questions are answered, measured on tests/questions.yaml: `make questions`, with `--misses` for what fell short.

hit@1   an answer, and it is a right one        near@3  a right fact among the first three offered
wrong   an answer, and it is not a right one    kept    out of scope, and not answered
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.core.facts.loader import load_fact_base
from bot.core.search import SearchEngine
from bot.core.search.model import model

FILE = Path(__file__).with_name("questions.yaml")


@dataclass(frozen=True)
class Question:
    text: str
    type: str
    accept: frozenset[str]  # ids of right facts; empty for what is out of scope

    @property
    def in_scope(self) -> bool:
        return bool(self.accept)


def load_questions() -> list[Question]:
    entries = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return [Question(e["q"], e.get("kind", e["type"]), frozenset(e.get("accept", ()))) for e in entries]


def judge(finder: SearchEngine, question: Question) -> set[str]:
    """The measures that the outcome counts for: hit@1, near@3 and wrong in scope, kept out of scope."""
    outcome = finder.ask(question.text)
    answered = outcome.status == "answer"
    if not question.in_scope:
        return set() if answered else {"kept"}
    ids = [fact.id for fact in outcome.facts[:3]]
    right = bool(ids) and ids[0] in question.accept
    measures = {"near@3"} if question.accept & set(ids) else set()
    if answered:
        measures.add("hit@1" if right else "wrong")
    return measures


def rates(finder: SearchEngine, questions: Sequence[Question]) -> dict[str, float]:
    """The share of each figure, in scope and out of scope."""
    counts: Counter[str] = Counter()
    for question in questions:
        counts["in scope" if question.in_scope else "out of scope"] += 1
        counts.update(judge(finder, question))
    inside, outside = counts["in scope"] or 1, counts["out of scope"] or 1
    shares = {name: counts[name] / inside for name in ("hit@1", "near@3", "wrong")}
    return {**shares, "kept": counts["kept"] / outside}


def format_rates(figures: Mapping[str, float]) -> str:
    return "  ".join(f"{name} {value:6.1%}" for name, value in figures.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--misses", action="store_true", help="list each question that fell short")
    arguments = parser.parse_args()
    base, questions = load_fact_base(), load_questions()
    finder = SearchEngine(base)
    print(f"{'all':14} n={len(questions):3}  {format_rates(rates(finder, questions))}")
    for kind in dict.fromkeys(q.type for q in questions):
        some = [q for q in questions if q.type == kind]
        names = ("hit@1", "near@3", "wrong") if some[0].in_scope else ("kept",)
        figures = rates(finder, some)
        print(f"{kind:14} n={len(some):3}  {format_rates({n: figures[n] for n in names})}")
    print("share of right answers by probability, of questions that the weights were not learnt from:")
    for low, high, count, right in model()["reliability"]:
        print(f"  {low:.1f} to {high:.1f}  n={count:4}  {right:6.1%}")
    if arguments.misses:
        for question in questions:
            if not judge(finder, question) & {"hit@1", "kept"}:
                outcome = finder.ask(question.text)
                first = outcome.hits[0].fact.id if outcome.hits else "-"
                result = f"{question.type:12} {outcome.status:8} {first:42.42}"
                print(f"  {result} <- {question.text[:70]} | {outcome.reason}")


if __name__ == "__main__":
    main()
