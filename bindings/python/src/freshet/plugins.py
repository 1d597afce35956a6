"""Which plugins there are, and whether one keeps its contract."""
from __future__ import annotations

import ctypes
import dataclasses
import json
import os
from typing import Any, Iterator, Mapping, Optional, Sequence, Union

from . import _raw
from ._call import blocking, invoke, made, parsed, place, text, utf8
from ._handle import Handle, Held
from ._json import options
from ._library import lib
from ._time import Span


@dataclasses.dataclass(frozen=True)
class PluginInfo:
    """One thing that a plugin provides."""

    kind: str
    """ "loader", "reader", "embedder", "store", "transformer" or "tokenizer"."""
    name: str
    plugin: str
    version: str
    description: str
    manifest: str
    """Absolute paths; "" for what is registered in code."""
    library: str
    schema: dict[str, Any]
    """JSON Schema of its options."""


class Plugins(Handle):
    """What is found, in the order of the search. No code of a plugin runs for it."""

    _free = "freshet_plugins_free"

    def __init__(self, directories: Optional[Sequence[Union[str, "os.PathLike[str]"]]] = None) -> None:
        """Directories that are given are looked in first."""
        places = [os.fspath(each) for each in directories] if directories is not None else None
        super().__init__(made("freshet_plugins_open", options(directories=places)))

    def __len__(self) -> int:
        count: int = lib.freshet_plugins_count(self)
        return count

    def __getitem__(self, index: int) -> PluginInfo:
        raw = _raw.PluginInfo(ctypes.sizeof(_raw.PluginInfo))
        with Held(self):
            invoke("freshet_plugins_get", self, place(index, len(self), "plugins"), ctypes.byref(raw))
            return PluginInfo(text(raw.kind), text(raw.name), text(raw.plugin), text(raw.version), text(raw.description),
                              text(raw.manifest), text(raw.library), json.loads(raw.schema or b"{}"))

    def __iter__(self) -> Iterator[PluginInfo]:
        for index in range(len(self)):
            yield self[index]

    def to_json(self) -> dict[str, Any]:
        """All of it, with the search path and the manifests that were refused."""
        form: dict[str, Any] = parsed("freshet_plugins_list", self)
        return form


def check_plugin(plugin: Union[str, "os.PathLike[str]"], *, settings: Optional[Mapping[str, Any]] = None,
                 samples: Optional[Mapping[str, Any]] = None, network: Optional[Sequence[str]] = None,
                 limit: Any = None, timeout: Optional[Span] = None) -> dict[str, Any]:
    """Runs the conformance cases of a plugin: by its manifest or library, each in a process of its own; by its name where it is
    registered in code, in this process. `settings` are options by kind and name: {"loader files": {"path": "/srv"}}."""
    given = options(options=settings, samples=samples, network=network, limit=limit)
    which = utf8(plugin, "manifest")
    report: dict[str, Any] = blocking(lambda call: parsed("freshet_plugins_check", which, given, call), timeout)
    return report
