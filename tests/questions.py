"""How well questions are answered, measured on tests/questions.yaml: `python -m tests.questions [--misses] [--sweep]`.

Belongs here: the figures of the search's quality, and the sweep of its constants with cross-validation.
Does not belong here: a verdict on speed (`tests.bench`).

    hit@1   an answer, and it is a right one        near@3  a right fact among the first three offered
    wrong   an answer, and it is not a right one    kept    out of scope, and not answered
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.core import answer, doubt, search
from bot.core.answer import FactFinder
from bot.core.facts.base import FactBase
from bot.core.facts.loader import load_fact_base

FILE = Path(__file__).with_name("questions.yaml")
FOLDS = 5
# For the sweep: each constant with the values that are tried around it.
CANDIDATES: Mapping[tuple[Any, str], Sequence[float]] = {
    (search, "SYNONYM"): (0.72, 0.76, 0.80, 0.84, 0.88, 0.92),
    (search, "RELATED"): (0.60, 0.66, 0.72, 0.78),
    (search, "UNKNOWN_FREQUENCY"): (3, 5, 8, 12, 20),
    (search, "TYPO_FLOOR"): (0.74, 0.79, 0.83),
    (search, "WEIGHT_CAP"): (3.5, 4.5, 5.5, 6.5),
    (search, "NAME_WEIGHT"): (0.2, 0.5, 0.8, 1.2),
    (search, "PASSING"): (0.3, 0.4, 0.5, 0.7, 1.0),
    (doubt, "ANSWER_FLOOR"): (0.42, 0.46, 0.50, 0.54, 0.58),
    (doubt, "ANSWER_MARGIN"): (0.0, 0.001, 0.005, 0.01, 0.02),
    (answer, "CHOICE_FLOOR"): (0.14, 0.18, 0.22, 0.26),
    (doubt, "UNKNOWN_SHARE"): (0.26, 0.30, 0.34, 0.38),
    (doubt, "BROAD_FREQUENCY"): (4, 6, 9),
    (doubt, "SINGLE_WORD_FLOOR"): (0.0, 0.8, 0.9, 0.95),
}


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
    return [
        Question(
            e["q"],
            e.get("kind", e["type"]) if "accept" not in e else e["type"],
            frozenset(e.get("accept", ())),
        )
        for e in entries
    ]


def judge(finder: FactFinder, question: Question) -> set[str]:
    """What can be said of the outcome: some of hit@1, near@3, wrong (in scope) and kept (out of scope)."""
    outcome = finder.ask(question.text)
    answered = outcome.status == "answer"
    if not question.in_scope:
        return set() if answered else {"kept"}
    ids = [fact.id for fact in outcome.facts[:3]]
    right = bool(ids) and ids[0] in question.accept
    said = {"near@3"} if question.accept & set(ids) else set()
    if answered:
        said.add("hit@1" if right else "wrong")
    return said


def rates(finder: FactFinder, questions: Sequence[Question]) -> dict[str, float]:
    """The share of each figure, in scope and out of scope."""
    counts: Counter[str] = Counter()
    for question in questions:
        counts["in scope" if question.in_scope else "out of scope"] += 1
        counts.update(judge(finder, question))
    inside, outside = counts["in scope"] or 1, counts["out of scope"] or 1
    return {
        "hit@1": counts["hit@1"] / inside,
        "near@3": counts["near@3"] / inside,
        "wrong": counts["wrong"] / inside,
        "kept": counts["kept"] / outside,
    }


def told(figures: Mapping[str, float]) -> str:
    return "  ".join(f"{name} {value:6.1%}" for name, value in figures.items())


def worth(figures: Mapping[str, float]) -> float:
    """What the sweep raises: right answers, with a wrong one or a lost decline weighing four times as much near the limits."""
    return (
        figures["hit@1"]
        + 0.5 * figures["near@3"]
        - 4 * max(0.0, figures["wrong"] - 0.035)
        - 2 * max(0.0, 0.97 - figures["kept"])
        + 0.2 * (figures["kept"] - figures["wrong"])
    )


@contextmanager
def constants(values: Mapping[tuple[Any, str], float]) -> Iterator[None]:
    before = {key: getattr(*key) for key in values}
    try:
        for (module, name), value in values.items():
            setattr(module, name, value)
        yield
    finally:
        for (module, name), value in before.items():
            setattr(module, name, value)


def swept(base: FactBase, questions: Sequence[Question]) -> dict[tuple[Any, str], float]:
    """The best constants for the questions, one constant at a time from those in force, until none helps."""
    chosen = {key: getattr(*key) for key in CANDIDATES}
    with constants(chosen):
        best = worth(rates(FactFinder(base), questions))
    improved = True
    while improved:
        improved = False
        for key, values in CANDIDATES.items():
            for value in values:
                trial = {**chosen, key: value}
                with constants(trial):
                    score = worth(rates(FactFinder(base), questions))
                if score > best + 1e-6:
                    best, chosen, improved = score, trial, True
    return chosen


def sweep(base: FactBase, questions: list[Question]) -> None:
    """For each fold, constants swept on the others and judged on it: what can be expected of unseen questions."""
    random.Random(1).shuffle(questions)
    for fold in range(FOLDS):
        test = questions[fold::FOLDS]
        train = [q for i, q in enumerate(questions) if i % FOLDS != fold]
        chosen = swept(base, train)
        with constants(chosen):
            unseen = rates(FactFinder(base), test)
        now = rates(FactFinder(base), test)
        changed = {key[1]: value for key, value in chosen.items() if value != getattr(*key)}
        print(
            f"fold {fold + 1}: in force {told(now)}\n        swept    {told(unseen)}  with {changed or 'nothing changed'}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--misses", action="store_true", help="list each question that fell short")
    parser.add_argument(
        "--sweep", action="store_true", help="sweep the constants, with cross-validation (minutes)"
    )
    arguments = parser.parse_args()
    base, questions = load_fact_base(), load_questions()
    finder = FactFinder(base)
    if arguments.sweep:
        sweep(base, questions)
        return
    print(f"{'all':14} n={len(questions):3}  {told(rates(finder, questions))}")
    for kind in dict.fromkeys(q.type for q in questions):
        some = [q for q in questions if q.type == kind]
        names = ("hit@1", "near@3", "wrong") if some[0].in_scope else ("kept",)
        figures = rates(finder, some)
        print(f"{kind:14} n={len(some):3}  {told({n: figures[n] for n in names})}")
    if arguments.misses:
        for question in questions:
            if not judge(finder, question) & {"hit@1", "kept"}:
                outcome = finder.ask(question.text)
                first = outcome.hits[0].fact.id if outcome.hits else "-"
                print(
                    f"  {question.type:12} {outcome.status:8} {first:42.42} <- {question.text[:70]} | {outcome.reason}"
                )


if __name__ == "__main__":
    main()
