"""Small functions that belong to no object."""
from __future__ import annotations

from ._call import told, utf8
from ._library import lib


def version() -> str:
    """The version of the library: "0.1.0"."""
    found: bytes = lib.freshet_version()
    return found.decode()


def version_number() -> int:
    """One number that grows with every release: 0.1.0 is 100, 1.2.3 is 10203."""
    number: int = lib.freshet_version_number()
    return number


def redact(text: str) -> str:
    """A text as people may see it: secrets that are known, and what has the shape of one, replaced by ***."""
    return told("freshet_string_redact", utf8(text, "string"))
