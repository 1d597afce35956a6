"""LlamaIndex: a retriever. Needs llama-index-core."""
from __future__ import annotations

from typing import Any, Optional

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from ..query import Hit
from ..repository import Repository


def node_of(hit: Hit) -> NodeWithScore:
    """A hit as LlamaIndex has it: where it is from stands in the metadata."""
    metadata = {**hit.metadata, "source": hit.uri, "title": hit.title, "path": hit.path, "url": hit.url}
    return NodeWithScore(node=TextNode(text=hit.text, id_=hit.chunk_id, metadata=metadata), score=hit.score)


class FreshetRetriever(BaseRetriever):
    """FreshetRetriever(repository, similarity_top_k=4): `options` are those of Repository.query()."""

    def __init__(self, repository: Repository, similarity_top_k: int = 4, *, callback_manager: Optional[Any] = None,
                 **options: Any) -> None:
        self._repository, self._limit, self._options = repository, similarity_top_k, options
        super().__init__(callback_manager=callback_manager)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [node_of(hit) for hit in self._repository.query(query_bundle.query_str, limit=self._limit, **self._options)]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = await self._repository.query_async(query_bundle.query_str, limit=self._limit, **self._options)
        return [node_of(hit) for hit in found]
