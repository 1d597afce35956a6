"""Rebuilding beside other runs, stopped, continued and killed: the store ends full, and is never seen empty.

FRESHET_REBUILDS sets the number of random rounds, FRESHET_SEED the moments; both are printed. FRESHET_STALL=1 adds
the runs that are stopped beyond their lease, which takes a minute each.
"""
import collections
import contextlib
import os
import pathlib
import random
import signal
import sqlite3
import sys
import threading
import time
import unittest

from e2e import Case, Scripted, html, long_text, main
from program import build_dir

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench"))
from retrieval_bench import Library  # noqa: E402

ROUNDS = int(os.environ.get("FRESHET_REBUILDS", "6"))
SEED = int(os.environ.get("FRESHET_SEED", str(random.randrange(1 << 30))))
STALL = os.environ.get("FRESHET_STALL") == "1"


class Stores(Case):
    def store(self):
        return contextlib.closing(sqlite3.connect(self.freshet.repository / "store.sqlite", isolation_level=None, timeout=30))

    @contextlib.contextmanager
    def locked_store(self):
        """Nobody writes to the store meanwhile."""
        with self.store() as store:
            store.execute("BEGIN IMMEDIATE")
            yield
            store.execute("ROLLBACK")

    def wait_until(self, what, condition):
        end = time.monotonic() + 60
        while not condition():
            self.assertLess(time.monotonic(), end, f"{what} did not come about")
            time.sleep(0.01)

    def pending(self):
        return self.freshet.json("status")["deliveries_pending"]

    def assert_full(self, rows):
        self.assertEqual(self.pending(), 0)
        self.assert_in_step()
        self.assertEqual({key: row[3] for key, row in self.freshet.rows().items()},
                         {key: row[3] for key, row in rows.items()})
        with self.store() as store:
            self.assertEqual(store.execute("SELECT name FROM namespaces").fetchall(), [("default",)])


