"""Several stores of one namespace, and a second generation that fills beside the first and takes its place.

FRESHET_SWAPS sets how often the filling is killed, FRESHET_SEED the moments; both are printed.
"""
import contextlib
import json
import os
import random
import sqlite3
import time
import unittest

from e2e import Case, long_text, main

SWAPS = int(os.environ.get("FRESHET_SWAPS", "6"))
SEED = int(os.environ.get("FRESHET_SEED", str(random.randrange(1 << 30))))


class Stores(Case):
    def setUp(self):
        super().setUp()
        self.docs = self.home / "docs"
        self.docs.mkdir()
        for i in range(6):
            self.write(i, "first")

    def write(self, i, edition):
        (self.docs / f"doc{i}.md").write_text(f"# Doc {i}\n\n{long_text(f'{edition}{i}', 4)}\n")

    def configure(self, **more):
        def toml(value):
            return json.dumps(value) if not isinstance(value, dict) else \
                "{" + ", ".join(f"{key} = {toml(each)}" for key, each in value.items()) + "}"

        lines = [f"{key} = {toml(value)}" for key, value in more.items() if key != "stores"]
        lines += ["[[source]]", 'loader = "files"', f'options = {{ path = {json.dumps(str(self.docs))} }}']
        for store in more.get("stores", ()):
            lines += ["[[stores]]", *(f"{key} = {toml(value)}" for key, value in store.items())]
        file = self.home / "freshet.toml"
        file.write_text("\n".join(lines) + "\n")
        return ["--config", file, "refresh"]

    def rows_in(self, path, namespace="default"):
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
            found = store.execute("SELECT number FROM namespaces WHERE name = ?", (namespace,)).fetchone()
            if found is None:
                return None
            return {row[0].hex(): row[1] for row in store.execute(f"SELECT id, text FROM rows_{found[0]}")}

    def targets(self):
        return {each["target"]: each for each in self.freshet.json("status")["stores"]}

    def query(self, *more):
        return self.freshet.json("query", "doc", "--mode", "text", *more)["hits"]

    def test_two_stores_have_the_same_rows_and_each_is_verified_and_searched(self):
        second = self.home / "second.sqlite"
        both = [{"name": "sqlite"}, {"name": "sqlite", "options": {"path": str(second)}, "embedder": "hash"}]
        self.freshet.json(*self.configure(stores=both))
        first = self.freshet.rows()
        self.assertGreaterEqual(len(first), 6)
        self.assertEqual({key: row[3] for key, row in first.items()}, self.rows_in(second))
        found = self.targets()
        self.assertEqual([(each["state"], each["searched"], each["pending"]) for each in found.values()],
                         [("live", True, 0), ("live", False, 0)])
        self.assertIsNone(found[1]["embedder"])
        self.assertEqual(found[2]["embedder"]["name"], "hash")
        checked = self.freshet.json("check")["store"]
        self.assertTrue(checked["in_step"])
        self.assertEqual(checked["stored"], 2 * len(first))
        self.assertEqual([each["target"] for each in checked["stores"]], [1, 2])
        self.assertEqual(len(self.query("--target", 2)), len(self.query()))
        self.assertIn("has no live target 3", self.freshet.run("query", "doc", "--target", 3, check=3).stderr)
        self.assertIn("target 2: sqlite, model", self.freshet.run("status", check=0).stdout)

        self.assertEqual(self.freshet.json(*self.configure(stores=both))["delivered"]["upserts"], 0)
        (self.docs / "doc0.md").unlink()
        self.freshet.json(*self.configure(stores=both))
        self.assertEqual({key: row[3] for key, row in self.freshet.rows().items()}, self.rows_in(second))
        self.assertLess(len(self.freshet.rows()), len(first))

        with contextlib.closing(sqlite3.connect(second)) as store, store:  # behind its back
            number, = store.execute("SELECT number FROM namespaces").fetchone()
            store.execute(f"DELETE FROM rows_{number} WHERE id IN (SELECT id FROM rows_{number} LIMIT 1)")
        self.assertFalse(self.freshet.json("check", check=1)["store"]["in_step"])
        self.freshet.run("check", "--repair")
        self.assertEqual({key: row[3] for key, row in self.freshet.rows().items()}, self.rows_in(second))

        self.freshet.json(*self.configure(stores=both[1:]))  # the first is named no more
        self.assertEqual(list(self.targets()), [2])
        self.assertIsNone(self.rows_in(self.freshet.repository / "store.sqlite"))

    def test_a_store_that_cannot_be_written_to_holds_up_no_other(self):
        blocked = self.home / "blocked.sqlite"
        both = [{"name": "sqlite", "options": {"path": str(blocked)}}, {"name": "sqlite"}]
        self.freshet.json(*self.configure(stores=both))
        blocked.write_bytes(b"this is no store" * 1000)
        self.write(0, "second")
        done = self.freshet.run(*self.configure(stores=both))
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertTrue(any("second0" in row[3] for row in self.freshet.rows().values()))
        self.assertGreater(self.targets()[1]["pending"], 0)
        self.assertEqual(self.targets()[2]["pending"], 0)

    def test_another_embedder_is_refused_or_fills_beside_and_is_never_half_there(self):
        print(f"FRESHET_SWAPS={SWAPS} FRESHET_SEED={SEED}", flush=True)
        chance = random.Random(SEED)
        self.freshet.json(*self.configure(embedder={"name": "hash", "options": {"dimension": 32}}))
        rows = len(self.freshet.rows())
        refused = self.freshet.run(*self.configure(embedder={"name": "hash", "options": {"dimension": 64}}), check=3)
        self.assertIn("was delivered with vectors", refused.stderr)
        for swap in range(SWAPS):
            dimension = 64 + 16 * swap
            self.write(swap % 6, f"edition{swap}")
            change = self.configure(embedder={"name": "hash", "options": {"dimension": dimension}}, on_change="generation")
            process = self.freshet.start(*change)
            time.sleep(chance.random() * 0.4)  # wherever it is: the kill is what is tested
            process.kill()
            process.wait()
            self.assertTrue(self.query(), "nothing is found while it fills")
            self.freshet.json("query", "doc", "--mode", "vector")
            self.freshet.json(*change)
            target, = self.targets().values()
            self.assertEqual((target["state"], target["embedder"]["dimension"], target["pending"]), ("live", dimension, 0))
            self.assertTrue(self.freshet.json("check", "--deep")["store"]["in_step"])
            hits = self.freshet.json("query", f"edition{swap}", "--mode", "hybrid")["hits"]
            self.assertTrue(any(f"edition{swap}" in hit["text"] for hit in hits))
            with contextlib.closing(sqlite3.connect(self.freshet.repository / "store.sqlite")) as store:
                names = [name for name, in store.execute("SELECT name FROM namespaces")]
            self.assertEqual(len(names), 1, names)
        self.assertEqual(self.freshet.json("check")["store"]["stored"], rows)


if __name__ == "__main__":
    main()
