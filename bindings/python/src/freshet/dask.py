"""Shards on Dask: a task a shard, one report. Needs Dask: pip install freshet[dask]."""
from __future__ import annotations

from typing import Any, Callable, Optional, Sequence

from dask.distributed import Client, as_completed

from .merging import merged
from .run import Report
from .shards import Path, Refreshing, Shard, all_or_error, in_trace, listed_once


def refresh(client: Client, shards: Sequence[Shard], *, on_done: Optional[Callable[[Shard], Any]] = None, retries: int = 3,
            listing: Optional[Path] = None, **options: Any) -> Report:
    """Refreshes all shards, and adds their reports up. With `listing`, a file that all workers see, the sources are listed once, into it. A worker that is lost has its shard refreshed again, from its repository.
    `options` are those of Client.submit(), such as `workers` for the machine that has the directories."""
    if listing is not None:
        shards = listed_once(shards, listing)
    shards = in_trace(shards)
    futures = {client.submit(_refresh, each, pure=False, retries=retries, **options): each for each in shards}
    try:
        for future in as_completed(list(futures)):
            if on_done is not None:
                on_done(futures[future])
        results = [future.exception() or future.result() for future in futures]
    except BaseException:
        client.cancel(list(futures))
        raise
    return merged(all_or_error(shards, results))


def _refresh(shard: Shard) -> dict[str, Any]:
    return Refreshing(shard).work()
