"""How much one person and one workspace may leave for the maintainers in a day."""

import threading

from cachetools import TTLCache

DAY_SECONDS = 24 * 3600.0
REMEMBERED = 50_000  # people and workspaces
CAPS = {"report": (10, 50), "question": (50, 500)}  # per person and per workspace, for each process


class DailyCaps:
    """Counts by kind, reset after a day without any."""

    def __init__(self) -> None:
        self._counts: TTLCache[tuple[str | None, ...], int] = TTLCache(REMEMBERED, DAY_SECONDS)
        self._lock = threading.Lock()

    def allows(self, kind: str, team: str | None, person: str | None) -> bool:
        """Whether one more of `kind` (a key of CAPS) is allowed; where it is, it counts."""
        keys = (kind, team, person), (kind, team)
        with self._lock:
            if any(self._counts.get(key, 0) >= cap for key, cap in zip(keys, CAPS[kind], strict=True)):
                return False
            for key in keys:
                self._counts[key] = self._counts.get(key, 0) + 1
            return True
