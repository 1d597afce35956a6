"""Transformers: they enrich the texts and the metadata of chunks before these are embedded and stored."""
from __future__ import annotations

import ctypes
import dataclasses
import json
from typing import Any, Iterable, Mapping, Optional, Sequence, Union

from .. import _raw
from .._call import sized, text
from .._json import dumps
from .embedder import Reject, reject
from .host import Call, heed
from .plugin import Instance, Plugin, close_of, function, opener


@dataclasses.dataclass(frozen=True)
class TransformerInfo:
    """What an instance is: chunks a request, and what changes when the same chunks would be transformed differently."""

    max_chunks: int = 64
    fingerprint: Optional[str] = None


@dataclasses.dataclass(frozen=True)
class TransformChunk:
    """A chunk to be transformed, and the document that it is of."""

    text: str
    section: str
    url: str
    span: tuple[int, int]
    document_uri: str
    document_title: str
    document_metadata: dict[str, Any]
    document_text: str

    @classmethod
    def _of(cls, raw: _raw.TransformChunk) -> TransformChunk:
        document = raw.document.contents
        return cls(sized(raw.text, raw.size), text(raw.section), text(raw.url), (raw.span_begin, raw.span_end), text(document.uri),
                   text(document.title), json.loads(document.metadata or b"{}"), sized(document.text, document.size))


@dataclasses.dataclass(frozen=True)
class Transformed:
    """What becomes of a chunk: its text from now on, and what is added to its metadata; None leaves it as it is."""

    text: Optional[str] = None
    metadata: Optional[Mapping[str, Any]] = None


class Transformer(Plugin):
    """A transformer of your own. Give equal chunks equal texts: another text is another chunk, which is embedded again."""

    kind = "transformer"

    def info(self) -> TransformerInfo:
        return TransformerInfo()

    def transform(self, call: Call, chunks: Sequence[TransformChunk]) -> Iterable[Union[Transformed, Reject, None]]:
        """One outcome for each chunk, in their order."""
        raise NotImplementedError

    @classmethod
    def _table(cls) -> Any:
        table = _raw.TransformerTable
        return table(ctypes.sizeof(table), opener(cls, table), _info, _transform, _close)


def _tell(instance: Instance, _call: Call, out: Any) -> None:
    told = instance.plugin.info()
    out.contents.max_chunks = told.max_chunks
    out.contents.fingerprint = instance.lend("fingerprint", told.fingerprint)


def _hand(to: Any, index: int, given: Union[Transformed, Reject, None]) -> None:
    if isinstance(given, Reject):
        reject(to, index, given.error)
    elif given is not None:
        if given.text is not None:
            encoded = given.text.encode("utf-8", "surrogateescape")
            heed(to.text(to.payload, index, encoded, len(encoded)))
        if given.metadata is not None:
            heed(to.metadata(to.payload, index, dumps(given.metadata)))


def _transforming(instance: Instance, call: Call, request: Any, sink: Any) -> None:
    asked, to = request.contents, sink.contents
    chunks = [TransformChunk._of(asked.chunks[each].contents) for each in range(asked.count)]
    for index, given in enumerate(instance.plugin.transform(call, chunks)):
        _hand(to, index, given)


_info = function(_raw.TransformerTable, "info", _tell)
_transform = function(_raw.TransformerTable, "transform", _transforming)
_close = close_of(_raw.TransformerTable)
