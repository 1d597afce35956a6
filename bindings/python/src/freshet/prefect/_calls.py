"""Prefect has many functions in two forms, one of which answers with a coroutine where an event loop runs: here the other is meant."""
from __future__ import annotations

import functools
from typing import Any, Callable


def the_sync(function: Callable[..., Any]) -> Callable[..., Any]:
    """The form that waits, whatever thread calls it."""
    return functools.partial(function, _sync=True)
