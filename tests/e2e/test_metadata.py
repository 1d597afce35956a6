"""What is said of a root beside its text: by its loader, and by the configuration for a whole source. It reaches the root, its
chunks and the store, filters find it, and another word of it embeds nothing."""
import contextlib
import json
import sqlite3

from e2e import Case, Scripted, html, long_text, main


class SourceMetadata(Case):
    def setUp(self):
        super().setUp()
        self.write("guide", {"a": "", "b": "---\nproduct: forged\nauthor: ann\n---\n"})
        self.write("api", {"c": ""})

    def write(self, folder, pages):
        (self.home / folder).mkdir(exist_ok=True)
        for name, head in pages.items():
            (self.home / folder / f"{name}.md").write_text(f"{head}# Page {name}\n\n{long_text(name, 40)}\n")

    def refresh(self, *sources, check=0, more=(), **options):
        config = {"embedder": "hash", "sources": [
            {"name": name, "loader": "files", "options": {"path": str(self.home / folder)}, **extra} for name, folder, extra in sources], **options}
        file = self.home / "run.json"
        file.write_text(json.dumps(config))
        return self.freshet.json("--config", file, "refresh", *more, check=check)

    def found(self, text, **filter):
        hits = self.freshet.json("query", text, "--mode", "text", "--top-k", "50", "--filter", json.dumps(filter))["hits"]
        return {hit["uri"].rpartition("/")[2] for hit in hits}

    def metadata(self):
        """Of every row of the store, by the name of its file."""
        with contextlib.closing(sqlite3.connect(f"file:{self.freshet.repository}/store.sqlite?mode=ro", uri=True)) as store:
            number, = store.execute("SELECT number FROM namespaces WHERE name = 'default'").fetchone()
            found = {}
            for uri, text in store.execute(f"SELECT uri, metadata FROM rows_{number}"):
                found.setdefault(uri.rpartition("/")[2], []).append(json.loads(text))
            return found

    def test_it_reaches_root_chunks_and_store_and_no_page_can_leave_it(self):
        self.refresh(("guide", "guide", {"metadata": {"product": "x", "tags": ["new", "free"]}}), ("api", "api", {}))
        rows = self.metadata()
        self.assertGreater(len(rows["b.md"]), 1)
        for name in ("a.md", "b.md"):
            for row in rows[name]:
                self.assertEqual((row["product"], row["tags"]), ("x", ["new", "free"]), row)
        self.assertTrue(all(row["author"] == "ann" for row in rows["b.md"]))
        self.assertTrue(all("product" not in row for row in rows["c.md"]))
        root = self.freshet.json("explain", f"file://{self.home}/guide/b.md")
        self.assertEqual(root["metadata"]["product"], "x")
        self.assertEqual(self.found("sentence", product="x"), {"a.md", "b.md"})
        self.assertEqual(self.found("sentence", tags={"$has": "free"}), {"a.md", "b.md"})
        self.assertEqual(self.found("sentence", product={"$ne": "x"}), {"c.md"})

    def test_a_change_writes_exactly_its_rows_and_embeds_nothing(self):
        sources = [("guide", "guide", {"metadata": {"product": "x"}, "policy": {"ttl": "7d"}}), ("api", "api", {"policy": {"ttl": "7d"}})]
        self.refresh(*sources)
        of_guide = sum(len(rows) for name, rows in self.metadata().items() if name != "c.md")
        sources[0][2]["metadata"] = {"product": "y"}
        report = self.refresh(*sources)
        self.assertEqual((report["refreshed"], report["delivered"]["upserts"], report["embedded"]), (2, of_guide, 0), report)
        self.assertEqual({root["reason"] for root in report["roots"] if root["outcome"] == "refreshed"},
                         {"the metadata of its source changed"})
        self.assertEqual(self.found("sentence", product="y"), {"a.md", "b.md"})
        again = self.refresh(*sources)
        self.assertEqual((again["refreshed"], again["delivered"]["upserts"]), (0, 0), again)
        del sources[0][2]["metadata"]
        report = self.refresh(*sources)
        self.assertEqual((report["delivered"]["upserts"], report["embedded"]), (of_guide, 0))
        rows = self.metadata()
        self.assertEqual({row.get("product") for row in rows["a.md"]}, {None})
        self.assertEqual({row.get("product") for row in rows["b.md"]}, {"forged"})  # what the page says is there again
        self.assert_in_step()

    def test_a_root_of_two_sources_has_that_of_the_first_and_does_not_swing(self):
        both = [("one", "guide", {"metadata": {"product": "one"}}), ("two", "guide", {"metadata": {"product": "two"}})]
        for _ in range(2):
            self.refresh(*both)
        self.assertEqual({row["product"] for rows in self.metadata().values() for row in rows}, {"one"})
        for more in ((), ("--source", "two"), ("--source", "one")):
            again = self.refresh(*both, more=more)
            self.assertEqual((again["refreshed"], again["delivered"]["upserts"]), (0, 0), again)

    def test_a_visit_leaves_it(self):
        site = Scripted()
        self.addCleanup(site.close)
        site.page("/p.html", html("P", ("Text", long_text("p", 6))))
        config = {"embedder": "hash", "sources": [{"loader": "url", "options": {"urls": [f"{site.url}/p.html"]}, "metadata": {"product": "x"}}]}
        (self.home / "web.json").write_text(json.dumps(config))
        self.freshet.json("--config", self.home / "web.json", "refresh")
        site.page("/p.html", html("P", ("Text", long_text("changed", 6))))
        report = self.freshet.json("refresh", "--url", f"{site.url}/p.html")
        self.assertEqual(report["refreshed"], 1)
        self.assertEqual({row["product"] for rows in self.metadata().values() for row in rows}, {"x"})

    def test_what_is_wrong_is_named(self):
        for metadata, words in (({"uri": "x"}, "every row has of its own"), ({"a": {"b": 1}}, "is not a text"), ([1], "is not an object")):
            with self.subTest(metadata):
                file = self.home / "run.json"
                file.write_text(json.dumps({"sources": [{"loader": "files", "options": {"path": "/"}, "metadata": metadata}]}))
                done = self.freshet.run("--config", file, "refresh", check=2)
                self.assertIn(words, done.stderr)


if __name__ == "__main__":
    main()
