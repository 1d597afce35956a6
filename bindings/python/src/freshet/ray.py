"""Shards on Ray: one actor a shard, embedding by a pool of actors, one report. Needs Ray: pip install freshet[ray].

    import freshet.ray
    from freshet.shards import shards_of

    report = freshet.ray.refresh(shards_of({"sources": ["https://docs.example.org"], "store": …}, directories))

docs/ray.md says what a lost actor, a lost node and a lost pool mean."""
from __future__ import annotations

import itertools
import os
from typing import Any, Callable, Iterable, Mapping, Optional, Sequence

import ray

from . import errors
from .merging import merged
from .provide import Embedder, EmbedderInfo, Registration, register
from .provide.host import Call, Host
from .run import Report
from .shards import Path, Refreshing, Shard, all_or_error, in_trace, listed_once

EmbedTexts = Callable[[Sequence[str], bool], Iterable[Sequence[float]]]
Progress = Callable[[Sequence[Mapping[str, int]]], Any]
_EVERY = 1.0  # seconds between two looks at how far the shards are


class EmbedderPool:
    """Actors that embed for all shards. `load` is called once in each, and gives what turns texts into vectors: where it loads a
    model it does so there, with the GPU that it was promised by `actor_options`, such as {"num_gpus": 1}. `model` names what the
    vectors are of: equal names, comparable vectors."""

    def __init__(self, load: Callable[[], EmbedTexts], *, model: str, dimension: int, actors: int = 1, batch: int = 64,
                 actor_options: Optional[Mapping[str, Any]] = None) -> None:
        self.info = EmbedderInfo(model, dimension, max_inputs=batch)
        made = ray.remote(_Embeds).options(**{"num_cpus": 1, "max_restarts": -1, "max_task_retries": -1, **(actor_options or {})})
        self.actors = [made.remote(load) for _ in range(actors)]

    def register(self) -> Registration:
        """Makes the embedder "ray" known to this process, which may then search and verify what the shards have delivered."""
        return register(type("PoolEmbedder", (PoolEmbedder,), {"pool": self}))

    def close(self) -> None:
        for each in self.actors:
            ray.kill(each)


class _Embeds:
    def __init__(self, load: Callable[[], EmbedTexts]) -> None:
        self.function, self.texts = load(), 0

    def embed(self, texts: Sequence[str], query: bool) -> list[Sequence[float]]:
        self.texts += len(texts)
        return list(self.function(texts, query))

    def count(self) -> int:
        return self.texts


class PoolEmbedder(Embedder):
    """The embedder "ray" of a shard's process: it asks the pool's actors in turns."""

    name = "ray"
    pool: EmbedderPool

    def __init__(self, options: dict[str, Any], host: Host) -> None:
        super().__init__(options, host)
        self.turns = itertools.cycle(self.pool.actors)

    def info(self) -> EmbedderInfo:
        return self.pool.info

    def embed(self, call: Call, texts: Sequence[str], query: bool) -> Iterable[Sequence[float]]:
        try:
            found: list[Sequence[float]] = ray.get(next(self.turns).embed.remote(list(texts), query))
        except ray.exceptions.RayTaskError:
            raise
        except ray.exceptions.RayError as error:
            raise errors.Remote(f"an actor of the embedder's pool is lost: {error}") from None
        return found


class _ShardActor:
    """A shard where its directory is. Ray starts it anew when it is lost, and calls refresh() again, which goes on from the repository."""

    def __init__(self, shard: Shard) -> None:
        self.refreshing, self.registered = Refreshing(shard), False

    def refresh(self, pool: Optional[EmbedderPool]) -> dict[str, Any]:
        if pool is not None and not self.registered:
            pool.register()
            self.registered = True
        return self.refreshing.work()

    def progress(self) -> dict[str, int]:
        return {"done": self.refreshing.done, "total": self.refreshing.total, "pid": os.getpid()}

    def stop(self) -> None:
        self.refreshing.stop()


def actor_of(shard: Shard, **actor_options: Any) -> Any:
    """The actor of a shard, for a program that wants to call it by itself: its refresh(), progress() and stop(). A shard whose directory
    is on a local disk belongs to that machine: place it there by `scheduling_strategy`, or have the directory restored from a backup
    where it may move."""
    options = {"num_cpus": 1, "max_restarts": -1, "max_task_retries": 3, "max_concurrency": 3, **actor_options}
    return ray.remote(_ShardActor).options(**options).remote(shard)


def refresh(shards: Sequence[Shard], *, pool: Optional[EmbedderPool] = None, on_progress: Optional[Progress] = None,
            actor_options: Optional[Sequence[Mapping[str, Any]]] = None, listing: Optional[Path] = None) -> Report:
    """Refreshes all shards at once, and adds their reports up. With a pool the configurations name the embedder "ray". With `listing`,
    a file that all nodes see, the sources are listed once, into it, on the node of the caller.
    `on_progress` hears every second of each shard's {"done", "total", "pid"}. `actor_options` are Ray's, one mapping for each
    shard. Ctrl-C stops the runs, and then the actors."""
    each_options = actor_options or [{} for _ in shards]
    if len(each_options) != len(shards):
        raise errors.InvalidArgument(f"has {len(each_options)} for {len(shards)} shards", subject="actor_options")
    if listing is not None:
        shards = listed_once(shards, listing)
    shards = in_trace(shards)
    actors = [actor_of(shard, **options) for shard, options in zip(shards, each_options)]
    try:
        asked = [each.refresh.remote(pool) for each in actors]
        _follow(asked, actors, on_progress)
        results = [_result(each) for each in asked]
    except BaseException:
        _stop(actors)
        raise
    finally:
        for each in actors:
            ray.kill(each)
    return merged(all_or_error(shards, results))


def _follow(asked: Sequence[Any], actors: Sequence[Any], on_progress: Optional[Progress]) -> None:
    """An actor that is being started anew does not answer in time: it has its last figures then."""
    last: list[Mapping[str, int]] = [{"done": 0, "total": 0, "pid": 0} for _ in actors]
    left: Sequence[Any] = asked
    while left:
        _, left = ray.wait(list(left), num_returns=len(left), timeout=_EVERY)
        if on_progress is not None:
            answers = [each.progress.options(max_task_retries=0).remote() for each in actors]
            ready = set(ray.wait(answers, num_returns=len(answers), timeout=_EVERY)[0])
            last = [_progress(answer, before) if answer in ready else before for answer, before in zip(answers, last)]
            on_progress(last)


def _progress(answer: Any, before: Mapping[str, int]) -> Mapping[str, int]:
    try:
        told: Mapping[str, int] = ray.get(answer)
    except ray.exceptions.RayError:
        return before
    return told if told["total"] else before


def _result(asked: Any) -> Any:
    try:
        return ray.get(asked)
    except ray.exceptions.RayTaskError as error:
        return error.cause or error
    except ray.exceptions.RayError as error:
        return error


def _stop(actors: Sequence[Any]) -> None:
    """Runs end cleanly, and only then do their processes."""
    stopping = [each.stop.remote() for each in actors]
    ray.wait(stopping, num_returns=len(stopping), timeout=10)
