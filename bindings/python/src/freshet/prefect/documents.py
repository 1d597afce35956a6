"""The names that flows for raggy import: loaders with load(), documents, and a store with upsert_batched(). A flow that was written
with them runs when only its imports are changed. freshet.prefect.refresh_knowledge() needs none of it, and removes what is gone, too."""
from __future__ import annotations

import dataclasses
import hashlib
import os
from typing import Any, Optional, Sequence

from .. import sources
from .._json import dumps
from ..document import Document as Stored
from ..errors import of_form
from ..merging import failure_of
from ..repository import Repository
from ..run import Report
from ..sources import Source, URLs


@dataclasses.dataclass(frozen=True)
class Document:
    """A document that was gathered. Its URI is its id, so that the next upsert replaces it."""

    id: str
    text: str
    metadata: dict[str, Any]
    form: dict[str, Any] = dataclasses.field(repr=False)
    """With its sections: freshet.Document.to_json()."""


def _directory() -> str:
    return os.environ.get("FRESHET_REPOSITORY", "knowledge")


class Loader(Source):
    """A source that may be gathered by itself, into a namespace of its own of the repository: what has not changed is not read again."""

    async def load(self) -> list[Document]:
        with Repository(_directory(), namespace=f"gathered-{self.digest}") as repository:
            report = await repository.refresh_async(sources=[self])
            failure = failure_of(report)
            if failure is not None:
                raise failure
            return [_document(repository.read(root.uri)) for root in repository.roots() if root.elements]

    @property
    def digest(self) -> str:
        return hashlib.sha256(dumps(self.to_sources())).hexdigest()[:16]


def _document(stored: Stored) -> Document:
    with stored:
        return Document(stored.uri, stored.text, {"title": stored.title, "link": stored.uri, **stored.metadata}, stored.to_json())


class SitemapLoader(sources.SitemapLoader, Loader):
    """The pages of sitemaps."""


class GitHubRepoLoader(sources.GitHubRepoLoader, Loader):
    """The files of a GitHub repository."""


class URLLoader(URLs, Loader):
    """Pages, each by its URL."""


class TurboPuffer(sources.TurboPuffer):
    """A namespace of TurboPuffer that documents are brought to. TURBOPUFFER_REGION or TURBOPUFFER_BASE_URL say where it is, and
    OPENAI_BASE_URL where texts are embedded, as for the clients of these services."""

    def __init__(self, namespace: str = "raggy", *, region: Optional[str] = None, base_url: Optional[str] = None,
                 api_key: Optional[str] = None, embedder: Any = None, **options: Any) -> None:
        place = base_url or os.environ.get("TURBOPUFFER_BASE_URL")
        super().__init__(namespace, region=None if place else region or os.environ.get("TURBOPUFFER_REGION"), base_url=place,
                         api_key=api_key, **options)
        self.embedder = embedder or _openai()
        self.rebuild = False

    def __enter__(self) -> TurboPuffer:
        return self

    def __exit__(self, *_: Any) -> None:
        pass

    async def __aenter__(self) -> TurboPuffer:
        return self

    async def __aexit__(self, *_: Any) -> None:
        pass

    def reset(self) -> None:
        """The next upsert writes everything anew, and that takes the place of what is there when it is whole."""
        self.rebuild = True

    def upsert(self, documents: Sequence[Document]) -> dict[str, Any]:
        return self.upsert_batched(documents)

    def upsert_batched(self, documents: Sequence[Document], batch_size: int = 100, max_concurrent: int = 8) -> dict[str, Any]:
        """Stores documents, and brings to TurboPuffer what of them has changed. What was not delivered is an error, and delivered by
        the next one."""
        bounds = {"max_batch": batch_size, "concurrent_writes": max_concurrent}
        store = {"name": self.name, "options": {**self.options, **bounds}}
        with Repository(_directory(), namespace=str(self.namespace)) as repository:
            for each in documents:
                with Stored.from_json(each.form) as document:
                    repository.write(document)
            report = repository.refresh(sources=[], store=store, embedder=self.embedder, rebuild=self.rebuild or None)
        self.rebuild = False
        return _delivered(report)


def _delivered(report: Report) -> dict[str, Any]:
    if report["errors"]:
        raise of_form(report["errors"][0])
    return dict(report)


def _openai() -> dict[str, Any]:
    base = os.environ.get("OPENAI_BASE_URL")
    return {"name": "openai", "options": {"model": "text-embedding-3-small", "key": "env:OPENAI_API_KEY", **({"base_url": base} if base else {})}}
