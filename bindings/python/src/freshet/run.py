"""Runs: from the sources' listings to the store, and their accounts."""
from __future__ import annotations

import ctypes
import dataclasses
import datetime
import html
import json
import threading
import time
from ctypes import byref, c_int32, c_size_t, c_void_p
from typing import Any, AsyncIterator, Callable, Iterator, Mapping, Optional, TypeVar

from . import _raw, errors
from ._call import invoke, text
from ._handle import Handle, Held
from ._library import lib
from ._time import Span, limit_ms, moment

T = TypeVar("T")
KINDS = {_raw.EVENT_RUN_STARTED: "run_started", _raw.EVENT_LISTING_STARTED: "listing_started",
         _raw.EVENT_LISTING_ENDED: "listing_ended", _raw.EVENT_ROOT_DONE: "root_done", _raw.EVENT_PROGRESS: "progress",
         _raw.EVENT_DELIVERY: "delivery", _raw.EVENT_LOG: "log", _raw.EVENT_RUN_ENDED: "run_ended"}
LEVELS = {_raw.LEVEL_DEBUG: "debug", _raw.LEVEL_INFO: "info", _raw.LEVEL_WARNING: "warning", _raw.LEVEL_ERROR: "error"}
_PATIENCE_MS = 100  # how late Ctrl-C may be heard where the library is waited in


def outcome_name(outcome: int) -> str:
    """ "refreshed", "unchanged", "skipped", "removed", "busy", "failed", "excluded"; "unknown" for a foreign number."""
    name: bytes = lib.freshet_outcome_name(outcome)
    return name.decode()


def _wait(milliseconds: int) -> Optional[datetime.timedelta]:
    return datetime.timedelta(milliseconds=milliseconds) if milliseconds >= 0 else None


@dataclasses.dataclass(frozen=True)
class Event:
    """What a run tells. `kind` is "run_started", "listing_started", "listing_ended", "root_done", "progress", "delivery", "log"
    or "run_ended"; new ones may come."""

    kind: str
    time: datetime.datetime
    outcome: str
    """ "refreshed" and so on where `kind` is "root_done"; else ""."""
    level: str
    """Of a log line: "debug", "info", "warning", "error"."""
    status: str
    """ "ok", or the code of the error: "network"."""
    done: int
    total: int
    dropped: int
    """Events before this one that nobody read in time."""
    source: str
    uri: str
    message: str
    reason: str
    subject: str
    attempts: int
    retry_after: Optional[datetime.timedelta]
    label: str = ""
    """Of the run or, where there is a URI, of the root, as `labels` of the configuration makes it."""

    @classmethod
    def _of(cls, raw: _raw.Event) -> Event:
        return cls(KINDS.get(raw.kind, "unknown"), moment(raw.time_ms), outcome_name(raw.outcome) if raw.outcome else "",
                   LEVELS.get(raw.level, "unknown"), errors.status_name(raw.status), raw.done, raw.total, raw.dropped,
                   text(raw.source), text(raw.uri), text(raw.message), text(raw.reason), text(raw.subject), raw.attempts,
                   _wait(raw.retry_after_ms), text(raw.label))


@dataclasses.dataclass(frozen=True)
class RootResult:
    """What a run did with one root."""

    uri: str
    outcome: str
    status: str
    reason: str
    message: str
    subject: str
    attempts: int
    retry_after: Optional[datetime.timedelta]

    @classmethod
    def _of(cls, raw: _raw.RootResult) -> RootResult:
        return cls(text(raw.uri), outcome_name(raw.outcome), errors.status_name(raw.status), text(raw.reason), text(raw.message),
                   text(raw.subject), raw.attempts, _wait(raw.retry_after_ms))


@dataclasses.dataclass(frozen=True)
class Counts:
    """How far a run is, or what it did: roots, chunks, texts, rows, requests."""

    listed: int
    refreshed: int
    unchanged: int
    skipped: int
    removed: int
    busy: int
    failed: int
    held: int
    chunks_added: int
    chunks_removed: int
    chunks_kept: int
    embedded_texts: int
    embedded_cached: int
    embedded_tokens: int
    upserts: int
    removals: int
    pending: int
    requests: int
    not_modified: int
    bytes: int
    excluded: int

    @classmethod
    def _of(cls, raw: _raw.RefreshCounts) -> Counts:
        return cls(*(getattr(raw, field.name) for field in dataclasses.fields(cls)))


