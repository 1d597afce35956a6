"""What notebooks show."""
from __future__ import annotations

import html
from typing import Any


class Status(dict[str, Any]):
    """How fresh a repository is (freshet/repository.h has the keys)."""

    def _repr_html_(self) -> str:
        keys = ("roots", "documents", "chunks", "fresh", "due", "failing", "deliveries_pending")
        head = "".join(f"<th>{key.replace('_', ' ')}</th>" for key in keys)
        row = "".join(f"<td>{self.get(key, '')}</td>" for key in keys)
        name = html.escape(f"{self.get('directory', '')} · {self.get('namespace', '')}")
        return f"<table><caption>{name}</caption><tr>{head}</tr><tr>{row}</tr></table>"
