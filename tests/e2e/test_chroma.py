"""The store chroma on the real server, read back by the client of its makers.

FRESHET_CHROMA_KILLS sets how often the server or the program is killed, FRESHET_SEED when; both are printed.
"""
import contextlib
import fcntl
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import pathlib
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from chroma import HOME, Chroma, chromadb  # noqa: E402  starts this program again, with the client
from e2e import Case, Freshet, Scripted, build_dir, html, long_text, main, record_digest, vectors_of  # noqa: E402

KILLS = int(os.environ.get("FRESHET_CHROMA_KILLS", "4"))
SEED = int(os.environ.get("FRESHET_SEED", str(random.randrange(1 << 30))))
FRONT = '---\nlang: en\nyear: 2024\nsize: "10"\ndraft: false\ntags: [x, y]\nmixed: [x, 1]\nowner: "naïve 東京 🦀"\n---\n'


def setUpModule():
    global SERVER
    folder = tempfile.TemporaryDirectory(prefix="freshet-chroma-")
    unittest.addModuleCleanup(folder.cleanup)
    SERVER = Chroma(folder.name)
    unittest.addModuleCleanup(SERVER.kill)


class OnServer(Case):
    server = None

    def setUp(self):
        super().setUp()
        self.server = self.server or SERVER
        self.database = re.sub("[^a-z0-9]", "-", self.id().lower())[-60:].strip("-")
        self.client = self.server.database(self.database)
        self.pages = self.home / "pages"
        self.pages.mkdir()

    def store(self, **more):
        return f"chroma={json.dumps({'url': self.server.url, 'database': self.database, **more})}"

    def refresh(self, *more, check=0, freshet=None, embedder="hash", store=None):
        return (freshet or self.freshet).json("refresh", "--files", self.pages, "--store", store or self.store(),
                                              "--embedder", embedder, *more, check=check)

    def write(self, name, text):
        (self.pages / name).write_text(text)

    def write_pages(self, count=6):
        for i in range(count):
            self.write(f"page{i}.html", html(f"page{i}", *[(f"Part {p}", long_text(f"w{i}x{p}", 20)) for p in range(3)]))

    def write_notes(self):
        self.write("a.md", FRONT + f"# Harbour\n\n{long_text('harbour', 40)}\n\n## Lights\n\n{long_text('lights', 40)}\n")
        self.write("b.md", f'---\nlang: de\nyear: 1999\nsize: "9"\n---\n# Seile\n\n{long_text("seile", 40)}\n')
        self.write("c.md", f"# Ohne\n\n{long_text('ohne', 40)}\n")

    def rows(self, collection="default"):
        """As the client reads them: {id: (document, metadata)}, without what is not freshet's."""
        got = self.client.get_collection(collection).get(include=["documents", "metadatas"])
        return {id: (document, metadata) for id, document, metadata in zip(got["ids"], got["documents"], got["metadatas"])
                if metadata and metadata.get("freshet")}

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
            document, kept = rows[id]
            self.assertEqual((document, record_digest(kept["freshet_digest"]), kept["uri"], kept["title"], kept["url"], kept["path"]),
                             (text, record_digest(digest), uri, title, url, path))
            self.assertEqual(kept.get("freshet_metadata", "{}"), metadata)

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
        collection = self.client.get_collection("default")
        self.assertEqual(collection.configuration_json["hnsw"]["space"], "cosine")
        got = collection.get(include=["metadatas", "embeddings"])
        expected = self.expected()
        for id, metadata, vector in zip(got["ids"], got["metadatas"], got["embeddings"]):
            unit = expected[id][7]
            self.assertGreater(sum(a * b for a, b in zip(unit, vector)) / sum(b * b for b in vector) ** .5, 0.999999)
            if metadata["title"] == "Harbour":
                self.assertEqual([metadata[key] for key in ("lang", "year", "size", "draft", "tags", "owner")],
                                 ["en", 2024, "10", False, ["x", "y"], "naïve 東京 🦀"])
        self.checked()
        self.assertEqual(self.refresh()["delivered"], {"upserts": 0, "removals": 0, "pending": 0})

    def test_edits_and_removals_arrive(self):
        self.write_notes()
        self.refresh()
        self.write("a.md", f"---\nlang: fr\n---\n# Harbour\n\n{long_text('harbour', 40)}\n")
        (self.pages / "c.md").unlink()
        self.refresh("--accept-shrink")
        self.assert_same_rows()
        self.checked()
        for _, metadata in self.rows().values():
            if metadata["title"] == "Harbour":  # Chroma merges: what the page lost is gone all the same
                self.assertEqual({"year", "owner", "tags"} & set(metadata), set())

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

    def test_a_row_that_is_refused_is_told_and_the_others_arrive(self):
        self.write_notes()
        self.write("d.md", f'---\nfreshet_digest: x\n---\n# Odd\n\n{long_text("odd", 40)}\n')
        report = self.refresh(check=1)
        self.assertIn("freshet_digest: a key of metadata that is freshet's own", json.dumps(report["errors"]))
        self.assertEqual(report["delivered"]["pending"], len(report["errors"]))
        self.assertEqual({metadata["title"] for _, metadata in self.rows().values()}, {"Harbour", "Seile", "Ohne"})

    def test_a_server_that_is_not_there(self):
        self.write_notes()
        error = self.refresh(check=3, store='chroma={"url":"http://127.0.0.1:9"}')["error"]
        self.assertEqual(error["code"], "network")
        site = Scripted()
        self.addCleanup(site.close)
        error = self.refresh(check=3, store=f'chroma={{"url":"{site.url}"}}')["error"]
        self.assertIn("answered with what is not JSON" if error["code"] == "remote" else "HTTP API", error["message"])


