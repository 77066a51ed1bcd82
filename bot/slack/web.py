"""The web application: HTTP in, Bolt's answer out, and every hostile request turned away at the door.

Belongs here: paths, methods, sizes, encodings, the signature.  Does not belong here: what is done with
a request (`app`, `listeners`), the server that carries it (`bot.serve`).
"""

from __future__ import annotations

import hmac
import json
import logging
import threading
import time
from collections import deque
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qsl

from slack_bolt import App, BoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.slack import strings as wording
from bot.slack.admission import Admission
from bot.slack.install import Installing
from bot.slack.manifest import EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

log = logging.getLogger(__name__)

HEALTH_PATH = "/healthz"
BODY_LIMIT = 1_000_000  # bytes; Slack's own requests stay far below
DRAIN_LIMIT, DRAIN_SECONDS = (
    16_000_000,
    2.0,
)  # what is thrown away of a refused body, so that its sender hears the refusal
SIGNED_SECONDS = 300  # how old a signature may be
WARNING_SECONDS = 60.0  # between two warnings about signatures: anybody may send us such requests
BUSY_SECONDS = 2  # until a client may try again
QUERY_LIMIT = 2_000  # characters; Slack's code and state have some 150
VISITS, VISITS_SECONDS = (
    120,
    60.0,
)  # pages of installations that a process draws at most, since each begins with a row in the database
FORM, JSON = "application/x-www-form-urlencoded", "application/json"

# What Slack sends under these names; anything else would only trip up Bolt further in.
_OBJECTS = ("container", "view", "message", "item", "function_data")
_OBJECTS_OR_IDS = ("user", "channel", "team", "enterprise")
_UNREADABLE = (ValueError, TypeError, AttributeError, LookupError)
_LISTS = ("authorizations", "actions", "response_urls")


class Health(Protocol):
    def __call__(self) -> dict[str, Any]: ...


