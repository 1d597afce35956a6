"""LangChain's indexing API: load, split, index() with its record manager, cleanup "full", into its own store in memory, kept between runs.

  langchain_peer.py folder FOLDER STATE
  langchain_peer.py pages SITEMAP STATE
"""
import asyncio
import os
import pathlib
import sys
import warnings

warnings.filterwarnings("ignore")
os.environ.setdefault("USER_AGENT", "bench")
from langchain_community.document_loaders import DirectoryLoader, SitemapLoader, TextLoader  # noqa: E402
from langchain_community.indexes._sql_record_manager import SQLRecordManager  # noqa: E402
from langchain_core.embeddings import Embeddings  # noqa: E402
from langchain_core.indexing import index  # noqa: E402
from langchain_core.vectorstores import InMemoryVectorStore  # noqa: E402
from langchain_text_splitters import RecursiveCharacterTextSplitter  # noqa: E402

import digest  # noqa: E402


class Digests(Embeddings):
    def embed_documents(self, texts):
        return [digest.embed(text) for text in texts]

    def embed_query(self, text):
        return digest.embed(text)


def documents_of(work, source):
    if work == "folder":
        return DirectoryLoader(source, glob="**/*.*", loader_cls=TextLoader).load()
    loader = SitemapLoader(source, restrict_to_same_domain=False, requests_per_second=16, verify_ssl=False)
    loader.default_parser = "lxml"
    asyncio.set_event_loop(asyncio.new_event_loop())
    return loader.load()


work, source, state = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
state.mkdir(exist_ok=True)
records = SQLRecordManager("bench", db_url=f"sqlite:///{state}/records.sqlite")
records.create_schema()
kept = state / "vectors.json"
store = InMemoryVectorStore.load(str(kept), Digests()) if kept.exists() else InMemoryVectorStore(Digests())
chunks = RecursiveCharacterTextSplitter(chunk_size=1500, chunk_overlap=200).split_documents(documents_of(work, source))
changed = index(chunks, records, store, cleanup="full", source_id_key="source", key_encoder="sha256", batch_size=1000)
if changed["num_added"] + changed["num_deleted"] + changed["num_updated"] > 0:
    store.dump(str(kept))
