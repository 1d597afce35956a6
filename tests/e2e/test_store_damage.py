"""The embedded store's file, damaged in every way: found, said, and rebuilt from the repository without embedding.

Usage: test_store_damage.py [ROUNDS [SEED]]
"""
import contextlib
import json
import os
import random
import shutil
import sqlite3
import sys
import unittest

from e2e import Case, Freshet, build_dir, html

ROUNDS, SEED = int(os.environ.get("FRESHET_DAMAGES", 20)), 1
QUERIES = [("harbour lights", "text"), ("harbour lights", "vector"), ("stelk about ropes", "hybrid"), ("Part-1", "text")]
WORDS = ["harbour", "lights", "ropes", "anchors", "sails", "tides", "charts", "buoys", "piers", "gulls"]
OTHERS = [f"{a}{b}" for a in ("bo", "cra", "du", "fle", "gri", "ma", "po", "ste") for b in ("nd", "rt", "lk", "mp", "st")]
ADVICE = "run freshet check --repair"


def flip_bits(data, dice):
    for _ in range(dice.choice([1, 1, 2, 8])):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def overwrite(data, dice, begin, size, filler):
    end = min(len(data), begin + size)
    data[begin:end] = filler(end - begin)


def flip_header(data, dice):
    data[dice.randrange(100)] ^= 1 << dice.randrange(8)


def random_bytes(data, dice):
    overwrite(data, dice, dice.randrange(len(data)), dice.choice([1, 4, 100, 5000, 60000]), dice.randbytes)


def zeros(data, dice):
    overwrite(data, dice, dice.randrange(len(data)), dice.choice([1, 100, 4096, 8192, 100000]), bytes)


def first_page(data, dice):
    overwrite(data, dice, dice.choice([0, 100]), 8192, dice.choice([bytes, dice.randbytes]))


def header(data, dice):
    overwrite(data, dice, dice.randrange(100), dice.choice([1, 2, 4, 16]), dice.randbytes)


def swap_pages(data, dice):
    pages = len(data) // 8192
    one, two = (dice.randrange(pages) * 8192 for _ in range(2))
    data[one:one + 8192], data[two:two + 8192] = data[two:two + 8192], data[one:one + 8192]


def cut(data, dice):
    del data[dice.choice([0, 20, 100, 4096, dice.randrange(len(data))]):]


def append(data, dice):
    data += dice.randbytes(dice.choice([1, 8192, 20000]))


DAMAGES = [flip_bits, flip_bits, flip_bits, flip_header, random_bytes, zeros, first_page, header, swap_pages, cut, append]


class Damage(Case):
    def setUp(self):
        super().setUp()
        pages = self.home / "pages"
        pages.mkdir()
        dice = random.Random(7)
        for word in WORDS:
            # Of uneven length, so that no two score the same.
            parts = [(f"Part {j}", " ".join([word, *dice.choices(WORDS + OTHERS, k=dice.randrange(80, 200))]))
                     for j in range(4)]
            (pages / f"{word}.html").write_text(html(word, *parts))
        self.freshet.json("refresh", "--files", pages, "--embedder", "hash")
        self.store = self.freshet.repository / "store.sqlite"
        self.before = self.answers()
        self.assertTrue(all(code == 0 for code, _ in self.before), self.before)

    def answers(self):
        """Of each query: its exit code, and the hits or the error."""
        found = []
        for text, mode in QUERIES:
            done = self.freshet.run("query", text, "--mode", mode, "-k", "100", "--json")
            self.assertIn(done.returncode, (0, 3), done)
            found.append((0, self.hits(done.stdout, mode)) if done.returncode == 0 else (3, done.stdout))
        return found

    def hits(self, text, mode):
        # Scores to five digits: single low bits of a vector are no other answer. Equal ones are in no order, and
        # the fused score is made of such orders.
        score = (lambda hit: 0) if mode == "hybrid" else (lambda hit: -round(hit["score"], 5))
        return sorted((score(hit), hit["chunk_id"], hit["text"], hit["uri"], hit["title"], hit["path"])
                for hit in json.loads(text)["hits"])

    def repair(self):
        """Repairs; returns what was found before."""
        done = self.freshet.json("check", "--repair")["store"]
        self.assertEqual(done["embedded_texts"], 0, done)
        self.assert_restored()
        return done

    def assert_restored(self):
        after = self.freshet.json("check", "--deep")["store"]
        self.assertTrue(after["in_step"], after)
        self.assertEqual(after["compared"], after["stored"], after)
        self.assertEqual(self.answers(), self.before)

    def kept(self):
        return sorted(path.name for path in self.freshet.repository.glob("store.sqlite.damaged-*"))

    def tamper(self, *statements):
        """Changes the store behind freshet's back; N in the names of tables is the namespace's number."""
        with contextlib.closing(sqlite3.connect(self.store)) as store:
            number, = store.execute("SELECT number FROM namespaces").fetchone()
            for statement in statements:
                store.execute(statement.replace("_N", f"_{number}"))
            store.commit()


