"""Embedders: texts to vectors."""
from __future__ import annotations

import array
import ctypes
import dataclasses
from typing import Any, Iterable, Optional, Sequence, Union

from .. import _raw
from .._call import sized
from .._callback import last_line, status_of
from .host import Call, heed
from .plugin import Instance, Plugin, close_of, function, opener


@dataclasses.dataclass(frozen=True)
class EmbedderInfo:
    """What an instance is. Equal models, comparable vectors; a limit of 0 is none."""

    model: str
    dimension: int
    max_inputs: int = 64
    max_tokens: int = 0
    max_text_tokens: int = 0
    max_bytes: int = 0
    tokenizer: Optional[str] = None


@dataclasses.dataclass(frozen=True)
class Reject:
    """A text that will not be embedded, or a chunk that will not be transformed, however often it is asked for: its document
    fails, the others do not."""

    error: BaseException


@dataclasses.dataclass(frozen=True)
class Usage:
    """So many tokens were used, as the service counts them."""

    tokens: int


class Embedder(Plugin):
    """An embedder of your own. Vectors may be any sequences of numbers; arrays of float32 are taken as they are."""

    kind = "embedder"

    def info(self) -> EmbedderInfo:
        raise NotImplementedError

    def embed(self, call: Call, texts: Sequence[str], query: bool) -> Iterable[Union[Sequence[float], Reject, Usage]]:
        """A vector or a Reject for each text, in their order; `query` says whether they are questions. What came before a
        failure is kept, so a generator is best."""
        raise NotImplementedError

    @classmethod
    def _table(cls) -> Any:
        table = _raw.EmbedderTable
        return table(ctypes.sizeof(table), opener(cls, table), _info, _embed, _close)


def floats(vector: Any) -> Any:
    """As the library takes it, and without a copy where it is float32 already."""
    try:
        view = memoryview(vector)
        if view.format == "f" and view.contiguous:
            return (ctypes.c_float * (view.nbytes // 4)).from_buffer_copy(view)
    except TypeError:
        pass
    numbers = array.array("f", vector)
    return (ctypes.c_float * len(numbers)).from_buffer(numbers)


def reject(sink: Any, index: int, error: BaseException) -> None:
    heed(sink.reject(sink.payload, index, status_of(error, _raw.E_PLUGIN), last_line(error).encode("utf-8", "replace")))


def _tell(instance: Instance, _call: Call, out: Any) -> None:
    told, raw = instance.plugin.info(), out.contents
    raw.model, raw.tokenizer = instance.lend("model", told.model), instance.lend("tokenizer", told.tokenizer)
    raw.dimension, raw.max_inputs, raw.max_tokens = told.dimension, told.max_inputs, told.max_tokens
    raw.max_text_tokens, raw.max_bytes = told.max_text_tokens, told.max_bytes


def _embedding(instance: Instance, call: Call, request: Any, sink: Any) -> None:
    asked, to = request.contents, sink.contents
    texts = [sized(asked.texts[each], asked.sizes[each]) for each in range(asked.count)]
    index = 0
    for given in instance.plugin.embed(call, texts, asked.purpose == _raw.EMBED_QUERY):
        if isinstance(given, Usage):
            heed(to.usage(to.payload, given.tokens))
            continue
        if isinstance(given, Reject):
            reject(to, index, given.error)
        else:
            values = floats(given)
            heed(to.vector(to.payload, index, values, len(values)))
        index += 1


_info = function(_raw.EmbedderTable, "info", _tell)
_embed = function(_raw.EmbedderTable, "embed", _embedding)
_close = close_of(_raw.EmbedderTable)
