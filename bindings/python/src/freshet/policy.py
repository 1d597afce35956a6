"""Policies: whether a root is to be refreshed, and when to ask again."""
from __future__ import annotations

import ctypes
import dataclasses
import datetime
import json
import weakref
from ctypes import c_int32
from typing import TYPE_CHECKING, Any, Callable, Mapping, Optional, Sequence, Union

from . import _raw
from ._call import blocking, invoke, made, told, utf8
from ._handle import Handle
from ._json import dumps
from ._time import NEVER, Span, instant, span_ms
from .document import Document

if TYPE_CHECKING:
    from .reader import Reader
    from .repository import Repository


@dataclasses.dataclass(frozen=True)
class Known:
    """What the repository knows of a root before anything is read. Times are None where there was none yet."""

    uri: str
    exists: bool
    triggered: bool
    metadata: dict[str, Any]
    flags: dict[str, Any]
    ingested: Optional[datetime.datetime]
    checked: Optional[datetime.datetime]
    changed: Optional[datetime.datetime]
    listed_modified: Optional[datetime.datetime]


@dataclasses.dataclass(frozen=True)
class Decision:
    """What a policy decides."""

    refresh: bool
    reason: str = ""
    ask_again: datetime.datetime = NEVER
    """Not to refresh: when time alone may change the answer."""


class CustomPolicy:
    """A policy of your own: derive from it, and hand an instance wherever a policy may stand. Its methods are called on
    threads of the library, several at once. An exception is a no for this time: the root counts as failed with the last line of
    the traceback, and the policy is asked again soon."""

    is_policy = True
    name: Optional[str] = None
    """What configurations and reports call it; by default the class's name."""

    def decide(self, known: Known, now: datetime.datetime) -> Union[Decision, bool]:
        """Before anything is read."""
        raise NotImplementedError

    def accept(self, known: Known, document: Document) -> bool:
        """After reading: whether the document may be stored. What is declined is offered again."""
        return True


