"""Stores: they keep the rows of namespaces and search them."""
from __future__ import annotations

import array
import ctypes
import dataclasses
import json
from typing import Any, Callable, Iterable, Mapping, Optional, Sequence

from .. import _raw
from .._call import sized, text, utf8
from .._callback import c_function, member
from .embedder import floats
from .host import Call, Host, heed
from .plugin import Instance, Plugin, close_of, function, opener

METRICS = {"cosine": _raw.STORE_METRIC_COSINE, "l2": _raw.STORE_METRIC_L2, "dot": _raw.STORE_METRIC_DOT}
MODES = {_raw.SEARCH_TEXT: "text", _raw.SEARCH_VECTOR: "vector", _raw.SEARCH_HYBRID: "hybrid"}
FILTERS = {name: getattr(_raw, f"FILTER_{name.upper()}") for name in (
    "and or not eq ne gt gte lt lte in nin contains icontains ieq starts_with ends_with like has").split()}


@dataclasses.dataclass(frozen=True)
class StoreInfo:
    """What an instance can do, and its limits; 0 is none."""

    text_search: bool = False
    vector_search: bool = False
    hybrid_search: bool = False
    needs_vectors: bool = False
    ordered: bool = False
    """A listing comes in the order of the ids, as bytes compare."""
    filters: Sequence[str] = ()
    """Operators that search() tests itself, such as "eq"; the library tests the others on what is found."""
    metric: str = "cosine"
    max_batch: int = 100
    max_id_bytes: int = 64
    max_text_bytes: int = 0
    max_request_bytes: int = 0
    concurrent_writes: int = 1

    def _capabilities(self) -> int:
        return ((_raw.STORE_TEXT_SEARCH if self.text_search else 0) | (_raw.STORE_VECTOR_SEARCH if self.vector_search else 0) |
                (_raw.STORE_HYBRID_SEARCH if self.hybrid_search else 0) |
                (_raw.STORE_NEEDS_VECTORS if self.needs_vectors else 0) | (_raw.STORE_ORDERED if self.ordered else 0))


@dataclasses.dataclass(frozen=True)
class Row:
    """One row, as it is written and as it is found. `metadata` is JSON text, kept as it came; `vector` an array of float32."""

    id: str
    digest: str
    text: str
    uri: str
    title: str
    url: str
    path: str
    metadata: str
    vector: Optional[Any] = None
    score: float = 0.0
    """Of a search: higher is better."""

    @classmethod
    def _of(cls, raw: _raw.Row) -> Row:
        return cls(text(raw.id), text(raw.digest), sized(raw.text, raw.text_size), text(raw.uri), text(raw.title), text(raw.url), text(raw.path),
                   text(raw.metadata), _array(raw.vector, raw.dimension))

    def _found(self) -> _raw.Found:
        raw = _raw.Found(ctypes.sizeof(_raw.Found), self.score, *(utf8(each, "row") for each in (
            self.id, self.digest, self.text, self.uri, self.title, self.url, self.path, self.metadata)))
        if self.vector is not None:
            values = floats(self.vector)
            raw.vector, raw.dimension = ctypes.cast(values, ctypes.POINTER(ctypes.c_float)), len(values)
        return raw


@dataclasses.dataclass(frozen=True)
class Search:
    """What to search for. `filter` is a list of an operator and its operands, as store.h has it, of those in StoreInfo.filters."""

    mode: str
    limit: int
    text: str
    vector: Optional[Any]
    filter: Optional[list[Any]]


@dataclasses.dataclass(frozen=True)
class Page:
    """Of a listing: ids with their digests, and where the next page begins; None: it ends."""

    rows: Sequence[tuple[str, str]]
    next: Optional[str] = None


