#!/usr/bin/env python3
"""Chunks as excerpts: the cases RG1 to RG3 of the predecessor, templates and keywords, in whole runs of the program."""
import contextlib
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "e2e"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from e2e import Case, Scripted, html  # noqa: E402
from plugin import Tokenizer, opened  # noqa: E402

BUILD = pathlib.Path(os.environ["FRESHET_BUILD"])
LIBRARY = BUILD / "lib/freshet/plugins/transformer_excerpt.so"
TEXT = ("Kaggle hosts competitions in machine learning. Google is acquiring Kaggle, and Kaggle stays a platform of its own. "
        "Details of the transaction remain vague, but Google says that competitions go on.")


class Excerpt(Case):
    def setUp(self):
        super().setUp()
        self.site = Scripted()
        self.addCleanup(self.site.close)
        self.site.page("/a.html", html("A & B", ("News", TEXT)))
        self.site.page("/b.html", html("B", ("Other", "The <b>harbor</b> opens at dawn, and the harbor closes at dusk. Ferries leave the harbor.")))
        self.sitemap = self.site.sitemap(["/a.html", "/b.html"])

    def refresh(self, options=None, check=0, reader=None, **chunker):
        config = {**({"reader": json.loads(reader)} if reader else {}), "embedder": "hash", "chunker": {"transform": {"name": "excerpt", "options": options or {}}, **chunker},
                  "sources": [{"loader": "sitemap", "options": {"url": self.sitemap}}]}
        return self.freshet.run("--config", self.write_config(config), "refresh", "--json", check=check)

    def rows(self):
        """The text and the metadata of each row, by its page."""
        with contextlib.closing(sqlite3.connect(f"file:{self.freshet.repository}/store.sqlite?mode=ro", uri=True)) as store:
            number, = store.execute("SELECT number FROM namespaces WHERE name = 'default'").fetchone()
            found = {}
            for uri, text, metadata in store.execute(f"SELECT uri, text, metadata FROM rows_{number}"):
                found.setdefault(uri.rpartition("/")[2], []).append((text, json.loads(metadata)))
            return found

    def test_rg1_a_template_of_the_text_alone_has_no_lead_line(self):
        self.refresh({"template": "{{excerpt_text}}"})
        for rows in self.rows().values():
            for text, _ in rows:
                self.assertNotIn("This is an excerpt", text)

    def test_rg2_the_default_says_that_it_is_an_excerpt_and_of_what_words(self):
        self.refresh()
        for rows in self.rows().values():
            for text, metadata in rows:
                self.assertTrue(text.startswith("This is an excerpt of a document."), text)
                self.assertIn("Keywords: ", text)
                self.assertTrue(1 <= len(metadata["keywords"]) <= 10, metadata)
                self.assertTrue(metadata["transform_excerpt"])
        words = self.rows()["a.html"][0][1]["keywords"]
        self.assertIn("kaggle", words)
        self.assertFalse({"the", "is", "and", "of"} & set(words), words)
        hits = self.freshet.json("query", "harbor", "--mode", "text", "--filter", json.dumps({"keywords": {"$has": "harbor"}}))["hits"]
        self.assertEqual([hit["uri"] for hit in hits], [self.site.url + "/b.html"])

    def test_rg3_template_and_size_hold_for_every_page_of_a_sitemap(self):
        self.refresh({"template": "<{{document.title}}> {{team.name}}{{#tags}} [{{.}}]{{/tags}}{{^none}}.{{/none}}: {{excerpt_text}}", "keywords": 0,
                      "variables": {"team": {"name": "Docs"}, "tags": ["x", "y"]}},
                     max_chunk_size=80, overlap_size=0)
        rows = self.rows()
        self.assertEqual(sorted(rows), ["a.html", "b.html"])
        for page, title in (("a.html", "A & B"), ("b.html", "B")):  # nothing is escaped: it is text
            self.assertGreater(len(rows[page]), 1)
            for text, metadata in rows[page]:
                self.assertTrue(text.startswith(f"<{title}> Docs [x] [y].: "), text)
                self.assertNotIn("keywords", metadata)

    def test_rg4_formatting_reaches_the_reader_and_is_off_by_default(self):
        self.refresh({"template": "{{excerpt_text}}"})
        self.assertIn("The harbor opens", self.rows()["b.html"][0][0])
        config = json.dumps({"html": {"formatting": True}})
        self.site.page("/a.html", html("A & B", ("News", f"<em>Really</em> <code>new</code>: {TEXT}")))
        self.refresh({"template": "{{excerpt_text}}"}, reader=config)
        self.assertIn("The **harbor** opens", self.rows()["b.html"][0][0])
        self.assertIn("*Really* `new`: Kaggle", self.rows()["a.html"][0][0])
        self.assert_in_step()

    def test_rg5_small_windows_names_that_are_there_twice_and_answers_of_so_many_tokens(self):
        """The helpers of the predecessor, by what is made of them here; its batches are in core_sync (vectors)."""
        sample = "This is a sample text." * 3
        self.site.page("/a.html", html("A", ("S", sample)))
        self.sitemap = self.site.sitemap(["/a.html", "/b.html", "/a.html", "/a.html#s"])
        report = json.loads(self.refresh(unit="tokens", tokenizer="cl100k_base", max_chunk_size=5, overlap_size=0, transform="none").stdout)
        self.assertEqual((report["listed"], report["fetched"]["requests"] - report["asked_absent"]), (2, 4))  # robots.txt, the sitemap, each page once
        rows = self.rows()["a.html"]
        self.assertLessEqual(max(metadata["tokens"] for _, metadata in rows), 6)  # a cut within a token makes it two
        whole = " ".join(text for text, _ in rows)
        self.assertEqual([whole.count(word) for word in ("This", "sample", "text")], [3, 3, 3])  # all of it, once
        with opened(Tokenizer, BUILD / "lib/freshet/plugins/tokenizer_openai.so", b"cl100k_base") as tokenizer:
            hits = self.freshet.json("query", "harbor", "--mode", "text", "--max-tokens", "5", "--tokenizer", "cl100k_base")["hits"]
            self.assertTrue(hits)
            self.assertLessEqual(sum(tokenizer.count(hit["text"]) for hit in hits), 5)

    def test_tokens_are_kept_with_each_chunk_and_summed_in_the_report(self):
        """Of the text as it is stored: behind a transformer, and without one."""
        with opened(Tokenizer, BUILD / "lib/freshet/plugins/tokenizer_openai.so", b"cl100k_base") as tokenizer:
            for config in ({"tokenizer": "cl100k_base"}, {"tokenizer": "cl100k_base", "unit": "tokens", "max_chunk_size": 20, "overlap_size": 2},
                           {"tokenizer": "cl100k_base", "transform": "none"}):
                with self.subTest(config):
                    report = json.loads(self.refresh(**config).stdout)
                    rows = [row for rows in self.rows().values() for row in rows]
                    for text, metadata in rows:
                        self.assertEqual(metadata["tokens"], tokenizer.count(text), text)
                    self.assertEqual(report["chunks"]["tokens"], sum(metadata["tokens"] for _, metadata in rows))
                    self.assertGreater(report["chunks"]["tokens"], 40)
        most = max(metadata["tokens"] for _, metadata in rows)
        hits = self.freshet.json("query", "Kaggle", "--mode", "text", "--filter", json.dumps({"tokens": {"$gte": most}}))["hits"]
        self.assertEqual([hit["metadata"]["tokens"] for hit in hits], [most])
        self.site.page("/b.html", html("B", ("Other", "The harbor is closed.")))
        report = json.loads(self.refresh(tokenizer="cl100k_base", transform="none").stdout)
        self.assertEqual(report["chunks"]["tokens"], self.rows()["b.html"][0][1]["tokens"])  # of what was stored in this run
        report = json.loads(self.refresh().stdout)  # nobody counts: nothing is said, rather than none
        self.assertEqual((report["refreshed"], report["chunks"]["tokens"]), (2, None))
        self.assertFalse(any("tokens" in metadata for rows in self.rows().values() for _, metadata in rows))

    def test_what_is_no_template_and_no_language_is_told(self):
        for options, place, words in (({"template": "{{#a}}"}, "template", ""), ({"template": "{{>x}}"}, "template", ""),
                                      ({"language": "english"}, "language", "no language"), ({"keywords": 51}, "keywords", "")):
            with self.subTest(options):
                done = self.refresh(options, check=2)
                self.assertIn(f"options.{place}", done.stdout)
                self.assertIn(words, done.stdout)

    def test_another_template_makes_the_chunks_anew(self):
        self.refresh({"template": "one {{excerpt_text}}"})
        self.refresh({"template": "two {{excerpt_text}}"})
        self.assertTrue(all(text.startswith("two ") for rows in self.rows().values() for text, _ in rows))
        self.assert_in_step()

    def test_keeps_its_contract(self):
        done = subprocess.run([BUILD / "bin/freshet", "plugins", "check", LIBRARY], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
