"""The store turbopuffer in whole runs, read back by the client of its makers.

On the stand-in; or, where TURBOPUFFER_API_KEY and TURBOPUFFER_REGION are set, on turbopuffer itself, but for what only a
stand-in can do. FRESHET_TURBOPUFFER_ROUNDS sets how many runs are disturbed, FRESHET_SEED how; both are printed.
"""
import contextlib
import ctypes
import json
import os
import random
import sqlite3
import subprocess
import sys
import pathlib
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from packages import run_with  # noqa: E402
run_with("turbopuffer==3.1.0")  # starts this program again, with the client
import turbopuffer  # noqa: E402
from e2e import Case, Freshet, Scripted, build_dir, html, long_text, main, record_digest, vectors_of  # noqa: E402
from turbopuffer_server import FAULTS, Turbopuffer  # noqa: E402

ROUNDS = int(os.environ.get("FRESHET_TURBOPUFFER_ROUNDS", "6"))
SEED = int(os.environ.get("FRESHET_SEED", str(random.randrange(1 << 30))))
LIVE = {"TURBOPUFFER_API_KEY", "TURBOPUFFER_REGION"} <= os.environ.keys()
FRONT = '---\nlang: en\nyear: 2024\nsize: "10"\ndraft: false\ntags: [x, y, "7"]\nmixed: [x, 1]\nowner: "naïve 東京 🦀"\n---\n'
ATTRIBUTES = {"lang": "string", "year": "int", "draft": "bool", "tags": "[]string", "size": "int"}
stand_in_only = unittest.skipIf(LIVE, "turbopuffer itself does not do this at will")


def dashed(id):
    return "-".join((id[:8], id[8:12], id[12:16], id[16:20], id[20:]))


class OnServer(Case):
    def setUp(self):
        super().setUp()
        self.prefix = f"freshet-test-{random.randrange(1 << 40):x}-"
        if LIVE:
            self.options = {"region": os.environ["TURBOPUFFER_REGION"]}
            self.client = turbopuffer.Turbopuffer(region=os.environ["TURBOPUFFER_REGION"])
            self.addCleanup(lambda: [self.client.namespace(each.id).delete_all() for each in self.client.namespaces(prefix=self.prefix)])
        else:
            self.server = Turbopuffer()
            self.addCleanup(self.server.close)
            os.environ["FRESHET_TEST_KEY"] = self.server.key
            self.options = {"base_url": self.server.url, "key": "env:FRESHET_TEST_KEY"}
            self.client = turbopuffer.Turbopuffer(base_url=self.server.url, api_key=self.server.key, max_retries=0)
        self.pages = self.home / "pages"
        self.pages.mkdir()
        (self.home / "freshet.toml").write_text('[http]\nbackoff = "1ms"\nbackoff_cap = "10ms"\n')

    def store(self, **more):
        return f"turbopuffer={json.dumps({**self.options, 'prefix': self.prefix, **more})}"

    def refresh(self, *more, check=0, freshet=None, embedder="hash", store=None):
        return (freshet or self.freshet).json("--config", self.home / "freshet.toml", "refresh", "--files", self.pages,
                                              "--store", store or self.store(), "--embedder", embedder, *more, check=check)

    def write(self, name, text):
        (self.pages / name).write_text(text)

    def write_pages(self, count=6):
        for i in range(count):
            self.write(f"page{i}.html", html(f"page{i}", *[(f"Part {p}", long_text(f"w{i}x{p}", 20)) for p in range(3)]))

    def write_notes(self):
        self.write("a.md", FRONT + f"# Harbour\n\n{long_text('harbour', 40)}\n\n## Lights\n\n{long_text('lights', 40)}\n")
        self.write("b.md", f'---\nlang: de\nyear: 1999\nsize: "9"\n---\n# Seile\n\n{long_text("seile", 40)}\n')
        self.write("c.md", f"# Ohne\n\n{long_text('ohne', 40)}\n")

    def namespace(self, name="default"):
        return self.client.namespace(self.prefix + name)

    def rows(self, name="default"):
        """As the client reads them: {id: row}, without what is not freshet's."""
        found = self.namespace(name).query(rank_by=("id", "asc"), limit=10_000, filters=("freshet", "Eq", True), include_attributes=True).rows
        return {row["id"].replace("-", ""): row.model_dump() for row in found}

    def expected(self):
        """What the embedded store holds of the same pages: {id: (text, digest, uri, title, url, path, metadata, vector)}."""
        with tempfile.TemporaryDirectory(prefix="freshet-beside-") as folder:
            beside = Freshet(build_dir(), pathlib.Path(folder) / "repository")
            beside.json("refresh", "--files", self.pages, "--embedder", "hash")
            with contextlib.closing(sqlite3.connect(beside.repository / "store.sqlite")) as store:
                vectors = vectors_of(store, 1)
                return {row[0].hex(): (*row[1:-1], vectors[row[-1]]) for row in store.execute(
                    "SELECT id, text, digest, uri, title, url, path, metadata, n FROM rows_1")}

    def assert_same_rows(self):
        rows, expected = self.rows(), self.expected()
        self.assertEqual(sorted(rows), sorted(expected))
        for id, (text, digest, uri, title, url, path, metadata, _) in expected.items():
            row = rows[id]
            self.assertEqual((row["text"], record_digest(row["freshet_digest"]), row["uri"], row["title"], row["url"], row["path"], row["metadata"]),
                             (text, record_digest(digest), uri, title, url, path, metadata))
            self.assertTrue(row["freshet_model"].startswith("hash-"))

    def checked(self, **faults):
        """What a deep check says, and that it found these faults and no others."""
        report = self.freshet.json("check", "--deep", check=1 if faults else 0)["store"]
        found = {key: report[key] for key in ("missing", "stale", "orphans", "damaged", "pending") if report[key]}
        self.assertEqual(found, faults, report)
        self.assertEqual(report["in_step"], not faults, report)

    def repaired(self):
        report = self.freshet.json("check", "--repair")["store"]
        self.assertEqual(report["embedded_texts"], 0, report)
        self.checked()
        self.assert_same_rows()


