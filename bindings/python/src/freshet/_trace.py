"""The trace that the caller is in, where its program uses opentelemetry: a run is a part of it."""
from __future__ import annotations

import sys
from typing import Any, Optional


def traceparent() -> Optional[str]:
    """The header of W3C; None where opentelemetry is not loaded, or no span is under way."""
    trace: Any = sys.modules.get("opentelemetry.trace")
    if trace is None:
        return None
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags) & 1:02x}"
