"""Bytes, files, URLs and folders to documents."""
from __future__ import annotations

import ctypes
import json
import os
from typing import TYPE_CHECKING, Any, Callable, Mapping, Optional, Union

from . import _raw
from ._call import blocking, copied, made, utf8
from ._callback import c_function, note
from ._handle import Handle
from ._json import options
from ._time import Span
from .document import Document

if TYPE_CHECKING:
    from .repository import Repository

Path = Union[str, "os.PathLike[str]"]


class Reader(Handle):
    """Reads HTML, Markdown and plain text. What cannot be read is an error, never a document about the error."""

    _free = "freshet_reader_free"

    def __init__(self, settings: Optional[Mapping[str, Any]] = None) -> None:
        """`settings` are what stands below "reader" in a configuration."""
        super().__init__(made("freshet_reader_new", options(settings)))

    def read(self, content: Union[bytes, str], uri: str, *, media_type: Optional[str] = None,
             charset: Optional[str] = None) -> Document:
        """Reads what you hold; what is not declared is found out."""
        if isinstance(content, str):
            content, charset = content.encode(), "utf-8"
        kind = utf8(media_type, "media_type") if media_type else None
        code = utf8(charset, "charset") if charset else None
        return Document._adopt(made("freshet_reader_read", self, content, len(content), utf8(uri, "uri"), kind, code))

    def read_file(self, path: Path, uri: Optional[str] = None) -> Document:
        """Reads one file; its name is its file:// URI unless another is given."""
        name = utf8(uri, "uri") if uri else None
        return Document._adopt(made("freshet_reader_read_file", self, utf8(path, "path"), name))

    def read_url(self, repository: Repository, url: str, *, timeout: Optional[Span] = None) -> Document:
        """Fetches with the HTTP client of a repository, and reads the answer."""
        address = utf8(url, "url")
        return Document._adopt(blocking(lambda call: made("freshet_reader_read_url", self, repository, address, call), timeout))

    def read_directory(self, path: Path, on_document: Optional[Callable[[Document], Any]] = None, *,
                       timeout: Optional[Span] = None, **settings: Any) -> dict[str, Any]:
        """Reads the files below a folder and hands each document to `on_document`, for as long as that takes. An exception from
        it ends the walk and is raised here. The report counts and names the files that could not be read."""
        thrown: list[BaseException] = []

        @c_function(_raw.DocumentCallback)
        def take(_payload: Any, pointer: int) -> int:
            document = Document._borrow(pointer)
            try:
                if on_document is not None:
                    on_document(document)
                return int(_raw.OK)
            except BaseException as error:  # noqa: BLE001
                note(error, "on_document")
                thrown.append(error)
                return int(_raw.E_CANCELLED)
            finally:
                document._forget()

        given, where = options(settings), utf8(path, "path")

        def walk(call: Any) -> int:
            return made("freshet_reader_read_directory", self, where, given, take, None, call)
        try:
            report: dict[str, Any] = json.loads(copied(blocking(walk, timeout)))
        except Exception:
            if thrown:
                raise thrown[0] from None
            raise
        return report
