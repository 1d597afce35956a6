"""What a refresh needs beside its sources, as a block of Prefect's: where the repository is, which store and embedder, and the
secrets, which Prefect keeps encrypted."""
from __future__ import annotations

import contextlib
import os
import threading
from typing import Any, Dict, Iterator, Optional

from prefect.blocks.core import Block
from pydantic import Field, SecretStr

from ..errors import InvalidArgument
from ..repository import Repository
from ._calls import the_sync


class FreshetSettings(Block):
    """FreshetSettings(directory="/var/lib/knowledge", store="turbopuffer", secrets={"TURBOPUFFER_API_KEY": …}).save("docs")"""

    _block_type_name = "Freshet settings"
    _block_type_slug = "freshet-settings"

    directory: str = Field(default_factory=lambda: os.environ.get("FRESHET_REPOSITORY", "knowledge"),
                           description="The repository: a directory on a disk of the machine that runs the flow")
    store: Optional[Any] = Field(None, description="As a configuration has it; by default the one used before, else sqlite")
    embedder: Optional[Any] = Field(None, description="As a configuration has it; by default the one used before, else none")
    policy: Optional[Any] = Field(None, description="Of sources that have none of their own")
    cache: Optional[str] = Field("24h", description="How long a source is left alone once it was gathered")
    http: Optional[Dict[str, Any]] = Field(None, description="Limits, proxies, headers: docs/http.md")
    otel: Optional[Dict[str, Any]] = Field(None, description="Where spans and metrics go: docs/telemetry.md")
    more: Dict[str, Any] = Field(default_factory=dict, description="Other keys of a configuration, such as chunker")
    secrets: Dict[str, SecretStr] = Field(default_factory=dict, description="Environment variables that hold a secret, while a flow runs")
    events: int = Field(1000, ge=0, description="About how many roots of a source events are emitted, at most, in one run")

    @classmethod
    def named(cls, name: Optional[str]) -> FreshetSettings:
        """The block that was saved by that name; without one the defaults."""
        if name is None:
            return cls()
        try:
            found = the_sync(cls.load)(name)
        except ValueError as error:
            raise InvalidArgument(f"{name!r} is no block of type freshet-settings: {error}", subject="settings") from None
        assert isinstance(found, cls)
        return found

    def open(self, namespace: str) -> Repository:
        return Repository(self.directory, namespace=namespace, http=self.http, otel=self.otel)

    def config(self) -> dict[str, Any]:
        """The keys of a configuration that these settings give."""
        given = {"store": self.store, "embedder": self.embedder, "policy": self.policy}
        return {**self.more, **{key: each for key, each in given.items() if each is not None}}

    @contextlib.contextmanager
    def present(self) -> Iterator[None]:
        """Secrets stand in the environment, where freshet reads them by "env:NAME", until the last flow that needs them ends."""
        _add(self.secrets)
        try:
            yield
        finally:
            _remove(self.secrets)


_lock = threading.Lock()
_held: dict[str, tuple[int, Optional[str]]] = {}


def _add(secrets: Dict[str, SecretStr]) -> None:
    with _lock:
        for name, secret in secrets.items():
            count, before = _held.get(name, (0, os.environ.get(name)))
            if count and os.environ.get(name) != secret.get_secret_value():
                raise InvalidArgument("another flow of this process holds another secret of this name", subject=f"secrets.{name}")
        for name, secret in secrets.items():
            count, before = _held.get(name, (0, os.environ.get(name)))
            _held[name] = count + 1, before
            os.environ[name] = secret.get_secret_value()


def _remove(secrets: Dict[str, SecretStr]) -> None:
    with _lock:
        for name in secrets:
            count, before = _held.pop(name)
            if count > 1:
                _held[name] = count - 1, before
            elif before is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = before