class Delivery(OnServer):
    def test_the_official_client_reads_what_was_written(self):
        self.write_notes()
        self.assertGreater(self.refresh()["delivered"]["upserts"], 2)
        self.assert_same_rows()
        expected = self.expected()
        for id, row in self.rows().items():
            unit = expected[id][7]
            self.assertGreater(sum(a * b for a, b in zip(unit, row["vector"])) / sum(b * b for b in row["vector"]) ** .5, 0.999999)
        self.checked()
        self.assertEqual(self.refresh()["delivered"], {"upserts": 0, "removals": 0, "pending": 0})

    def test_a_second_run_sends_no_write(self):
        self.write_pages()
        self.refresh()
        if not LIVE:
            before = len(self.server.writes)
        self.assertEqual(self.refresh()["delivered"], {"upserts": 0, "removals": 0, "pending": 0})
        if not LIVE:
            self.assertEqual(len(self.server.writes), before)

    def test_the_schema_says_what_each_attribute_is_for(self):
        self.write_notes()
        self.refresh()
        schema = {name: config.model_dump() for name, config in self.namespace().metadata().schema_.items()}
        self.assertEqual(schema["id"]["type"], "uuid")
        self.assertEqual(schema["vector"]["type"], "[256]f32")
        self.assertEqual(schema["vector"]["ann"]["distance_metric"], "cosine_distance")
        self.assertEqual({name for name, config in schema.items() if config["full_text_search"]}, {"text", "title", "path"})
        self.assertEqual({name for name, config in schema.items() if config["filterable"]} - {"id"}, {"freshet", "freshet_terms"})
        found = self.namespace().query(rank_by=("text", "BM25", "lights"), limit=1, include_attributes=["title", "url", "path"]).rows[0]
        self.assertEqual(found["title"], "Harbour")
        self.assertIn("Lights", found["path"])

    def test_rg6_what_the_predecessors_demo_shows(self):
        """There or not, five documents of which two go, none; attributes; 25 in batches of 10; what is asked without words."""
        self.assertFalse(self.namespace().exists())
        for i in range(5):
            self.write(f"{i}.md", f"---\nlang: en\nyear: {2020 + i}\n---\n# Note {i}\n\nWords about harbour {i}.\n")
        self.refresh(store=self.store(attributes={"lang": "string", "year": "int"}))
        self.assertTrue(self.namespace().exists())
        self.assertEqual(sorted((row["lang"], row["year"]) for row in self.rows().values()), [("en", 2020 + i) for i in range(5)])
        uris = sorted(root["uri"] for root in self.freshet.json("roots", "list")["roots"])
        for uri in uris[:2]:
            self.freshet.json("roots", "delete", uri)
        self.assertEqual(sorted(row["uri"] for row in self.rows().values()), uris[2:])
        self.freshet.run("reset", check=0)
        self.assertEqual(self.rows(), {})
        self.assertEqual(self.freshet.json("query", "harbour")["hits"], [])  # it is known, and not in the store
        self.assertIn("there is default", self.freshet.run("query", "harbour", "--namespace", "never-heard-of", check=3).stderr)
        for i in range(25):
            self.write(f"more-{i}.md", f"# More {i}\n\nWords about more {i}.\n")
        (self.home / "freshet.toml").write_text("[chunker]\nembedding_batch_size = 10\n")
        for uri in range(5):
            (self.pages / f"{uri}.md").unlink()
        report = self.refresh("--jobs", "3", "--namespace", "other", freshet=Freshet(build_dir(), self.home / "other"), store=self.store(max_batch=10))
        self.assertEqual((report["delivered"]["upserts"], len(self.rows("other"))), (25, 25))
        for arguments in (("query",), ("refresh", "--config", self.home / "freshet.toml")):
            done = Freshet(build_dir(), self.home / "nothing").run(*arguments)
            self.assertEqual(done.returncode, 2, done.stdout + done.stderr)

    def test_keys_of_the_metadata_as_attributes(self):
        self.write_notes()
        done = self.freshet.run("--config", self.home / "freshet.toml", "refresh", "--files", self.pages, "--store",
                                self.store(attributes=ATTRIBUTES), "--embedder", "hash", check=0)
        self.assertIn("values of size are no int", done.stderr)
        found = self.namespace().query(rank_by=("id", "asc"), limit=100, filters=("And", [("year", "Gt", 2000), ("tags", "Contains", "y")]),
                                       include_attributes=True).rows
        self.assertTrue(found)
        for row in map(turbopuffer.types.Row.model_dump, found):
            self.assertEqual((row["title"], row["lang"], row["year"], row["draft"], row["tags"], row.get("size")),
                             ("Harbour", "en", 2024, False, ["x", "y", "7"], None))

    def test_an_attribute_that_is_named_later(self):
        self.write_notes()
        self.refresh()
        self.refresh("--rebuild", store=self.store(attributes={"year": "int"}))
        self.assertEqual({row.get("year") for row in self.rows().values()}, {2024, 1999, None})
        other = Freshet(build_dir(), self.home / "other")
        error = self.refresh(check=2, freshet=other, store=self.store(attributes={"year": "string"}))["error"]
        self.assertIn("the attribute year is of the type int, not string", error["message"])

    def test_edits_and_removals_arrive(self):
        self.write_notes()
        self.refresh()
        self.write("a.md", f"---\nlang: fr\n---\n# Harbour\n\n{long_text('harbour', 40)}\n")
        (self.pages / "c.md").unlink()
        self.refresh("--accept-shrink")
        self.assert_same_rows()
        self.checked()

    def test_batches_of_100(self):
        for rows in (0, 1, 101):
            with self.subTest(rows=rows):
                name = ["--namespace", f"rows{rows}"]
                for i in range(rows):
                    self.write(f"{i}.txt", f"text {i}\n")
                report = self.freshet.json(*name, "refresh", "--files", self.pages, "--store", self.store(max_batch=100),
                                           "--embedder", "hash")
                self.assertEqual(report["delivered"]["upserts"], rows)
                self.assertEqual(len(self.rows(f"rows{rows}")), rows)
                self.assertTrue(self.freshet.json(*name, "check", "--deep")["store"]["in_step"])
                if not LIVE:
                    sizes = [len(body["upsert_columns"]["id"]) for body in self.server.writes if "upsert_columns" in body]
                    self.assertLessEqual(max(sizes, default=0), 100)

    def test_values_longer_than_an_indexed_one(self):
        long_title = "The " + "very " * 900 + "long title"
        self.write("long.md", f'---\nnote: "{"n" * 3000}"\n---\n# {long_title}\n\n{long_text("long", 10)}\n')
        self.write_notes()
        self.refresh()
        self.assert_same_rows()
        note = json.dumps({"note": "n" * 3000})
        hits = self.freshet.json("query", "long", "--mode", "vector", "--filter", note)["hits"]
        self.assertTrue(hits)
        self.assertTrue(all(hit["title"].startswith("The very") for hit in hits))
        self.assertEqual(self.freshet.json("query", "long", "--mode", "vector", "--filter", json.dumps({"note": "n" * 2999}))["hits"], [])


