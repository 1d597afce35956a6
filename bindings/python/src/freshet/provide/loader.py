"""Loaders: they list a source's entries and fetch one of them."""
from __future__ import annotations

import ctypes
import dataclasses
import datetime
import json
from typing import Any, ClassVar, Generator, Iterable, Mapping, Optional, Sequence, Union

from .. import _raw
from .._call import text, utf8
from .._json import dumps
from .._time import instant, milliseconds
from .host import Call, heed
from .plugin import Instance, Plugin, close_of, function, opener

_UNKNOWN = -(2**63)


@dataclasses.dataclass(frozen=True)
class Entry:
    """One line of a listing. Equal versions promise equal content; `handle` is what fetch() is handed back."""

    uri: str
    version: Optional[str] = None
    handle: Optional[str] = None
    title: Optional[str] = None
    metadata: Optional[Mapping[str, Any]] = None
    last_modified: Optional[datetime.datetime] = None
    size: Optional[int] = None

    @classmethod
    def _of(cls, raw: _raw.Entry) -> Entry:
        return cls(text(raw.uri), _optional(raw.version), _optional(raw.handle), _optional(raw.title),
                   json.loads(raw.metadata) if raw.metadata else None, instant(raw.last_modified_ms),
                   raw.size if raw.size >= 0 else None)

    def _raw(self) -> _raw.Entry:
        when = milliseconds(self.last_modified) if self.last_modified is not None else _UNKNOWN
        return _raw.Entry(ctypes.sizeof(_raw.Entry), utf8(self.uri, "uri"), _text(self.version, "version"),
                          _text(self.handle, "handle"), _text(self.title, "title"),
                          dumps(self.metadata) if self.metadata is not None else None, when,
                          self.size if self.size is not None else -1)


@dataclasses.dataclass(frozen=True)
class Removed:
    """In a listing of changes: the entry is gone for good."""

    uri: str


@dataclasses.dataclass(frozen=True)
class State:
    """In a listing: what the next one is to be given as its state."""

    text: str


@dataclasses.dataclass(frozen=True)
class Listing:
    """What a listing was. WHOLE is a promise: only then is what was not listed gone."""

    kind: int
    why: str = ""

    WHOLE: ClassVar[Listing]
    UNCHANGED: ClassVar[Listing]
    """Nothing was listed: it is as it was at the state."""
    CHANGES: ClassVar[Listing]
    """What is new, changed or removed since the state."""

    @classmethod
    def part(cls, why: str) -> Listing:
        """Entries may be missing."""
        return cls(_raw.LISTING_PART, why)


Listing.WHOLE = Listing(_raw.LISTING_WHOLE)
Listing.UNCHANGED = Listing(_raw.LISTING_UNCHANGED)
Listing.CHANGES = Listing(_raw.LISTING_CHANGES)

Listed = Generator[Union[Entry, Removed, State], None, Optional[Listing]]


@dataclasses.dataclass(frozen=True)
class Content:
    """What was fetched; a str is UTF-8. `version` comes back as known_version; what is not declared is found out."""

    content: Union[bytes, str]
    media_type: Optional[str] = None
    charset: Optional[str] = None
    version: Optional[str] = None
    canonical_uri: Optional[str] = None
    title: Optional[str] = None
    metadata: Optional[Mapping[str, Any]] = None
    attempts: int = 1


@dataclasses.dataclass(frozen=True)
class NotModified:
    """known_version is still the version."""


@dataclasses.dataclass(frozen=True)
class Gone:
    """The source says that it does not exist: confirmed for good (410), or "not found"."""

    confirmed: bool = False


