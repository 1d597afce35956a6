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
        self.progress, self.roots, self.rows = progress, progress.add_task("roots", total=None), None
        self.done, self.total = 0, 0

    def take(self, event: Event) -> None:
        if event.kind in ("progress", "root_done", "run_ended"):
            self._count(event)
        elif event.kind == "delivery":
            if self.rows is None:
                self.rows = self.progress.add_task("rows", total=None)
            self.progress.update(self.rows, completed=event.done, total=event.done + event.total)
        if event.outcome == "failed":
            self.progress.console.print(f"{event.uri}: {event.message}", style="red", highlight=False, markup=False)

    def _count(self, event: Event) -> None:
        """Roots come one by one; those that a policy skips are told by the counts alone."""
        self.total = max(self.total, event.total)
        self.done = max(self.done + (event.kind == "root_done"), event.done if event.kind == "progress" else 0)
        ended = event.kind == "run_ended" and event.status == "ok"
        self.progress.update(self.roots, completed=self.total if ended else self.done, total=self.total or None)
