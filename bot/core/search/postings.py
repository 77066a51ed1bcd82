"""Which rows have which term, as arrays."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]


class Postings(NamedTuple):
    """For each term the rows that have it, and their values: those from `starts[term]` to `starts[term + 1]`."""

    starts: list[int]
    rows: Array
    values: Array

    @classmethod
    def build(cls, size: int, terms: Array, rows: Array, values: Array) -> Postings:
        """From one entry per term and row, ordered by term."""
        starts = np.searchsorted(terms, np.arange(size + 1)).tolist()
        return cls(starts, rows.astype(np.int32), values.astype(np.float32))

    def of(self, term: int) -> tuple[Array, Array]:
        found = slice(self.starts[term], self.starts[term + 1])
        return self.rows[found], self.values[found]
