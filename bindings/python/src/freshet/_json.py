"""Configurations and options as JSON: what Python has besides JSON's own types, in the words that freshet reads."""
from __future__ import annotations

import datetime
import json
import os
from typing import Any, Callable, Mapping, Optional, Union

from ._time import span_ms

Json = Union[None, bool, int, float, str, "list[Json]", "dict[str, Json]"]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime.timedelta):
        return f"{span_ms(value)}ms"
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    form = getattr(value, "to_config", None)
    if form is not None:
        return form()
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def dumps(value: Any, of_policy: Optional[Callable[[Any], Any]] = None) -> bytes:
    """As UTF-8. `of_policy` gives the form of a policy in the configurations of one repository."""
    def plain(each: Any) -> Any:
        return of_policy(each) if of_policy and getattr(each, "is_policy", False) else _plain(each)
    # What is no Unicode comes through as it is, for the library to refuse by its place.
    return json.dumps(value, default=plain, ensure_ascii=False, allow_nan=False).encode("utf-8", "surrogateescape")


def options(value: Optional[Mapping[str, Any]] = None, **more: Any) -> Optional[bytes]:
    """An object of what is not None; NULL where nothing is left, which stands for the defaults."""
    kept = {**(value or {}), **{key: each for key, each in more.items() if each is not None}}
    return dumps(kept) if kept else None