class _Refused(Exception):
    """The request gets this answer and goes no further."""

    def __init__(self, status: HTTPStatus, reason: str, headers: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(reason)
        self.status, self.reason, self.headers = status, reason, headers


class WebApp:
    """A WSGI application with POST /slack/events and GET /healthz.

    `health` returns what /healthz tells.  With `installing`, GET /slack/install and GET /slack/oauth_redirect
    lead people through an installation.  With `admission`, what Slack sends is refused while too much is in work.
    Never raises: what fails inside is logged and answered.
    """

    def __init__(
        self,
        app: App,
        signing_secret: str,
        health: Health,
        installing: Installing | None = None,
        admission: Admission | None = None,
    ) -> None:
        self._app = app
        self._admission = admission
        self._installing = installing
        self._visits = _Allowance(VISITS, VISITS_SECONDS)
        self._warnings = _Allowance(1, WARNING_SECONDS)
        self._verifier = SignatureVerifier(signing_secret)
        self._health = health

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        rest: WSGIEnvironment | None = None
        try:
            status, headers, body = self._route(environ)
        except _Refused as refusal:
            rest = environ
            status, headers, body = _json_answer(refusal.status, {"error": refusal.reason}, refusal.headers)
        except Exception:
            log.exception("failed outside the listeners path=%s", environ.get("PATH_INFO"))
            status, headers, body = _json_answer(
                HTTPStatus.INTERNAL_SERVER_ERROR, {"error": "something broke"}
            )
        try:
            phrase = HTTPStatus(status).phrase
        except ValueError:
            phrase = "Unknown"
        start_response(f"{int(status)} {phrase}", [*headers, ("Content-Length", str(len(body)))])
        answer = b"" if environ.get("REQUEST_METHOD") == "HEAD" else body
        return [answer] if rest is None else _then_drain(answer, rest)

    def _route(self, environ: WSGIEnvironment) -> tuple[int, list[tuple[str, str]], bytes]:
        path, method = environ.get("PATH_INFO", ""), environ.get("REQUEST_METHOD", "")
        if path == HEALTH_PATH:
            _require_method(method, "GET", "HEAD")
            return _json_answer(HTTPStatus.OK, self._health())
        if path == EVENTS_PATH:
            _require_method(method, "POST")
            return self._dispatch(environ)
        if self._installing and path in (INSTALL_PATH, REDIRECT_PATH):
            _require_method(method, "GET")
            return self._install(self._installing, path, environ)
        raise _Refused(HTTPStatus.NOT_FOUND, "not found")

    def _install(
        self, installing: Installing, path: str, environ: WSGIEnvironment
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """Pages for people.  Nobody signs these requests, so what they may cost us is bounded."""
        query = environ.get("QUERY_STRING", "")
        if len(query) > QUERY_LIMIT:
            raise _Refused(
                HTTPStatus.REQUEST_URI_TOO_LONG, f"wanted at most {QUERY_LIMIT} characters after the ?"
            )
        if not self._visits.take():
            response = installing.too_many()
        else:
            request = BoltRequest(body="", query=query, headers=dict(_headers(environ)))
            handle = installing.handle_installation if path == INSTALL_PATH else installing.handle_callback
            response = handle(request)
        told = [(name, value) for name, values in response.headers.items() for value in values]
        return response.status, told, (response.body or "").encode()

    def _dispatch(self, environ: WSGIEnvironment) -> tuple[int, list[tuple[str, str]], bytes]:
        kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
        if kind not in (FORM, JSON):
            raise _Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"wanted {JSON} or {FORM}")
        body = _read_body(environ)
        if kind == FORM and ("ssl_check", "1") in _form(body):
            return (
                HTTPStatus.OK,
                [("Content-Type", "text/plain; charset=utf-8")],
                b"",
            )  # comes without a signature
        headers = _headers(environ)
        # Verified before it is parsed, so that only Slack can make us parse; Bolt verifies once more.
        timestamp, signature = (
            headers.get("x-slack-request-timestamp", ""),
            headers.get("x-slack-signature", ""),
        )
        well_formed = (
            timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12 and signature.isascii()
        )
        if not well_formed or not self._verifier.is_valid(body, timestamp, signature):
            if well_formed:
                self._tell_why_refused(body, timestamp, signature)
            raise _Refused(HTTPStatus.UNAUTHORIZED, "invalid request")
        if self._admission and not self._admission.is_free():
            return _busy(body, kind)
        headers["content-type"] = kind
        try:
            request = BoltRequest(body=body, query=environ.get("QUERY_STRING", ""), headers=dict(headers))
            _check_shape(request.body)
        except (*_UNREADABLE, RecursionError):
            raise _Refused(HTTPStatus.BAD_REQUEST, "malformed body") from None
        try:
            response = self._app.dispatch(request)
        except _UNREADABLE:
            # Our own faults do not come out of `dispatch`; Bolt's do, over a payload that Slack would not send.
            log.warning("refused a payload that Bolt cannot read", exc_info=True)
            raise _Refused(HTTPStatus.BAD_REQUEST, "malformed body") from None
        told = [(name, value) for name, values in response.headers.items() for value in values]
        return response.status, told, (response.body or "").encode()

    def _tell_why_refused(self, body: str, timestamp: str, signature: str) -> None:
        """A host whose clock is wrong, or who has another app's secret, refuses all that Slack sends: the log says which."""
        late = time.time() - int(timestamp)
        expected = self._verifier.generate_signature(timestamp=timestamp, body=body) or ""
        if hmac.compare_digest(expected, signature):
            if self._warnings.take():
                log.warning("refused: rightly signed, at another time: is our clock right? ahead=%.0f", late)
        elif abs(late) <= SIGNED_SECONDS and _signature_is_well_formed(signature) and self._warnings.take():
            log.warning("refused: signed with another secret; is SLACK_SIGNING_SECRET this app's?")


def _busy(body: str, kind: str) -> tuple[int, list[tuple[str, str]], bytes]:
    """Of commands the person hears in words, since Slack would only show a fault.  Anything else gets a 503: an event
    comes again by itself (there is no x-slack-no-retry), and at a button or a form Slack says that it did not work."""
    try:
        form = parse_qsl(body, keep_blank_values=True, max_num_fields=200) if kind == FORM else []
    except ValueError:
        form = []
    if "command" in (names := {name for name, _ in form}) and "payload" not in names:
        return _json_answer(HTTPStatus.OK, {"response_type": "ephemeral", "text": wording.BUSY})
    raise _Refused(HTTPStatus.SERVICE_UNAVAILABLE, "busy", (("Retry-After", str(BUSY_SECONDS)),))


def _signature_is_well_formed(signature: str) -> bool:
    return len(signature) == 67 and signature.startswith("v0=")


class _Allowance:
    """So many in so many seconds, all visitors together: an address says nothing behind a host's proxy."""

    def __init__(self, count: int, seconds: float) -> None:
        self._taken: deque[float] = deque(maxlen=count)
        self._seconds = seconds
        self._lock = threading.Lock()

    def take(self) -> bool:
        now = time.monotonic()
        with self._lock:
            if len(self._taken) == self._taken.maxlen and now - self._taken[0] < self._seconds:
                return False
            self._taken.append(now)
            return True


def _require_method(method: str, *allowed: str) -> None:
    if method not in allowed:
        raise _Refused(HTTPStatus.METHOD_NOT_ALLOWED, "method not allowed", (("Allow", ", ".join(allowed)),))


def _read_body(environ: WSGIEnvironment) -> str:
    """The body as text.  A body that says that it is too long is not read; one that does not say is read up to the limit."""
    too_long = _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"wanted at most {BODY_LIMIT} bytes")
    declared = environ.get("CONTENT_LENGTH") or ""
    if declared and not (declared.isascii() and declared.isdigit()):
        raise _Refused(HTTPStatus.BAD_REQUEST, "malformed content-length")
    if declared and int(declared) > BODY_LIMIT:
        raise too_long
    chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
    wanted = BODY_LIMIT + 1 if chunked else int(declared or 0)
    try:
        body: bytes = environ["wsgi.input"].read(wanted) if wanted else b""
    except (
        Exception
    ):  # a connection that broke off, or chunks that are none: each server has its own errors for these
        raise _Refused(HTTPStatus.BAD_REQUEST, "unreadable body") from None
    if len(body) > BODY_LIMIT:
        raise too_long
    if not chunked and len(body) < wanted:
        raise _Refused(HTTPStatus.BAD_REQUEST, "body shorter than its content-length")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise _Refused(HTTPStatus.BAD_REQUEST, "body is not UTF-8") from None


