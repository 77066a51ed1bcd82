"""Where the facts are kept for all to edit: addresses of lines and of new issues there.

Belongs here: how GitHub and GitLab write such addresses.  Does not belong here: which repository it is
(`bot.settings`), or what an issue form asks (`.github/ISSUE_TEMPLATE`).
"""

from __future__ import annotations

import urllib.parse
from dataclasses import dataclass

from bot.core.model import Fact, Place

ADDRESS_LENGTH = 3000  # Slack's limit for the address of a button; browsers take more


@dataclass(frozen=True)
class Repository:
    """A repository by its address, such as https://github.com/owner/name."""

    url: str

    @property
    def _is_gitlab(self) -> bool:
        return "gitlab" in (urllib.parse.urlsplit(self.url).hostname or "")

    def line(self, place: Place) -> str:
        """The address that shows a line of a file as it is now, one tap from editing it."""
        infix = "/-/blob" if self._is_gitlab else "/blob"
        return f"{self.url}{infix}/HEAD/{urllib.parse.quote(place.file)}#L{place.line}"

    def new_issue(self, fact: Fact, place: Place, version: str, reason: str, remark: str = "") -> str:
        """The address of a new issue, filled in with the fact and its place, the version of the facts and the remark.

        At most ADDRESS_LENGTH characters: a remark that is too long for an address is cut.
        """
        title = f"{fact.id}: {reason}"
        about = f"Fact: {fact.id} ({self.line(place)})\nVersion of the facts: {version}\nProblem: {reason}"
        for length in range(len(remark), -1, -max(1, len(remark) // 40)):
            kept = remark if length == len(remark) else remark[:length].rstrip() + " …"
            address = self._issue(title, f"{about}\n\n{kept}".strip())
            if len(address) <= ADDRESS_LENGTH:
                break
        return address

    def _issue(self, title: str, body: str) -> str:
        if self._is_gitlab:
            query = {"issue[title]": title, "issue[description]": body}
            return f"{self.url}/-/issues/new?{urllib.parse.urlencode(query)}"
        return f"{self.url}/issues/new?{urllib.parse.urlencode({'title': title, 'body': body})}"