class Rebuild(Stores):
    def setUp(self):
        super().setUp()
        self.docs = self.home / "docs"
        self.docs.mkdir()
        for i in range(10):
            self.write(i, "first")
        self.refresh = ["refresh", "--files", self.docs, "--embedder", "hash"]
        self.freshet.json(*self.refresh)
        self.before = self.freshet.rows()
        self.assertGreaterEqual(len(self.before), 10)

    def write(self, i, edition):
        (self.docs / f"doc{i}.md").write_text(f"# Doc {i}\n\n{long_text(f'{edition}{i}', 4)}\n")

    def start_and_stop(self, *arguments):
        """A run that is stopped when it has begun to write, or is about to, to a store that is locked."""
        with self.locked_store():
            process = self.freshet.start(*arguments)
            self.addCleanup(process.kill)
            self.wait_until("work for the store", lambda: self.pending() > 0)
            process.send_signal(signal.SIGSTOP)
        return process

    def test_it_ends_full_and_is_never_seen_empty(self):
        counts, done = [], threading.Event()

        def watch():
            with self.store() as store:
                while not done.is_set():
                    store.execute("BEGIN")
                    number, = store.execute("SELECT number FROM namespaces WHERE name = 'default'").fetchone()
                    counts.append(store.execute(f"SELECT count(*) FROM rows_{number}").fetchone()[0])
                    store.execute("COMMIT")

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            for _ in range(3):
                report = self.freshet.json(*self.refresh, "--rebuild")
                self.assertEqual((report["delivered"]["upserts"], report["delivered"]["pending"]), (len(self.before), 0))
        finally:
            done.set()
            watcher.join()
        self.assertEqual(set(counts), {len(self.before)})
        self.assert_full(self.before)

    def test_another_model_answers_when_it_is_full(self):
        other = [*self.refresh[:-1], 'hash={"dimension":64}']
        process = self.start_and_stop(*other, "--rebuild")
        self.assertTrue(self.freshet.json("query", "sentence", "--mode", "vector")["hits"])
        process.send_signal(signal.SIGCONT)
        self.assertEqual(process.wait(), 0)
        self.assertTrue(self.freshet.json("query", "sentence", "--mode", "vector")["hits"])
        self.assert_full(self.before)

    def test_a_query_beside_rebuilds_is_never_told_of_damage(self):
        pages = self.home / "sized"
        pages.mkdir()
        for i in range(30):
            (pages / f"{i}.md").write_text(f"# Page {i}\n\nWords {i} about keys and doors.\n")
        refresh = ["refresh", "--files", pages, "--on-change", "reembed", "--embedder"]
        self.freshet.run(*refresh, 'hash={"dimension":64}', check=0)
        library = Library(pathlib.Path(build_dir()).resolve() / "lib/libfreshet.so", self.freshet.repository)
        said, done = collections.Counter(), threading.Event()

        def ask():
            while not done.is_set():
                try:
                    said["answered"] += bool(library.hits("keys", "vector", 5))
                except SystemExit as error:
                    said[str(error)] += 1
        asking = threading.Thread(target=ask)
        asking.start()
        for i in range(40):
            self.freshet.run(*refresh, f'hash={{"dimension":{(128, 64)[i % 2]}}}', check=0)
        done.set()
        asking.join()
        self.assertGreater(said.pop("answered"), 0)
        self.assertEqual({message for message in said if "is being rebuilt" not in message}, set(), said)

    def test_stopped_and_continued_beside_another_run(self):
        rebuild = self.start_and_stop(*self.refresh, "--rebuild")
        beside = self.freshet.start(*self.refresh)
        rebuild.send_signal(signal.SIGCONT)
        self.assertEqual((rebuild.wait(), beside.wait()), (0, 0))
        self.assert_full(self.before)

    def test_killed_and_continued_by_a_plain_refresh(self):
        rebuild = self.start_and_stop(*self.refresh, "--rebuild")
        rebuild.kill()
        rebuild.wait()
        self.assertGreater(self.pending(), 0)
        self.assertEqual(len(self.freshet.rows()), len(self.before))
        self.freshet.json(*self.refresh)
        self.assert_full(self.before)

    def test_killed_when_half_full_and_repaired(self):
        for i in range(6):
            (self.docs / f"many{i}.md").write_text("".join(f"# Part {i} {j}\n\n{long_text(f'{i}x{j}', 2)}\n" for j in range(400)))
        self.freshet.json(*self.refresh)
        before = self.freshet.rows()
        for rounds in (1, 2):
            found = self.rebuild_half(len(before))
            self.assertTrue(found["in_step"] and found["pending"] > 0 and 0 < found["compared"] < len(before), found)
            self.assertEqual(len(self.freshet.rows()), len(before))
            if rounds == 2:  # a row of the new ones decays
                with self.store() as store:
                    number, = store.execute("SELECT number FROM namespaces WHERE name LIKE 'default~%'").fetchone()
                    store.execute(f"UPDATE rows_{number} SET text = 'other' WHERE n = 1")
                self.assertEqual(self.freshet.json("check", "--deep", check=1)["store"]["damaged"], 1)
            done = self.freshet.json("check", "--repair")["store"]
            self.assertEqual((done["embedded_texts"], done["rebuilt"]), (0, rounds == 2), done)
            self.assert_full(before)

    def rebuild_half(self, rows):
        """What check finds of a rebuild that was killed when some of its rows were stored and confirmed."""
        for _ in range(20):
            rebuild = self.freshet.start(*self.refresh, "--rebuild")
            self.addCleanup(rebuild.kill)
            self.wait_until("a part of the rows, or all",
                            lambda: self.killed_when_half_full(rebuild, rows) or rebuild.poll() is not None)
            found = self.freshet.json("check", "--deep")["store"]
            if found["compared"] > 0 and found["pending"] > 0:
                return found
            self.freshet.json(*self.refresh)  # it ended too early, or too late
        self.fail("no rebuild was killed when it was half full")

    def killed_when_half_full(self, process, rows):
        with self.locked_store(), self.store() as reader:
            aside = reader.execute("SELECT number FROM namespaces WHERE name LIKE 'default~%'").fetchone()
            filled = reader.execute(f"SELECT count(*) FROM rows_{aside[0]}").fetchone()[0] if aside else 0
            if not rows // 3 < filled < rows:
                return False
            process.kill()
            process.wait()
            return True

    def test_random_moments(self):
        print(f"FRESHET_SEED={SEED} FRESHET_REBUILDS={ROUNDS}", flush=True)
        moments = random.Random(SEED)
        begun = time.monotonic()
        self.freshet.json(*self.refresh, "--rebuild")
        whole = time.monotonic() - begun
        for round_ in range(ROUNDS):
            self.write(round_ % 10, f"edition {round_}")
            commands = [[*self.refresh, "--rebuild"], self.refresh, [*self.refresh, "--rebuild"]]
            processes = [self.freshet.start(*command) for command in moments.sample(commands, 3)]
            for process in processes:
                time.sleep(moments.random() * whole / 2)
                process.send_signal(moments.choice([signal.SIGSTOP, signal.SIGKILL]))
            for process in processes:
                process.send_signal(signal.SIGCONT)
            for process in processes:
                process.wait()
            self.assertGreater(len(self.freshet.rows()), 0)
            report = self.freshet.json(*self.refresh)
            self.assertEqual((report["failed"], report["delivered"]["pending"]), (0, 0), report)
            self.assert_in_step()
            with self.store() as store:
                self.assertEqual(store.execute("SELECT name FROM namespaces").fetchall(), [("default",)])
        texts = sorted(row[3] for row in self.freshet.rows().values())
        self.freshet.json(*self.refresh, "--rebuild")
        self.assertEqual(sorted(row[3] for row in self.freshet.rows().values()), texts)

    @unittest.skipUnless(STALL, "takes a minute: FRESHET_STALL=1")
    def test_a_rebuild_that_is_stopped_beyond_its_lease(self):
        rebuild = self.start_and_stop(*self.refresh, "--rebuild")
        report = self.freshet.json(*self.refresh)
        self.assertEqual(report["delivered"]["pending"], 0)
        self.assert_full(self.before)
        rebuild.send_signal(signal.SIGCONT)
        self.assertEqual(rebuild.wait(), 0)
        self.assert_full(self.before)


