"""Tokenizers: how many tokens a text has, and where each ends."""
from __future__ import annotations

import ctypes
import dataclasses
from typing import Any, Optional, Sequence

from .. import _raw
from .host import Call, heed
from .plugin import Instance, Plugin, close_of, function, opener


@dataclasses.dataclass(frozen=True)
class TokenizerInfo:
    """What an instance is: its publisher's name for it, and what changes when the same text would have other tokens."""

    name: str
    fingerprint: Optional[str] = None


class Tokenizer(Plugin):
    """A tokenizer of your own. The same text has the same tokens each time."""

    kind = "tokenizer"

    def info(self) -> TokenizerInfo:
        raise NotImplementedError

    def split(self, text: bytes) -> Sequence[int]:
        """Where each token of a text ends: bytes of its UTF-8 from its beginning, in order."""
        raise NotImplementedError

    def count(self, text: bytes) -> int:
        """How many there are: as many as split() gives."""
        return len(self.split(text))

    @classmethod
    def _table(cls) -> Any:
        table = _raw.TokenizerTable
        return table(ctypes.sizeof(table), opener(cls, table), _info, _count, _split, _close)


def _tell(instance: Instance, _call: Call, out: Any) -> None:
    told = instance.plugin.info()
    out.contents.name = instance.lend("name", told.name)
    out.contents.fingerprint = instance.lend("fingerprint", told.fingerprint)


def _counting(instance: Instance, _call: Call, text: int, size: int, out: Any) -> None:
    out[0] = instance.plugin.count(ctypes.string_at(text, size))


def _splitting(instance: Instance, _call: Call, text: int, size: int, sink: Any) -> None:
    ends, to = instance.plugin.split(ctypes.string_at(text, size)), sink.contents
    heed(to.ends(to.payload, (ctypes.c_size_t * len(ends))(*ends), len(ends)))


_info = function(_raw.TokenizerTable, "info", _tell)
_count = function(_raw.TokenizerTable, "count", _counting)
_split = function(_raw.TokenizerTable, "split", _splitting)
_close = close_of(_raw.TokenizerTable)
