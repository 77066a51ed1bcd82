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
    """`order`: the weight of each score; `trees`, `prior`, `threshold`: see `shares`."""
    found: Mapping[str, Any] = json.loads(Path(__file__).with_name("weights.json").read_text())
    return found


def shares(found: Mapping[str, float]) -> dict[str, float]:
    """What each feature adds to the log odds that the fact is an answer.

    In a tree, each node is [feature, limit, log odds, place where at most the limit, place where above]; a leaf has only
    its log odds.  What changes between two nodes on the way is the share of the feature that decided there.
    """
    result: dict[str, float] = {}
    for tree in model()["trees"]:
        node = tree[0]
        while len(node) > 1:
            name, limit, odds, low, high = node
            node = tree[low if found.get(name, 0.0) <= limit else high]
            result[name] = result.get(name, 0.0) + (node[2] if len(node) > 1 else node[0]) - odds
    return result


def probability(found: Mapping[str, float]) -> float:
    """How likely the fact is an answer, by the shares of its features."""
    return 1 / (1 + math.exp(-model()["prior"] - sum(found.values())))
