"""Addresses of a fact: its page on the site, its line in the repository, and new issues there (GitHub or GitLab)."""

import urllib.parse
from dataclasses import dataclass

from bot.core.facts.issues import Place
from bot.core.facts.models import Fact

SOURCE_MOVED = "source moved"  # the one of the inbox's REASONS that is about the article and not the fact
BRANCH = "main"  # of the repository; GitHub's editor does not take HEAD
ADDRESS_LENGTH = 3000  # Slack's limit for the address of a button; browsers take more
REMARK_BYTES = 700  # of a remark in an address, where each may take three characters


def fact_path(fact_id: str) -> str:
    """The permanent path of a fact's page on the published site."""
    return f"facts/{fact_id}/"


@dataclass(frozen=True)
class Repository:
    """A repository by its address, such as https://github.com/owner/name."""

    url: str

    @property
    def _host(self) -> str:
        return urllib.parse.urlsplit(self.url).netloc

    def line(self, place: Place) -> str:
        """The address that shows a line of a file as it is now, one tap from editing it."""
        return self._address(f"blob/HEAD/{urllib.parse.quote(place.file)}#L{place.line}")

    def edit(self, place: Place) -> str:
        """The address of a line of a file in the repository's editor in the browser."""
        return self._address(f"edit/{BRANCH}/{urllib.parse.quote(place.file)}#L{place.line}")

    def new_issue(self, fact: Fact, place: Place, version: str, reason: str, remark: str = "") -> str:
        """The address of a new issue, filled in with the fact and its place, the version of the facts and the remark.

        At most ADDRESS_LENGTH characters: the end of a long remark is left out.
        """
        remark = remark.encode()[:REMARK_BYTES].decode(errors="ignore")
        fields = self._filled_in(fact, place, version, reason, remark)
        return self._address(f"issues/new?{urllib.parse.urlencode(fields)}")

    def _address(self, path: str) -> str:
        return f"{self.url}/-/{path}" if "gitlab" in self._host else f"{self.url}/{path}"

    def _filled_in(self, fact: Fact, place: Place, version: str, reason: str, remark: str) -> dict[str, str]:
        """The fields of the issue: those of our forms (.github/ISSUE_TEMPLATE) on GitHub, one text elsewhere."""
        of_version = f"{fact.id}, version {version} of the facts"
        moved = reason == SOURCE_MOVED
        title = f"{'Moved' if moved else 'Wrong'}: {fact.id}"
        if reason not in ("wrong", SOURCE_MOVED):
            title += f" ({reason})"
        if "github" in self._host:
            if moved:
                source = f"{fact.evidence[0].source}, linked from {of_version}"
                return {"template": "source-moved.yml", "title": title, "source": source, "address": remark}
            return {"template": "wrong-fact.yml", "title": title, "fact": of_version, "should": remark}
        body = f"Fact: {of_version}\nPlace: {self.line(place)}\nProblem: {reason}\n\n{remark}".strip()
        if "gitlab" in self._host:
            return {"issue[title]": title, "issue[description]": body}
        return {"title": title, "body": body}
