"""What a repository holds, as plain values."""
from __future__ import annotations

import ctypes
import dataclasses
import datetime
import json
from typing import Any, Iterator, Optional, overload

from . import _raw
from ._call import invoke, place, text
from ._handle import Handle, Held
from ._library import lib
from ._time import instant
from .errors import status_name


@dataclasses.dataclass(frozen=True)
class Info:
    """What a repository holds."""

    chunks: int
    documents: int
    elements: int
    roots: int
    failing: int
    deliveries: int
    """Rows that the store has not confirmed yet."""
    vectors: int
    has_embeddings: bool
    persistent: bool

    @classmethod
    def _of(cls, raw: _raw.RepositoryInfo) -> Info:
        return cls(raw.chunks, raw.documents, raw.elements, raw.roots, raw.failing, raw.deliveries, raw.vectors,
                   bool(raw.has_embeddings), bool(raw.persistent))


@dataclasses.dataclass(frozen=True)
class Root:
    """The top of one stored document, and what is known of it. A time is None where there was none yet."""

    uri: str
    title: str
    media_type: str
    version: str
    """The source's validator of the content held."""
    metadata: dict[str, Any]
    flags: dict[str, Any]
    """Set by people; they survive every refresh."""
    alias_of: str
    error: str
    """Of the last attempt, one line; "" if that went well."""
    error_name: str
    """Its code, such as "network"; "" if there is none."""
    ingested: Optional[datetime.datetime]
    checked: Optional[datetime.datetime]
    changed: Optional[datetime.datetime]
    ask_again: Optional[datetime.datetime]
    """When its policy is asked again; NEVER: not by itself."""
    failed: Optional[datetime.datetime]
    chunks: int
    elements: int
    failures: int
    """In a row."""

    @classmethod
    def _of(cls, raw: _raw.RootInfo) -> Root:
        return cls(text(raw.uri), text(raw.title), text(raw.media_type), text(raw.version), json.loads(raw.metadata or b"{}"),
                   json.loads(raw.flags or b"{}"), text(raw.alias_of), text(raw.error),
                   status_name(raw.error_code) if raw.error_code else "", instant(raw.ingested_ms), instant(raw.checked_ms),
                   instant(raw.changed_ms), instant(raw.ask_again_ms), instant(raw.failed_ms), raw.chunks, raw.elements,
                   raw.failures)

    def __repr__(self) -> str:
        return f"<freshet.Root {self.uri}, {self.chunks} chunks{', ' + self.error if self.error else ''}>"


class _RootHandle(Handle):
    _free = "freshet_root_free"

    def get(self) -> Root:
        raw = _raw.RootInfo(ctypes.sizeof(_raw.RootInfo))
        invoke("freshet_root_get", self, ctypes.byref(raw))
        return Root._of(raw)


class _Listing(Handle):
    _free = "freshet_roots_free"


@dataclasses.dataclass(frozen=True)
class Chunk:
    """The unit that is embedded and found, and where it stands in its document."""

    id: str
    text: str
    """What is embedded and stored."""
    urtext: str
    """Before transformers."""
    parent_id: str
    url: str
    path: str
    """The titles of the sections down to it, joined by " > "."""
    metadata: dict[str, Any]
    root_id: str
    root_title: str
    container_id: str
    container_title: str
    container_url: str
    leaf_id: str
    leaf_title: str
    leaf_url: str
    span: tuple[int, int]
    """Of the urtext, in the document's text."""
    sequence_number: int
    chunk_index: int
    total_chunks: int

    @classmethod
    def _of(cls, raw: _raw.ChunkInfo) -> Chunk:
        return cls(text(raw.id), text(raw.text), text(raw.urtext), text(raw.parent_id), text(raw.url), text(raw.path),
                   json.loads(raw.metadata or b"{}"), text(raw.root_id), text(raw.root_title), text(raw.container_id),
                   text(raw.container_title), text(raw.container_url), text(raw.leaf_id), text(raw.leaf_title),
                   text(raw.leaf_url), (raw.span_begin, raw.span_end), raw.sequence_number, raw.chunk_index, raw.total_chunks)

    def __repr__(self) -> str:
        return f"<freshet.Chunk {self.id} {self.path!r}>"


class Chunks(Handle):
    """Some chunks, in order: a sequence that copies each one as it is asked for."""

    _free = "freshet_chunks_free"

    def __len__(self) -> int:
        count: int = lib.freshet_chunks_count(self)
        return count

    @overload
    def __getitem__(self, index: int) -> Chunk: ...

    @overload
    def __getitem__(self, index: slice) -> list[Chunk]: ...

    def __getitem__(self, index: int | slice) -> Chunk | list[Chunk]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        at = place(index, len(self), "chunks")
        raw = _raw.ChunkInfo(ctypes.sizeof(_raw.ChunkInfo))
        with Held(self):
            invoke("freshet_chunks_get", self, at, ctypes.byref(raw))
            return Chunk._of(raw)

    def __iter__(self) -> Iterator[Chunk]:
        for index in range(len(self)):
            yield self[index]

    def __repr__(self) -> str:
        return f"<freshet.Chunks, {len(self)} of them>"


@dataclasses.dataclass(frozen=True)
class Element:
    """A root or section of a stored document."""

    id: str
    kind: str
    """ "root", "container" or "leaf"."""
    parent_id: str
    root_id: str
    title: str
    url: str
    text: str
    """Of a leaf; else ""."""
    span: tuple[int, int]
    level: int
    ordinal: int

    @classmethod
    def _of(cls, raw: _raw.ElementInfo) -> Element:
        kinds = {_raw.ELEMENT_ROOT: "root", _raw.ELEMENT_CONTAINER: "container", _raw.ELEMENT_LEAF: "leaf"}
        return cls(text(raw.id), kinds.get(raw.kind, "unknown"), text(raw.parent_id), text(raw.root_id), text(raw.title),
                   text(raw.url), text(raw.text), (raw.span_begin, raw.span_end), raw.level, raw.ordinal)


class _ElementHandle(Handle):
    _free = "freshet_element_free"

    def get(self) -> Element:
        raw = _raw.ElementInfo(ctypes.sizeof(_raw.ElementInfo))
        invoke("freshet_element_get", self, ctypes.byref(raw))
        return Element._of(raw)


@dataclasses.dataclass(frozen=True)
class WriteResult:
    """What writing a document changed: chunks, and whether its root was new."""

    added: int
    removed: int
    kept: int
    updated: int
    created: bool
    chunks: Chunks
