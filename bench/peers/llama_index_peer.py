"""LlamaIndex's ingestion pipeline with a document store: what is known and unchanged is skipped.

  llama_index_peer.py folder FOLDER STATE
  llama_index_peer.py pages SITEMAP STATE
"""
import logging
import pathlib
import sys

from llama_index.core import SimpleDirectoryReader
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.ingestion import DocstoreStrategy, IngestionPipeline
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.storage.docstore import SimpleDocumentStore
from llama_index.core.vector_stores import SimpleVectorStore

import digest

logging.disable(logging.WARNING)


class Digests(BaseEmbedding):
    def _get_text_embedding(self, text):
        return digest.embed(text)

    _get_query_embedding = _get_text_embedding

    async def _aget_query_embedding(self, query):
        return digest.embed(query)


def documents_of(work, source):
    if work == "folder":
        return SimpleDirectoryReader(source, recursive=True, filename_as_id=True).load_data()
    from llama_index.readers.web import SitemapReader

    documents = SitemapReader(html_to_text=False, limit=16).load_data(sitemap_url=source)
    for document in documents:
        document.id_ = document.metadata.get("Source") or document.id_
    return documents


work, source, state = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
vectors = state / "vectors.json"
pipeline = IngestionPipeline(transformations=[SentenceSplitter(chunk_size=400, chunk_overlap=50), Digests(embed_batch_size=100)],
                             docstore=SimpleDocumentStore(), docstore_strategy=DocstoreStrategy.UPSERTS_AND_DELETE,
                             vector_store=SimpleVectorStore.from_persist_path(str(vectors)) if vectors.exists() else SimpleVectorStore())
if (state / "pipeline").exists():
    pipeline.load(str(state / "pipeline"))
if pipeline.run(documents=documents_of(work, source)):
    pipeline.persist(str(state / "pipeline"))
    pipeline.vector_store.persist(str(vectors))
