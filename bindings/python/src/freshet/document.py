"""Documents: a title, metadata, and a tree of sections."""
from __future__ import annotations

import ctypes
import dataclasses
import json
from ctypes import byref, c_size_t, c_uint32, c_void_p
from typing import Any, Iterator, Mapping, Optional, Union

from . import _raw
from ._call import invoke, made, parsed, sized, text, utf8, whole
from ._handle import Handle, Held
from ._json import dumps
from ._library import lib


@dataclasses.dataclass(frozen=True)
class Section:
    """One section of a finished document. Parents come before their children."""

    number: int
    id: str
    title: str
    url: str
    text: str
    """Of a leaf; "" for a container."""
    parent: int
    """The number of the section it is in; 0: the document."""
    child_count: int
    level: int
    span: tuple[int, int]
    """Byte offsets in the text of the document."""


class Document(Handle):
    """A document that a reader made, or that is built by hand:

        document = Document("notes:/1", "Rivers")
        chapter = document.add("The Elbe", "It rises in the Giant Mountains.", level=1)
        document.add("Ferries", "They run all year.", level=2, parent=chapter)
        repository.write(document.finish())
    """

    _free = "freshet_document_free"

    def __init__(self, uri: str, title: str = "", metadata: Optional[Mapping[str, Any]] = None) -> None:
        super().__init__(made("freshet_document_new", utf8(uri, "uri"), utf8(title, "title")))
        self._borrowed = False
        if metadata is not None:
            invoke("freshet_document_set_metadata", self, dumps(metadata))

    @classmethod
    def _adopt(cls, pointer: int) -> Document:
        document = cls.__new__(cls)
        Handle.__init__(document, pointer)
        document._borrowed = False
        return document

    @classmethod
    def _borrow(cls, pointer: int) -> Document:
        """One that is the library's, until _forget()."""
        document = cls._adopt(pointer)
        document._borrowed = True
        return document

    def _forget(self) -> None:
        self._pointer = None

    def close(self) -> None:
        if self._borrowed:
            self._forget()
        else:
            super().close()

    @classmethod
    def from_json(cls, form: Union[str, Mapping[str, Any]]) -> Document:
        """A finished document from what to_json() gives; ids and spans may be left out."""
        return cls._adopt(made("freshet_document_from_json", utf8(form, "document") if isinstance(form, str) else dumps(form)))

    def add(self, title: str = "", text: str = "", *, level: int = 0, parent: int = 0, url: Optional[str] = None) -> int:
        """Adds a section as the last child of `parent`, and gives its number until the document is finished."""
        number = c_uint32()
        place = utf8(url, "url") if url is not None else None
        invoke("freshet_document_add_section", self, whole(parent, "parent"), utf8(title, "title"), place,
               whole(level, "level", signed=True), byref(number))
        if text:
            self.set_text(number.value, text)
        return number.value

    def set_text(self, section: int, text: str) -> None:
        body = text.encode("utf-8", "surrogateescape")
        invoke("freshet_document_set_text", self, whole(section, "section"), body, len(body))

    def finish(self) -> Document:
        """Ends the building; only then can it be walked and written."""
        invoke("freshet_document_finish", self)
        return self

    @property
    def uri(self) -> str:
        with Held(self):
            return text(lib.freshet_document_uri(self))

    @property
    def title(self) -> str:
        with Held(self):
            return text(lib.freshet_document_title(self))

    @property
    def metadata(self) -> dict[str, Any]:
        found: dict[str, Any] = parsed("freshet_document_metadata", self)
        return found

    @property
    def text(self) -> str:
        """Its leaves in order, each "title\\ntext", joined by a blank line."""
        start, size = c_void_p(), c_size_t()
        with Held(self):
            invoke("freshet_document_text", self, byref(start), byref(size))
            return sized(start.value, size.value)

    @property
    def sections(self) -> list[Section]:
        return list(self)

    def __len__(self) -> int:
        count: int = lib.freshet_document_section_count(self)
        return count

    def __iter__(self) -> Iterator[Section]:
        for number in range(1, len(self) + 1):
            yield self.section(number)

    def __bool__(self) -> bool:
        return True

    def section(self, number: int) -> Section:
        """By its number, from 1."""
        raw = _raw.Section(ctypes.sizeof(_raw.Section))
        with Held(self):
            invoke("freshet_document_section", self, whole(number, "section"), byref(raw))
            return Section(number, text(raw.id), text(raw.title), text(raw.url), sized(raw.text, raw.text_size), raw.parent,
                           raw.child_count, raw.level, (raw.span_begin, raw.span_end))

    def to_json(self) -> dict[str, Any]:
        form: dict[str, Any] = parsed("freshet_document_to_json", self)
        return form

    def __repr__(self) -> str:
        return f"<freshet.Document {json.dumps(self.uri)}, {len(self)} sections>"
