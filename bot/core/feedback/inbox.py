"""What surfaces pass on to the maintainers, and what an inbox holds; no person and no channel passes through it."""

from dataclasses import dataclass
from datetime import date

from bot.core.feedback.unanswered import QuestionGroup

REASONS = ("wrong", "outdated", "unclear", "source moved", "other")


class Inbox:
    """Where surfaces leave questions and reports for the maintainers; this one, for surfaces without a database, keeps
    nothing.  Implementations must not raise or block."""

    def unanswered(
        self, question: str, outcome: str, unknown: tuple[str, ...], nearest: str | None
    ) -> str | None:
        """A question that got `none`, or `choices`; `nearest` is the id of the fact that came nearest.

        Returns a random id for choices that are kept: the buttons under the choices carry it to `chosen`.
        """

    def chosen(self, offer_id: str) -> None:
        """One of the choices that were offered under this id was chosen, so the question was answered."""

    def thumb(self, fact_id: str, helpful: bool) -> None:
        """A card was marked as helpful or not."""

    def report(self, fact_id: str, version: str, reason: str, remark: str) -> int | None:
        """A problem with a fact, `reason` one of `REASONS`; returns the report's number if it is kept.

        The one call that may block, for two seconds at most.
        """


@dataclass(frozen=True)
class Thumbs:
    """How often a fact was marked as helpful and as unhelpful."""

    fact_id: str
    helpful: int
    unhelpful: int


@dataclass(frozen=True)
class Report:
    """A reported problem; `version` is that of the fact base in which it was seen."""

    id: int
    fact_id: str
    version: str
    reason: str
    remark: str
    made: date


@dataclass(frozen=True)
class InboxContents:
    groups: tuple[QuestionGroup, ...] = ()
    unhelpful: tuple[Thumbs, ...] = ()
    reports: tuple[Report, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.groups or self.unhelpful or self.reports)
