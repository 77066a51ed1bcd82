"""Learns how to rank facts and when to answer; writes bot/core/search/weights.json: `make train`.

It takes minutes, needs scikit-learn and no network.  It learns from facts/questions (each question asked of a search that
does not have it), from benchmarks/training.yaml and from tests/questions.yaml.
"""

from __future__ import annotations

import dataclasses
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import yaml
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from bot.core.facts.base import FactBase
from bot.core.facts.loader import load_fact_base
from bot.core.search import SearchEngine
from bot.core.search.features import features
from bot.core.search.model import model
from bot.core.search.scoring import SCORES

ROOT = Path(__file__).parent.parent
WEIGHTS = ROOT / "bot/core/search/weights.json"
FOLDS, SEED = 4, 7
# How much an example counts: people's own questions and traps are few, and like what will be asked.
WEIGHT = {
    "found": 0.5,
    "without": 0.25,
    "new": 0.25,
    "trap": 3.0,
    "natural": 3.0,
    "inside": 1.0,
    "outside": 2.0,
}
SAMPLE = {"found": 1.0, "without": 0.3, "new": 0.15}  # shares of the questions that become such examples
TREES, LEAVES, RATE = 60, 8, 0.15
TRAPS_ANSWERED = 0.08  # the share of unseen traps that may be answered: the threshold follows from it
KEY_WORDS_LESS = 0.14
PEOPLE = ("natural", "trap", "inside", "outside")  # whose examples the reliability table counts
# Features that can only raise, or only lower, the probability of an answer.
FOR = "own asked bm25 nearest margin order_ahead_of_unanswered".split()
AGAINST = "unsaid names_unsaid qualifiers_unsaid mirrored like_unanswered".split()


class Question(NamedTuple):
    text: str
    accept: frozenset[str]  # empty: no fact answers it
    source: str


class Example(NamedTuple):
    question: Question
    fact: str
    right: bool
    source: str
    features: dict[str, float]
    candidates: list[tuple[str, tuple[float, ...]]]  # the facts that were found with their scores


def questions_of(base: FactBase) -> list[Question]:
    """Those of facts/questions, which are asked of an index without them."""
    found = [Question(q, frozenset({i}), "found") for i, asked in base.questions.items() for q in asked]
    return found + [Question(q, frozenset(), "trap") for asked in base.unanswered.values() for q in asked]


def questions_of_files(base: FactBase) -> list[Question]:
    found = []
    for path, sources in (
        ("benchmarks/training.yaml", ("natural", "trap")),
        ("tests/questions.yaml", ("inside", "outside")),
    ):
        for item in yaml.safe_load((ROOT / path).read_text(encoding="utf-8")):
            accept = frozenset(fact.id for i in item.get("accept") or () if (fact := base.get(i)))
            found.append(Question(item["q"], accept, sources[not accept]))
    return found


def describe(engine: SearchEngine, question: Question, source: str) -> Iterator[Example]:
    """The features of the best fact for a question; of "without", once the right one is taken away."""
    read, index = engine.read(question.text), engine.index
    candidates = [(hit.fact.id, hit.scores) for hit in read.hits]
    right = {index.number[i] for i in question.accept}
    near = right.union(*(index.together[number] for number in right))  # with what belongs to the right facts
    hits = [h for h in read.hits if source != "without" or h.number not in near]
    if not hits or read.scores is None:
        return
    best = hits[0]
    # What belongs to the right fact may be right too.
    if best.number in right or best.number not in near or question.source != "found":
        found = features(read.query, hits, read.scores, index)
        yield Example(question, best.fact.id, best.number in right, source, found, candidates)


def examples(base: FactBase) -> Iterator[Example]:
    rng = random.Random(SEED)
    everything = questions_of(base)
    fold_of = {q: rng.randrange(FOLDS) for q in everything}
    kinds = {
        q: [k for k in SAMPLE if q.accept and rng.random() < SAMPLE[k]] if q.accept else ["trap"]
        for q in everything
    }
    for fold in range(FOLDS):
        kept = {
            i: tuple(q for q in qs if fold_of[Question(q, frozenset({i}), "found")] != fold)
            for i, qs in base.questions.items()
        }
        unanswered = {
            i: tuple(q for q in qs if fold_of[Question(q, frozenset(), "trap")] != fold)
            for i, qs in base.unanswered.items()
        }
        engine = SearchEngine(dataclasses.replace(base, questions=kept, unanswered=unanswered))
        for question, place in fold_of.items():
            if place == fold:
                for kind in kinds[question]:
                    if kind != "new":
                        yield from describe(engine, question, kind)
    # A new fact has no questions yet: each fourth fact in turn is taken for new.
    for fold in range(FOLDS):
        new = {fact.id for number, fact in enumerate(base.facts) if number % FOLDS == fold}
        engine = SearchEngine(
            dataclasses.replace(base, questions={i: q for i, q in base.questions.items() if i not in new})
        )
        for question in everything:
            if question.accept & new and "new" in kinds[question]:
                yield from describe(engine, question, "new")
    engine = SearchEngine(base)
    for question in questions_of_files(base):
        yield from describe(engine, question, question.source)


