"""LangChain: a retriever, and a vector store that is a view of a repository. Needs langchain-core.

freshet keeps the store in step with the sources, so the view does not write: it searches."""
from __future__ import annotations

from typing import Any, Iterable, Mapping, Optional

from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from langchain_core.vectorstores import VectorStore
from pydantic import ConfigDict

from ..errors import Unsupported
from ..query import Hit
from ..repository import Repository


def document_of(hit: Hit) -> Document:
    """A hit as LangChain has it: where it is from stands in the metadata."""
    metadata = {**hit.metadata, "source": hit.uri, "title": hit.title, "path": hit.path, "url": hit.url, "score": hit.score}
    return Document(page_content=hit.text, metadata=metadata, id=hit.chunk_id)


class FreshetRetriever(BaseRetriever):
    """FreshetRetriever(repository=repository, k=4): `options` are those of Repository.query(), such as mode, filter or max_age."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    repository: Repository
    k: int = 4
    options: dict[str, Any] = {}

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [document_of(hit) for hit in self.repository.query(query, limit=self.k, **self.options)]

    async def _aget_relevant_documents(self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun) -> list[Document]:
        return [document_of(hit) for hit in await self.repository.query_async(query, limit=self.k, **self.options)]


class FreshetEmbeddings(Embeddings):
    """The embedder that a repository is delivered with."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return list(self.repository.embed(texts))

    def embed_query(self, text: str) -> list[float]:
        return self.repository.embed([text], query=True)[0]


class FreshetVectorStore(VectorStore):
    """A view of a repository. What would write is refused: sources and write() of the repository bring content in."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository

    @property
    def embeddings(self) -> Embeddings:
        return FreshetEmbeddings(self.repository)

    def similarity_search(self, query: str, k: int = 4, **more: Any) -> list[Document]:
        return [document_of(hit) for hit in self.repository.query(query, limit=k, **more)]

    def similarity_search_with_score(self, query: str, k: int = 4, **more: Any) -> list[tuple[Document, float]]:
        return [(document_of(hit), hit.score) for hit in self.repository.query(query, limit=k, **more)]

    def similarity_search_by_vector(self, embedding: list[float], k: int = 4, filter: Optional[Mapping[str, Any]] = None,
                                    **more: Any) -> list[Document]:
        return [document_of(hit) for hit in self.repository.query_vector(embedding, limit=k, filter=filter, **more)]

    def add_texts(self, texts: Iterable[str], metadatas: Optional[list[dict[Any, Any]]] = None, **more: Any) -> list[str]:
        raise Unsupported("is a view: bring content in by a refresh, or by write() of the repository", subject="add_texts")

    def delete(self, ids: Optional[list[str]] = None, **more: Any) -> Optional[bool]:
        raise Unsupported("is a view: exclude() of the repository keeps a page out", subject="delete")

    @classmethod
    def from_texts(cls, texts: list[str], embedding: Embeddings, metadatas: Optional[list[dict[Any, Any]]] = None,
                   **more: Any) -> FreshetVectorStore:
        raise Unsupported("is a view: open a repository and refresh it", subject="from_texts")
