"""A repository: content roots, what is known of each, their chunks, and the store that they are delivered to."""
from __future__ import annotations

import array
import ctypes
import json
import os
from ctypes import byref, c_int32, c_uint64
from typing import Any, Callable, Iterable, Iterator, Mapping, Optional, Sequence, Union

from . import _html, _raw, _trace, errors, logs
from ._call import blocking, invoke, made, parsed, text_array, utf8, whole
from ._handle import Handle
from ._json import dumps, options
from ._time import Span
from .backup import Target, target_text
from .document import Document
from .model import Chunks, Element, Info, Root, WriteResult, _ElementHandle, _Listing, _RootHandle
from .policy import CustomPolicy, Namer, Policy, PolicyLike
from .query import Hits, Vectors
from .run import Event, Report, Run
from .service import Service
from .sources import SourceLike, to_sources

Config = Union[str, Mapping[str, Any], None]
"""A configuration (docs/configuration.md) as a mapping or as JSON text. Policies, sources, timedeltas and paths may stand in it."""


class Repository(Handle):
    """One namespace of one directory on a local disk. A directory may be opened any number of times.

        with freshet.open("docs") as repository:
            report = repository.refresh(sources=[freshet.Files("/srv/docs")])
            for hit in repository.query("ferries", limit=3):
                print(hit.url, hit.text)
    """

    _free = "freshet_repository_close"
    _ends_late = True

    def __init__(self, directory: Union[str, "os.PathLike[str]"], *, namespace: Optional[str] = None, read_only: Optional[bool] = None,
                 create: Optional[bool] = None, plugin_directories: Optional[Sequence[Union[str, "os.PathLike[str]"]]] = None,
                 http: Optional[Mapping[str, Any]] = None, otel: Optional[Mapping[str, Any]] = None, **more: Any) -> None:
        """Opens it, made where missing. `more` are further options of freshet/repository.h, such as plugin_timeout."""
        logs.begin()
        self.directory = os.path.abspath(directory)
        places = [os.fspath(each) for each in plugin_directories] if plugin_directories is not None else None
        given = options(more, namespace=namespace, read_only=read_only, create=create, plugin_directories=places, http=http, otel=otel)
        super().__init__(made("freshet_repository_open", utf8(self.directory, "directory"), given))
        self._policies = Namer(self)

    def close(self) -> None:
        super().close()
        if hasattr(self, "_policies"):
            self._policies.clear()

    # What is in it

    @property
    def info(self) -> Info:
        raw = _raw.RepositoryInfo(ctypes.sizeof(_raw.RepositoryInfo))
        invoke("freshet_repository_info_get", self, byref(raw))
        return Info._of(raw)

    def status(self) -> _html.Status:
        """How fresh it is: a dictionary, which notebooks show as a table."""
        return _html.Status(parsed("freshet_repository_status", self))

    def root(self, uri: str) -> Root:
        """The root of that name; NotFound where it is not known."""
        with _RootHandle(made("freshet_repository_find_root", self, utf8(uri, "uri"))) as handle:
            return handle.get()

    def roots(self) -> Iterator[Root]:
        """All roots, in no particular but always the same order."""
        with _Listing(made("freshet_repository_list_roots", self)) as listing:
            while pointer := made("freshet_roots_next", listing):
                with _RootHandle(pointer) as handle:
                    yield handle.get()

    def __iter__(self) -> Iterator[Root]:
        return self.roots()

    def __contains__(self, uri: object) -> bool:
        """Whether content is stored under a URI."""
        if not isinstance(uri, str):
            return False
        answer = c_int32()
        invoke("freshet_repository_exists_root", self, utf8(uri, "uri"), byref(answer))
        return bool(answer.value)

    def read(self, uri: str) -> Document:
        """The stored document, reassembled from its sections."""
        return Document._adopt(made("freshet_repository_read_document", self, utf8(uri, "uri")))

    def chunks(self, ids: Iterable[str]) -> Chunks:
        """The chunks with these ids, in their order; unknown ids are left out."""
        texts = [utf8(each, "ids") for each in ids]
        return Chunks(made("freshet_repository_find_chunks", self, text_array(texts), len(texts)))

    def root_chunks(self, uri: str) -> Chunks:
        """The chunks of a root, by sequence number."""
        return Chunks(made("freshet_repository_root_chunks", self, utf8(uri, "uri")))

    def expand(self, chunk_id: str, before: int = 1, after: int = 1) -> Chunks:
        """A chunk with its neighbours in its document, in order."""
        return Chunks(made("freshet_repository_expand", self, utf8(chunk_id, "chunk_id"), whole(before, "before"),
                           whole(after, "after")))

    def element(self, id: str) -> Element:
        """A root or section by its id."""
        with _ElementHandle(made("freshet_repository_find_element", self, utf8(id, "id"))) as handle:
            return handle.get()

    def path_from_root(self, id: str) -> list[str]:
        """The ids from the root down to an element or a chunk."""
        path: list[str] = parsed("freshet_repository_path_from_root", self, utf8(id, "id"))
        return path

    def explain(self, uri: str, config: Config = None, *, timeout: Optional[Span] = None) -> dict[str, Any]:
        """Why a root is as it is, and, with a configuration, what a run would decide now."""
        name, given = utf8(uri, "uri"), self._config(config) if config is not None else None
        return self._told(lambda call: parsed("freshet_explain_root", self, name, given, call), timeout)

    def runs(self, *, before: int = 0, limit: int = 100) -> list[dict[str, Any]]:
        """The accounts of past runs, newest first."""
        found: list[dict[str, Any]] = parsed("freshet_runs_list", self, whole(before, "before", 64), whole(limit, "limit", 64))["runs"]
        return found

    def run_account(self, id: int) -> dict[str, Any]:
        """One of them, with its failures."""
        found: dict[str, Any] = parsed("freshet_runs_get", self, whole(id, "id", 64))
        return found

    # Changing it

    def write(self, document: Document, **settings: Any) -> WriteResult:
        """Chunks a finished document and stores it in place of what its URI held. `deliver()`, or the next refresh, brings it to
        the store. `settings` may have "chunker"."""
        raw = _raw.WriteResult(ctypes.sizeof(_raw.WriteResult))
        chunks = Chunks(made("freshet_repository_write_document", self, document, options(settings), byref(raw)))
        return WriteResult(raw.added, raw.removed, raw.kept, raw.updated, bool(raw.created), chunks)

    def delete(self, uri: str) -> int:
        """Removes a root with its sections and chunks, and says how many. A source that lists it brings it back: see exclude()."""
        count = c_uint64()
        invoke("freshet_repository_delete_root_and_descendants", self, utf8(uri, "uri"), byref(count))
        return count.value

    def set_flags(self, uri: str, **flags: Any) -> None:
        """Merges flags into those of a root; None removes one."""
        invoke("freshet_repository_set_flags", self, utf8(uri, "uri"), dumps(flags))

    def exclude(self, uris: Union[str, Sequence[str]], why: str = "") -> int:
        """Keeps URIs out, whatever a source lists, and says how many elements and chunks went."""
        texts, count = _uris(uris), c_uint64()
        invoke("freshet_repository_exclude", self, text_array(texts), len(texts), utf8(why, "why"), byref(count))
        return count.value

    def include(self, uris: Union[str, Sequence[str]]) -> None:
        """Ends exclusions. The next refresh brings back what a source still has."""
        texts = _uris(uris)
        invoke("freshet_repository_include", self, text_array(texts), len(texts))

    def excluded(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = parsed("freshet_repository_list_excluded", self)["excluded"]
        return found

    def trigger(self, uri: str, reason: Optional[str] = None) -> None:
        """Asks for a refresh of one URI, kept until a run has answered it."""
        invoke("freshet_trigger_root", self, utf8(uri, "uri"), utf8(reason, "reason") if reason else None)

    def trigger_prefix(self, prefix: str, reason: Optional[str] = None) -> int:
        """Triggers every known root whose URI begins so, and says how many there were."""
        count = c_uint64()
        invoke("freshet_trigger_prefix", self, utf8(prefix, "prefix"), utf8(reason, "reason") if reason else None, byref(count))
        return count.value

    def triggers(self, limit: int = 1000) -> list[dict[str, Any]]:
        """Those that are not answered yet."""
        found: list[dict[str, Any]] = parsed("freshet_trigger_list", self, whole(limit, "limit", 64))["triggers"]
        return found

    # Runs

    def start(self, config: Config = None, *, sources: Union[SourceLike, Sequence[SourceLike], None] = None,
              policy: Optional[PolicyLike] = None, timeout: Optional[Span] = None, **more: Any) -> Run:
        """Starts a run and returns at once. What a configuration may have beside `sources` and `policy` goes into `more`:
        store, embedder, force, dry_run, accept_shrink, rebuild and so on."""
        if not isinstance(config, str) and "traceparent" not in (config or {}):
            more.setdefault("traceparent", _trace.traceparent())
        given = self._config(config, sources=sources, policy=policy, **more)
        return blocking(lambda call: Run(made("freshet_refresh_start", self, given, None, call)), timeout) if timeout is not None \
            else Run(made("freshet_refresh_start", self, given, None, None))

    def refresh(self, config: Config = None, *, on_event: Optional[Callable[[Event], Any]] = None, **more: Any) -> Report:
        """Runs to the end, and gives the account. Ctrl-C cancels the run. Where `on_event` is given it hears of all events, on
        the thread of the caller; see also freshet.progress.show."""
        with self.start(config, **more) as run:
            for event in run:
                if on_event is not None:
                    on_event(event)
            return run.wait().report

    async def refresh_async(self, config: Config = None, *, on_event: Optional[Callable[[Event], Any]] = None, **more: Any) -> Report:
        """The same for asyncio. Where the task is cancelled the run is, and it has ended when that is raised."""
        from . import aio
        return await aio.refresh(self, config, on_event=on_event, **more)

    def service(self, config: Config = None, **more: Any) -> Service:
        """Keeps sources fresh by their schedules, once it is started."""
        return Service(made("freshet_service_open", self, self._config(config, **more)), self)

    def check_config(self, config: Config = None, *, settings: Optional[Mapping[str, Any]] = None, **more: Any) -> dict[str, Any]:
        """All that a run would say against a configuration."""
        report: dict[str, Any] = parsed("freshet_config_check", self, self._config(config, **more), options(settings))
        return report

    def name_policy(self, name: str, policy: Union[Policy, CustomPolicy, None]) -> None:
        """{"custom": name} may then stand wherever a policy may; None takes the name away."""
        self._policies.set(name, Policy.of(policy) if policy is not None else None)

    # The store

    def query(self, question: str, *, limit: Optional[int] = None, mode: Optional[str] = None,
              filter: Optional[Mapping[str, Any]] = None, max_age: Any = None, deadline: Any = None, config: Config = None,
              target: Optional[int] = None, timeout: Optional[Span] = None) -> Hits:
        """Finds chunks by a text. `mode` is "text", "vector" or "hybrid"; with `max_age` and a configuration, hits that were
        confirmed longer ago are asked for first."""
        asked = utf8(question, "text")
        given = self._query(limit=limit, mode=mode, filter=filter, max_age=max_age, deadline=deadline, config=config, target=target)
        return blocking(lambda call: Hits(made("freshet_query_run", self, asked, given, call)), timeout)

    def query_vector(self, vector: Sequence[float], *, limit: Optional[int] = None, filter: Optional[Mapping[str, Any]] = None,
                     target: Optional[int] = None, timeout: Optional[Span] = None, **more: Any) -> Hits:
        """Finds the chunks whose vectors are nearest; `vector` may be any sequence of numbers, an array of numpy's included."""
        numbers = array.array("f", vector)
        values = (ctypes.c_float * len(numbers)).from_buffer(numbers)
        given = self._query(limit=limit, filter=filter, target=target, **more)
        return blocking(lambda call: Hits(made("freshet_query_vector", self, values, len(numbers), given, call)), timeout)

    async def query_async(self, question: str, **more: Any) -> Hits:
        """query() for asyncio."""
        from . import aio
        return await aio.run(self.query, question, **more)

    def embed(self, texts: Sequence[str], *, query: bool = False, config: Config = None, timeout: Optional[Span] = None) -> Vectors:
        """Vectors by the embedder that was delivered with last, or that of a configuration; with `query` for questions."""
        given = self._config(config) if config is not None else None
        encoded = [utf8(each, "texts") for each in texts]
        array, purpose = text_array(encoded), _raw.PURPOSE_QUERY if query else _raw.PURPOSE_DOCUMENT
        return blocking(lambda call: Vectors(made("freshet_embed", self, given, array, len(encoded), purpose, call)), timeout)

    def verify(self, *, deep: bool = False, timeout: Optional[Span] = None) -> dict[str, Any]:
        """Compares the store with the repository, and changes nothing."""
        return self._told(lambda call: parsed("freshet_store_verify", self, options(deep=deep or None), call), timeout)

    def repair(self, *, timeout: Optional[Span] = None) -> dict[str, Any]:
        """Compares everything, and brings the store in step."""
        return self._told(lambda call: parsed("freshet_store_repair", self, call), timeout)

    def deliver(self, *, timeout: Optional[Span] = None) -> dict[str, Any]:
        """Delivers what is pending, without looking at any source."""
        return self._told(lambda call: parsed("freshet_store_deliver", self, call), timeout)

    def reset_store(self, *, timeout: Optional[Span] = None) -> None:
        """Empties the namespace in the store. The next refresh fills it again."""
        blocking(lambda call: invoke("freshet_store_reset", self, call), timeout)

    # The directory

    def check(self, *, timeout: Optional[Span] = None) -> dict[str, Any]:
        """Reads everything. Damage is in the report, not an error."""
        return self._told(lambda call: parsed("freshet_repository_check", self, call), timeout)

    def backup(self, directory: Union[str, "os.PathLike[str]"], *, timeout: Optional[Span] = None) -> None:
        """Writes a compacted copy of all namespaces into a folder that is empty or missing."""
        place = utf8(os.path.abspath(directory), "directory")
        blocking(lambda call: invoke("freshet_repository_backup", self, place, call), timeout)

    def take_backup(self, target: Target, *, keep: Optional[int] = None, timeout: Optional[Span] = None,
                    **more: Any) -> dict[str, Any]:
        """Writes what is new into a backup, a folder or "s3://BUCKET/PREFIX", and keeps the last `keep` snapshots."""
        where, how = target_text(target), options(keep=keep, **more)
        told: dict[str, Any] = blocking(lambda call: parsed("freshet_backup_take", self, where, how, call), timeout)
        return told

    def namespaces(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = parsed("freshet_namespaces_list", self)["namespaces"]
        return found

    def drop_namespace(self, name: str, *, keep_rows: bool = False, timeout: Optional[Span] = None) -> None:
        """Takes a namespace away, in the repository and in its store."""
        which = utf8(name, "name")
        blocking(lambda call: invoke("freshet_namespaces_drop", self, which, options(keep_rows=keep_rows or None), call), timeout)

    # Tables, by pyarrow

    def to_arrow(self, what: str = "roots", **more: Any) -> Any:
        """A pyarrow.Table of "roots", "chunks" (with `vectors=True` embedded) or "runs"."""
        from .adapters import tables
        makers: dict[str, Callable[..., Any]] = {"roots": tables.roots, "chunks": tables.chunks, "runs": tables.runs}
        if what not in makers:
            raise errors.InvalidArgument(f"{what!r} is none of {', '.join(makers)}", subject="what")
        return makers[what](self, **more)

    def to_pandas(self, what: str = "roots", **more: Any) -> Any:
        """The same as a pandas.DataFrame."""
        return self.to_arrow(what, **more).to_pandas()

    # Inside

    def _config(self, config: Config, **more: Any) -> bytes:
        if isinstance(config, str):
            if any(each is not None for each in more.values()):
                raise TypeError("a configuration that is JSON text stands alone: give a mapping, or keyword arguments")
            return utf8(config, "config")
        whole = {**(config or {}), **{key: each for key, each in more.items() if each is not None}}
        if whole.get("sources") is not None:
            whole["sources"] = to_sources(whole["sources"])
        return dumps(whole, self._policies.form)

    def _query(self, **members: Any) -> Optional[bytes]:
        config = members.pop("config", None)
        return options(members, config=json.loads(self._config(config)) if config is not None else None)

    def _told(self, work: Callable[[Any], Any], timeout: Optional[Span]) -> dict[str, Any]:
        report: dict[str, Any] = blocking(work, timeout)
        return report

    def __repr__(self) -> str:
        return f"<freshet.Repository {self.directory}{' closed' if self.closed else ''}>"

    def _repr_html_(self) -> str:
        return self.status()._repr_html_()


def _uris(uris: Union[str, Sequence[str]]) -> list[bytes]:
    return [utf8(each, "uris") for each in ([uris] if isinstance(uris, str) else uris)]
