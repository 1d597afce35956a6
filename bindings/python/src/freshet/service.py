"""Keeping sources fresh for as long as the process lives, by their schedules."""
from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Iterator, Optional

from ._call import invoke, parsed, utf8
from ._handle import Handle
from ._time import Span
from .run import Event, next_event, patiently

if TYPE_CHECKING:
    from .repository import Config, Repository


class Service(Handle):
    """Lists and refreshes each source when it is due, from start() to stop(); leaving a with-statement stops it.

        with repository.service(sources=[...]).start() as service:
            for event in service: ...
    """

    _free = "freshet_service_free"
    _ends_late = True

    def __init__(self, pointer: int, repository: Repository) -> None:
        super().__init__(pointer)
        self._repository, self._polling = repository, threading.Lock()

    def start(self) -> Service:
        invoke("freshet_service_start", self)
        return self

    def stop(self, timeout: Optional[Span] = 10) -> None:
        """Cancels the runs that are under way and waits for their end; Timeout where one goes on."""
        patiently(lambda ms: invoke("freshet_service_stop", self, ms), timeout)

    def trigger(self, source: Optional[str] = None) -> None:
        """Asks for a run of a source as soon as a worker is free; of all of them where none is named."""
        invoke("freshet_service_trigger", self, utf8(source, "source") if source is not None else None)

    def reload(self, config: Config = None, **more: Any) -> None:
        """Puts another configuration in the place of the present one; where it is refused that one goes on."""
        invoke("freshet_service_reload", self, self._repository._config(config, **more))

    @property
    def statistics(self) -> dict[str, Any]:
        found: dict[str, Any] = parsed("freshet_service_statistics", self)
        return found

    def next_event(self, timeout: Optional[Span] = None) -> Optional[Event]:
        """The next event of any of its runs; None once it has stopped and all are read."""
        return patiently(lambda ms: next_event(self, "freshet_service_next_event", self._polling, ms), timeout)

    def __iter__(self) -> Iterator[Event]:
        while (event := self.next_event()) is not None:
            yield event