class Queries(OnServer):
    def hits(self, *arguments, freshet=None):
        return [(hit["title"], round(hit["score"], 3)) for hit in
                (freshet or self.freshet).json("query", *arguments, "-k", "100")["hits"]]

    def test_filters_and_modes_find_what_the_embedded_store_finds(self):
        self.write_notes()
        self.refresh()
        beside = Freshet(build_dir(), self.home / "beside")
        beside.json("refresh", "--files", self.pages, "--embedder", "hash")
        for wanted in ({"lang": "en"}, {"lang": {"$ne": "en"}}, {"year": {"$gte": 2000}}, {"size": 10}, {"tags": {"$has": "x"}},
                       {"$or": [{"lang": "de"}, {"draft": False}]}, {"$not": {"size": {"$in": [9, 10]}}},
                       {"owner": {"$contains": "東京"}}, {"title": {"$in": ["Ohne", "Seile"]}}, {"lang": "xx"}):
            arguments = ("sentence of seile", "--mode", "vector", "--filter", json.dumps(wanted))
            with self.subTest(filter=wanted):
                self.assertEqual(sorted(self.hits(*arguments)), sorted(self.hits(*arguments, freshet=beside)))
        self.assertEqual(self.hits("seile", "--mode", "text")[0][0], "Seile")
        self.assertEqual(self.hits("what the lights say", "--mode", "text")[0][0], "Harbour")
        self.assertEqual(self.hits("harbour lights")[0][0], "Harbour")
        self.assertEqual(self.hits("nowhere", "--mode", "text"), [])

    def test_the_namespace_is_gone(self):
        self.write_notes()
        self.refresh()
        self.client.delete_collection("default")
        error = self.freshet.json("query", "harbour", check=3)["error"]
        self.assertEqual(error["code"], "not_found")
        self.assertIn("freshet check --repair", error["message"])


