"""Handles of the library as objects that free them once, and what has to be freed before the interpreter ends."""
from __future__ import annotations

import atexit
import os
import threading
import weakref
from typing import Any, Optional, TypeVar, cast

from ._library import lib

Self = TypeVar("Self", bound="Handle")


_lock = threading.RLock()  # taken again where a collection of garbage comes in between


class Held:
    """While what is borrowed from a handle is read: another thread's close() waits with the freeing until that is done."""

    __slots__ = ("_handle",)

    def __init__(self, handle: Handle) -> None:
        self._handle = handle

    def __enter__(self) -> None:
        with _lock:
            self._handle._readers += 1

    def __exit__(self, *_: Any) -> None:
        handle = self._handle
        with _lock:
            handle._readers -= 1
            ended = handle._ended if handle._readers == 0 else None
            handle._ended = None if handle._readers == 0 else handle._ended
        if ended is not None:
            getattr(lib, handle._free)(ended)


class Handle:
    """One handle. It is freed by close(), at the end of a with-statement, or when nobody refers to it any more; what uses it
    afterwards is Misuse."""

    _free = ""
    _ends_late = False
    """Whether it has threads of the library behind it, which may call Python: then it ends before the interpreter does."""

    def __init__(self, pointer: int) -> None:
        self._pointer: Optional[int] = pointer
        self._readers, self._ended = 0, cast(Optional[int], None)
        if self._ends_late:
            _late.add(self)

    @property
    def pointer(self) -> Optional[int]:
        return self._pointer

    @property
    def _as_parameter_(self) -> Optional[int]:
        return self._pointer

    @property
    def closed(self) -> bool:
        return self._pointer is None

    def close(self) -> None:
        """Frees it. A second time is harmless, and so is a call that another thread has under way."""
        with _lock:
            pointer, self._pointer = self._pointer, None
            if self._readers and pointer is not None:
                self._ended, pointer = pointer, None
        if pointer is not None:
            getattr(lib, self._free)(pointer)

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __del__(self) -> None:
        # Once the interpreter has gone, a callback of Python's could not be run: what is left goes with the process.
        if getattr(self, "_pointer", None) is not None and _over == []:
            self.close()


_late: weakref.WeakSet[Handle] = weakref.WeakSet()
_over: list[bool] = []


def _in_child() -> None:
    """Another thread of the parent may have had the lock."""
    global _lock
    _lock = threading.RLock()
    _late.clear()


os.register_at_fork(after_in_child=_in_child)


def _end() -> None:
    """Threads of the library must not call Python once it is being taken down: runs are cancelled and waited for, and what
    they called is closed. What was committed stays."""
    for handle in sorted(_late, key=lambda each: each._free != "freshet_refresh_free" and each._free != "freshet_service_free"):
        handle.close()
    _over.append(True)


atexit.register(_end)
