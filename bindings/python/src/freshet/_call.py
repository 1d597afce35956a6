"""How functions of the library are called: failures become exceptions, texts are copied and freed, and what blocks can be
interrupted."""
from __future__ import annotations

import _thread
import contextlib
import contextvars
import ctypes
import json
import operator
import os
import queue
import threading
import time
from ctypes import byref, c_void_p
from typing import Any, Callable, Iterator, Optional, TypeVar, Union, cast

from . import _raw, errors
from ._handle import Handle
from ._library import lib
from ._time import Span, limit_ms

T = TypeVar("T")
_PATIENCE = 0.1  # seconds, in which Ctrl-C is heard at the latest


def utf8(text: Union[str, bytes, "os.PathLike[str]"], what: str) -> bytes:
    """For the library. A NUL would cut the text short, so it is refused."""
    encoded = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else os.fsencode(text)
    if b"\0" in encoded:
        raise errors.InvalidArgument("has a NUL byte in it", subject=what)
    return encoded


def whole(number: int, what: str, bits: int = 32, signed: bool = False) -> int:
    """For the library: ctypes would cut off what does not fit."""
    given = operator.index(number)
    low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
    if not low <= given <= high:
        raise errors.InvalidArgument(f"is {given}, not from {low} to {high}", subject=what)
    return given


def place(index: int, count: int, what: str) -> int:
    """Where an index of a sequence points to, from 0; one below 0 counts from the end."""
    at = operator.index(index)
    at += count if at < 0 else 0
    if not 0 <= at < count:
        raise IndexError(f"there are {count} {what}, and none at {index}")
    return at


def text(borrowed: Optional[bytes]) -> str:
    return borrowed.decode("utf-8", "replace") if borrowed else ""


def sized(address: Optional[int], size: int) -> str:
    """A text that need not end in a NUL."""
    return ctypes.string_at(address, size).decode("utf-8", "replace") if address and size else ""


def invoke(name: str, *arguments: Any) -> None:
    error = c_void_p()
    status = getattr(lib, name)(*arguments, byref(error))
    if status:
        raise errors.taken(status, error)


def made(name: str, *arguments: Any) -> int:
    """A function whose last parameter before out_error is what it makes."""
    out = c_void_p()
    invoke(name, *arguments, byref(out))
    return out.value or 0


def copied(pointer: int) -> str:
    """A text that is ours to free."""
    try:
        return ctypes.string_at(pointer).decode("utf-8", "replace")
    finally:
        lib.freshet_string_free(pointer)


def told(name: str, *arguments: Any) -> str:
    return copied(made(name, *arguments))


def parsed(name: str, *arguments: Any) -> Any:
    return json.loads(told(name, *arguments))


def text_array(texts: list[bytes]) -> Any:
    return (ctypes.c_char_p * len(texts))(*texts)


class Cancel(Handle):
    """What calls are stopped with, from any thread. Once requested it stays so."""

    _free = "freshet_cancel_free"

    def __init__(self) -> None:
        super().__init__(made("freshet_cancel_new"))

    def request(self) -> None:
        """Asks all calls that use it to stop, and returns at once."""
        invoke("freshet_cancel_request", self)

    @contextlib.contextmanager
    def scope(self) -> Iterator[None]:
        """In this with-statement it stops every call that blocks: for request() from another thread."""
        token = present_cancel.set(self)
        try:
            yield
        finally:
            present_cancel.reset(token)


present_cancel: contextvars.ContextVar[Optional[Cancel]] = contextvars.ContextVar("freshet_cancel", default=None)
"""What stops the calls of this context: an asyncio task's, or that of a scope()."""


def _interruptible(work: Callable[[], T], cancel: Cancel) -> T:
    """On another thread: the main one runs handlers of signals only where Python can interrupt it. Built of what is whole in C, a
    thread and a queue, since a handler may raise between any two lines here."""
    answers: queue.SimpleQueue[tuple[Optional[T], Optional[BaseException]]] = queue.SimpleQueue()
    ended: list[bool] = []
    context = contextvars.copy_context()

    def run() -> None:
        try:
            answer: tuple[Optional[T], Optional[BaseException]] = (context.run(work), None)
        except BaseException as error:  # noqa: BLE001
            answer = (None, error)
        ended.append(True)
        answers.put(answer)
    try:
        _thread.start_new_thread(run, ())
    except RuntimeError as error:
        raise errors.OutOfMemory("no thread could be started") from error
    try:
        result, thrown = _answer(answers)
    except BaseException:  # Ctrl-C, or what else a handler raises
        cancel.request()
        while not ended:
            time.sleep(0.01)
        raise
    if thrown is not None:
        raise thrown
    return cast(T, result)


def _answer(answers: queue.SimpleQueue[T]) -> T:
    """Waits in turns: a signal that comes just before a thread begins to wait does not wake it."""
    while True:
        try:
            return answers.get(timeout=_PATIENCE)
        except queue.Empty:
            pass


def blocking(work: Callable[[Any], T], timeout: Optional[Span] = None) -> T:
    """Runs work(options), where options are a freshet_call_options for the function that may take long."""
    outer = present_cancel.get()
    cancel = outer or Cancel()
    limits = _raw.CallOptions(ctypes.sizeof(_raw.CallOptions), cancel.pointer, limit_ms(timeout))

    def run() -> T:
        return work(byref(limits))
    try:
        main = threading.current_thread() is threading.main_thread()
        return _interruptible(run, cancel) if main else run()
    finally:
        if outer is None:
            cancel.close()