@unittest.skipIf(os.environ.get("FRESHET_SANITIZE"), "its library has to be loaded before any other, python's too")
class CApi(OnServer):
    """The main job as an application does it: a run, its report and a query, without the program."""

    def call(self, name, *arguments):
        error = ctypes.c_void_p()
        if getattr(self.library, name)(*arguments, ctypes.byref(error)) != 0:
            self.library.freshet_error_to_string.restype = ctypes.c_char_p
            raise AssertionError(self.library.freshet_error_to_string(error).decode())

    def run_once(self, repository):
        config = {"sources": [{"loader": "files", "options": {"path": str(self.pages)}}], "embedder": "hash",
                  "store": {"name": "turbopuffer", "options": {**self.options, "prefix": self.prefix}}}
        run, report = ctypes.c_void_p(), ctypes.c_char_p()
        self.call("freshet_refresh_run", repository, json.dumps(config).encode(), None, None, ctypes.byref(run))
        self.call("freshet_refresh_report", run, ctypes.byref(report), None)
        told = json.loads(report.value)
        self.library.freshet_refresh_free(run)
        return told["delivered"]

    def test_the_main_job(self):
        self.write_notes()
        self.library = ctypes.CDLL(str(pathlib.Path(build_dir()) / "lib" / "libfreshet.so.0"))
        repository, hits, text = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p()
        self.call("freshet_repository_open", str(self.home / "repository").encode(), None, ctypes.byref(repository))
        self.addCleanup(self.library.freshet_repository_close, repository)
        self.assertGreater(self.run_once(repository)["upserts"], 2)
        self.assertEqual(self.run_once(repository), {"upserts": 0, "removals": 0, "pending": 0})
        self.assert_same_rows()
        self.call("freshet_query_run", repository, b"what the lights say", b'{"limit":3}', None, ctypes.byref(hits))
        self.call("freshet_hits_to_json", hits, ctypes.byref(text))
        self.assertEqual(json.loads(ctypes.string_at(text.value))["hits"][0]["title"], "Harbour")
        self.library.freshet_string_free(text)
        self.library.freshet_hits_free(hits)


