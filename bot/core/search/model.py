"""The learnt weights of the search, written by `make train`: of the scores of a fact, and of what decides on an answer."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np


@cache
def model() -> Mapping[str, Any]:
    """`order`: the weight of each score; `trees`, `features`, `prior` and the thresholds: see `shares`."""
    found: Mapping[str, Any] = json.loads(Path(__file__).with_name("weights.json").read_text())
    return found


@cache
def _nodes() -> tuple[Any, ...]:
    """The nodes of all trees, one after the other, by column; where each tree begins; and the depth of the deepest."""
    trees = model()["trees"]
    starts = np.cumsum([0, *map(len, trees)])[:-1]
    nodes = [
        (feature, limit, odds, start + low, start + high)
        for start, tree in zip(starts.tolist(), trees, strict=True)
        for feature, limit, odds, low, high in tree
    ]
    feature, limit, odds, low, high = map(np.array, zip(*nodes, strict=True))
    return starts, feature, limit, odds, low, high


def shares(found: Mapping[str, float]) -> dict[str, float]:
    """What each feature adds to the log odds that the fact is an answer.

    A node of a tree is [number of the feature, limit, log odds, place where at most the limit, place where above]; a leaf
    leads to itself.  What changes between two nodes on the way is the share of the feature that decides at the first.
    """
    names = model()["features"]
    at, feature, limit, odds, low, high = _nodes()
    values = np.array([found.get(name, 0.0) for name in names])
    result = np.zeros(len(names))
    while True:
        tested = feature[at]
        after = np.where(values[tested] <= limit[at], low[at], high[at])
        if (after == at).all():
            return {name: share for name, share in zip(names, result.tolist(), strict=True) if share}
        result += np.bincount(tested, odds[after] - odds[at], minlength=len(names))
        at = after


def probability(found: Mapping[str, float]) -> float:
    """How likely the fact is an answer, by the shares of its features."""
    return 1 / (1 + math.exp(-model()["prior"] - sum(found.values())))
