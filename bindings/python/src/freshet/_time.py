"""Instants and spans as Python has them, and as freshet counts them: milliseconds since 1970, UTC."""
from __future__ import annotations

import datetime
from typing import Optional, Union

from . import _raw

Span = Union[datetime.timedelta, float, int]
"""A time limit: a timedelta, or seconds."""

NEVER = datetime.datetime.max.replace(tzinfo=datetime.timezone.utc)
"""A time beyond every clock: not by itself."""

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
_UNKNOWN = -(2**63)
_LAST = 253402300799999  # of the year 9999


def instant(milliseconds: int) -> Optional[datetime.datetime]:
    """None for 0, which stands for "not yet", and for what nobody knows."""
    if milliseconds in (0, _UNKNOWN):
        return None
    return NEVER if milliseconds >= _LAST else _EPOCH + datetime.timedelta(milliseconds=milliseconds)


def moment(milliseconds: int) -> datetime.datetime:
    """For a time that is always told."""
    return _EPOCH + datetime.timedelta(milliseconds=milliseconds)


def milliseconds(when: datetime.datetime) -> int:
    if when.tzinfo is None:
        raise ValueError(f"{when.isoformat()} has no time zone: give it one, such as datetime.timezone.utc")
    if when == NEVER:
        return int(_raw.NEVER)
    return (when - _EPOCH) // datetime.timedelta(milliseconds=1)


def span_ms(span: Span) -> int:
    if not isinstance(span, datetime.timedelta):
        span = datetime.timedelta(seconds=span)
    return span // datetime.timedelta(milliseconds=1)


def limit_ms(span: Optional[Span]) -> int:
    """Of a call: -1 is no limit, and what is less than a millisecond is one."""
    if span is None:
        return -1
    given = span_ms(span)
    return max(given, 1) if span else max(given, 0)
