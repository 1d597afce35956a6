#!/usr/bin/env python3
"""Adapters and progress, with the real libraries: pyarrow, pandas, LangChain, LlamaIndex and rich in an environment of their own."""
import asyncio
import io
import sys

sys.path.insert(0, str(__import__("pathlib").Path(__file__).resolve().parents[2] / "support"))
from packages import run_with  # noqa: E402

run_with("rich==15.0.0 pyarrow==26.0.1 pandas==3.1.1 langchain-core==1.8.3 llama-index-core==0.14.25")

from support import Case, main  # noqa: E402
import freshet  # noqa: E402
from freshet import errors  # noqa: E402


class Adapters(Case):
    def setUp(self):
        super().setUp()
        self.repository = self.open()
        self.repository.refresh(sources=[freshet.Files(self.pages)], embedder="hash")

    def test_arrow_and_pandas(self):
        roots = self.repository.to_arrow("roots")
        self.assertEqual(sorted(roots.column("title").to_pylist()), ["Deserts", "Glaciers", "Rivers"])
        self.assertEqual(str(roots.schema.field("ingested").type), "timestamp[ms, tz=UTC]")
        chunks = self.repository.to_arrow("chunks", vectors=True)
        self.assertEqual((chunks.num_rows, len(chunks.column("vector")[0].as_py())), (3, 256))
        self.assertEqual(self.repository.to_pandas("runs")["refreshed"].tolist(), [3])
        with self.assertRaisesRegex(errors.InvalidArgument, "'rows' is none of roots, chunks, runs"):
            self.repository.to_arrow("rows")

    def test_an_empty_repository_has_empty_tables(self):
        with freshet.open(self.home / "empty") as empty:
            self.assertEqual([empty.to_arrow(what).num_rows for what in ("roots", "chunks", "runs")], [0, 0, 0])

    def test_langchain(self):
        from freshet.adapters.langchain import FreshetRetriever, FreshetVectorStore
        retriever = FreshetRetriever(repository=self.repository, k=1)
        found = retriever.invoke("What carries ice?")
        self.assertEqual((found[0].metadata["title"], found[0].metadata["source"]), ("Glaciers", self.uri("glaciers.md")))
        self.assertEqual(asyncio.run(retriever.ainvoke("What carries ice?"))[0].id, found[0].id)
        store = FreshetVectorStore(self.repository)
        self.assertEqual(store.similarity_search("ice", k=1)[0].metadata["title"], "Glaciers")
        self.assertEqual(store.as_retriever(search_kwargs={"k": 1}).invoke("ice")[0].metadata["title"], "Glaciers")
        vector = store.embeddings.embed_query("A glacier carries ice")
        self.assertEqual(store.similarity_search_by_vector(vector, k=1)[0].metadata["title"], "Glaciers")
        self.assertEqual(len(store.embeddings.embed_documents(["a", "b"])), 2)
        self.assertGreater(store.similarity_search_with_score("ice", k=1)[0][1], 0)
        with self.assertRaisesRegex(errors.Unsupported, "is a view"):
            store.add_texts(["x"])

    def test_llama_index(self):
        from freshet.adapters.llama_index import FreshetRetriever
        retriever = FreshetRetriever(self.repository, similarity_top_k=1)
        found = retriever.retrieve("What carries ice?")
        self.assertEqual((found[0].metadata["title"], found[0].score > 0), ("Glaciers", True))
        self.assertEqual(asyncio.run(retriever.aretrieve("What carries ice?"))[0].node_id, found[0].node_id)

    def test_progress(self):
        from rich.console import Console
        written = io.StringIO()
        (self.pages / "broken.html").write_bytes(b"\x00\x01\x02" * 400)
        with freshet.progress.shown(Console(file=written, force_terminal=True, width=200)) as on_event:
            self.repository.refresh(sources=[freshet.Files(self.pages)], force=True, on_event=on_event)
        self.assertIn("4/4", written.getvalue())
        self.assertIn("broken.html", written.getvalue())


if __name__ == "__main__":
    main()
