"""The web application in this process: signed requests and pages, without a server."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait

from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.oauth.oauth_flow import OAuthFlow
from starlette.testclient import TestClient

from bot.db.idempotency import Deduplicator
from bot.server.dispatch import Dispatcher
from bot.server.http import slack_routes
from bot.server.web import create_application
from tests.support.fake_slack import SIGNING_SECRET, FakeSlack
from tests.support.requests import FORM, signed_headers


class Browser(Dispatcher):
    """Calls the application as a server does."""

    def __init__(self, app: App, oauth: OAuthFlow | None = None, slack: FakeSlack | None = None) -> None:
        super().__init__(app)
        self._slack = slack
        self._futures: list[Future[None]] = []
        self.client = TestClient(
            create_application(slack_routes(self, SIGNING_SECRET, Deduplicator(), oauth)),
            "https://bot.example",
            raise_server_exceptions=False,
        )

    def run(
        self, make_request: Callable[[], BoltRequest], acknowledged: Future[BoltResponse]
    ) -> Future[None]:
        self._futures.append(super().run(make_request, acknowledged))
        return self._futures[-1]

    def settle(self, seconds: float = 15) -> None:
        """Wait until all work started by requests is done."""
        assert not wait(self._futures, seconds)[1], "work did not end"
        self._futures.clear()

    def request(
        self, method: str, path: str, body: bytes | str = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], str]:
        self.client.cookies.clear()
        raw = {name: value.encode() for name, value in (headers or {}).items()}
        answer = self.client.request(method, path, content=body, headers=raw, follow_redirects=False)
        return answer.status_code, dict(answer.headers), answer.text

    def post(self, body: bytes | str, kind: str = FORM) -> tuple[int, dict[str, str], str]:
        answer = self.request("POST", "/slack/events", body, signed_headers(body, kind))
        if self._slack:
            self._slack.acknowledge(answer[2])
        return answer