class Report(Mapping[str, Any]):
    """The account of a run: the object of docs/c-api.md, "The report", with its keys as attributes."""

    def __init__(self, form: Mapping[str, Any]) -> None:
        self._form = dict(form)

    def __getitem__(self, key: str) -> Any:
        return self._form[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._form)

    def __len__(self) -> int:
        return len(self._form)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_form"][name]
        except KeyError:
            raise AttributeError(f"a report has no {name!r}; it has {', '.join(self.__dict__.get('_form', {}))}") from None

    @property
    def ok(self) -> bool:
        """Whether nothing failed, was held or was stopped."""
        return self._form.get("exit_code") == 0

    @property
    def failures(self) -> list[dict[str, Any]]:
        """The roots that failed."""
        return [root for root in self._form.get("roots", []) if root["outcome"] == "failed"]

    def __str__(self) -> str:
        rows = self.get("delivered", {})
        parts = [f"{self[key]} {key}" for key in ("refreshed", "unchanged", "skipped", "removed", "failed", "held") if self.get(key)]
        return (f"{self.get('listed', 0)} roots listed: {', '.join(parts) or 'nothing to do'}; "
                f"store: {rows.get('upserts', 0)} rows written, {rows.get('removals', 0)} removed, {rows.get('pending', 0)} pending")

    def __repr__(self) -> str:
        return f"<freshet.Report {self}>"

    def _repr_html_(self) -> str:
        keys = [key for key in ("listed", "refreshed", "unchanged", "skipped", "removed", "busy", "failed", "held") if key in self]
        head, row = "".join(f"<th>{key}</th>" for key in keys), "".join(f"<td>{self[key]}</td>" for key in keys)
        failed = "".join(f"<li>{html.escape(root['uri'])}: {html.escape((root['error'] or {}).get('message', ''))}</li>"
                         for root in self.failures[:50])
        return f"<table><tr>{head}</tr><tr>{row}</tr></table>" + (f"<ul>{failed}</ul>" if failed else "")


class Run(Handle):
    """A run that goes on in threads of the library. Iterate over it, also with `async for`, to hear what it does; leaving a
    with-statement cancels it where it has not ended.

        with repository.start(sources=[...]) as run:
            for event in run:
                print(event.kind, event.uri)
        print(run.report)
    """

    _free = "freshet_refresh_free"
    _ends_late = True

    def __init__(self, pointer: int) -> None:
        super().__init__(pointer)
        self._polling, self._listing = threading.Lock(), threading.Lock()

    def next_event(self, timeout: Optional[Span] = None) -> Optional[Event]:
        """The next event; None after the last one. Timeout where nothing happened in that time. Of several threads that ask,
        each gets other events."""
        return patiently(lambda ms: next_event(self, "freshet_refresh_next_event", self._polling, ms), timeout)

    def __iter__(self) -> Iterator[Event]:
        while (event := self.next_event()) is not None:
            yield event

    def __aiter__(self) -> AsyncIterator[Event]:
        from . import aio
        return aio.events(self)

    @property
    def event_fd(self) -> int:
        """A descriptor that is readable while an event waits, and from the run's end on. Borrowed: not to be read or closed."""
        descriptor = c_int32()
        invoke("freshet_refresh_event_fd", self, byref(descriptor))
        return descriptor.value

    def wait(self, timeout: Optional[Span] = None) -> Run:
        """Waits for the end. Raises what kept the run from doing anything."""
        patiently(lambda ms: invoke("freshet_refresh_wait", self, ms), timeout)
        return self

    def cancel(self) -> None:
        """Asks it to stop, and returns at once. What is committed stays."""
        invoke("freshet_refresh_cancel", self)

    @property
    def counts(self) -> Counts:
        raw = _raw.RefreshCounts(ctypes.sizeof(_raw.RefreshCounts))
        invoke("freshet_refresh_counts_get", self, byref(raw))
        return Counts._of(raw)

    @property
    def exit_code(self) -> int:
        """What a program should exit with after this run: 0, 1 or 3. Busy while it goes on."""
        code = c_int32()
        invoke("freshet_refresh_exit_code", self, byref(code))
        return code.value

    @property
    def report(self) -> Report:
        """Its account. Busy while it goes on."""
        start, size = c_void_p(), c_size_t()
        with Held(self):
            invoke("freshet_refresh_report", self, byref(start), byref(size))
            return Report(json.loads(ctypes.string_at(start.value or 0, size.value)))

    def roots(self) -> Iterator[RootResult]:
        """The roots of the report one after the other, each once, for reports that are not wanted in memory as a whole."""
        while (result := self._next_root()) is not None:
            yield result

    def _next_root(self) -> Optional[RootResult]:
        raw = _raw.RootResult(ctypes.sizeof(_raw.RootResult))
        with self._listing, Held(self):
            invoke("freshet_refresh_next_root", self, byref(raw))
            return RootResult._of(raw) if raw.outcome else None

    def _repr_html_(self) -> str:
        try:
            return self.report._repr_html_()
        except errors.Error as error:
            return f"<p>{html.escape(str(error))}</p>"


def next_event(of: Handle, function: str, polling: threading.Lock, timeout_ms: int) -> Optional[Event]:
    """Its texts are copied before anybody else may poll."""
    raw = _raw.Event(ctypes.sizeof(_raw.Event))
    with polling, Held(of):
        invoke(function, of, timeout_ms, byref(raw))
        return None if raw.kind == _raw.EVENT_NONE else Event._of(raw)


def patiently(wait: Callable[[int], T], timeout: Optional[Span]) -> T:
    """Waits in the library in short turns, so that Python hears signals in between."""
    limit = limit_ms(timeout)
    end = time.monotonic() + limit / 1000
    while True:
        left = _PATIENCE_MS if limit < 0 else min(_PATIENCE_MS, max(0, round((end - time.monotonic()) * 1000)))
        try:
            return wait(left)
        except errors.Timeout:
            if limit >= 0 and time.monotonic() >= end:
                raise
