"""Policies whose answers come from Python."""
from __future__ import annotations

import ctypes
import json
from typing import Any, Callable, Optional

from . import _raw
from ._call import made, text
from ._callback import Numbered, c_function, last_line, member, note
from ._time import instant, milliseconds, moment
from .document import Document
from .policy import CustomPolicy, Decision, Known, Policy, PolicyLike


class _Urls:
    """Functions that look at a URI, and the policies that they gave."""

    def __init__(self, function: Callable[[str], Any]) -> None:
        self.function = function
        self.kept: dict[int, tuple[Any, Policy]] = {}


_policies: Numbered[CustomPolicy] = Numbered()
_urls: Numbered[_Urls] = Numbered()


def _known(raw: _raw.Known) -> Known:
    return Known(text(raw.uri), bool(raw.exists), bool(raw.triggered), json.loads(raw.metadata or b"{}"),
                 json.loads(raw.flags or b"{}"), instant(raw.ingested_ms), instant(raw.checked_ms), instant(raw.changed_ms),
                 instant(raw.listed_modified_ms))


def _cut(reason: str) -> bytes:
    """As much as fits, in whole characters."""
    return reason.encode("utf-8", "replace")[:_raw.REASON_SIZE - 1].decode("utf-8", "ignore").encode()


@c_function(member(_raw.CustomPolicy, "decide"))
def _decide(payload: int, known: Any, now_ms: int, out: Any) -> int:
    try:
        answer = _policies[payload].decide(_known(known.contents), moment(now_ms))
        decision = answer if isinstance(answer, Decision) else Decision(bool(answer))
        out.contents.refresh = decision.refresh
        out.contents.ask_again_ms = milliseconds(decision.ask_again)
        out.contents.reason = _cut(decision.reason)
        return int(_raw.OK)
    except BaseException as error:  # noqa: BLE001
        note(error, "decide of a policy")
        out.contents.reason = _cut(last_line(error))
        return int(_raw.E_POLICY_FAILED)


@c_function(member(_raw.CustomPolicy, "accept"))
def _accept(payload: int, known: Any, document: int, out: Any) -> int:
    try:
        borrowed = Document._borrow(document)
        try:
            out[0] = bool(_policies[payload].accept(_known(known.contents), borrowed))
        finally:
            borrowed._forget()
        return int(_raw.OK)
    except BaseException as error:  # noqa: BLE001
        note(error, "accept of a policy")
        return int(_raw.E_POLICY_FAILED)


@c_function(member(_raw.UrlFunctions, "select"))
def _select(payload: int, uri: bytes, out: Any) -> int:
    try:
        urls = _urls[payload]
        chosen = urls.function(text(uri))
        if chosen is not None:
            if id(chosen) not in urls.kept:
                urls.kept[id(chosen)] = (chosen, Policy.of(chosen))
            out[0] = urls.kept[id(chosen)][1].pointer
        return int(_raw.OK)
    except BaseException as error:  # noqa: BLE001
        note(error, "select of a policy")
        return int(_raw.E_POLICY_FAILED)


@c_function(member(_raw.UrlFunctions, "matches"))
def _matches(payload: int, uri: bytes, out: Any) -> int:
    try:
        out[0] = bool(_urls[payload].function(text(uri)))
        return int(_raw.OK)
    except BaseException as error:  # noqa: BLE001
        note(error, "matches of a policy")
        return int(_raw.E_POLICY_FAILED)


@c_function(member(_raw.CustomPolicy, "release"))
def _release_policy(payload: int) -> None:
    _policies.take(payload)


@c_function(member(_raw.UrlFunctions, "release"))
def _release_urls(payload: int) -> None:
    _urls.take(payload)


def custom(policy: CustomPolicy) -> Policy:
    number = _policies.add(policy)
    accepts = type(policy).accept is not CustomPolicy.accept
    functions = _raw.CustomPolicy(ctypes.sizeof(_raw.CustomPolicy), number, _decide,
                                  _accept if accepts else member(_raw.CustomPolicy, "accept")(), _release_policy)
    return Policy(made("freshet_policy_custom", ctypes.byref(functions)), policy.name or type(policy).__qualname__)


def by_url(select: Callable[[str], Optional[PolicyLike]]) -> Policy:
    functions = _raw.UrlFunctions(ctypes.sizeof(_raw.UrlFunctions), _urls.add(_Urls(select)), _select,
                                  member(_raw.UrlFunctions, "matches")(), _release_urls)
    return Policy(made("freshet_policy_by_url", ctypes.byref(functions)), getattr(select, "__name__", "by_url"))


def matching(matches: Callable[[str], bool]) -> Policy:
    functions = _raw.UrlFunctions(ctypes.sizeof(_raw.UrlFunctions), _urls.add(_Urls(matches)),
                                  member(_raw.UrlFunctions, "select")(), _matches, _release_urls)
    return Policy(made("freshet_policy_matching", ctypes.byref(functions)), getattr(matches, "__name__", "matching"))
