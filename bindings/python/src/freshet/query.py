"""What a question finds, and vectors."""
from __future__ import annotations

import ctypes
import dataclasses
import datetime
import html
import json
from typing import Any, Iterator, Optional, overload

from . import _raw
from ._call import invoke, parsed, place, text
from ._handle import Handle, Held
from ._library import lib
from ._time import instant


@dataclasses.dataclass(frozen=True)
class Hit:
    """One chunk found."""

    score: float
    """Higher is better; comparable within one query only."""
    text: str
    uri: str
    title: str
    path: str
    url: str
    """The nearest anchor."""
    chunk_id: str
    metadata: dict[str, Any]
    checked: Optional[datetime.datetime]
    """When its source last confirmed the root."""
    due: Optional[datetime.datetime]
    """When its policy is asked again; NEVER: not by itself."""
    unconfirmed: str
    """Why it is older than `max_age`, or ""."""

    @classmethod
    def _of(cls, raw: _raw.Hit) -> Hit:
        return cls(raw.score, text(raw.text), text(raw.uri), text(raw.title), text(raw.path), text(raw.url), text(raw.chunk_id),
                   json.loads(raw.metadata or b"{}"), instant(raw.checked_ms), instant(raw.due_ms), text(raw.unconfirmed))

    def __repr__(self) -> str:
        return f"<freshet.Hit {self.score:.3f} {self.url or self.uri} {self.path!r}>"


class Hits(Handle):
    """The hits of one query, the best first: a sequence that copies each one as it is asked for."""

    _free = "freshet_hits_free"

    def __len__(self) -> int:
        count: int = lib.freshet_hits_count(self)
        return count

    @property
    def ended_after(self) -> int:
        """0 where these are all; else after how many rows the search for what the filter wants was ended."""
        count: int = lib.freshet_hits_ended_after(self)
        return count

    @overload
    def __getitem__(self, index: int) -> Hit: ...

    @overload
    def __getitem__(self, index: slice) -> list[Hit]: ...

    def __getitem__(self, index: int | slice) -> Hit | list[Hit]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        at = place(index, len(self), "hits")
        raw = _raw.Hit(ctypes.sizeof(_raw.Hit))
        with Held(self):
            invoke("freshet_hits_get", self, at, ctypes.byref(raw))
            return Hit._of(raw)

    def __iter__(self) -> Iterator[Hit]:
        for index in range(len(self)):
            yield self[index]

    def to_json(self) -> dict[str, Any]:
        form: dict[str, Any] = parsed("freshet_hits_to_json", self)
        return form

    def __repr__(self) -> str:
        return f"<freshet.Hits, {len(self)} of them>"

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><td>{hit.score:.3f}</td><td><a href=\"{html.escape(hit.url or hit.uri)}\">{html.escape(hit.path or hit.title)}"
                       f"</a></td><td>{html.escape(hit.text[:300])}</td></tr>" for hit in self)
        return f"<table><tr><th>score</th><th>where</th><th>text</th></tr>{rows}</table>"


class Vectors(Handle):
    """Vectors, one for each text, all of one model: a sequence of lists. `array(i)` copies one without making floats of it."""

    _free = "freshet_vectors_free"

    def __len__(self) -> int:
        count: int = lib.freshet_vectors_count(self)
        return count

    @property
    def dimension(self) -> int:
        size: int = lib.freshet_vectors_dimension(self)
        return size

    @property
    def model(self) -> str:
        with Held(self):
            return text(lib.freshet_vectors_model(self))

    def array(self, index: int) -> Any:
        """The vector as a ctypes array of float, which numpy.frombuffer(…, "f4") takes."""
        start = ctypes.c_void_p()
        with Held(self):
            invoke("freshet_vectors_get", self, place(index, len(self), "vectors"), ctypes.byref(start))
            kind = ctypes.c_float * self.dimension
            return kind.from_buffer_copy(ctypes.string_at(start.value or 0, ctypes.sizeof(kind)))

    def __getitem__(self, index: int) -> list[float]:
        return list(self.array(index))

    def __iter__(self) -> Iterator[list[float]]:
        for index in range(len(self)):
            yield self[index]

    def __repr__(self) -> str:
        return f"<freshet.Vectors, {len(self)} of {self.dimension} numbers, {self.model}>"
