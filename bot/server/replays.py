"""Recognises a signed request that is sent again."""

from __future__ import annotations

import hashlib
import mmap

BUCKETS, BUCKET, KEY = (
    32_768,
    8,
    16,
)  # 4 MB for 262,144 signatures, of which 16 bytes are kept: 5 minutes at 800 a second


class SeenSignatures:
    """The signatures of the last requests, in memory that processes share when they are forked; the oldest make room.

    Slack signs each delivery anew, so one that comes again is a replay.
    """

    def __init__(self) -> None:
        self._table = mmap.mmap(-1, BUCKETS * BUCKET * KEY)

    def add(self, signature: str) -> bool:
        """Whether the signature is new."""
        key = hashlib.sha256(signature.encode()).digest()[:KEY]
        start = int.from_bytes(key[:4]) % BUCKETS * BUCKET * KEY
        bucket = self._table[start : start + BUCKET * KEY]
        if any(bucket[i : i + KEY] == key for i in range(0, len(bucket), KEY)):
            return False
        self._table[start : start + BUCKET * KEY] = key + bucket[:-KEY]
        return True