class Store(Plugin):
    """A store of your own. Every write is idempotent, and whole rows are replaced; an id is given back when it is stored, or gone,
    for good. Where a namespace does not exist, search() and list() raise errors.NotFound."""

    kind = "store"

    def info(self) -> StoreInfo:
        raise NotImplementedError

    def ensure(self, call: Call, namespace: str, dimension: int, model: str) -> None:
        """Creates the namespace where it is missing; InvalidArgument where it has another dimension or model."""
        raise NotImplementedError

    def upsert(self, call: Call, namespace: str, rows: Sequence[Row]) -> Iterable[str]:
        raise NotImplementedError

    def remove(self, call: Call, namespace: str, ids: Sequence[str]) -> Iterable[str]:
        """One that is not there is confirmed, too."""
        raise NotImplementedError

    def search(self, call: Call, namespace: str, search: Search) -> Iterable[Row]:
        """The best first; fewer than the limit only where there are no more."""
        raise NotImplementedError

    def get(self, call: Call, namespace: str, ids: Sequence[str]) -> Iterable[Row]:
        """Each once; those that are not there are left out."""
        raise NotImplementedError

    def list(self, call: Call, namespace: str, cursor: str, limit: int) -> Page:
        """`cursor` is what the page before gave, "" for the first."""
        raise NotImplementedError

    def count(self, call: Call, namespace: str) -> int:
        raise NotImplementedError

    def reset(self, call: Call, namespace: str) -> None:
        """Removes the namespace; one that is not there is no failure."""
        raise NotImplementedError

    # Optional, and offered where a class has its own: store.h says what they promise.

    def claim(self, call: Call, namespace: str, fence: int) -> int:
        """From now on writes are on behalf of `fence`; gives the largest one so far. Busy for a write under a smaller one."""
        raise NotImplementedError

    def replace(self, call: Call, namespace: str, by: str) -> None:
        """Puts the namespace `by` in the place of another, at once."""
        raise NotImplementedError

    def check(self, call: Call, namespace: str, deep: bool) -> Iterable[str]:
        """Lines about what is wrong with the place itself."""
        raise NotImplementedError

    @classmethod
    def recover(cls, call: Call, options: Mapping[str, Any]) -> Iterable[str]:
        """Empties a damaged place, and says where what was there is kept."""
        raise NotImplementedError

    def namespaces(self, call: Call) -> Iterable[str]:
        raise NotImplementedError

    def foreign(self, call: Call, namespace: str, remove: bool) -> int:
        """How many rows of the namespace others wrote; with `remove` they go."""
        raise NotImplementedError

    @classmethod
    def _table(cls) -> Any:
        table = _raw.StoreTable
        has = {name for name in _CHOICES if getattr(cls, name) is not getattr(Store, name)}
        made = table(ctypes.sizeof(table), open=opener(cls, table), **_REQUIRED, **{name: _OPTIONAL[name] for name in has})
        if cls.recover.__func__ is not Store.recover.__func__:  # type: ignore[attr-defined]
            made.recover = _recoverer(cls)
        return made


def _array(values: Any, dimension: int) -> Optional[Any]:
    if not values or not dimension:
        return None
    found = array.array("f")
    found.frombytes(ctypes.string_at(values, 4 * dimension))
    return found


def _ids(ids: Any, count: int) -> list[str]:
    return [ids[each].decode() for each in range(count)]


def _confirm(sink: Any, ids: Iterable[str]) -> None:
    to = sink.contents
    for each in ids:
        heed(to.confirmed(to.payload, utf8(each, "id")))


def _found(sink: Any, rows: Iterable[Row]) -> None:
    to = sink.contents
    for row in rows:
        heed(to.row(to.payload, ctypes.byref(row._found())))


def _lines(sink: Any, lines: Iterable[str]) -> None:
    to = sink.contents
    for line in lines:
        heed(to.text(to.payload, utf8(line, "line")))


def _info(instance: Instance, _call: Call, out: Any) -> None:
    told, raw = instance.plugin.info(), out.contents
    raw.capabilities, raw.metric = told._capabilities(), METRICS[told.metric]
    raw.filter_operators = sum({FILTERS[name] for name in told.filters})
    for name in ("max_batch", "max_id_bytes", "max_text_bytes", "max_request_bytes", "concurrent_writes"):
        setattr(raw, name, getattr(told, name))


