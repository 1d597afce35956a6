"""Tables of what a repository holds, for pyarrow and pandas: roots, chunks with their vectors, runs."""
from __future__ import annotations

import json
from typing import Any, Iterator, Optional

import pyarrow

from ..repository import Repository

_ROOTS = ("uri", "title", "media_type", "version", "alias_of", "error", "error_name", "ingested", "checked", "changed", "failed",
          "chunks", "elements", "failures")
_CHUNKS = ("id", "text", "urtext", "url", "path", "root_title", "leaf_title", "sequence_number", "chunk_index", "total_chunks")
_BATCH = 500


def roots(repository: Repository) -> Any:
    """One row a root: a pyarrow.Table. Metadata and flags are JSON; times are UTC."""
    rows = [{**{name: getattr(root, name) for name in _ROOTS}, "metadata": json.dumps(root.metadata), "flags": json.dumps(root.flags)}
            for root in repository.roots()]
    times = {name: pyarrow.timestamp("ms", tz="UTC") for name in ("ingested", "checked", "changed", "failed")}
    numbers = {name: pyarrow.uint32() for name in ("chunks", "elements", "failures")}
    return _table(rows, [*_ROOTS, "metadata", "flags"], {**times, **numbers})


def chunks(repository: Repository, *, vectors: bool = False, batch: int = _BATCH) -> Any:
    """One row a chunk, with the URI of its root. With `vectors` each is embedded by the embedder that was delivered with last,
    some hundreds at a time."""
    tables = list(_chunk_tables(repository, vectors, batch))
    return pyarrow.concat_tables(tables) if tables else _table([], [*_CHUNKS, "uri", "metadata"], {})


def _chunk_tables(repository: Repository, vectors: bool, batch: int) -> Iterator[Any]:
    rows: list[dict[str, Any]] = []
    for root in repository.roots():
        if root.chunks == 0:
            continue
        for chunk in repository.root_chunks(root.uri):
            rows.append({**{name: getattr(chunk, name) for name in _CHUNKS}, "uri": root.uri, "metadata": json.dumps(chunk.metadata)})
        while len(rows) >= batch:
            yield _with_vectors(repository, rows[:batch], vectors)
            del rows[:batch]
    if rows:
        yield _with_vectors(repository, rows, vectors)


def _with_vectors(repository: Repository, rows: list[dict[str, Any]], vectors: bool) -> Any:
    numbers = {name: pyarrow.int32() for name in ("sequence_number", "chunk_index", "total_chunks")}
    table = _table(rows, [*_CHUNKS, "uri", "metadata"], numbers)
    if not vectors:
        return table
    with repository.embed([row["text"] for row in rows]) as found:
        flat = pyarrow.concat_arrays([pyarrow.Array.from_buffers(pyarrow.float32(), found.dimension, [None, pyarrow.py_buffer(
            bytes(found.array(each)))]) for each in range(len(found))])
        return table.append_column("vector", pyarrow.FixedSizeListArray.from_arrays(flat, found.dimension))


def runs(repository: Repository, limit: Optional[int] = None) -> Any:
    """One row a past run, newest first: its counts."""
    accounts = repository.runs(limit=limit if limit is not None else 1_000_000)
    counts = ("listed", "refreshed", "unchanged", "skipped", "removed", "busy", "failed", "held")
    rows = [{**{name: account.get(name) for name in ("id", "started", "ended", "seconds", "cancelled", "exit_code", *counts)},
             "upserts": account["delivered"]["upserts"], "removals": account["delivered"]["removals"]} for account in accounts]
    numbers = {name: pyarrow.int64() for name in ("id", "exit_code", *counts, "upserts", "removals")}
    return _table(rows, ["id", "started", "ended", "seconds", "cancelled", "exit_code", *counts, "upserts", "removals"],
                  {**numbers, "seconds": pyarrow.float64(), "cancelled": pyarrow.bool_()})


def _table(rows: list[dict[str, Any]], columns: list[str], types: dict[str, Any]) -> Any:
    schema = pyarrow.schema([(name, types.get(name, pyarrow.string())) for name in columns])
    return pyarrow.Table.from_pylist(rows, schema=schema)
