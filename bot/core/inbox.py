"""What the maintainers should hear of: questions without an answer, thumbs, reports.

Belongs here: the interface that every surface calls, and the one that forgets everything.  Does not
belong here: keeping them (`bot.inbox`).  No person and no channel ever passes through it.
"""

from __future__ import annotations

from typing import Protocol

REASONS = ("wrong", "outdated", "unclear", "source moved", "other")


class Inbox(Protocol):
    """Where surfaces leave word for the maintainers; none of it may raise or wait: an answer comes first."""

    def unanswered(
        self, question: str, outcome: str, unknown: tuple[str, ...], nearest: str | None
    ) -> str | None:
        """A question that got `none`, or `choices`; `nearest` is the id of the fact that came nearest.

        For choices that are kept it gives a sign, a random one that says nothing of the question: the buttons
        under the choices carry it, and `chosen` takes it.
        """

    def chosen(self, sign: str) -> None:
        """One of the choices that were offered under this sign was tapped: the question is no gap."""

    def thumb(self, fact_id: str, helpful: bool) -> None:
        """Somebody found a card helpful or not."""

    def report(self, fact_id: str, version: str, reason: str, remark: str) -> int | None:
        """A problem with a fact, `reason` one of `REASONS`; gives the report's number where it is kept.

        The one call that may take a moment (two seconds where the database is slow to answer): nothing that Slack waits for may.
        """


class ForgetfulInbox:
    """Keeps nothing: for surfaces that run without a database."""

    def unanswered(
        self, question: str, outcome: str, unknown: tuple[str, ...], nearest: str | None
    ) -> str | None:
        return None

    def chosen(self, sign: str) -> None:
        return None

    def thumb(self, fact_id: str, helpful: bool) -> None:
        return None

    def report(self, fact_id: str, version: str, reason: str, remark: str) -> int | None:
        return None