class Policy(Handle):
    """A policy, which does not change and serves any number of runs and threads. `a | b` refreshes where one of them says so,
    `a & b` where both do."""

    is_policy = True
    _free = "freshet_policy_free"
    _ends_late = True

    def __init__(self, pointer: int, name: Optional[str] = None) -> None:
        super().__init__(pointer)
        self._name = name

    @classmethod
    def of(cls, value: PolicyLike) -> Policy:
        """A policy itself, an object of CustomPolicy, or the JSON form that configurations use: "always", {"ttl": "24h"}."""
        if isinstance(value, Policy):
            return value
        return cls.custom(value) if isinstance(value, CustomPolicy) else cls.from_json(value)

    @classmethod
    def always(cls) -> Policy:
        """Refresh, whenever asked."""
        return cls(made("freshet_policy_always"))

    @classmethod
    def never_existing(cls) -> Policy:
        """Refresh what is not known yet, and then never again."""
        return cls(made("freshet_policy_never_existing"))

    @classmethod
    def ttl(cls, ttl: Span) -> Policy:
        """Refresh what its source confirmed that long ago or longer."""
        return cls(made("freshet_policy_ttl", span_ms(ttl)))

    @classmethod
    def triggered(cls) -> Policy:
        """Refresh while a trigger is pending."""
        return cls(made("freshet_policy_triggered"))

    @classmethod
    def any(cls, policies: Sequence[PolicyLike]) -> Policy:
        """Refresh where one of them says so; of none, never."""
        return cls._several("freshet_policy_any", policies)

    @classmethod
    def all(cls, policies: Sequence[PolicyLike]) -> Policy:
        """Refresh where all of them say so; of none, always."""
        return cls._several("freshet_policy_all", policies)

    @classmethod
    def _several(cls, function: str, policies: Sequence[PolicyLike]) -> Policy:
        parts = [cls.of(each) for each in policies]
        array = (ctypes.c_void_p * len(parts))(*(part.pointer for part in parts))
        return cls(made(function, array, len(parts)))

    @classmethod
    def by_url(cls, select: Callable[[str], Optional[PolicyLike]]) -> Policy:
        """What the policy says that `select` gives for a URI; for None, refresh what is not known yet. Give the same objects
        again: each of them is kept as long as this policy."""
        from . import _policy_callbacks
        return _policy_callbacks.by_url(select)

    @classmethod
    def matching(cls, matches: Callable[[str], bool]) -> Policy:
        """Refresh what is not known yet, and each URI that `matches` says yes to."""
        from . import _policy_callbacks
        return _policy_callbacks.matching(matches)

    @classmethod
    def custom(cls, policy: CustomPolicy) -> Policy:
        """What an object of yours decides."""
        from . import _policy_callbacks
        return _policy_callbacks.custom(policy)

    @classmethod
    def business_hours(cls, ttl: Span, begin: str, end: str, *, days: Optional[str] = None, timezone: Optional[str] = None,
                       avoid: bool = False, unknown_waits: bool = False) -> Policy:
        """Refresh what is not known yet, and inside of the hours from `begin` to `end` ("09:00", "17:00") what is older than
        the TTL; with `avoid` outside of them only."""
        hours = _raw.BusinessHours(ctypes.sizeof(_raw.BusinessHours))
        hours.ttl_ms = span_ms(ttl)
        hours.from_, hours.to = utf8(begin, "business_hours.from"), utf8(end, "business_hours.to")
        hours.days = utf8(days, "business_hours.days") if days else None
        hours.timezone = utf8(timezone, "business_hours.timezone") if timezone else None
        hours.avoid, hours.unknown_waits = avoid, unknown_waits
        return cls(made("freshet_policy_business_hours", ctypes.byref(hours)))

    @classmethod
    def metadata(cls, *, critical: Span = 3600, high: Span = 6 * 3600, normal: Span = 86400, low: Span = 7 * 86400,
                 default: Span = 86400) -> Policy:
        """What people's flags and the content's metadata say of each root: how old content of each priority may become."""
        spans = [span_ms(each) for each in (critical, high, normal, low, default)]
        return cls(made("freshet_policy_metadata", ctypes.byref(_raw.Priorities(ctypes.sizeof(_raw.Priorities), *spans))))

    @classmethod
    def adaptive(cls, *, max_staleness: Span, requests_a_day: float = 0, budget_ttl: Span = 0,
                 min_interval: Span = 6 * 3600) -> Policy:
        """Refresh what is most likely worth a request: of so many a day, or of as many as a TTL of `budget_ttl` would need.
        No page is left alone for longer than `max_staleness`, and none is asked for sooner than `min_interval`."""
        terms = _raw.Adaptive(ctypes.sizeof(_raw.Adaptive), requests_a_day, span_ms(budget_ttl), span_ms(max_staleness),
                              span_ms(min_interval))
        return cls(made("freshet_policy_adaptive", ctypes.byref(terms)))

    @classmethod
    def from_json(cls, form: Union[str, Mapping[str, Any]]) -> Policy:
        """The form that configurations use: "always", {"ttl": "24h"}, {"any": […]}; also as JSON text of an object."""
        is_text = isinstance(form, str) and form.lstrip().startswith(("{", '"'))
        return cls(made("freshet_policy_from_json", utf8(form, "policy") if is_text and isinstance(form, str) else dumps(form)))

    def to_json(self) -> Any:
        """Its JSON form; of a custom one {"custom": True}."""
        return json.loads(told("freshet_policy_to_json", self))

    def __or__(self, other: PolicyLike) -> Policy:
        return Policy.any([self, other])

    def __and__(self, other: PolicyLike) -> Policy:
        return Policy.all([self, other])

    def decide(self, repository: Repository, uri: str) -> Decision:
        """Asks about a URI, as the repository knows it now."""
        decision = _raw.Decision(ctypes.sizeof(_raw.Decision))
        invoke("freshet_policy_decide", self, repository, utf8(uri, "uri"), ctypes.byref(decision))
        return Decision(bool(decision.refresh), decision.reason.decode(), instant(decision.ask_again_ms) or NEVER)

    def should_reread(self, repository: Repository, uri: str) -> bool:
        """Whether the URI is to be read again."""
        answer = c_int32()
        invoke("freshet_policy_should_reread", self, repository, utf8(uri, "uri"), ctypes.byref(answer))
        return bool(answer.value)

    def should_refresh_document(self, repository: Repository, document: Document) -> bool:
        """Whether a finished document may take the place of what its URI holds."""
        answer = c_int32()
        invoke("freshet_policy_should_refresh_document", self, repository, document, ctypes.byref(answer))
        return bool(answer.value)

    def ingest_if_needed(self, repository: Repository, reader: Reader, uri: str, *,
                         timeout: Optional[Span] = None) -> Optional[Document]:
        """Asks, reads, asks again and stores: the whole way for one URI. None where the policy said no."""
        name = utf8(uri, "uri")
        pointer = blocking(lambda call: made("freshet_policy_ingest_if_needed", self, repository, reader, name, call), timeout)
        return Document._adopt(pointer) if pointer else None

    def __repr__(self) -> str:
        return "<freshet.Policy closed>" if self.closed else f"<freshet.Policy {self._name or json.dumps(self.to_json())}>"


PolicyLike = Union[Policy, CustomPolicy, str, Mapping[str, Any]]
"""What may stand where a policy is asked for."""


class Namer:
    """Gives policies a place in the configurations of one repository: their JSON where they have one, else a name."""

    def __init__(self, repository: Repository) -> None:
        self._repository = weakref.proxy(repository)
        self._named: dict[str, Policy] = {}
        self._made: dict[int, Policy] = {}
        self._kept: list[CustomPolicy] = []

    def clear(self) -> None:
        """The repository has been closed: what it was given is released with its last run."""
        self._named.clear()
        self._made.clear()
        self._kept.clear()

    def form(self, value: Union[Policy, CustomPolicy]) -> Any:
        policy = self._policy(value)
        form = policy.to_json()
        if "custom" not in json.dumps(form):
            return form
        name = next((name for name, each in self._named.items() if each is policy), None) or self._name(policy)
        return {"custom": name}

    def _policy(self, value: Union[Policy, CustomPolicy]) -> Policy:
        if isinstance(value, Policy):
            return value
        if id(value) not in self._made:
            self._made[id(value)] = Policy.custom(value)
            self._kept.append(value)
        return self._made[id(value)]

    def _name(self, policy: Policy) -> str:
        name = base = policy._name or "policy"
        number = 1
        while name in self._named:
            number += 1
            name = f"{base}-{number}"
        self.set(name, policy)
        return name

    def set(self, name: str, policy: Optional[Policy]) -> None:
        invoke("freshet_repository_name_policy", self._repository, utf8(name, "name"), policy)
        if policy is None:
            self._named.pop(name, None)
        else:
            self._named[name] = policy
