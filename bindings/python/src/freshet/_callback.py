"""What functions of Python's have in common that the library calls: they are found by a number, and no exception leaves one."""
from __future__ import annotations

import itertools
import logging
import threading
import traceback
from typing import Any, Callable, Generic, Optional, TypeVar

from . import _raw, errors

T = TypeVar("T")
logger = logging.getLogger("freshet")

_STATUS: list[tuple[type[BaseException], int]] = [
    (NotImplementedError, _raw.E_UNSUPPORTED), (MemoryError, _raw.E_OUT_OF_MEMORY), (TimeoutError, _raw.E_TIMEOUT),
    (ConnectionError, _raw.E_NETWORK), (PermissionError, _raw.E_DENIED), (OSError, _raw.E_IO),
    (KeyboardInterrupt, _raw.E_CANCELLED), (SystemExit, _raw.E_CANCELLED)]


def c_function(kind: Any) -> Callable[[Callable[..., Any]], Any]:
    """A function of Python's as one of C's, of a type of _raw's."""
    return lambda function: kind(function)


def member(struct: Any, name: str) -> Any:
    """The type of a struct's member."""
    return dict(struct._fields_)[name]


class Numbered(Generic[T]):
    """Objects by number: the payload of a callback is one, never the address of an object."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._objects: dict[int, T] = {}
        self._lock = threading.Lock()

    def add(self, thing: T) -> int:
        with self._lock:
            number = next(self._numbers)
            self._objects[number] = thing
        return number

    def __getitem__(self, number: int) -> T:
        return self._objects[number]

    def get(self, number: Optional[int]) -> Optional[T]:
        return self._objects.get(number or 0)

    def take(self, number: Optional[int]) -> Optional[T]:
        with self._lock:
            return self._objects.pop(number or 0, None)

    def __len__(self) -> int:
        return len(self._objects)


def status_of(error: BaseException, otherwise: int) -> int:
    """The code that an exception stands for."""
    if isinstance(error, errors.Error):
        return error.code
    return next((code for kind, code in _STATUS if isinstance(error, kind)), otherwise)


def last_line(error: BaseException) -> str:
    """Of what Python would print: "ValueError: no such page"; of one of ours its own line."""
    if isinstance(error, errors.Error):
        return error.message
    lines = [line for line in "".join(traceback.format_exception_only(type(error), error)).splitlines() if line.strip()]
    return lines[-1].strip() if lines else type(error).__name__


def note(error: BaseException, where: str) -> None:
    """The whole traceback goes to the log: of it, an error of the library has the last line."""
    logger.debug("%s failed", where, exc_info=error)