class Single(Damage):
    def finds(self, check=1):
        found = self.freshet.json("check", "--deep", check=check)["store"]
        self.assertFalse(found["in_step"], found)
        return found

    def test_a_text_that_decayed_is_damaged_and_never_an_answer(self):
        self.tamper("UPDATE rows_N SET text = replace(text, 'harbour', 'harbeur') WHERE text LIKE '%harbour%'")
        found = self.finds()
        self.assertGreater(found["damaged"], 0)
        self.assertTrue(found["ids"][0].startswith("damaged "), found)
        done = self.freshet.run("query", "harbour lights", "--json", check=3)
        self.assertIn(ADVICE, done.stdout)
        self.assertTrue(self.repair()["rebuilt"])
        self.assertEqual(self.kept(), [])

    def test_a_large_store_is_compared_in_parts(self):
        for i in range(28):
            parts = [(f"Part {j}", " ".join([f"page{i}", *OTHERS, *WORDS, *OTHERS])) for j in range(40)]
            (self.home / "pages" / f"large{i}.html").write_text(html(f"large{i}", *parts))
        self.freshet.json("refresh", "--files", self.home / "pages", "--embedder", "hash")
        found = self.freshet.json("check")["store"]
        self.assertGreater(found["stored"], 1000)
        self.assertEqual(found["sample"]["of"], 16)
        self.assertTrue(0 < found["compared"] < found["stored"] / 8, found)
        self.assertEqual(self.freshet.json("check", "--deep")["store"]["compared"], found["stored"])
        part = found["sample"]["part"]
        # The part of a row is the last digit of its id. The rows of other parts are another day's.
        digit = "instr('0123456789ABCDEF', substr(hex(id), -1)) - 1"
        self.tamper(f"UPDATE rows_N SET url = 'x' WHERE {digit} <> {part}")
        others = json.loads(self.freshet.run("check", "--json").stdout)["store"]
        self.tamper(f"UPDATE rows_N SET url = 'x' WHERE {digit} = {part}")
        all_of_it = self.freshet.json("check", check=1)["store"]
        if all_of_it["sample"]["part"] == part:  # else midnight has come
            self.assertTrue(others["in_step"], others)
            self.assertEqual(all_of_it["damaged"], found["compared"])

    def test_metadata_and_titles_that_decayed(self):
        for column in ("title", "uri", "url", "path", "metadata"):
            with self.subTest(column=column):
                self.tamper(f"UPDATE rows_N SET {column} = '{{}} other' WHERE n = 3")
                self.assertEqual(self.finds()["damaged"], 1)
                self.repair()

    def test_a_vector_that_decayed(self):
        self.tamper("UPDATE codes_N SET codes = CAST(substr(codes, 1, 4352) || zeroblob(256) || substr(codes, 4609) AS BLOB) WHERE block = 0")
        self.assertEqual(self.finds()["damaged"], 1)
        self.repair()

    def test_a_vector_that_is_gone_or_cut(self):
        for statement in ("UPDATE codes_N SET codes = CAST(substr(codes, 1, 8) || zeroblob(8) || substr(codes, 17) AS BLOB) WHERE block = 0",
                          "UPDATE codes_N SET codes = x'00' WHERE block = 0"):
            with self.subTest(statement):
                self.tamper(statement)
                self.assertTrue(self.finds()["problems"])
                self.repair()

    def test_a_word_index_that_does_not_fit_its_rows(self):
        self.tamper("INSERT INTO words_N(words_N, rowid, title, path, text, names, parts) SELECT 'delete', n, title, path, text, names, parts "
                    "FROM rows_N WHERE n = 4")
        self.assertEqual(self.finds()["problems"], ["the word index is damaged"])
        self.repair()

    def test_other_weights_of_the_words(self):
        self.tamper("INSERT INTO words_N(words_N, rank) VALUES('rank', 'bm25(1.0, 9.0, 1.0)')")
        self.assertIn("settings", self.finds()["problems"][0])
        self.repair()

    def test_the_damaged_file_is_kept_and_nothing_is_overwritten(self):
        for n in (1, 2):
            data = bytearray(self.store.read_bytes())
            data[100:9000] = bytes(8900)
            self.store.write_bytes(data)
            done = self.repair()
            self.assertTrue(done["rebuilt"])
            self.assertEqual(done["kept"], f"{self.store}.damaged-{n}")
            self.assertEqual((self.freshet.repository / f"store.sqlite.damaged-{n}").read_bytes(), data)
        self.assertEqual(self.kept(), ["store.sqlite.damaged-1", "store.sqlite.damaged-2"])
        self.assertEqual((self.freshet.repository / "store.sqlite.damaged-1").stat().st_mode & 0o777, 0o600)

    def test_a_rebuild_mends_a_file_that_cannot_be_read(self):
        self.store.write_bytes(self.store.read_bytes()[:5000])
        report = self.freshet.json("refresh", "--files", self.home / "pages", "--embedder", "hash", "--rebuild")
        self.assertEqual(report["embedded"]["texts"], 0, report["embedded"])
        self.assert_restored()

    def test_a_file_that_is_gone_is_filled_again_by_the_next_run(self):
        self.store.unlink()
        self.freshet.json("refresh", "--files", self.home / "pages", "--embedder", "hash")
        self.assert_restored()

    def test_what_is_not_freshets_is_refused_and_stays(self):
        letter = b"Dear aunt, this is no database at all. " * 300
        for content in (letter, b"short", self.other_database()):
            with self.subTest(content[:16]):
                self.store.write_bytes(content)
                for command in (("check",), ("check", "--repair"), ("query", "harbour")):
                    done = self.freshet.run(*command, "--json", check=3)
                    self.assertNotIn(ADVICE, done.stdout)
                    self.assertIn("store.sqlite", done.stdout)
                self.assertEqual(self.store.read_bytes(), content)
        self.assertEqual(self.kept(), [])

    def other_database(self):
        path = self.home / "other.sqlite"
        with contextlib.closing(sqlite3.connect(path)) as other:
            other.execute("CREATE TABLE letters(words)")
            other.execute("INSERT INTO letters VALUES('bm25(4.0, 2.0, 1.0)')")
            other.commit()
        return path.read_bytes()

    def test_another_namespace_in_the_file_is_sent_again(self):
        other = Freshet(build_dir(), self.freshet.repository)
        name = ("--namespace", "other")
        source = ("refresh", "--files", self.home / "pages", "--embedder", "hash")
        other.json(*source, *name)
        self.store.write_bytes(self.store.read_bytes()[:5000])
        self.repair()
        self.assertGreater(other.json("check", *name)["store"]["pending"], 0)
        self.assertIn(ADVICE, other.run("query", "harbour", "--json", *name, check=3).stdout)
        other.json(*source, *name)
        self.assertTrue(other.json("check", "--deep", *name)["store"]["in_step"])


