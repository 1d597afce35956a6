"""Readers: the bytes of a media type to a document."""
from __future__ import annotations

import ctypes
import dataclasses
from typing import Any, ClassVar, Optional, Sequence

from .. import _raw
from .._call import text, utf8
from .._json import dumps
from .host import Call, heed
from .plugin import Instance, Plugin, close_of, function, opener


@dataclasses.dataclass(frozen=True)
class ReadRequest:
    """What is to be read. "" stands for what nobody declared."""

    content: bytes
    uri: str
    media_type: str
    charset: str


class Builder:
    """Takes the document in its order."""

    def __init__(self, raw: _raw.DocumentBuilder) -> None:
        self._raw = raw

    def title(self, title: str) -> None:
        heed(self._raw.title(self._raw.payload, utf8(title, "title")))

    def metadata(self, key: str, value: Any) -> None:
        heed(self._raw.metadata(self._raw.payload, utf8(key, "key"), dumps(value)))

    def section(self, level: int, title: str, url: Optional[str] = None) -> None:
        """Begins a section under the nearest open one of a lower level (1 to 6)."""
        heed(self._raw.section(self._raw.payload, level, utf8(title, "title"), utf8(url, "url") if url else None))

    def text(self, body: str) -> None:
        """Adds text to the section begun last; a blank line separates paragraphs."""
        encoded = body.encode("utf-8", "surrogateescape")
        heed(self._raw.text(self._raw.payload, encoded, len(encoded)))


class ReaderPlugin(Plugin):
    """A reader of your own. What cannot be read is errors.Parse, never a document about the error."""

    kind = "reader"
    media_types: ClassVar[Sequence[str]] = ()
    extensions: ClassVar[Sequence[str]] = ()
    """Names of files that it reads, such as ".csv"."""
    by_default: ClassVar[bool] = False
    """Runs that name no readers use it; else those do that name it."""

    def read(self, call: Call, request: ReadRequest, builder: Builder) -> None:
        raise NotImplementedError

    @classmethod
    def _offer(cls) -> dict[str, Any]:
        more = {"extensions": list(cls.extensions)} if cls.extensions else {}
        return {**super()._offer(), "media_types": list(cls.media_types), "default": cls.by_default, **more}

    @classmethod
    def _table(cls) -> Any:
        table = _raw.ReaderTable
        return table(ctypes.sizeof(table), opener(cls, table), _read, _close)


def _reading(instance: Instance, call: Call, request: Any, builder: Any) -> None:
    asked = request.contents
    content = ctypes.string_at(asked.bytes, asked.size) if asked.size else b""
    instance.plugin.read(call, ReadRequest(content, text(asked.uri), text(asked.media_type), text(asked.charset)),
                         Builder(builder.contents))


_read = function(_raw.ReaderTable, "read", _reading)
_close = close_of(_raw.ReaderTable)
