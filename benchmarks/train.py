"""Learns how likely the best fact is an answer, and writes bot/core/search/weights.json: `make train` (minutes, offline).

It learns from the questions of facts/questions, each asked of a search that does not have it, with the fact that it
should find and without; from tests/traps.yaml and tests/questions.yaml.  Needs scikit-learn.
"""

from __future__ import annotations

import dataclasses
import json
import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import yaml
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from bot.core.facts.base import FactBase, shown_together
from bot.core.facts.loader import load_fact_base
from bot.core.facts.models import Fact
from bot.core.search import SearchEngine
from bot.core.search.features import features

ROOT = Path(__file__).parent.parent
WEIGHTS = ROOT / "bot/core/search/weights.json"
FOLDS, SAMPLE, SEED = 4, 0.6, 7
# How much an example counts: people's own questions and traps are few, and like what will be asked.
WEIGHT = {"found": 0.5, "without": 0.25, "trap": 4.0, "natural": 3.0, "inside": 1.0, "outside": 3.0}
STRENGTH = 0.3  # of the regularisation, scikit-learn's C
TRAPS_ANSWERED = 0.13  # the share of unseen traps that may be answered: the threshold follows from it


@dataclasses.dataclass(frozen=True)
class Example:
    features: dict[str, float]
    right: bool
    source: str
    text: str


def describe(
    engine: SearchEngine, text: str, without: Fact | None = None
) -> tuple[dict[str, float], str] | None:
    """The features of the best fact and its id; `without` one and what its card shows."""
    query, hits, scores = engine.read(text)
    if without:
        hits = tuple(h for h in hits if h.fact.id != without.id and not shown_together(h.fact, without))
    if not hits or scores is None:
        return None
    return features(query, hits, scores, engine.index, engine.config), hits[0].fact.id


def from_questions(base: FactBase) -> Iterator[Example]:
    rng = random.Random(SEED)
    fold_of = {(i, q): rng.randrange(FOLDS) for i, questions in base.questions.items() for q in questions}
    for fold in range(FOLDS):
        kept = {i: tuple(q for q in qs if fold_of[i, q] != fold) for i, qs in base.questions.items()}
        engine = SearchEngine(dataclasses.replace(base, questions=kept))
        for (fact_id, question), place in fold_of.items():
            if place != fold or rng.random() > SAMPLE:
                continue
            if found := describe(engine, question):
                yield Example(found[0], found[1] == fact_id, "found", question)
            if rng.random() < 0.5 and (found := describe(engine, question, base.by_id[fact_id])):
                yield Example(found[0], False, "without", question)


def from_file(base: FactBase, engine: SearchEngine, name: str, sources: tuple[str, str]) -> Iterator[Example]:
    """The questions of a file of tests/; `sources` name those that a fact answers and those that none does."""
    for item in yaml.safe_load((ROOT / "tests" / name).read_text(encoding="utf-8")):
        accept = {fact.id for i in item.get("accept", ()) if (fact := base.get(i))}
        if found := describe(engine, item["q"]):
            yield Example(found[0], found[1] in accept, sources[0] if accept else sources[1], item["q"])


class Model:
    """Logistic regression over standardised features."""

    def __init__(self, names: list[str], examples: list[Example]) -> None:
        self.names = names
        values = self.table(examples)
        self.mean, self.spread = values.mean(0), values.std(0) + 1e-3
        weights = [WEIGHT[e.source] for e in examples]
        self.learnt = LogisticRegression(C=STRENGTH, max_iter=5000).fit(
            (values - self.mean) / self.spread, [e.right for e in examples], sample_weight=weights
        )

    def table(self, examples: list[Example]) -> np.ndarray:
        return np.array([[e.features.get(name, 0.0) for name in self.names] for e in examples])

    def probabilities(self, examples: list[Example]) -> np.ndarray:
        return self.learnt.predict_proba((self.table(examples) - self.mean) / self.spread)[:, 1]

    def weights(self) -> dict[str, float]:
        """By feature as it is, not standardised."""
        weights = self.learnt.coef_[0] / self.spread
        found = {
            name: round(float(w), 4) for name, w in zip(self.names, weights, strict=True) if abs(w) > 1e-4
        }
        return {**found, "intercept": round(float(self.learnt.intercept_[0] - weights @ self.mean), 4)}


def main() -> None:
    base = load_fact_base()
    engine = SearchEngine(base)
    examples = [
        *from_questions(base),
        *from_file(base, engine, "traps.yaml", ("natural", "trap")),
        *from_file(base, engine, "questions.yaml", ("inside", "outside")),
    ]
    names = sorted({name for e in examples for name in e.features})
    unseen = np.zeros(len(examples))
    for train, test in StratifiedKFold(5, shuffle=True, random_state=SEED).split(
        examples, [f"{e.source}{e.right}" for e in examples]
    ):
        learnt = Model(names, [examples[i] for i in train])
        unseen[test] = learnt.probabilities([examples[i] for i in test])
    traps = np.sort([p for p, e in zip(unseen, examples, strict=True) if e.source == "trap"])
    threshold = round(float(traps[int(len(traps) * (1 - TRAPS_ANSWERED))]), 1)  # finer steps would be noise
    WEIGHTS.write_text(
        json.dumps({**Model(names, examples).weights(), "threshold": threshold}, indent=1) + "\n"
    )

    print(f"threshold {threshold}; on examples not learnt from, without the rules:")
    answered: dict[str, list[bool]] = defaultdict(list)
    for p, e in zip(unseen, examples, strict=True):
        answered[f"{e.source}, best fact {'right' if e.right else 'wrong'}"].append(p >= threshold)
    for source, some in sorted(answered.items()):
        print(f"  {source:28} n={len(some):5}  answered {np.mean(some):6.1%}")


if __name__ == "__main__":
    main()