class Options(OnServer):
    def refused(self, check=2, **options):
        self.write_notes()
        return json.dumps(self.freshet.json("refresh", "--files", self.pages, "--embedder", "hash", "--store",
                                            f"turbopuffer={json.dumps(options)}", check=check)["error"])

    def test_what_contradicts_itself(self):
        self.assertIn("one of region and base_url", self.refused())
        self.assertIn("one of region and base_url", self.refused(**{**self.options, "region": "r", "base_url": "http://127.0.0.1:9"}))
        self.assertIn("is not of a-z 0-9 -", self.refused(region="evil.test/"))
        self.assertIn("an attribute that every row has", self.refused(**self.options, attributes={"text": "string"}))
        self.assertIn("is not of A-Z", self.refused(**self.options, prefix="a/b"))
        self.assertIn("is not from 1 to 64MiB", self.refused(**self.options, max_request="1GiB"))

    def test_a_key_that_is_not_there_or_wrong(self):
        self.assertIn("NOBODY_SET_THIS", self.refused(check=3, **{**self.options, "key": "env:NOBODY_SET_THIS"}))
        os.environ["FRESHET_WRONG_KEY"] = "tpuf_wrong"
        said = self.refused(check=3, **{**self.options, "key": "env:FRESHET_WRONG_KEY"})
        self.assertIn("HTTP status 401", said)
        self.assertNotIn("tpuf_wrong", said)

    @stand_in_only
    def test_a_server_that_is_not_there(self):
        self.write_notes()
        self.options["base_url"] = "http://127.0.0.1:9"
        self.assertEqual(self.refresh(check=3)["error"]["code"], "network")
        site = Scripted()
        self.addCleanup(site.close)
        self.options["base_url"] = site.url
        error = self.refresh(check=3)["error"]
        self.assertIn(error["code"], ("remote", "version"), error)

    @stand_in_only
    def test_backpressure_and_consistency(self):
        self.write_notes()
        self.refresh(store=self.store(disable_backpressure=True, consistency="eventual"))
        self.assertTrue(all(body.get("disable_backpressure") for body in self.server.writes if "upsert_columns" in body))
        levels = []

        def watch(request):
            if request.verb == "POST/v2/query":
                levels.append(json.loads(request.raw).get("consistency", {"level": "strong"})["level"])
        self.server.fault = watch
        self.freshet.json("query", "lights")
        self.assertEqual(set(levels), {"eventual"})
        levels.clear()
        self.freshet.json("check", "--deep")
        self.assertEqual(set(levels), {"strong"})