def learn_order(found: Sequence[Example]) -> dict[str, float]:
    """The weight of each score, by pairs of a right and a wrong candidate of one question."""
    rows, weights = [], []
    for e in found:
        right = [s for i, s in e.candidates if i in e.question.accept][:1]
        wrong = [s for i, s in e.candidates if i not in e.question.accept][:5]
        if right and wrong and e.source in ("found", "natural", "inside"):
            rows += [np.subtract(right[0], other) for other in wrong]
            weights += [WEIGHT[e.source] / len(wrong)] * len(wrong)
    both = np.concatenate([rows, np.negative(rows)])
    learnt = LogisticRegression(fit_intercept=False, C=1.0).fit(
        both, [1] * len(rows) + [0] * len(rows), sample_weight=[*weights, *weights]
    )
    scale = 10 / np.abs(learnt.coef_[0]).sum()
    return {name: round(float(w * scale), 3) for name, w in zip(SCORES, learnt.coef_[0], strict=True)}


class Decider:
    """Gradient-boosted trees over the features."""

    def __init__(self, names: list[str], found: Sequence[Example]) -> None:
        self.names = names
        signs = [(name in FOR) - (name in AGAINST) for name in names]
        self.learnt = HistGradientBoostingClassifier(
            max_iter=TREES, max_leaf_nodes=LEAVES, learning_rate=RATE, l2_regularization=5.0, min_samples_leaf=25,
            monotonic_cst=signs, random_state=SEED,
        ).fit(self.table(found), [e.right for e in found], sample_weight=[WEIGHT[e.source] for e in found])  # fmt: skip

    def table(self, found: Sequence[Example]) -> np.ndarray:
        return np.array([[e.features.get(name, 0.0) for name in self.names] for e in found])

    def probabilities(self, found: Sequence[Example]) -> np.ndarray:
        return self.learnt.predict_proba(self.table(found))[:, 1]

    def exported(self) -> dict[str, object]:
        """The trees as bot.core.search.model reads them."""
        trees = [self._tree(predictor.nodes) for (predictor,) in self.learnt._predictors]
        prior = round(float(self.learnt._baseline_prediction[0, 0]), 4)
        return {"features": self.names, "trees": trees, "prior": prior}

    def _tree(self, nodes: np.ndarray, number: int = 0) -> object:
        """A node's log odds, or for a test of a feature: its number, the limit, the log odds, and the nodes it leads to."""

        def odds(n: int) -> float:
            node = nodes[n]
            if node["is_leaf"]:
                return float(node["value"])
            left, right = int(node["left"]), int(node["right"])
            return (odds(left) * nodes[left]["count"] + odds(right) * nodes[right]["count"]) / node["count"]

        node, mean = nodes[number], round(odds(number), 4)
        if node["is_leaf"]:
            return mean
        below, above = (self._tree(nodes, int(node[side])) for side in ("left", "right"))
        return [int(node["feature_idx"]), round(float(node["num_threshold"]), 4), mean, below, above]


def unseen_probabilities(names: list[str], found: Sequence[Example]) -> np.ndarray:
    """For each example, by a model that has not learnt from its question."""
    rng = random.Random(SEED)
    fold_of: dict[str, int] = defaultdict(lambda: rng.randrange(5))
    folds = np.array([fold_of[e.question.text] for e in found])
    result = np.zeros(len(found))
    for fold in range(5):
        learnt = Decider(names, [e for e, place in zip(found, folds, strict=True) if place != fold])
        result[folds == fold] = learnt.probabilities(
            [e for e, place in zip(found, folds, strict=True) if place == fold]
        )
    return result


def report(found: Sequence[Example], unseen: np.ndarray, threshold: float) -> None:
    print(f"threshold {threshold}; on examples not learnt from, without the rules:")
    answered: dict[str, list[bool]] = defaultdict(list)
    for p, e in zip(unseen, found, strict=True):
        answered[f"{e.source}, best fact {'right' if e.right else 'wrong'}"].append(bool(p >= threshold))
    for source, some in sorted(answered.items()):
        print(f"  {source:28} n={len(some):5}  answered {np.mean(some):6.1%}")


def reliability(found: Sequence[Example], unseen: np.ndarray) -> list[list[float]]:
    """Of people's questions by probability: from, to, how many, the share whose best fact is right."""
    rows = []
    for low in np.arange(0.0, 1.0, 0.1).round(1).tolist():
        right = [
            e.right for p, e in zip(unseen, found, strict=True) if e.source in PEOPLE and low <= p < low + 0.1
        ]
        rows.append([low, round(low + 0.1, 1), len(right), round(float(np.mean(right)), 3) if right else 0.0])
    return rows


def main() -> None:
    base = load_fact_base()
    weights = dict(model())
    found = list(examples(base))
    weights["order"] = learn_order(found)
    names = sorted({name for e in found for name in e.features})
    unseen = unseen_probabilities(names, found)
    traps = np.sort([p for p, e in zip(unseen, found, strict=True) if e.source == "trap"])
    threshold = round(float(traps[int(len(traps) * (1 - TRAPS_ANSWERED))]), 2)
    # Few traps are key words: there a lower probability costs nothing.
    weights |= {"threshold": threshold, "threshold_key_words": round(threshold - KEY_WORDS_LESS, 2)}
    weights |= {**Decider(names, found).exported(), "reliability": reliability(found, unseen)}
    WEIGHTS.write_text(json.dumps(weights) + "\n")
    report(found, unseen, threshold)


if __name__ == "__main__":
    main()
