"""What the listeners work with: the facts of the moment, and where word is left.

Belongs here: the things that `build_app` hands to every listener.  Does not belong here: listening, or
making any of these things (`bot.serve` and the playground do).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

from slack_sdk import WebClient

from bot.core.feedback.inbox import Inbox, NullInbox
from bot.core.model import FactBase
from bot.core.pages.pages import Status
from bot.core.present.links import Repository
from bot.core.search.autocomplete import Autocompleter
from bot.core.search.results import Outcome
from bot.slack.dedupe import Claims, MemoryClaims

# People's own words, apart from the rest of the log: silent unless LOG_QUESTIONS=on (`bot.logs`).
question_log = logging.getLogger("bot.questions")
question_log.disabled = True


class Finder(Protocol):
    """What the listeners need of `bot.core.search.SearchEngine`."""

    @property
    def base(self) -> FactBase: ...

    def ask(self, text: str) -> Outcome: ...


class _Held:
    """The facts of the moment, or those that this thread holds on to."""

    def __init__(self, finder: Callable[[], Finder]) -> None:
        self._finder = finder
        self._own = threading.local()

    def __call__(self) -> Finder:
        held: Finder | None = getattr(self._own, "finder", None)
        return held or self._finder()

    @contextmanager
    def hold(self) -> Iterator[None]:
        self._own.finder = self._finder()
        try:
            yield
        finally:
            self._own.finder = None


@dataclass(frozen=True)
class Surroundings:
    """`finder` gives the facts of the moment, which may be replaced at any time; within `one_version`, always the same.

    `repository` is where the facts are kept, `maintainers_channel` the id of the channel that reports
    are posted to; both may be unknown.  Where several workspaces are served, `maintainers_client` gives the
    client of the one whose channel that is, or None while the app is not installed there.  `status` is what the
    running program tells of itself.
    """

    finder: Callable[[], Finder]
    claims: Claims = field(default_factory=MemoryClaims)
    inbox: Inbox = field(default_factory=NullInbox)
    repository: Repository | None = None
    maintainers_channel: str | None = None
    maintainers_client: Callable[[], WebClient | None] | None = None
    status: Callable[[], Status] = Status
    _suggesters: list[Autocompleter] = field(
        default_factory=list, repr=False
    )  # the last one, while its facts last
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _held: _Held = field(init=False, repr=False)

    def __post_init__(self) -> None:
        held = _Held(self.finder)
        object.__setattr__(self, "finder", held)  # frozen for everybody else
        object.__setattr__(self, "_held", held)

    def one_version(self) -> AbstractContextManager[None]:
        """For the time of one request: however often this thread asks for the facts, it gets those of the beginning."""
        return self._held.hold()

    def about(self) -> Status:
        """What the page `about` tells of the running program."""
        status = self.status()
        known = self.repository.url if self.repository else None
        return replace(status, repository_url=status.repository_url or known)

    def suggester(self) -> Autocompleter:
        """Type-ahead over the facts of the moment; made anew when they have changed."""
        finder = self.finder()
        with self._lock:
            if not self._suggesters or self._suggesters[0].base is not finder.base:
                self._suggesters[:] = [Autocompleter(finder.base, finder.ask)]
            return self._suggesters[0]