class Queries(OnServer):
    def hits(self, *arguments, freshet=None):
        return [(hit["title"], round(hit["score"], 3)) for hit in
                (freshet or self.freshet).json("query", *arguments, "-k", "100")["hits"]]

    def test_filters_and_modes_find_what_the_embedded_store_finds(self):
        self.write_notes()
        for metric in ("cosine_distance", "euclidean_squared"):
            self.refresh("--rebuild", store=self.store(metric=metric))
            beside = Freshet(build_dir(), self.home / "beside")
            beside.json("refresh", "--files", self.pages, "--embedder", "hash")
            for wanted in ({"lang": "en"}, {"lang": {"$ne": "en"}}, {"year": {"$gte": 2000}}, {"size": 10}, {"tags": {"$has": "x"}},
                           {"tags": {"$has": 7}}, {"mixed": {"$has": 1}}, {"$or": [{"lang": "de"}, {"draft": False}]},
                           {"$not": {"size": {"$in": [9, 10]}}}, {"owner": {"$contains": "東京"}}, {"title": {"$in": ["Ohne", "Seile"]}},
                           {"$not": {"tags": {"$has": "x"}}}, {"lang": {"$in": []}}, {"lang": "xx"}):
                arguments = ("sentence of seile", "--mode", "vector", "--filter", json.dumps(wanted))
                with self.subTest(filter=wanted, metric=metric):
                    self.assertEqual(sorted(self.hits(*arguments)), sorted(self.hits(*arguments, freshet=beside)))
        self.assertEqual(self.hits("seile", "--mode", "text")[0][0], "Seile")
        self.assertEqual(self.hits("what the lights say", "--mode", "text")[0][0], "Harbour")
        self.assertEqual(self.hits("harbour lights")[0][0], "Harbour")
        self.assertEqual(self.hits("nowhere", "--mode", "text"), [])
        self.assertEqual(self.hits("?! …", "--mode", "text"), [])
        self.assertTrue(self.hits("harbour " * 1000, "--mode", "text"))

    def test_the_namespace_is_gone(self):
        self.write_notes()
        self.refresh()
        self.namespace().delete_all()
        error = self.freshet.json("query", "harbour", check=3)["error"]
        self.assertEqual(error["code"], "not_found")
        self.assertIn("freshet check --repair", error["message"])


