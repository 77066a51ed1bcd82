"""The learnt weights of the search, written by `make train`: of the scores of a fact, and of what decides on an answer."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any


@cache
def model() -> Mapping[str, Any]:
    """`order`: the weight of each score; `trees`, `features`, `prior` and the thresholds: see `shares`."""
    found: Mapping[str, Any] = json.loads(Path(__file__).with_name("weights.json").read_text())
    return found


def shares(found: Mapping[str, float]) -> dict[str, float]:
    """What each feature adds to the log odds that the fact is an answer, the strongest first.

    A tree is [number of the feature, limit, log odds, tree where at most the limit, tree where above], a leaf its log odds.
    What changes between two nodes on the way is the share of the feature that decides at the first.
    """
    names = model()["features"]
    values = [found.get(name, 0.0) for name in names]
    result = [0.0] * len(names)
    for tree in model()["trees"]:
        while isinstance(tree, list):
            feature, limit, odds, low, high = tree
            tree = low if values[feature] <= limit else high
            result[feature] += (tree[2] if isinstance(tree, list) else tree) - odds
    named = zip(names, result, strict=True)
    return dict(sorted(((name, share) for name, share in named if share), key=lambda item: -abs(item[1])))


def probability(found: Mapping[str, float]) -> float:
    """How likely the fact is an answer, by the shares of its features."""
    return 1 / (1 + math.exp(-model()["prior"] - sum(found.values())))
