"""What the library gives a plugin: logging, time, secrets, HTTP, cancellation."""
from __future__ import annotations

import ctypes
import dataclasses
import datetime
from typing import Any, Callable, Mapping, Optional, Sequence, Union

from .. import _raw, errors
from .._call import text, utf8
from .._callback import c_function, last_line, note, status_of
from .._time import Span, instant, moment, span_ms

_LEVELS = {"debug": _raw.LOG_DEBUG, "info": _raw.LOG_INFO, "warning": _raw.LOG_WARNING, "error": _raw.LOG_ERROR}


class Stop(Exception):
    """The library wants no more of what is handed to it: the function ends and returns this status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the library wants no more: {errors.status_name(status)}")
        self.status = status


def heed(status: int) -> None:
    if status:
        raise Stop(status)


class Host:
    """The host of one instance, valid until it is closed, from any thread. Ask no other clock."""

    def __init__(self, raw: _raw.Host) -> None:
        self.version = text(raw.version)
        self._self, self._log, self._now = raw.self, raw.log, raw.now_ms
        self._resolve, self._fail, self._cancelled = raw.url_resolve, raw.fail, raw.cancelled
        self._secret, self._send, self._send_many = raw.secret, raw.http_send, raw.http_send_many

    def log(self, message: str, level: str = "info") -> None:
        """One line beside the library's own, secrets masked: "debug", "info", "warning" or "error"."""
        self._log(self._self, _LEVELS[level], message.encode("utf-8", "replace"))

    def now(self) -> datetime.datetime:
        return moment(self._now(self._self))

    def resolve(self, reference: str, base: Optional[str] = None) -> str:
        """The URL that `reference` means on the page `base`, normalised as the library's client will use it."""
        found: list[str] = []
        take = _texts(found)
        status = self._resolve(self._self, utf8(base, "base") if base else None, utf8(reference, "reference"), take, None)
        if status:
            raise errors.error_for(status, f"{reference} is no http or https URL")
        return found[0]


@dataclasses.dataclass(frozen=True)
class Response:
    """An answer: 2xx, 304 or 4xx; everything else is raised."""

    status: int
    url: str
    """Where it came from, after redirects."""
    headers: tuple[tuple[str, str], ...]
    """Names in lower case."""
    body: bytes
    redirects: int
    attempts: int
    permanent_redirect: bool
    date: Optional[datetime.datetime]
    last_modified: Optional[datetime.datetime]

    def header(self, name: str) -> str:
        """The first of that name, or ""."""
        return next((value for key, value in self.headers if key == name.lower()), "")

    @classmethod
    def _of(cls, raw: _raw.HttpResponse) -> Response:
        pairs = tuple((text(raw.headers[2 * each]), text(raw.headers[2 * each + 1])) for each in range(raw.header_count))
        body = ctypes.string_at(raw.body, raw.body_size) if raw.body_size else b""
        return cls(raw.status, text(raw.url), pairs, body, raw.redirects, raw.attempts, bool(raw.permanent_redirect),
                   instant(raw.date_ms), instant(raw.last_modified_ms))


