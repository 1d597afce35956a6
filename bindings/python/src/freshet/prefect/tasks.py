"""One source as a task: limits, retries, what is shown of it, and its end together with the flow's."""
from __future__ import annotations

import contextlib
import threading
from typing import Any, Iterator, Sequence

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import TaskRun
from prefect.concurrency.sync import concurrency, rate_limit
from prefect.context import TaskRunContext
from prefect.states import Completed, State

from .. import errors
from ..merging import failure_of
from ..run import Report, Run
from ..sources import Source
from .settings import FreshetSettings
from .telling import Events, Progress

LIMIT = "freshet"
"""A global concurrency limit of this name bounds how many sources are refreshed at once."""
STARTS = "freshet-starts"
"""One with a slot decay bounds how often one is begun."""


def name_of(loader: Source) -> str:
    return str(loader.to_sources()[0]["name"])


class Stop:
    """The runs of one flow, to be ended with it: a task in a thread hears of nothing by itself."""

    def __init__(self) -> None:
        self._lock, self._runs, self._stopped = threading.Lock(), set[Run](), False

    @contextlib.contextmanager
    def following(self, run: Run) -> Iterator[Run]:
        with self._lock:
            self._runs.add(run)
            stopped = self._stopped
        if stopped:
            run.cancel()
        try:
            with run:
                yield run
        finally:
            with self._lock:
                self._runs.discard(run)

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            for run in self._runs:
                with contextlib.suppress(errors.Misuse):  # one that has just ended
                    run.cancel()


def _run_name() -> str:
    context = TaskRunContext.get()
    loader = context.parameters["loader"] if context else None
    return f"gather documents using {type(loader).__name__}" + (f" from {name_of(loader)}" if isinstance(loader, Source) else "")


def _worth_another_try(_task: Any, _run: TaskRun, state: State[Any]) -> bool:
    """Not what a person has to mend first, and not what somebody stopped."""
    try:
        error = state.result(raise_on_failure=False)
    except Exception:  # noqa: BLE001  # nothing that freshet raised: Prefect's own way
        return True
    return not isinstance(error, errors.Cancelled) and (not isinstance(error, errors.Error) or error.transient)


@task(task_run_name=_run_name, retries=2, retry_delay_seconds=[3, 60], retry_condition_fn=_worth_another_try, cache_policy=NO_CACHE,
      tags=["freshet"])
def gather(loader: Source, loaders: Sequence[Source], namespace: str, settings: FreshetSettings, stop: Stop, force: bool = False) -> Any:
    """Refreshes one source of those of a namespace. Whether it was gathered lately is freshet's to say: then the state is Cached."""
    with concurrency(LIMIT, occupy=1, strict=False):
        rate_limit(STARTS, occupy=1, strict=False)
        report = _refresh(loader, loaders, namespace, settings, stop, force)
    failure = failure_of(report)
    if failure is not None:
        raise failure
    if report["cancelled"]:
        raise errors.Cancelled("the run was stopped; what it had committed stays", subject=name_of(loader))
    if all(each.get("cached") for each in report["sources"]):
        return Completed(name="Cached", message="gathered before, and left alone: its cache stands", data=dict(report))
    return dict(report)


def _refresh(loader: Source, loaders: Sequence[Source], namespace: str, settings: FreshetSettings, stop: Stop, force: bool) -> Report:
    """All sources stand in the configuration, so that a root of two of them stays when one is gathered alone."""
    source = name_of(loader)
    config = {**settings.config(), "sources": list(loaders), "only": {"sources": [source]}, **({"force": True} if force else {})}
    progress, events = Progress(namespace, source), Events(namespace, source, settings.events)
    with settings.open(namespace) as repository, stop.following(repository.start(config)) as run:
        for event in run:
            progress.take(event)
            events.take(event)
        report = run.wait().report
    progress.end()
    events.end(report)
    return report
