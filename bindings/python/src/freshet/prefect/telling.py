"""What operators look at: a report as artifacts, how far a source is, and events that automations can react to."""
from __future__ import annotations

import re
import time
from typing import Any, Mapping, Optional, Sequence

from prefect.artifacts import create_markdown_artifact, create_progress_artifact, create_table_artifact, update_progress_artifact
from prefect.events import emit_event

from ..merging import markdown, table
from ..run import Event, Report
from ._calls import the_sync

_EVERY = 1.0  # seconds between two updates of a progress artifact
_TOLD = ("refreshed", "removed", "failed")


def slug(*words: str) -> str:
    """A key as artifacts may have it: lower case letters, digits and dashes."""
    return re.sub("[^a-z0-9]+", "-", "-".join(words).lower()).strip("-")[:200]


def show(report: Report, namespace: str, failed: Sequence[str]) -> None:
    """The account of a flow, as Markdown and as a table of its sources. `failed` are the sources that have no report."""
    key = slug("freshet", namespace)
    the_sync(create_markdown_artifact)(markdown(report, f"Knowledge in {namespace}", failed), key=key, description=str(report))
    the_sync(create_table_artifact)(table(report), key=f"{key}-sources", description=f"sources of {namespace}")


class Progress:
    """A progress artifact of one source while it is refreshed."""

    def __init__(self, namespace: str, source: str) -> None:
        self.source, self.told = source, time.monotonic()
        self.id = the_sync(create_progress_artifact)(0.0, key=slug("freshet", namespace, source), description=f"roots of {source}")
        self.share = 0.0

    def take(self, event: Event) -> None:
        if event.kind in ("progress", "root_done") and event.total:
            self.share = max(self.share, min(100.0, 100.0 * event.done / event.total))
            if time.monotonic() - self.told >= _EVERY:
                self._tell(self.share)

    def end(self) -> None:
        self._tell(100.0)

    def _tell(self, share: float) -> None:
        self.told = time.monotonic()
        the_sync(update_progress_artifact)(self.id, progress=share)


class Events:
    """freshet.root.refreshed, .removed, .failed, of each root up to a limit; freshet.roots.held and freshet.source.done of a source."""

    def __init__(self, namespace: str, source: str, limit: int) -> None:
        self.namespace, self.source, self.limit, self.left_out = namespace, source, limit, 0

    def take(self, event: Event) -> None:
        if event.kind != "root_done" or event.outcome not in _TOLD:
            return
        if self.limit == 0:
            self.left_out += 1
            return
        self.limit -= 1
        self._emit(f"freshet.root.{event.outcome}", f"freshet.root.{event.uri}", event.uri,
                   {"uri": event.uri, "reason": event.reason, "message": event.message, "status": event.status, "attempts": event.attempts})

    def end(self, report: Mapping[str, Any]) -> None:
        counts = {key: report[key] for key in ("listed", "refreshed", "unchanged", "skipped", "removed", "failed", "held")}
        about = f"freshet.source.{self.namespace}/{self.source}"
        if report["held"]:
            notes = [each["note"] for each in report["sources"] if each.get("note")]
            self._emit("freshet.roots.held", about, self.source, {"held": report["held"], "notes": notes})
        self._emit("freshet.source.done", about, self.source, {**counts, "events_left_out": self.left_out})

    def _emit(self, event: str, about: str, name: str, payload: Optional[dict[str, Any]]) -> None:
        related = [{"prefect.resource.id": f"freshet.namespace.{self.namespace}", "prefect.resource.role": "namespace"}]
        emit_event(event, resource={"prefect.resource.id": about, "prefect.resource.name": name}, related=related,
                   payload={"namespace": self.namespace, "source": self.source, **(payload or {})})
