"""What is said of a root beside its text: by its loader, and by the configuration for a whole source. It reaches the root, its
chunks and the store, filters find it, and another word of it embeds nothing."""
import contextlib
import json
import sqlite3

from e2e import Case, Scripted, html, long_text, main


class MetadataCase(Case):
    def refresh(self, *sources, check=0, more=(), **options):
        config = {"embedder": "hash", "sources": [
            {"name": name, "loader": "files", "options": {"path": str(self.home / folder)}, **extra} for name, folder, extra in sources], **options}
        return self.freshet.json("--config", self.write_config(config), "refresh", *more, check=check)

    def found(self, text, **filter):
        hits = self.freshet.json("query", text, "--mode", "text", "-k", "50", "--filter", json.dumps(filter))["hits"]
        return {hit["uri"].rpartition("/")[2] for hit in hits}

    def metadata(self):
        """Of every row of the store, by the name of its file."""
        with contextlib.closing(sqlite3.connect(f"file:{self.freshet.repository}/store.sqlite?mode=ro", uri=True)) as store:
            number, = store.execute("SELECT number FROM namespaces WHERE name = 'default'").fetchone()
            found = {}
            for uri, text in store.execute(f"SELECT uri, metadata FROM rows_{number}"):
                found.setdefault(uri.rpartition("/")[2], []).append(json.loads(text))
            return found


class SourceMetadata(MetadataCase):
    def setUp(self):
        super().setUp()
        self.write("guide", {"a": "", "b": "---\nproduct: forged\nauthor: ann\n---\n"})
        self.write("api", {"c": ""})

    def write(self, folder, pages):
        (self.home / folder).mkdir(exist_ok=True)
        for name, head in pages.items():
            (self.home / folder / f"{name}.md").write_text(f"{head}# Page {name}\n\n{long_text(name, 40)}\n")

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
        self.assertEqual((report["refreshed"], report["delivered"]["upserts"], report["embedded"]["texts"]), (2, of_guide, 0), report)
        self.assertEqual({root["reason"] for root in report["roots"] if root["outcome"] == "refreshed"},
                         {"the metadata of its source changed"})
        self.assertEqual(self.found("sentence", product="y"), {"a.md", "b.md"})
        again = self.refresh(*sources)
        self.assertEqual((again["refreshed"], again["delivered"]["upserts"]), (0, 0), again)
        del sources[0][2]["metadata"]
        report = self.refresh(*sources)
        self.assertEqual((report["delivered"]["upserts"], report["embedded"]["texts"]), (of_guide, 0))
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
        self.freshet.json("--config", self.write_config(config), "refresh")
        site.page("/p.html", html("P", ("Text", long_text("changed", 6))))
        report = self.freshet.json("refresh", "--url", f"{site.url}/p.html")
        self.assertEqual(report["refreshed"], 1)
        self.assertEqual({row["product"] for rows in self.metadata().values() for row in rows}, {"x"})

    def test_what_is_wrong_is_named(self):
        for metadata, words in (({"uri": "x"}, "every row has of its own"), ({"a": {"b": 1}}, "is not a text"), ([1], "is not an object")):
            with self.subTest(metadata):
                config = {"sources": [{"loader": "files", "options": {"path": "/"}, "metadata": metadata}]}
                done = self.freshet.run("--config", self.write_config(config), "refresh", check=2)
                self.assertIn(words, done.stderr)


FEED = """<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>Harbor news</title><link>{url}/</link><item><title>Ferries</title><link>{url}/ferries</link><dc:creator>Ann</dc:creator>
<category>boats</category><category>travel</category><pubDate>Fri, 20 Nov 2026 16:00:00 GMT</pubDate>
<content:encoded><![CDATA[<p>{text}</p>]]></content:encoded></item></channel></rss>"""


class LoaderMetadata(MetadataCase):
    """What loaders know, down to the rows: of git and GitHub the tests of these have it."""

    def setUp(self):
        super().setUp()
        self.site = Scripted()
        self.addCleanup(self.site.close)

    def run_with(self, loader, **options):
        self.freshet.json("--config", self.write_config({"embedder": "hash", "sources": [{"loader": loader, "options": options}]}), "refresh")
        rows = [row for rows in self.metadata().values() for row in rows]
        self.assertTrue(rows)
        return rows

    def test_a_feed_has_authors_categories_and_dates(self):
        self.site.answer("/feed.xml", 200, FEED.format(url=self.site.url, text=long_text("ferry", 40)).encode(), Content_Type="application/rss+xml")
        for row in self.run_with("feed", url=f"{self.site.url}/feed.xml"):
            self.assertEqual((row["author"], row["categories"], row["published"]), ("Ann", ["boats", "travel"], "2026-11-20T16:00:00Z"), row)
        self.assertEqual(self.found("ferry", categories={"$has": "travel"}, published={"$gte": "2026-01-01"}), {"ferries"})

    def test_an_llms_txt_has_sections_and_descriptions(self):
        self.site.page("/a.html", html("A", ("Text", long_text("a", 6))))
        self.site.answer("/llms.txt", 200, f"# Harbor\n\n## Guide\n\n- [A]({self.site.url}/a.html): what A is\n".encode(), Content_Type="text/plain")
        for row in self.run_with("llms_txt", url=f"{self.site.url}/llms.txt"):
            self.assertEqual((row["section"], row["description"]), ("Guide", "what A is"), row)


if __name__ == "__main__":
    main()