def _then_drain(answer: bytes, environ: WSGIEnvironment) -> Iterable[bytes]:
    """The answer, and then what is left of the body, unread.

    A client that is still sending would otherwise meet a closed connection and never see the answer.
    Bounded in bytes and in time; gunicorn gives the socket, whose time limit bounds each read.
    """
    yield answer
    connection = environ.get("gunicorn.socket")
    if connection is None:
        return
    before = connection.gettimeout()
    deadline, drained = time.monotonic() + DRAIN_SECONDS, 0
    try:
        while drained < DRAIN_LIMIT and (left := deadline - time.monotonic()) > 0:
            connection.settimeout(left)
            part = environ["wsgi.input"].read(65_536)
            if not part:
                break
            drained += len(part)
    except Exception as error:  # timed out, reset, or no chunks: it was refused anyway
        log.debug("refused body not drained: %s", type(error).__name__)
    finally:
        connection.settimeout(before)


def _form(body: str) -> list[tuple[str, str]]:
    if "ssl_check" not in body:
        return []
    try:
        return parse_qsl(body, keep_blank_values=True, max_num_fields=200)
    except ValueError:
        raise _Refused(HTTPStatus.BAD_REQUEST, "malformed body") from None


def _headers(environ: WSGIEnvironment) -> dict[str, str]:
    return {
        name.removeprefix("HTTP_").replace("_", "-").lower(): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }


def _check_shape(body: dict[str, Any]) -> None:
    """Raises TypeError where a part that Bolt and the listeners look into is not of the type that Slack documents."""
    if not isinstance(body.get("event", {}), dict):
        raise TypeError("event")
    for name in _OBJECTS:
        if not isinstance(body.get(name, {}), dict | None):
            raise TypeError(name)
    for name in _OBJECTS_OR_IDS:
        if not isinstance(body.get(name, {}), dict | str | None):
            raise TypeError(name)
    for name in _LISTS:
        items = body.get(name) or []
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise TypeError(name)


def _json_answer(
    status: HTTPStatus, content: dict[str, Any], headers: Iterable[tuple[str, str]] = ()
) -> tuple[int, list[tuple[str, str]], bytes]:
    return (
        status,
        [("Content-Type", "application/json; charset=utf-8"), *headers],
        json.dumps(content).encode(),
    )