@unittest.skipUnless(STALL, "takes minutes: FRESHET_STALL=1")
class LateWrite(Stores):
    def setUp(self):
        super().setUp()
        self.site = Scripted()
        self.addCleanup(self.site.close)
        self.publish("first")
        self.refresh = ["refresh", "--sitemap", self.site.sitemap(["/page.html"])]
        self.freshet.json(*self.refresh)

    def page(self, edition):
        return html("Page", ("Text", long_text(edition, 6)))

    def publish(self, edition):
        self.site.page("/page.html", self.page(edition))

    def start_and_stop_in_its_write(self, edition):
        asked, go = threading.Event(), threading.Event()

        def slow(_):
            asked.set()
            go.wait(60)
            return 200, {"Content-Type": "text/html; charset=utf-8"}, self.page(edition).encode()

        self.site.pages["/page.html"] = slow
        process = self.freshet.start(*self.refresh)
        self.addCleanup(process.kill)
        self.assertTrue(asked.wait(60))
        with self.locked_store():
            go.set()
            self.wait_until("work for the store", lambda: self.pending() > 0)
            time.sleep(1)  # into the write, most likely; what is asserted holds anywhere
            process.send_signal(signal.SIGSTOP)
        return process

    def test_no_stale_row_arrives_after_the_lease(self):
        for kill in (False, True):
            late = self.start_and_stop_in_its_write(f"second{kill}")
            self.publish(f"third{kill}")
            self.assertEqual(self.freshet.json(*self.refresh)["delivered"]["pending"], 0)
            after = self.freshet.rows()
            late.send_signal(signal.SIGCONT)
            if kill:
                time.sleep(0.05)
                late.kill()
            late.wait()
            self.assert_full(after)
            self.assertFalse([row for row in self.freshet.rows().values() if "second" in row[3]])


if __name__ == "__main__":
    main()
