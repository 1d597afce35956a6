"""Log lines of plugins go to the logger "freshet" and its children, one a plugin: "freshet.loader_web"."""
from __future__ import annotations

import atexit
import logging
import os
from typing import Any

from . import _raw
from ._call import invoke, text
from ._callback import c_function
from .run import LEVELS, Event

logger = logging.getLogger("freshet")
_begun: list[bool] = []
os.register_at_fork(after_in_child=_begun.clear)


def _level(level: int) -> int:
    return {_raw.LEVEL_DEBUG: logging.DEBUG, _raw.LEVEL_INFO: logging.INFO, _raw.LEVEL_WARNING: logging.WARNING}.get(
        level, logging.ERROR)


@c_function(_raw.LogCallback)
def _take(_payload: Any, level: int, plugin: bytes, message: bytes) -> None:
    try:
        logger.getChild(text(plugin) or "library").log(_level(level), "%s", text(message))
    except BaseException:  # noqa: BLE001  # a handler that fails has said so itself
        pass


def begin() -> None:
    """Called when a repository is opened: a process that only imports freshet has not used it, and may fork."""
    if not _begun:
        invoke("freshet_log_set", _take, None)
        _begun.append(True)


def end() -> None:
    """No line comes any more once this has returned."""
    if _begun:
        _begun.clear()
        invoke("freshet_log_set", _raw.LogCallback(), None)


atexit.register(end)


def log_event(event: Event) -> None:
    """Writes one event of a run as a log line: `repository.refresh(..., on_event=freshet.logs.log_event)`."""
    levels = {name: number for number, name in LEVELS.items()}
    if event.kind == "log":
        logger.log(_level(levels.get(event.level, _raw.LEVEL_INFO)), "%s", event.message)
    elif event.kind == "root_done":
        failed = event.outcome == "failed"
        logger.log(logging.WARNING if failed else logging.DEBUG, "%s: %s%s", event.uri, event.outcome,
                   f": {event.message}" if event.message else "")
    elif event.kind == "listing_ended" and event.message:
        logger.warning("%s: %s", event.source, event.message)
