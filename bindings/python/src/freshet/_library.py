"""Finds libfreshet, opens it, and tells ctypes what its functions take.

Opening it starts nothing: a program may import freshet and fork, and use it in the children (docs/threads.md, "fork()").
"""
from __future__ import annotations

import ctypes
import os
import pathlib
from typing import Any

from . import _raw

NATIVE = pathlib.Path(__file__).resolve().parent / "_native"
SONAME = "libfreshet.so.0"


def _place() -> str:
    """FRESHET_LIBRARY, then what the wheel carries, then the system's."""
    bundled = NATIVE / "lib" / SONAME
    return os.environ.get("FRESHET_LIBRARY") or (str(bundled) if bundled.exists() else SONAME)


def _open() -> ctypes.CDLL:
    place = _place()
    try:
        return ctypes.CDLL(place)
    except OSError as error:
        raise ImportError(f"freshet: {place} cannot be opened: {error}; FRESHET_LIBRARY may name another libfreshet") from None


def _declare(library: ctypes.CDLL) -> None:
    for name, (result, arguments) in _raw.FUNCTIONS.items():
        try:
            function = getattr(library, name)
        except AttributeError:
            raise ImportError(f"freshet: {_place()} is older than this package: it has no {name}") from None
        function.restype, function.argtypes = result, arguments


lib: Any = _open()
_declare(lib)