def _ensure(instance: Instance, call: Call, ns: Any) -> None:
    instance.plugin.ensure(call, text(ns.contents.name), ns.contents.dimension, text(ns.contents.model))


def _upsert(instance: Instance, call: Call, ns: bytes, rows: Any, count: int, sink: Any) -> None:
    _confirm(sink, instance.plugin.upsert(call, text(ns), [Row._of(rows[each].contents) for each in range(count)]))


def _remove(instance: Instance, call: Call, ns: bytes, ids: Any, count: int, sink: Any) -> None:
    _confirm(sink, instance.plugin.remove(call, text(ns), _ids(ids, count)))


def _search(instance: Instance, call: Call, ns: bytes, search: Any, sink: Any) -> None:
    raw = search.contents
    asked = Search(MODES.get(raw.mode, "text"), raw.limit, text(raw.text), _array(raw.vector, raw.dimension),
                   json.loads(raw.filter) if raw.filter else None)
    _found(sink, instance.plugin.search(call, text(ns), asked))


def _get(instance: Instance, call: Call, ns: bytes, ids: Any, count: int, sink: Any) -> None:
    _found(sink, instance.plugin.get(call, text(ns), _ids(ids, count)))


def _list(instance: Instance, call: Call, ns: bytes, cursor: bytes, limit: int, sink: Any) -> None:
    page, to = instance.plugin.list(call, text(ns), text(cursor), limit), sink.contents
    for id_, digest in page.rows:
        heed(to.row(to.payload, utf8(id_, "id"), utf8(digest, "digest")))
    if page.next is not None:
        heed(to.next(to.payload, utf8(page.next, "cursor")))


def _count(instance: Instance, call: Call, ns: bytes, out: Any) -> None:
    out[0] = instance.plugin.count(call, text(ns))


def _reset(instance: Instance, call: Call, ns: bytes) -> None:
    instance.plugin.reset(call, text(ns))


def _claim(instance: Instance, call: Call, ns: bytes, fence: int, out: Any) -> None:
    out[0] = instance.plugin.claim(call, text(ns), fence)


def _replace(instance: Instance, call: Call, ns: bytes, by: bytes) -> None:
    instance.plugin.replace(call, text(ns), text(by))


def _check(instance: Instance, call: Call, ns: Any, deep: int, sink: Any) -> None:
    _lines(sink, instance.plugin.check(call, text(ns.contents.name), bool(deep)))


def _namespaces(instance: Instance, call: Call, sink: Any) -> None:
    _lines(sink, instance.plugin.namespaces(call))


def _foreign(instance: Instance, call: Call, ns: bytes, remove: int, out: Any) -> None:
    out[0] = instance.plugin.foreign(call, text(ns), bool(remove))


def _recoverer(made: type[Store]) -> Any:
    def run(_provider: Any, host: Any, call: int, options: bytes, sink: Any) -> int:
        given = Call(Host(host.contents), call)
        return given._run(lambda: _lines(sink, made.recover(given, json.loads(options or b"{}"))))
    return c_function(member(_raw.StoreTable, "recover"))(run)


_BODIES: dict[str, Callable[..., None]] = {
    "info": _info, "ensure": _ensure, "upsert": _upsert, "remove": _remove, "search": _search, "get": _get, "list": _list,
    "count": _count, "reset": _reset, "claim": _claim, "replace": _replace, "check": _check, "namespaces": _namespaces, "foreign": _foreign}
_CHOICES = ("claim", "replace", "check", "namespaces", "foreign")
_OPTIONAL = {name: function(_raw.StoreTable, name, _BODIES.pop(name)) for name in _CHOICES}
_REQUIRED = {name: function(_raw.StoreTable, name, body) for name, body in _BODIES.items()}
_REQUIRED["close"] = close_of(_raw.StoreTable)