class Loader(Plugin):
    """A loader of your own:

        class Tickets(freshet.Loader):
            name = "tickets"

            def list(self, call, state):
                for ticket in self.tickets.all():
                    yield freshet.Entry(f"ticket:{ticket.id}", version=ticket.etag)
                return freshet.Listing.WHOLE

            def fetch(self, call, entry, known_version):
                return freshet.Content(self.tickets.text(entry.uri), "text/markdown")
    """

    kind = "loader"

    def list(self, call: Call, state: Optional[str]) -> Union[Listed, Iterable[Entry]]:
        """Gives every entry, and returns what the listing was. Without a Listing it counts as a part: nothing is removed."""
        raise NotImplementedError

    def fetch(self, call: Call, entry: Entry, known_version: Optional[str]) -> Union[Content, NotModified, Gone]:
        """Fetches one entry; with None as known_version whatever happens. An error page is a failure, never content."""
        raise NotImplementedError

    # Optional, and offered where a class has its own.

    def prepare(self, call: Call, entries: Sequence[Entry], known_versions: Sequence[Optional[str]]) -> None:
        """These are about to be fetched, so that what they need can come in one request. Not all of them need be fetched then. A
        failure is told by the fetches."""
        raise NotImplementedError

    @classmethod
    def _table(cls) -> Any:
        table = _raw.LoaderTable
        made = table(ctypes.sizeof(table), opener(cls, table), _list, _fetch, _close)
        if cls.prepare is not Loader.prepare:
            made.prepare = _prepare
        return made


def _optional(raw: Optional[bytes]) -> Optional[str]:
    return text(raw) if raw is not None else None


def _text(value: Optional[str], what: str) -> Optional[bytes]:
    return utf8(value, what) if value is not None else None


def _hand(sink: _raw.ListingSink, payload: Any, given: Any) -> None:
    if isinstance(given, Removed):
        heed(sink.gone(payload, utf8(given.uri, "uri")))
    elif isinstance(given, State):
        heed(sink.state(payload, utf8(given.text, "state")))
    else:
        entry = given if isinstance(given, Entry) else Entry(given)
        heed(sink.entry(payload, ctypes.byref(entry._raw())))


def _drain(listed: Any, sink: _raw.ListingSink) -> Optional[Listing]:
    """Hands on all that a listing gives; a generator's return value says what it was."""
    steps = iter(listed)
    payload = sink.payload
    while True:
        try:
            given = next(steps)
        except StopIteration as end:
            return end.value if isinstance(end.value, Listing) else None
        _hand(sink, payload, given)


def _listing(instance: Instance, call: Call, request: Any, sink: Any, out_kind: Any) -> None:
    listing = _drain(instance.plugin.list(call, _optional(request.contents.state)), sink.contents) or Listing.part("")
    if listing.why:
        instance.host._fail(call._raw, _raw.E_REMOTE, listing.why.encode("utf-8", "replace"), None, -1)
    out_kind[0] = listing.kind


def _content(sink: _raw.FetchSink, given: Content) -> None:
    body = given.content.encode() if isinstance(given.content, str) else bytes(given.content)
    charset = given.charset or ("utf-8" if isinstance(given.content, str) else None)
    raw = _raw.Content(ctypes.sizeof(_raw.Content), ctypes.cast(ctypes.c_char_p(body), ctypes.c_void_p), len(body),
                       _text(given.media_type, "media_type"), _text(charset, "charset"), _text(given.version, "version"),
                       _text(given.canonical_uri, "canonical_uri"), _text(given.title, "title"),
                       dumps(given.metadata) if given.metadata is not None else None, given.attempts)
    heed(sink.content(sink.payload, ctypes.byref(raw)))


def _fetching(instance: Instance, call: Call, entry: Any, known: Optional[bytes], sink: Any) -> None:
    outcome, to = instance.plugin.fetch(call, Entry._of(entry.contents), _optional(known)), sink.contents
    if isinstance(outcome, Content):
        _content(to, outcome)
    elif isinstance(outcome, NotModified):
        heed(to.not_modified(to.payload))
    elif isinstance(outcome, Gone):
        heed(to.gone(to.payload, outcome.confirmed))
    else:
        raise TypeError(f"fetch gave {type(outcome).__name__}, neither Content, NotModified nor Gone")


def _preparing(instance: Instance, call: Call, entries: Any, known: Any, count: int) -> None:
    soon = [Entry._of(entries[each].contents) for each in range(count)]
    instance.plugin.prepare(call, soon, [_optional(known[each]) for each in range(count)])


_list = function(_raw.LoaderTable, "list", _listing)
_fetch = function(_raw.LoaderTable, "fetch", _fetching)
_prepare = function(_raw.LoaderTable, "prepare", _preparing)
_close = close_of(_raw.LoaderTable)