class Campaign(Damage):
    def test_damage_is_in_step_or_is_found_and_mended(self):
        pristine = self.home / "pristine"
        shutil.copytree(self.freshet.repository, pristine)
        counts = {"harmless": 0, "mended": 0, "said by a query": 0, "another answer": 0}
        for seed in range(SEED, SEED + ROUNDS):
            shutil.rmtree(self.freshet.repository)
            shutil.copytree(pristine, self.freshet.repository)
            dice = random.Random(seed)
            damage = dice.choice(DAMAGES)
            data = bytearray(self.store.read_bytes())
            damage(data, dice)
            self.store.write_bytes(data)
            with self.subTest(seed=seed, damage=damage.__name__):
                counts[self.round(counts)] += 1
        print(f"{ROUNDS} damages from seed {SEED}: {counts}")

    def round(self, counts):
        answers = self.answers()
        for (code, said), before in zip(answers, self.before):
            if code != 0:
                self.assertIn(ADVICE, said)
                counts["said by a query"] += 1
            elif (code, said) != before:
                counts["another answer"] += 1
        checked = self.freshet.run("check", "--deep", "--json")
        self.assertIn(checked.returncode, (0, 1), checked)
        if checked.returncode == 0:
            self.assertEqual(self.answers(), self.before)
            return "harmless"
        self.repair()
        return "mended"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        ROUNDS = int(sys.argv[1])
    if len(sys.argv) > 2:
        SEED = int(sys.argv[2])
    unittest.main(argv=sys.argv[:1], verbosity=2)