class Drift(OnServer):
    def setUp(self):
        super().setUp()
        self.write_pages()
        self.refresh()
        self.ids = [dashed(id) for id in sorted(self.rows())]

    def change(self, **write):
        self.namespace().write(distance_metric="cosine_distance", **write)

    def test_rows_that_went_away_or_changed(self):
        vector = [0.5] * 256
        kept = {dashed(id): row for id, row in self.rows().items()}
        self.change(deletes=self.ids[:2])
        self.change(patch_rows=[{"id": self.ids[2], "freshet_digest": "other"}, {"id": self.ids[3], "text": "another text"}])
        self.change(upsert_rows=[{**kept[self.ids[4]], "vector": vector},
                                 {"id": dashed("0" * 31 + "7"), "vector": vector, "text": "orphan", "freshet": True, "freshet_digest": "x"}])
        self.checked(missing=2, stale=1, damaged=2, orphans=1)
        self.repaired()

    def test_what_others_put_there_stays_theirs(self):
        first = self.namespace().query(rank_by=("id", "asc"), limit=1, include_attributes=["text", "vector"]).rows[0]
        question = first["text"]
        foreign = [dashed("f" * 32), dashed("1" * 32)]  # nearer to the question than anything else
        self.change(upsert_rows=[{"id": id, "vector": first["vector"], "text": question, "title": question[:100]} for id in foreign])
        self.checked()
        for mode, k, found in (("vector", 100, len(self.ids)), ("vector", 2, 2), ("text", 100, None), ("hybrid", 2, 2)):
            hits = self.freshet.json("query", question[:200], "--mode", mode, "-k", k)["hits"]
            self.assertEqual({dashed(hit["chunk_id"]) for hit in hits} - set(self.ids), set(), mode)
            self.assertIn(found, (None, len(hits)), mode)
        self.refresh("--rebuild")
        self.assertEqual(self.freshet.json("check", "--deep")["store"]["stored"], len(self.ids))
        self.freshet.json("namespaces", "drop", "default")
        left = self.namespace().query(rank_by=("id", "asc"), limit=10).rows
        self.assertEqual([row["id"] for row in left], sorted(foreign))

    def test_verify_tells_a_deleted_namespace_and_fills_it(self):
        rows = len(self.ids)
        self.verified(checked=rows)
        self.namespace().delete_all()
        self.verified(checked=rows, missing=rows)
        self.verified("--repair", missing=rows, repaired=rows)
        self.verified(checked=rows)
        self.assert_same_rows()

    def test_verify_tells_an_older_backup_and_mends_the_difference(self):
        old = [row.model_dump() for row in self.namespace().query(rank_by=("id", "asc"), limit=1000, include_attributes=True).rows]
        self.write("page0.html", html("page0", ("Other", long_text("other", 20))))
        self.write("page9.html", html("page9", ("New", long_text("new", 20))))
        self.refresh()
        before, now = {row["id"].replace("-", "") for row in old}, set(self.rows())
        self.change(delete_by_filter=("freshet", "Eq", True))
        self.change(upsert_rows=old)
        drift = {"missing": len(now - before), "orphaned": len(before - now)}
        self.assertGreater(min(drift.values()), 0)
        self.verified(checked=len(now | before), **drift)
        self.verified("--repair", **drift, repaired=len(now ^ before))
        self.verified(checked=len(now))
        self.assert_same_rows()

    def test_verify_counts_what_others_put_there_and_removes_it_on_a_word_alone(self):
        rows = len(self.ids)
        theirs = [dashed(f"{i:032x}") for i in range(2 * rows)]
        self.change(upsert_rows=[{"id": id, "vector": [0.5] * 256, "text": "theirs"} for id in theirs])
        for arguments in ([], ["--deep"], ["--repair"]):
            self.verified(*arguments, checked=rows, foreign=len(theirs))
        self.verified("--repair", "--owned", checked=rows, foreign=len(theirs), held=len(theirs))
        self.verified("--repair", "--owned", "--accept-shrink", foreign=len(theirs), repaired=len(theirs))
        self.verified(checked=rows)
        self.assert_same_rows()

    def test_a_namespace_that_was_deleted_is_filled_by_the_next_run(self):
        self.namespace().delete_all()
        report = self.refresh()
        self.assertEqual((report["embedded"]["texts"], report["delivered"]["upserts"]), (0, len(self.ids)))
        self.assert_same_rows()
        self.checked()

    @stand_in_only
    def test_a_namespace_that_goes_in_the_middle_of_a_run_does_not_come_back_half_full(self):
        self.write_pages(12)
        once = threading.Event()

        def gone(request):
            if request.is_write and b"upsert_columns" in request.raw and not once.is_set():
                once.set()
                with self.server.lock:
                    self.server.namespaces.clear()
        self.server.fault = gone
        self.refresh(check=1)
        self.assertNotIn(self.prefix + "default", self.server.namespaces)
        self.refresh()
        self.assert_same_rows()
        self.checked()

    def test_a_rebuild_sends_everything_and_embeds_nothing(self):
        report = self.refresh("--rebuild")
        self.assertEqual((report["embedded"]["texts"], report["delivered"]["upserts"]), (0, len(self.ids)))
        self.checked()
        self.assert_same_rows()

    def test_an_older_state_of_the_namespace(self):
        old = [row.model_dump() for row in self.namespace().query(rank_by=("id", "asc"), limit=1000, include_attributes=True).rows]
        self.write("page0.html", html("page0", ("Other", long_text("other", 20))))
        self.write("page9.html", html("page9", ("New", long_text("new", 20))))
        self.refresh()
        self.change(delete_by_filter=("freshet", "Eq", True))
        self.change(upsert_rows=old)
        report = self.freshet.json("check", "--deep", check=1)["store"]
        self.assertGreater(report["missing"], 0)
        self.assertGreater(report["orphans"], 0)
        self.repaired()

    @stand_in_only
    def test_an_index_that_was_switched_off_is_told(self):
        self.change(schema={"text": {"type": "string", "full_text_search": False, "filterable": False}})
        report = self.freshet.json("check", check=1)["store"]
        self.assertIn("the attribute text cannot be searched for words", json.dumps(report))