class Drift(OnServer):
    def setUp(self):
        super().setUp()
        self.write_pages()
        self.refresh()
        self.collection = self.client.get_collection("default")
        self.ids = sorted(self.rows())

    def test_rows_that_went_away_or_changed(self):
        self.collection.delete(ids=self.ids[:2])
        self.collection.update(ids=[self.ids[2]], metadatas=[{"freshet_digest": "other"}])
        self.collection.update(ids=[self.ids[3]], documents=["another text"], embeddings=[[0.5] * 256])
        self.collection.update(ids=[self.ids[4]], embeddings=[[0.25] * 256])
        self.collection.upsert(ids=["0" * 31 + "7"], documents=["orphan"], embeddings=[[0.5] * 256],
                               metadatas=[{"freshet": True, "freshet_digest": "x"}])
        self.checked(missing=2, stale=1, damaged=2, orphans=1)
        self.repaired()

    def test_what_others_put_there_stays_theirs(self):
        foreign = {"someone-1": {"by": "someone"}, "f" * 32: {"by": "them", "freshet_digest": "x"}, "plain": None,
                   "1" * 64: {"by": "a long one"}, "ü" * 100: {"by": "a longer one"}}
        # Nearer to the question than anything else.
        vector = self.collection.get(ids=[self.ids[0]], include=["embeddings"])["embeddings"][0]
        question = self.collection.get(ids=[self.ids[0]])["documents"][0]
        for id, metadata in foreign.items():
            self.collection.add(ids=[id], documents=[question], embeddings=[vector], metadatas=[metadata] if metadata else None)
        self.checked()
        for mode, k, found in (("vector", 100, len(self.ids)), ("vector", 2, 2), ("text", 100, None), ("hybrid", 2, 2)):
            hits = self.freshet.json("query", question[:200], "--mode", mode, "-k", k)["hits"]
            self.assertEqual({hit["chunk_id"] for hit in hits} - set(self.ids), set(), mode)
            self.assertIn(found, (None, len(hits)), mode)
        self.refresh("--rebuild")
        self.assertEqual(self.freshet.json("check", "--deep")["store"]["stored"], len(self.ids))
        self.freshet.json("namespaces", "drop", "default")
        left = self.client.get_collection("default").get(include=["metadatas"])
        self.assertEqual(dict(zip(left["ids"], left["metadatas"])), foreign)

    def test_verify_tells_a_deleted_collection_and_fills_it(self):
        rows = len(self.ids)
        self.verified(checked=rows)
        self.client.delete_collection("default")
        self.verified(checked=rows, missing=rows)
        self.verified("--repair", missing=rows, repaired=rows)
        self.verified(checked=rows)
        self.assert_same_rows()

    def test_verify_tells_an_older_backup_and_mends_the_difference(self):
        old = self.collection.get(include=["documents", "metadatas", "embeddings"])
        self.write("page0.html", html("page0", ("Other", long_text("other", 20))))
        self.write("page9.html", html("page9", ("New", long_text("new", 20))))
        self.refresh()
        before, now = set(old["ids"]), set(self.rows())
        self.collection.delete(ids=sorted(now))
        self.collection.add(**{key: old[key] for key in ("ids", "documents", "metadatas", "embeddings")})
        drift = {"missing": len(now - before), "orphaned": len(before - now)}
        self.assertGreater(min(drift.values()), 0)
        self.verified(checked=len(now | before), **drift)
        self.verified("--repair", **drift, repaired=len(now ^ before))
        self.verified(checked=len(now))
        self.assert_same_rows()

    def test_verify_counts_what_others_put_there_and_removes_it_on_a_word_alone(self):
        rows, vector = len(self.ids), [0.5] * 256
        theirs = [f"someone-{i}" for i in range(2 * rows)]
        self.collection.add(ids=theirs, documents=["theirs"] * len(theirs), embeddings=[vector] * len(theirs))
        for arguments in ([], ["--deep"], ["--repair"]):
            self.verified(*arguments, checked=rows, foreign=len(theirs))
        self.verified("--repair", "--owned", checked=rows, foreign=len(theirs), held=len(theirs))
        self.verified("--repair", "--owned", "--accept-shrink", foreign=len(theirs), repaired=len(theirs))
        self.verified(checked=rows)
        self.assert_same_rows()

    def test_rows_of_another_repository_are_foreign(self):
        pages, self.pages = self.pages, self.home / "other-pages"
        self.pages.mkdir()
        self.write("a.md", f"# Theirs\n\n{long_text('theirs', 40)}\n")
        other = Freshet(build_dir(), self.home / "other")
        theirs = self.refresh(freshet=other)["delivered"]["upserts"]
        self.verified(checked=len(self.ids), foreign=theirs)
        self.verified("--repair", foreign=theirs)
        self.verified(freshet=other, checked=theirs, foreign=len(self.ids))
        self.pages = pages
        self.verified("--repair", "--owned", "--accept-shrink", orphaned=theirs, repaired=theirs)
        self.assert_same_rows()

    def test_a_sample_finds_what_is_gone_and_a_run_mends_it(self):
        rows = len(self.ids)
        self.verified("--sample", "50", checked=rows // 2)
        self.collection.delete(ids=self.ids)
        self.verified("--sample", "100", checked=rows, missing=rows)
        self.verified("--sample", "10", "--repair", missing=rows, repaired=rows)
        gone = self.ids[0]
        self.collection.delete(ids=[gone])
        report = self.refresh("--config", self.all_rows())
        self.assertEqual(report["verified"], {"checked": rows, "missing": 1, "stale": 0, "damaged": 0})
        self.assertEqual((report["delivered"]["upserts"], report["embedded"]["texts"]), (1, 0))
        self.verified(checked=rows)
        self.assertEqual(self.refresh()["verified"]["checked"], 1)

    def all_rows(self):
        (self.home / "all.toml").write_text("verify_sample = 1\n")
        return self.home / "all.toml"

    def test_a_server_that_does_not_answer_leaves_it_open(self):
        self.write_other_server()
        error = self.freshet.json("verify", check=2)["error"]
        self.assertEqual(error["code"], "network")

    def write_other_server(self):
        folder = tempfile.TemporaryDirectory(prefix="freshet-chroma-")
        self.addCleanup(folder.cleanup)
        server = Chroma(folder.name)
        server.database(self.database)
        try:
            self.refresh("--rebuild", store=f"chroma={json.dumps({'url': server.url, 'database': self.database})}")
        finally:
            server.kill()

    def test_a_collection_that_was_deleted_is_filled_by_the_next_run(self):
        self.client.delete_collection("default")
        report = self.refresh()
        self.assertEqual((report["embedded"]["texts"], report["delivered"]["upserts"]), (0, len(self.ids)))
        self.assert_same_rows()
        self.checked()

    def test_a_rebuild_sends_everything_and_embeds_nothing(self):
        report = self.refresh("--rebuild")
        self.assertEqual((report["embedded"]["texts"], report["delivered"]["upserts"]), (0, len(self.ids)))
        self.checked()
        self.assert_same_rows()

    def test_an_older_state_of_the_collection(self):
        old = self.collection.get(include=["documents", "metadatas", "embeddings"])
        self.write("page0.html", html("page0", ("Other", long_text("other", 20))))
        self.write("page9.html", html("page9", ("New", long_text("new", 20))))
        self.refresh()
        self.client.delete_collection("default")
        self.client.create_collection("default", metadata=self.collection.metadata, configuration={"hnsw": {"space": "cosine"}},
                                      embedding_function=None).add(**{key: old[key] for key in ("ids", "documents", "metadatas", "embeddings")})
        report = self.freshet.json("check", "--deep", check=1)["store"]
        self.assertGreater(report["missing"], 0)
        self.assertGreater(report["orphans"], 0)
        self.repaired()


class Collections(OnServer):
    def test_names_that_chroma_does_not_take(self):
        self.write_notes()
        for name, collection in (("kb", "freshet.ns.kb"), ("_docs_", "freshet.ns._5fdocs_5f"), ("docs.v2", "docs.v2")):
            self.freshet.json("--namespace", name, "refresh", "--files", self.pages, "--store", self.store(), "--embedder", "hash")
            self.assertGreater(len(self.rows(collection)), 2)
        self.freshet.json("namespaces", "drop", "kb")
        self.assertEqual(sorted(each.name for each in self.client.list_collections()), ["docs.v2", "freshet.ns._5fdocs_5f"])
        error = self.freshet.json("--namespace", "知識", "refresh", "--files", self.pages, "--store", self.store(),
                                  "--embedder", "hash", check=2)["error"]
        self.assertIn("a namespace is", error["message"])
        self.assertEqual(self.client.count_collections(), 2)

    def refused(self, *more, **options):
        other = Freshet(build_dir(), self.home / "other")
        error = self.refresh(*more, check=2, freshet=other, **options)["error"]
        self.assertEqual(error["code"], "invalid_argument")
        return error["message"]

    def test_another_dimension_or_metric_is_refused_before_any_write(self):
        self.write_notes()
        self.refresh()
        before = self.rows()
        self.assertIn("has the dimension 256, not 64", self.refused(embedder='hash={"dimension":64}'))
        self.assertIn("has the metric cosine, not l2", self.refused(store=self.store(metric="l2")))
        self.assertEqual(self.rows(), before)
        error = self.refresh(check=3, embedder='hash={"dimension":64}')["error"]
        self.assertEqual(error["code"], "held")
        self.refresh("--rebuild", embedder='hash={"dimension":64}')
        self.assertEqual(len(self.client.get_collection("default").get(limit=1, include=["embeddings"])["embeddings"][0]), 64)
        self.checked()

    def test_a_collection_of_somebody_else_is_taken_on_and_left(self):
        self.write_notes()
        theirs = self.client.create_collection("default", metadata={"team": "search"}, embedding_function=None,
                                               configuration={"hnsw": {"space": "cosine"}})
        self.refresh()
        self.checked()
        self.assertEqual(self.client.get_collection("default").metadata["team"], "search")
        self.freshet.json("namespaces", "drop", "default")
        left = self.client.get_collection("default")
        self.assertEqual((left.id, left.metadata, left.count()), (theirs.id, {"team": "search"}, 0))


class Program(OnServer):
    def test_the_cases_of_the_plugin(self):
        environment = {**os.environ, "FRESHET_CHROMA_URL": self.server.url}
        done = subprocess.run([pathlib.Path(build_dir()) / "bin" / "test_plugin_store_chroma", "[.server]"], env=environment,
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout)


class Kill(OnServer):
    """kill -9 of the server, or of the program, at a random moment of a run: one more run is in step."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="freshet-chroma-")
        self.addCleanup(folder.cleanup)
        self.server = Chroma(folder.name)
        self.addCleanup(lambda: self.server.kill())
        super().setUp()

    def write_version(self, version):
        for i in range(30):
            path = self.pages / f"page{i}.html"
            path.unlink(missing_ok=True)
            if (i + version) % 7 != 0:
                word = f"w{i}v{version if (i + version) % 3 == 0 else 0}"
                path.write_text(html(f"page{i}", *[(f"Part {p}", long_text(f"{word}p{p}", 20)) for p in range(3)]))

    def test_a_killed_server_or_program_loses_nothing(self):
        print(f"FRESHET_SEED={SEED} FRESHET_CHROMA_KILLS={KILLS}", flush=True)
        moments = random.Random(SEED)
        arguments = ["refresh", "--files", self.pages, "--store", self.store(max_batch=10), "--embedder", "hash", "--accept-shrink"]
        self.write_version(0)
        begun = time.monotonic()
        self.freshet.json(*arguments)
        whole = time.monotonic() - begun
        for version in range(1, KILLS + 1):
            self.write_version(version)
            process = self.freshet.start(*arguments)
            time.sleep(moments.random() * whole)
            if version % 2:
                self.server.kill()
                process.terminate()
                process.wait()
                self.server.start()
            else:
                process.kill()
                process.wait()
            report = self.freshet.json(*arguments)
            self.assertEqual((report["failed"], report["delivered"]["pending"]), (0, 0), report)
            self.checked()
            self.assert_same_rows()


class Owned(Case):
    """No URL: the program has a server of its own, as long as it runs."""

    def setUp(self):
        super().setUp()
        self.addCleanup(os.environ.__setitem__, "PATH", os.environ["PATH"])
        os.environ["PATH"] = f"{HOME / 'bin'}:{os.environ['PATH']}"
        self.pages = self.home / "pages"
        self.pages.mkdir()
        self.folder = self.freshet.repository / "chroma"
        for i in range(8):
            (self.pages / f"page{i}.html").write_text(html(f"page{i}", *[(f"Part {p}", long_text(f"w{i}x{p}", 20)) for p in range(3)]))
        self.arguments = ["refresh", "--files", self.pages, "--embedder", "hash", "--store", "chroma"]
        self.slowly = [*self.arguments[:-1], 'chroma={"max_batch":1}']

    def server_process(self):
        for each in pathlib.Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                words = (each / "cmdline").read_bytes().decode().split("\0")
                if words[0] != "/bin/sh" and "--path" in words and words[words.index("--path") + 1] == str(self.folder):
                    return int(each.name)
        return None

    def wait_until(self, holds, seconds=60):
        until = time.monotonic() + seconds
        while not holds():
            self.assertLess(time.monotonic(), until)
            time.sleep(0.05)

    def assert_ended(self):
        """Nobody holds the lock, which the server has as long as it runs."""
        with open(self.folder / "freshet.lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self.assertIsNone(self.server_process())

    def test_a_run_starts_it_and_ends_it(self):
        rows = self.freshet.json(*self.arguments)["delivered"]["upserts"]
        self.assertGreater(rows, 8)
        self.assert_ended()
        self.assertEqual(self.freshet.json(*self.arguments)["delivered"], {"upserts": 0, "removals": 0, "pending": 0})
        self.assertEqual(self.freshet.json("query", "what w3x1 says", "--mode", "text")["hits"][0]["title"], "page3")
        self.verified(checked=rows)
        self.assert_ended()
        self.assertEqual(chromadb.PersistentClient(str(self.folder)).get_collection("default").count(), rows)

    def test_a_server_that_is_killed_is_started_again_in_the_same_run(self):
        process = self.freshet.start(*self.slowly)
        self.wait_until((self.folder / "freshet.port").exists)
        os.kill(self.server_process(), signal.SIGKILL)
        process.wait(120)
        self.freshet.json(*self.arguments)
        self.assertEqual(self.freshet.json("verify")["in_step"], True)
        self.assert_ended()

    def test_a_program_that_is_killed_takes_it_along(self):
        process = self.freshet.start(*self.slowly)
        self.wait_until((self.folder / "freshet.port").exists)
        process.kill()
        process.wait()
        self.wait_until(lambda: self.server_process() is None)
        self.freshet.json(*self.arguments)
        self.assertEqual(self.freshet.json("verify")["in_step"], True)
        self.assert_ended()

    def test_two_programs_share_one(self):
        both = [subprocess.Popen(self.freshet.command("--namespace", name, *self.arguments), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                for name in ("one", "two")]
        for process in both:
            self.assertEqual((process.communicate(timeout=300)[1], process.returncode), (b"", 0))
        for name in ("one", "two"):
            self.assertEqual(self.freshet.json("--namespace", name, "verify")["in_step"], True)

    def test_no_program_and_one_that_ends_at_once(self):
        os.environ["PATH"] = "/nowhere"
        error = self.freshet.json(*self.arguments, check=2)["error"]
        self.assertEqual(error["code"], "unsupported")
        self.assertIn('no "url" names a server', error["message"])
        broken = self.home / "chroma"
        broken.write_text("#!/bin/sh\necho no space\nexit 3\n")
        broken.chmod(0o755)
        error = self.freshet.json("refresh", "--files", self.pages, "--embedder", "hash", "--store",
                                  f"chroma={json.dumps({'program': str(broken)})}", check=3)["error"]
        self.assertIn("ended before it answered", error["message"])
        self.assertEqual((self.folder / "chroma.log").read_text(), "no space\n")


if __name__ == "__main__":
    main()
