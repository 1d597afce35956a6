"""asyncio: any call as a coroutine, and the events of a run without a thread.

A task that is cancelled cancels the call it waits for; CancelledError is raised when that has ended, so nothing goes on behind
the back of the program."""
from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import os
from typing import TYPE_CHECKING, Any, AsyncIterator, Callable, Optional, TypeVar

from . import errors
from ._call import Cancel, present_cancel
from .run import Event, Report, Run

if TYPE_CHECKING:
    from .repository import Config, Repository

T = TypeVar("T")
_pools: list[concurrent.futures.ThreadPoolExecutor] = []
os.register_at_fork(after_in_child=_pools.clear)


def _pool() -> concurrent.futures.ThreadPoolExecutor:
    if not _pools:
        _pools.append(concurrent.futures.ThreadPoolExecutor(32, "freshet-aio"))
    return _pools[0]


async def run(function: Callable[..., T], *arguments: Any, **more: Any) -> T:
    """A method of freshet's that may block, on another thread: `await aio.run(repository.verify, deep=True)`."""
    with Cancel() as cancel:
        context = contextvars.copy_context()
        context.run(present_cancel.set, cancel)

        def work() -> T:
            return context.run(function, *arguments, **more)
        future = asyncio.get_running_loop().run_in_executor(_pool(), work)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            cancel.request()
            await _ended(future)
            raise


async def _ended(future: asyncio.Future[Any]) -> None:
    """Waits for it, however often the task is cancelled meanwhile."""
    while not future.done():
        try:
            await asyncio.shield(asyncio.wait([future]))
        except asyncio.CancelledError:
            pass
    future.exception()


async def events(of: Run) -> AsyncIterator[Event]:
    """The events of a run, as they come, on the loop's own thread."""
    loop, descriptor = asyncio.get_running_loop(), of.event_fd
    while True:
        try:
            event = of.next_event(timeout=0)
        except errors.Timeout:
            await _readable(loop, descriptor)
            continue
        if event is None:
            return
        yield event


async def _readable(loop: asyncio.AbstractEventLoop, descriptor: int) -> None:
    ready = asyncio.Event()
    loop.add_reader(descriptor, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(descriptor)


async def refresh(repository: Repository, config: Config = None, *, on_event: Optional[Callable[[Event], Any]] = None,
                  **more: Any) -> Report:
    """Repository.refresh() without a thread of Python's."""
    started = await run(repository.start, config, **more)
    try:
        async for event in events(started):
            if on_event is not None:
                on_event(event)
        return started.wait(timeout=0).report
    except BaseException:  # a cancelled task, or what on_event raised
        started.cancel()
        await _ended(asyncio.get_running_loop().run_in_executor(_pool(), started.wait))
        raise
    finally:
        started.close()