class Namespaces(OnServer):
    def test_they_begin_with_the_prefix(self):
        self.write_notes()
        self.client.namespace(self.prefix + "theirs").write(upsert_rows=[{"id": 1, "a": 1}])
        for name in ("kb", "docs.v2"):
            self.freshet.json("--namespace", name, "refresh", "--files", self.pages, "--store", self.store(), "--embedder", "hash")
        self.assertEqual([each.id for each in self.client.namespaces(prefix=self.prefix)],
                         [self.prefix + name for name in ("docs.v2", "kb", "theirs")])
        self.freshet.json("namespaces", "drop", "kb")
        self.assertEqual([each.id for each in self.client.namespaces(prefix=self.prefix)],
                         [self.prefix + name for name in ("docs.v2", "theirs")])

    def refused(self, *more, **options):
        other = Freshet(build_dir(), self.home / "other")
        error = self.refresh(*more, check=2, freshet=other, **options)["error"]
        self.assertEqual(error["code"], "invalid_argument")
        return error["message"]

    def test_a_name_that_gets_too_long(self):
        self.write_notes()
        self.assertIn("at most 128", self.refused("--namespace", "n" * 120, store=self.store(prefix="p" * 20)))

    def test_another_dimension_or_metric_is_refused_before_any_write(self):
        self.write_notes()
        self.refresh()
        before = self.rows()
        self.assertIn("has the dimension 256, not 64", self.refused(embedder='hash={"dimension":64}'))
        self.assertIn("has the metric cosine_distance, not euclidean_squared", self.refused(store=self.store(metric="euclidean_squared")))
        self.assertEqual(self.rows(), before)
        error = self.refresh(check=3, embedder='hash={"dimension":64}')["error"]
        self.assertEqual(error["code"], "held")
        self.refresh("--rebuild", embedder='hash={"dimension":64}')
        self.assertEqual(len(next(iter(self.rows().values()))["vector"]), 64)
        self.checked()

    def test_another_model_is_refused(self):
        self.write_notes()
        self.refresh()
        id, row = next(iter(self.rows().items()))
        self.namespace().write(distance_metric="cosine_distance", upsert_rows=[
            {"id": dashed("0" * 32), "vector": row["vector"], "freshet": True, "freshet_digest": "x", "freshet_model": "another"}])
        self.assertIn('has the model "another", not "hash-256-v1+titles"', self.refused())

    def test_a_namespace_of_somebody_else_is_refused_and_stays(self):
        self.write_notes()
        theirs = {"id": 1, "vector": [1.0, 0.0], "text": "theirs"}
        self.namespace().write(distance_metric="cosine_distance", upsert_rows=[theirs])
        self.assertIn("was not made by freshet", self.refused())
        self.assertEqual(self.namespace().query(rank_by=("id", "asc"), limit=9, include_attributes=["text"]).rows[0]["text"], "theirs")


