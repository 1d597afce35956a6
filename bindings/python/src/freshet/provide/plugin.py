"""Plugins of the program itself: Python classes, registered under a manifest that is made of what they say of themselves."""
from __future__ import annotations

import ctypes
import json
import threading
from typing import Any, Callable, ClassVar, Mapping, Optional, Sequence, TypeVar

from .. import _raw
from .._call import invoke, text, utf8
from .._callback import Numbered, c_function, member
from .._json import dumps
from .host import Call, Host

P = TypeVar("P", bound="Plugin")


class Plugin:
    """What loaders, readers, embedders, stores, transformers and tokenizers have in common. An instance serves many threads at
    once. What a method raises fails that call with the last line of the traceback; an exception of freshet.errors gives its code."""

    kind: ClassVar[str]
    name: ClassVar[str]
    """What configurations call it: lower-case letters, digits, "_", "-", "."."""
    description: ClassVar[str] = ""
    options: ClassVar[Mapping[str, Any]] = {"type": "object", "properties": {}}
    """The schema of its options (docs/plugins.md, "Options"). They come checked, with the defaults filled in."""
    identity: ClassVar[Sequence[str]] = ()
    """Loaders and stores: the options that name a source, or a place, for good."""

    def __init__(self, options: dict[str, Any], host: Host) -> None:
        self.host = host

    def close(self) -> None:
        """Called once, last, with no other call running."""

    @classmethod
    def to_config(cls) -> str:
        """Its name: the class itself may stand in a configuration, and is registered then."""
        return name_of(cls)

    @classmethod
    def _offer(cls) -> dict[str, Any]:
        more = {"identity": list(cls.identity)} if cls.identity else {}
        return {"kind": cls.kind, "name": cls.name, "description": cls.description, "options": dict(cls.options), **more}

    @classmethod
    def _table(cls) -> Any:
        raise NotImplementedError


class Instance:
    """An object of a plugin's, its host, and what the library borrows of it."""

    def __init__(self, plugin: Any, host: Host) -> None:
        self.plugin, self.host = plugin, host
        self.borrowed: dict[str, bytes] = {}

    def lend(self, name: str, value: Optional[str]) -> Optional[bytes]:
        """A text that the library may read until the instance is closed."""
        if value is None:
            return None
        return self.borrowed.setdefault(f"{name}={value}", utf8(value, name))


instances: Numbered[Instance] = Numbered()


def opener(made: type[Plugin], table: Any) -> Any:
    """The open() of a class's table."""
    def open_(_provider: Any, host: Any, call: int, options: bytes, out: Any) -> int:
        own = Host(host.contents)
        return Call(own, call)._run(lambda: _open(made, own, options, out))
    return c_function(member(table, "open"))(open_)


def _open(made: type[Plugin], host: Host, options: bytes, out: Any) -> None:
    out[0] = instances.add(Instance(made(json.loads(options or b"{}"), host), host))


def _close(number: int) -> None:
    instance = instances.take(number)
    try:
        if instance is not None:
            instance.plugin.close()
    except BaseException as error:  # noqa: BLE001  # nobody is left to be told
        if instance is not None:
            instance.host.log(f"close failed: {error}", "warning")


def close_of(table: Any) -> Any:
    return c_function(member(table, "close"))(_close)


def function(table: Any, name: str, body: Callable[..., Any]) -> Any:
    """A member of a table: `body` gets the instance, the call, and the rest."""
    def run(number: int, call: int, *rest: Any) -> int:
        instance = instances[number]
        given = Call(instance.host, call)
        return given._run(lambda: body(instance, given, *rest))
    return c_function(member(table, name))(run)


class Registration:
    """Plugins that are registered; unregister() takes them out, and so does leaving a with-statement."""

    def __init__(self, name: str, classes: Sequence[type[Plugin]]) -> None:
        self.name = name
        self.tables = {(each.kind, each.name): each._table() for each in classes}

    def table(self, kind: str, name: str) -> Optional[int]:
        found = self.tables.get((kind, name))
        return ctypes.addressof(found) if found is not None else None

    def unregister(self) -> None:
        """What was opened goes on until it is closed."""
        invoke("freshet_plugins_unregister", utf8(self.name, "plugin"))

    def __enter__(self) -> Registration:
        return self

    def __exit__(self, *_: Any) -> None:
        self.unregister()


_registrations: Numbered[Registration] = Numbered()
_tables = {"loader": _raw.PLUGIN_LOADER, "reader": _raw.PLUGIN_READER, "embedder": _raw.PLUGIN_EMBEDDER, "store": _raw.PLUGIN_STORE,
           "transformer": _raw.PLUGIN_TRANSFORMER, "tokenizer": _raw.PLUGIN_TOKENIZER}
_kinds = {text(table): kind for kind, table in _tables.items()}


@c_function(member(_raw.Provider, "get"))
def _get(payload: int, kind: bytes, name: bytes) -> Optional[int]:
    registration = _registrations.get(payload)
    return registration.table(_kinds.get(text(kind), ""), text(name)) if registration else None


@c_function(member(_raw.Provider, "release"))
def _release(payload: int) -> None:
    _registrations.take(payload)


def register(*classes: type[Plugin], name: str = "python", version: str = "1.0") -> Registration:
    """From now on what the classes provide is found by its name, in every repository of this process, before what is in files.
    `name` is the plugin's, for people; a name that is registered already is refused."""
    manifest = {"manifest": 1, "name": name, "version": version, "abi": _raw.PLUGIN_ABI,
                "provides": [each._offer() for each in classes]}
    registration = Registration(name, classes)
    provider = _raw.Provider(ctypes.sizeof(_raw.Provider), _registrations.add(registration), _get, _release)
    invoke("freshet_plugins_register", dumps(manifest), ctypes.byref(provider))
    return registration


_lock = threading.Lock()
_shared: dict[type[Plugin], str] = {}


def name_of(made: type[Plugin]) -> str:
    """For a class that stands in a configuration itself: it is registered the first time."""
    with _lock:
        if made not in _shared:
            register(made, name=f"python.{made.name}.{len(_shared)}")
            _shared[made] = made.name
    return _shared[made]
