"""A source in shards: each is a repository of its own, refreshed by whatever runs tasks on machines (freshet.ray, freshet.dask), and
the vector store is the shared whole. docs/ray.md."""
from __future__ import annotations

import dataclasses
import os
import tempfile
import threading
from typing import Any, Callable, Mapping, Optional, Sequence, Union

from . import errors
from ._call import blocking, parsed
from ._json import options
from ._time import Span
from ._trace import traceparent
from .merging import failure_of
from .repository import Repository
from .run import Report, Run

Path = Union[str, "os.PathLike[str]"]
Told = Callable[["Shard", int, int], Any]


@dataclasses.dataclass(frozen=True)
class Shard:
    """One repository, and how it is refreshed. `config` is a configuration of freshet's, of plain values: it goes to other processes."""

    directory: str
    config: Mapping[str, Any]
    namespace: str = "default"
    http: Optional[Mapping[str, Any]] = None
    otel: Optional[Mapping[str, Any]] = None

    def open(self) -> Repository:
        return Repository(self.directory, namespace=self.namespace, http=self.http, otel=self.otel)


def shards_of(config: Mapping[str, Any], directories: Sequence[Path], *, namespace: str = "default",
              http: Optional[Mapping[str, Any]] = None, otel: Optional[Mapping[str, Any]] = None) -> list[Shard]:
    """As many shards as directories: each lists the sources, and keeps the roots that fall to it."""
    if not directories:
        raise errors.InvalidArgument("is empty: name one for each shard", subject="directories")
    if len({os.path.abspath(each) for each in directories}) != len(directories):
        raise errors.InvalidArgument("has one twice: each shard has its own", subject="directories")
    return [Shard(os.path.abspath(each), {**config, "shard": {"index": index, "count": len(directories)}}, namespace, http, otel)
            for index, each in enumerate(directories)]


def listed_once(shards: Sequence[Shard], file: Path) -> list[Shard]:
    """Lists what the shards share into `file`, and gives shards that take it from there: their sources are asked for pages alone. The
    file must be seen by whoever refreshes them, under this path. A source that cannot be listed is an error, and the file stays
    as it was."""
    if not shards:
        raise errors.InvalidArgument("is empty", subject="shards")
    first, path = shards[0], os.path.abspath(file)
    if any(each.config.get("sources") != first.config.get("sources") for each in shards):
        raise errors.InvalidArgument("have other sources each: one listing serves shards of the same", subject="shards")
    config = {key: value for key, value in first.config.items() if key not in ("shard", "listing", "only", "rebuild")}
    with tempfile.TemporaryDirectory(prefix="freshet-listing-") as beside:
        with Repository(beside, http=first.http, otel=first.otel) as repository:
            repository.refresh({**config, "dry_run": True, "listing_out": path})
    return [dataclasses.replace(each, config={**each.config, "listing": path}) for each in shards]


def in_trace(shards: Sequence[Shard]) -> list[Shard]:
    """The shards, as parts of the trace that the caller is in: whoever refreshes them elsewhere knows nothing of it."""
    parent = traceparent()
    if parent is None:
        return list(shards)
    return [dataclasses.replace(each, config={"traceparent": parent, **each.config}) for each in shards]


def reshard(old: Sequence[Path], new: Sequence[Path], *, timeout: Optional[Span] = None, **settings: Any) -> dict[str, Any]:
    """Moves what the shards in the directories `old` have to as many new ones as `new` names, without a page read or a text embedded.
    Where it is ended in between, the same call goes on. `settings`: plugin_directories, force_filesystem, allow_shared."""
    given = options({"from": [os.path.abspath(each) for each in old], "to": [os.path.abspath(each) for each in new], **settings})
    moved: dict[str, Any] = blocking(lambda call: parsed("freshet_shards_move", given, call), timeout)
    return moved


class Refreshing:
    """One refresh of a shard, which another thread may ask how far it is, and stop."""

    def __init__(self, shard: Shard) -> None:
        self.shard, self._lock = shard, threading.Lock()
        self._run: Optional[Run] = None
        self._stopped = False
        self.done = self.total = 0

    def work(self) -> dict[str, Any]:
        """To its end; what was committed before a process was lost is there, and not done again. A source that could not be listed
        is an error: transient ones are worth another try."""
        with self.shard.open() as repository:
            with repository.start(dict(self.shard.config)) as run:
                self._follow(run)
                report: Report = run.wait().report
        failure = failure_of(report)
        if failure is not None:
            raise failure
        return dict(report)

    def _follow(self, run: Run) -> None:
        with self._lock:
            self._run = run
            if self._stopped:
                run.cancel()
        for event in run:
            if event.kind in ("progress", "root_done") and event.total:
                self.done, self.total = max(self.done, event.done), event.total
        with self._lock:
            self._run = None

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            if self._run is not None:
                self._run.cancel()


def all_or_error(shards: Sequence[Shard], results: Sequence[Any]) -> list[dict[str, Any]]:
    """The reports of all shards; an error that names those that have none. What the others did stays."""
    failed = [(shard, result) for shard, result in zip(shards, results) if isinstance(result, BaseException)]
    if failed:
        lines = "; ".join(f"{shard.directory}: {error}" for shard, error in failed)
        raise ShardsFailed(f"{len(failed)} of {len(shards)} shards failed: {lines}") from failed[0][1]
    return list(results)


class ShardsFailed(errors.Error):
    """Some shards have no report. Refresh them again: what the others did is not done twice."""