@stand_in_only
class Faults(OnServer):
    def test_a_row_that_is_refused_is_told_and_the_others_arrive(self):
        self.write_notes()
        self.write("d.md", f"# Odd\n\n{long_text('poison', 40)}\n")

        def poisoned(request):
            if request.is_write and b"poison" in request.raw:
                return 400, {}, {"status": "error", "error": "attribute `text`: it is poison"}
        self.server.fault = poisoned
        report = self.refresh(check=1)
        self.assertIn("it is poison", json.dumps(report["errors"]))
        self.assertEqual(report["delivered"]["pending"], len(report["errors"]))
        self.assertEqual({row["title"] for row in self.rows().values()}, {"Harbour", "Seile", "Ohne"})
        self.server.fault = lambda request: None
        self.refresh()
        self.assert_same_rows()

    def test_a_body_that_is_too_large_is_halved(self):
        self.write_pages(10)

        def small(request):
            if request.is_write and request.raw.count(b"00000000-") >= 0 and len(json.loads(request.raw).get("upsert_columns", {}).get("id", [])) > 7:
                return 413, {}, {"status": "error", "error": "request is too large"}
        self.server.fault = small
        self.refresh()
        self.assert_same_rows()

    def test_only_what_was_written_is_confirmed(self):
        """Half of each write is done, as its answer says: the other half is sent again."""
        self.write_pages(10)
        halved = [0]

        def partial(request):
            with self.server.lock:
                if request.is_write and b"upsert_columns" in request.raw and halved[0] < 3:
                    halved[0] += 1
                    return "partial"
        self.server.fault = partial
        self.refresh(store=self.store(max_batch=8))
        self.assertEqual(halved[0], 3)
        self.assert_same_rows()
        self.checked()

    def test_a_key_that_is_taken_away(self):
        self.write_pages()
        self.refresh()
        self.write("new.html", html("new", ("Part", long_text("new", 20))))
        for status, code in ((401, "denied"), (403, "denied")):
            self.server.fault = lambda request: (status, {}, {"status": "error", "error": "no"}) if request.is_write else None
            report = self.refresh(check=1)
            self.assertIn(code, json.dumps(report["errors"]))
            self.assertGreater(report["delivered"]["pending"], 0)
        self.server.fault = lambda request: None
        self.refresh()
        self.assert_same_rows()

    def write_version(self, version):
        for i in range(30):
            path = self.pages / f"page{i}.html"
            path.unlink(missing_ok=True)
            if (i + version) % 7 != 0:
                word = f"w{i}v{version if (i + version) % 3 == 0 else 0}"
                path.write_text(html(f"page{i}", *[(f"Part {p}", long_text(f"{word}p{p}", 20)) for p in range(3)]))

    def test_faults_at_random_lose_nothing_and_leave_nothing_behind(self):
        print(f"FRESHET_SEED={SEED} FRESHET_TURBOPUFFER_ROUNDS={ROUNDS}", flush=True)
        chance = random.Random(SEED)
        disturbed = [0]

        def fault(request):
            if chance.random() < share:
                disturbed[0] += 1
                return chance.choice(FAULTS)
        for version in range(ROUNDS):
            share = chance.uniform(0.1, 0.3)
            self.write_version(version)
            self.server.fault = fault
            for _ in range(10):
                done = self.freshet.run("--config", self.home / "freshet.toml", "refresh", "--files", self.pages, "--store",
                                        self.store(max_batch=4), "--embedder", "hash", "--accept-shrink")
                if done.returncode == 0:
                    break
            self.server.fault = lambda request: None
            report = self.refresh("--accept-shrink", store=self.store(max_batch=10))
            self.assertEqual((report["failed"], report["delivered"]["pending"]), (0, 0), report)
            self.checked()
            self.assert_same_rows()
        written = sum(len(body.get("upsert_columns", {}).get("id", [])) + len(body.get("deletes", [])) for body in self.server.writes)
        print(f"{disturbed[0]} of {len(self.server.requests)} requests disturbed, {written} rows written or removed", flush=True)
        self.assertGreater(disturbed[0], 4 * ROUNDS)

    def test_an_answer_that_breaks_off_at_any_byte(self):
        """Each write is done, and its answer ends some bytes later than the one before; one byte in a campaign."""
        self.write_pages(20)
        step = 1 if ROUNDS > 50 else 11
        torn, whole = [SEED % step], 450  # longer than any answer to a write of one row

        def tear(request):
            if request.is_write and torn[0] < whole:
                with self.server.lock:
                    torn[0] += step
                    return torn[0] - step
        self.server.fault = tear
        for _ in range(20):
            self.freshet.run("--config", self.home / "freshet.toml", "refresh", "--files", self.pages, "--store", self.store(max_batch=1),
                             "--embedder", "hash")
            if torn[0] >= whole:
                break
        self.assertGreaterEqual(torn[0], whole)
        self.refresh(store=self.store(max_batch=1))
        self.assert_same_rows()
        self.checked()

    def test_a_killed_run_loses_nothing(self):
        moments = random.Random(SEED)
        arguments = ["--config", self.home / "freshet.toml", "refresh", "--files", self.pages, "--store", self.store(max_batch=10),
                     "--embedder", "hash", "--accept-shrink"]
        for version in range(ROUNDS):
            self.write_version(version)
            stop_at, count, arrived = moments.randrange(1, 12), [0], threading.Event()

            def stop(request):
                with self.server.lock:
                    count[0] += 1
                    mine = count[0]
                if mine == stop_at:
                    arrived.set()
                    return moments.choice(("drop", "torn", None))
            self.server.fault = stop
            process = self.freshet.start(*arguments)
            while not arrived.wait(0.02) and process.poll() is None:
                pass
            process.kill()
            process.wait()
            self.server.fault = lambda request: None
            report = self.freshet.json(*arguments)
            self.assertEqual((report["failed"], report["delivered"]["pending"]), (0, 0), report)
            self.checked()
            self.assert_same_rows()


@stand_in_only
class Program(OnServer):
    def test_the_cases_of_the_plugin(self):
        environment = {**os.environ, "FRESHET_TURBOPUFFER_URL": self.server.url}
        done = subprocess.run([pathlib.Path(build_dir()) / "bin" / "test_plugin_store_turbopuffer", "[.server]"], env=environment,
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_plugins_check(self):
        plugin = pathlib.Path(build_dir()) / "lib" / "freshet" / "plugins" / "store_turbopuffer.so"
        report = self.freshet.json("plugins", "check", plugin, "--network", self.server.url,
                                   "--options", f"store turbopuffer={json.dumps(self.options)}")
        skipped = {case["case"] for case in report["cases"] if case["verdict"] == "skip"}
        self.assertEqual(skipped, {"heeds_claims", "replaces_namespaces"}, report)
        self.assertEqual({case["verdict"] for case in report["cases"]}, {"pass", "skip"}, report)


if __name__ == "__main__":
    main()
