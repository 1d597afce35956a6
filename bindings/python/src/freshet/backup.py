"""The snapshots of a backup, and repositories made of them. Repository.take_backup() writes one."""
from __future__ import annotations

import os
from typing import Any, Optional, Union

from ._call import blocking, parsed, utf8
from ._json import options
from ._time import Span

Target = Union[str, "os.PathLike[str]"]
"""A directory, or "s3://BUCKET/PREFIX"."""


def target_text(target: Target) -> bytes:
    text = os.fspath(target)
    return utf8(text if text.startswith("s3://") else os.path.abspath(text), "target")


def list_backup(target: Target, *, timeout: Optional[Span] = None, **more: Any) -> list[dict[str, Any]]:
    """The snapshots, oldest first. `more` is what include/freshet/backup.h lists, such as `endpoint` and `region`."""
    where, how = target_text(target), options(**more)
    found: list[dict[str, Any]] = blocking(lambda call: parsed("freshet_backup_list", where, how, call), timeout)["snapshots"]
    return found


def restore_backup(target: Target, directory: Union[str, "os.PathLike[str]"], *, snapshot: Optional[str] = None,
                   timeout: Optional[Span] = None, **more: Any) -> dict[str, Any]:
    """Makes a repository of a snapshot, by default the last one, in a directory that is empty or missing."""
    where, place, how = target_text(target), utf8(os.path.abspath(directory), "directory"), options(snapshot=snapshot, **more)
    told: dict[str, Any] = blocking(lambda call: parsed("freshet_backup_restore", where, place, how, call), timeout)
    return told