@dataclasses.dataclass
class Request:
    """One request. `repeatable` says whether it may be sent again once it may have arrived; with `refusals` 429 and 5xx are
    answers, too; `own_server` is one that the plugin itself has started on this machine."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    body: bytes = b""
    robots: bool = False
    repeatable: bool = True
    refusals: bool = False
    own_server: bool = False
    max_bytes: int = 0
    timeout: Span = 0
    pace: Span = 0
    max_attempts: int = 0

    def _raw(self) -> _raw.HttpRequest:
        raw = _raw.HttpRequest(ctypes.sizeof(_raw.HttpRequest))
        raw.method, raw.url = utf8(self.method, "method"), utf8(self.url, "url")
        flat = [utf8(each, "headers") for pair in self.headers.items() for each in pair]
        raw.headers, raw.header_count = (ctypes.c_char_p * len(flat))(*flat), len(self.headers)
        raw.body, raw.body_size = ctypes.cast(ctypes.c_char_p(self.body), ctypes.c_void_p), len(self.body)
        raw.max_bytes, raw.timeout_ms, raw.pace_ms = self.max_bytes, span_ms(self.timeout), span_ms(self.pace)
        raw.max_attempts = self.max_attempts
        raw.flags = ((_raw.HTTP_ROBOTS if self.robots else 0) | (0 if self.repeatable else _raw.HTTP_NOT_REPEATABLE) |
                     (_raw.HTTP_REFUSALS if self.refusals else 0) | (_raw.HTTP_OWN_SERVER if self.own_server else 0))
        return raw


class Call:
    """One running call into a plugin, valid until the method returns."""

    def __init__(self, host: Host, raw: int) -> None:
        self.host, self._raw = host, raw

    @property
    def cancelled(self) -> bool:
        """Whether it should stop soon. A look is also a sign of life."""
        return bool(self.host._cancelled(self._raw))

    def check(self) -> None:
        """Raises Cancelled where it should stop: for long work, between its steps."""
        if self.cancelled:
            raise errors.Cancelled("was cancelled")

    def secret(self, reference: str) -> str:
        """What stands behind "env:NAME" or "file:/path", or a text with "secret:env:NAME" in it. Never log it."""
        found: list[str] = []
        take = _texts(found)
        heed(self.host._secret(self._raw, utf8(reference, "reference"), take, None))
        return found[0]

    def http(self, request: Union[Request, str], **more: Any) -> Response:
        """Sends one request and waits: redirects followed, retries made, limits kept, addresses judged."""
        answers: list[Response] = []
        thrown: list[BaseException] = []

        def take(_payload: Any, _index: int, status: int, response: Any, _message: bytes) -> None:
            if not status:
                answers.append(Response._of(response.contents))
        raw = (Request(request, **more) if isinstance(request, str) else request)._raw()
        status = self.host._send(self._raw, ctypes.byref(raw), _carrier(take, thrown), None)
        if thrown:
            raise thrown[0]
        heed(status)
        return answers[0]

    def http_many(self, requests: Sequence[Request], on_response: Callable[[int, Union[Response, errors.Error]], Any]) -> None:
        """Sends many at once, within the limits that each server has, and hands over each answer, or what became of it, as it
        comes, one at a time, with its index."""
        raws = [request._raw() for request in requests]
        pointers = (ctypes.POINTER(_raw.HttpRequest) * len(raws))(*(ctypes.pointer(raw) for raw in raws))

        def take(_payload: Any, index: int, status: int, response: Any, message: bytes) -> None:
            on_response(index, errors.error_for(status, text(message)) if status else Response._of(response.contents))
        thrown: list[BaseException] = []
        status = self.host._send_many(self._raw, pointers, len(raws), _carrier(take, thrown), None)
        if thrown:
            raise thrown[0]
        heed(status)

    def _run(self, body: Callable[[], Any]) -> int:
        """Runs a method so that nothing it raises gets out: the last line of the traceback is what went wrong."""
        try:
            body()
            return int(_raw.OK)
        except Stop as stop:
            return stop.status
        except errors.Cancelled as error:
            return error.code
        except BaseException as error:  # noqa: BLE001
            note(error, "a plugin")
            return self._fail(error)

    def _fail(self, error: BaseException) -> int:
        status = status_of(error, _raw.E_PLUGIN)
        subject = error.subject if isinstance(error, errors.Error) else ""
        wait = error.retry_after if isinstance(error, errors.Error) else None
        self.host._fail(self._raw, status, last_line(error).encode("utf-8", "replace").replace(b"\0", b" "),
                        subject.encode("utf-8", "replace") or None, span_ms(wait) if wait is not None else -1)
        return status


def _texts(found: list[str]) -> Any:
    def take(_payload: Any, given: bytes) -> int:
        found.append(text(given))
        return int(_raw.OK)
    return c_function(_raw.TextCallback)(take)


def _carrier(take: Callable[..., Any], thrown: list[BaseException]) -> Any:
    """A callback for answers; what it raises is kept until the library has returned."""
    def run(*arguments: Any) -> int:
        try:
            if not thrown:
                take(*arguments)
        except BaseException as error:  # noqa: BLE001
            thrown.append(error)
        return int(_raw.E_PLUGIN) if thrown else int(_raw.OK)
    return c_function(_raw.HttpCallback)(run)
