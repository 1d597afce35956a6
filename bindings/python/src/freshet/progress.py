"""A progress bar for a run, by rich; where rich is not installed the last count is written once a run has ended.

    with freshet.progress.shown() as on_event:
        repository.refresh(sources=[...], on_event=on_event)
"""
from __future__ import annotations

import contextlib
import sys
from typing import Any, Callable, Iterator, Optional

from .run import Event

OnEvent = Callable[[Event], None]


@contextlib.contextmanager
def shown(console: Optional[Any] = None) -> Iterator[OnEvent]:
    """What to hand to a refresh as `on_event`. `console` is one of rich's; by default it writes to standard error."""
    try:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
    except ImportError:
        yield _plain
        return
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console or Console(stderr=True)) as progress:
        yield _Bars(progress).take


def _plain(event: Event) -> None:
    if event.kind == "run_ended":
        sys.stderr.write(f"freshet: {event.message or 'refreshed'}\n")


class _Bars:
    """One bar for roots, and one for rows once there are any."""

    def __init__(self, progress: Any) -> None:
        self.progress, self.roots, self.rows, self.delivered = progress, progress.add_task("roots", total=None), None, 0

    def take(self, event: Event) -> None:
        if event.kind == "progress":
            self.progress.update(self.roots, completed=event.done, total=event.total or None)
        elif event.kind == "delivery":
            if self.rows is None:
                self.rows = self.progress.add_task("rows", total=None)
            self.progress.update(self.rows, completed=event.done, total=event.done + event.total)
        elif event.kind == "root_done" and event.outcome == "failed":
            self.progress.console.print(f"{event.uri}: {event.message}", style="red", highlight=False, markup=False)
