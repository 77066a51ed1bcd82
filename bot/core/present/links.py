"""Addresses of a fact: its page on the site, its line in the repository, and new issues there (GitHub or GitLab)."""

import urllib.parse
from dataclasses import dataclass

from bot.core.facts.base import FactBase
from bot.core.facts.issues import Place
from bot.core.facts.models import Fact

SOURCE_MOVED = "source moved"  # the one of the inbox's REASONS that is about the article and not the fact
WRONG, MOVED = "Wrong", "Moved"  # how the titles of the forms begin
BRANCH = "main"  # of the repository; GitHub's editor does not take HEAD
ADDRESS_LENGTH = 3000  # Slack's limit for the address of a button; browsers take more


def fact_path(fact_id: str) -> str:
    """The permanent path of a fact's page on the published site."""
    return f"facts/{fact_id}/"


def question_place(fact: Fact, base: FactBase) -> Place:
    """Where a question that should find the fact is added: below its id among the questions, or to its `asks`."""
    file = f"facts/questions/{fact.topic}.yaml"
    line = base.lines.get(file, {}).get((fact.id,))
    return Place(file, line) if line else base.place(fact, "asks")


@dataclass(frozen=True)
class Repository:
    """A repository by its address, such as https://github.com/owner/name."""

    url: str

    @property
    def _host(self) -> str:
        return urllib.parse.urlsplit(self.url).hostname or ""

    @property
    def _is_gitlab(self) -> bool:
        return "gitlab" in self._host

    def line(self, place: Place) -> str:
        """The address that shows a line of a file as it is now, one tap from editing it."""
        return self._file("blob/HEAD", place)

    def edit(self, place: Place) -> str:
        """The address of a line of a file in the repository's editor in the browser."""
        return self._file(f"edit/{BRANCH}", place)

    def _file(self, view: str, place: Place) -> str:
        return f"{self.url}{'/-' if self._is_gitlab else ''}/{view}/{urllib.parse.quote(place.file)}#L{place.line}"

    def new_issue(self, fact: Fact, place: Place, version: str, reason: str, remark: str = "") -> str:
        """The address of a new issue, filled in with the fact and its place, the version of the facts and the remark.

        At most ADDRESS_LENGTH characters: a remark that is too long for an address is cut.
        """
        while True:
            fields = self._filled_in(fact, place, version, reason, remark)
            address = f"{self._new}?{urllib.parse.urlencode(fields)}"
            if len(address) <= ADDRESS_LENGTH or len(remark) < 10:
                return address
            remark = f"{remark.rstrip(' …')[: len(remark) * 9 // 10 - 2]} …"

    @property
    def _new(self) -> str:
        return f"{self.url}{'/-' if self._is_gitlab else ''}/issues/new"

    def _filled_in(self, fact: Fact, place: Place, version: str, reason: str, remark: str) -> dict[str, str]:
        """The fields of the issue: those of our forms (.github/ISSUE_TEMPLATE) on GitHub, one text elsewhere."""
        title = f"{MOVED if reason == SOURCE_MOVED else WRONG}: {fact.id}"
        if reason not in ("wrong", SOURCE_MOVED):
            title += f" ({reason})"
        of_version = f"{fact.id}, version {version} of the facts"
        if "github" in self._host:
            if reason == SOURCE_MOVED:
                source = f"{fact.evidence[0].source}, linked from {of_version}"
                return {"template": "source-moved.yml", "title": title, "source": source, "address": remark}
            return {"template": "wrong-fact.yml", "title": title, "fact": of_version, "should": remark}
        body = f"Fact: {of_version}\nPlace: {self.line(place)}\nProblem: {reason}\n\n{remark}".strip()
        if self._is_gitlab:
            return {"issue[title]": title, "issue[description]": body}
        return {"title": title, "body": body}
