"""What goes wrong, as exceptions: one class for each code of freshet/status.h, below the four groups of docs/c-api.md."""
from __future__ import annotations

import datetime
from ctypes import c_void_p
from typing import Any, ClassVar, Mapping, Optional

from . import _raw
from ._library import lib


class Error(Exception):
    """A failure of freshet. Its text is the whole of it as one line: subject, message, and the causes."""

    code: int = _raw.E_INTERNAL
    subject: str = ""
    """The thing at fault: a URI, the path of an option such as "sources[0].options.url", a file; "" where there is none."""
    plugin: str = ""
    """The plugin that failed, by name; "" where none had a part in it."""
    retry_after: Optional[datetime.timedelta] = None
    """How long to wait before trying again, where somebody said so."""
    attempts: int = 0
    """How often it was tried; 0 where attempts were not counted."""
    _by_code: ClassVar[dict[int, type[Error]]] = {}

    def __init__(self, message: str, *, subject: str = "", retry_after: Optional[datetime.timedelta] = None) -> None:
        super().__init__(message)
        self.message = message
        self.subject, self.retry_after = subject, retry_after
        self._line: Optional[str] = None

    def __init_subclass__(cls, code: Optional[int] = None) -> None:
        super().__init_subclass__()
        if code is not None:
            cls.code = code
            Error._by_code[code] = cls

    def __str__(self) -> str:
        return self._line or (f"{self.subject}: {self.message}" if self.subject else self.message)

    @property
    def name(self) -> str:
        """The code by the name that reports use: "rate_limited"."""
        return status_name(self.code)

    @property
    def transient(self) -> bool:
        """Whether the same call may succeed later."""
        return bool(lib.freshet_status_is_transient(self.code))


class CallerError(Error):
    """The caller is at fault: the same call fails again."""


class TransientError(Error):
    """The moment is at fault: the same call may succeed later."""


class SourceError(Error):
    """The source is at fault: a person has to look."""


class MachineError(Error):
    """This machine is at fault."""


class InvalidArgument(CallerError, ValueError, code=_raw.E_INVALID_ARGUMENT):
    """A value, an option or a configuration is wrong."""


class Misuse(CallerError, RuntimeError, code=_raw.E_MISUSE):
    """An object that was closed, or freshet used in a child of fork() whose parent had used it."""


class NotFound(CallerError, LookupError, code=_raw.E_NOT_FOUND):
    """What was named does not exist."""


class Unsupported(CallerError, code=_raw.E_UNSUPPORTED):
    """This plugin, store or media type cannot do that."""


class PolicyFailed(CallerError, code=_raw.E_POLICY_FAILED):
    """A function of a custom policy failed."""


class Excluded(CallerError, code=_raw.E_EXCLUDED):
    """Somebody decided that this URI stays out: include it first."""


class Busy(TransientError, code=_raw.E_BUSY):
    """Another run or process holds it."""


class Cancelled(TransientError, code=_raw.E_CANCELLED):
    """Somebody asked for it to stop."""


class Timeout(TransientError, TimeoutError, code=_raw.E_TIMEOUT):
    """A time limit passed."""


class Network(TransientError, code=_raw.E_NETWORK):
    """Name, connection or transfer failed."""


class RateLimited(TransientError, code=_raw.E_RATE_LIMITED):
    """The server asked for fewer requests: see retry_after."""


class Remote(TransientError, code=_raw.E_REMOTE):
    """The server failed, or answered nonsense."""


class Denied(SourceError, code=_raw.E_DENIED):
    """401, 403, robots.txt, a missing secret, a file without the right to it."""


class Blocked(SourceError, code=_raw.E_BLOCKED):
    """The address guard refused the connection."""


class GoneError(SourceError, code=_raw.E_GONE):
    """404 or 410: the source says that it does not exist."""


class Limit(SourceError, code=_raw.E_LIMIT):
    """Larger, deeper or longer than a limit allows."""


class Parse(SourceError, code=_raw.E_PARSE):
    """The content could not be read as what it claims to be."""


class Held(SourceError, code=_raw.E_HELD):
    """Withheld to protect data; an operator has to accept it."""


class IO(MachineError, code=_raw.E_IO):
    """A file or a disk failed."""


class Full(MachineError, code=_raw.E_FULL):
    """The disk, the repository's map, or a file at its limit is full."""


class Corrupt(MachineError, code=_raw.E_CORRUPT):
    """Stored data is damaged. Nothing more is written."""


class VersionMismatch(MachineError, code=_raw.E_VERSION):
    """Made by a newer or a foreign version."""


class PluginError(MachineError, code=_raw.E_PLUGIN):
    """A plugin is missing, refused, or broke its contract."""


class OutOfMemory(MachineError, MemoryError, code=_raw.E_OUT_OF_MEMORY):
    """No memory, or no thread could be started."""


class Internal(MachineError, code=_raw.E_INTERNAL):
    """A defect in freshet: please report it."""


def status_name(code: int) -> str:
    """A code as reports show it: "rate_limited"; "unknown" for a foreign number."""
    name: bytes = lib.freshet_status_name(code)
    return name.decode()


def error_for(code: int, message: str) -> Error:
    """An exception of the class that belongs to a code."""
    made = Error._by_code.get(code, Error)(message)
    made.code = code
    return made


def of_form(form: Mapping[str, Any]) -> Error:
    """An error as a report has it: {"code", "message"}, with "subject" and "retry_after_ms" where there are any."""
    error = error_for({status_name(code): code for code in Error._by_code}.get(form["code"], _raw.E_INTERNAL), form["message"])
    error._line, error.subject = form["message"], form.get("subject", "")
    wait = form.get("retry_after_ms")
    error.retry_after = datetime.timedelta(milliseconds=wait) if wait is not None else None
    return error


def _borrowed(pointer: int) -> Error:
    code: int = lib.freshet_error_code(pointer)
    error = error_for(code, lib.freshet_error_message(pointer).decode())
    error._line = lib.freshet_error_to_string(pointer).decode()
    error.subject = lib.freshet_error_subject(pointer).decode()
    error.plugin = lib.freshet_error_plugin(pointer).decode()
    error.attempts = lib.freshet_error_attempts(pointer)
    wait: int = lib.freshet_error_retry_after_ms(pointer)
    error.retry_after = datetime.timedelta(milliseconds=wait) if wait >= 0 else None
    cause = lib.freshet_error_cause(pointer)
    if cause:
        error.__cause__ = _borrowed(cause)
    return error


def taken(status: int, error: c_void_p) -> Error:
    """The exception for what a function returned, and the error that it gave."""
    if not error.value:
        return error_for(status, status_name(status))
    try:
        return _borrowed(error.value)
    finally:
        lib.freshet_error_free(error)
