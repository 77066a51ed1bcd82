"""Slack's requests to Bolt, and the pages of an installation."""

from __future__ import annotations

import asyncio
import hmac
import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from http import HTTPStatus
from typing import Any

from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.oauth.oauth_flow import OAuthFlow
from slack_sdk.signature import SignatureVerifier
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.db.idempotency import Deduplicator
from bot.server.dispatch import BUSY, Dispatcher
from bot.server.protocol import BODY_LIMIT
from bot.slack.manifest import EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH

log = logging.getLogger(__name__)

SIGNED_SECONDS, SIGNATURE_LENGTH = 300, 67  # how old a signature may be, and how long one of Slack's is
WARNING_SECONDS = 60.0  # between two warnings about signatures, which anyone can cause
BUSY_SECONDS = 2  # until a client may try again
QUERY_LIMIT = 2_000  # characters; Slack's code and state have some 250
SSL_CHECK_LIMIT = 1_000  # bytes; the one request of Slack's without a signature
FORM, JSON = "application/x-www-form-urlencoded", "application/json"

PAGE_HEADERS = {
    "cache-control": "no-store",
    # The address of the page holds Slack's code and our state.
    "referrer-policy": "no-referrer",
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src https://platform.slack-edge.com; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
}

# What Bolt raises for a payload that Slack would not send.
_UNREADABLE = (ValueError, TypeError, AttributeError, LookupError, RecursionError)


def slack_routes(
    dispatcher: Dispatcher, signing_secret: str, signatures: Deduplicator, oauth: OAuthFlow | None = None
) -> list[Route]:
    """POST /slack/events and, with `oauth`, the pages of an installation."""
    routes = [Route(EVENTS_PATH, _Events(dispatcher, signing_secret, signatures).handle, methods=["POST"])]
    if oauth:
        pages = {INSTALL_PATH: oauth.handle_installation, REDIRECT_PATH: oauth.handle_callback}
        routes += [Route(path, _page(handle)) for path, handle in pages.items()]
    return routes


class _Events:
    """POST /slack/events; nothing is parsed, and nothing costs much, before the signature is checked."""

    def __init__(self, dispatcher: Dispatcher, signing_secret: str, signatures: Deduplicator) -> None:
        self._dispatcher = dispatcher
        self._verifier = SignatureVerifier(signing_secret)
        self._signatures = signatures
        self._warned_at = float("-inf")

    async def handle(self, request: Request) -> Response:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in (FORM, JSON):
            raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"wanted {JSON} or {FORM}")
        body = await _read_body(request)
        if kind == FORM and len(body) <= SSL_CHECK_LIMIT and b"ssl_check=1" in body.split(b"&"):
            return Response(media_type="text/plain")
        self._check_signature(body, request)
        if not self._signatures.acquire(request.headers["x-slack-signature"]):
            log.warning("replayed request ignored code=replay")
            return Response()
        if not self._dispatcher.take():
            return _busy(body, kind)
        headers = {**request.headers, "content-type": kind}

        def make_request() -> BoltRequest:
            return BoltRequest(body=body.decode(), query=request.url.query, headers=headers)  # type: ignore[arg-type]

        acknowledged: Future[BoltResponse] = Future()
        self._dispatcher.run(make_request, acknowledged)
        try:
            response = await asyncio.wrap_future(acknowledged)
        except _UNREADABLE as error:
            log.warning("malformed payload refused code=malformed_payload", exc_info=error)
            raise HTTPException(HTTPStatus.BAD_REQUEST, "malformed body") from None
        return _to_response(response)

    def _check_signature(self, body: bytes, request: Request) -> None:
        """Raises HTTPException.  A wrong clock or another app's secret refuses all requests, so the log says which it is."""
        timestamp = request.headers.get("x-slack-request-timestamp", "")
        signature = request.headers.get("x-slack-signature", "")
        refusal = HTTPException(HTTPStatus.UNAUTHORIZED, "invalid request")
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12 and signature.isascii()):
            raise refusal
        try:
            expected = self._verifier.generate_signature(timestamp=timestamp, body=body) or ""
        except UnicodeDecodeError:
            raise HTTPException(HTTPStatus.BAD_REQUEST, "body is not UTF-8") from None
        late = time.time() - int(timestamp)
        valid, timely = hmac.compare_digest(expected, signature), abs(late) <= SIGNED_SECONDS
        if valid and timely:
            return
        signed = valid or (timely and len(signature) == SIGNATURE_LENGTH)
        if signed and time.monotonic() - self._warned_at >= WARNING_SECONDS:
            self._warned_at = time.monotonic()
            stale = (
                f"stale_signature: valid signature, stale timestamp: check the server clock ahead={late:.0f}"
            )
            wrong = "wrong_secret: signed with another secret; is SLACK_SIGNING_SECRET this app's?"
            log.warning("refused code=%s", stale if valid else wrong)
        raise refusal


async def _read_body(request: Request) -> bytes:
    declared = request.headers.get("content-length", "0")
    parts, size = [], 0
    try:
        if int(declared) <= BODY_LIMIT:
            async for part in request.stream():
                parts.append(part)
                size += len(part)
                if size > BODY_LIMIT:
                    break
            else:
                return b"".join(parts)
    except (ClientDisconnect, ValueError):
        raise HTTPException(HTTPStatus.BAD_REQUEST, "unreadable body") from None
    raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"wanted at most {BODY_LIMIT} bytes")


def _busy(body: bytes, kind: str) -> Response:
    """A command is answered in words.  An event comes again after a 503, and at a button Slack says that it did not work."""
    names = {part.partition(b"=")[0] for part in body.split(b"&")} if kind == FORM else set()
    if b"command" in names and b"payload" not in names:
        return JSONResponse(BUSY)
    raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, "busy", {"Retry-After": str(BUSY_SECONDS)})


def _page(handle: Callable[[BoltRequest], BoltResponse]) -> Callable[[Request], Any]:
    """A page of an installation, for people: not signed, so its input is short."""

    async def answer(request: Request) -> Response:
        if len(request.url.query) > QUERY_LIMIT:
            raise HTTPException(
                HTTPStatus.REQUEST_URI_TOO_LONG, f"wanted at most {QUERY_LIMIT} characters after the ?"
            )
        made = BoltRequest(body="", query=request.url.query, headers=dict(request.headers))
        response = _to_response(await run_in_threadpool(handle, made))
        response.headers.update(PAGE_HEADERS)
        return response

    return answer


def _to_response(response: BoltResponse) -> Response:
    made = Response(response.body or "", response.status, response.first_headers_without_set_cookie())
    for cookie in response.headers.get("set-cookie", []):
        made.headers.append("set-cookie", cookie)
    return made
