#!/usr/bin/python3
"""Exact search of vectors in the embedded store, beside a plain mapped scan (bench/scan_limit.cpp), numpy, sqlite-vec and LanceDB:
the same vectors and queries, in turns, on one machine. Prints medians, each as a ratio to freshet's, what was found, bytes on disk and
insert rates.

  bench/vectors_bench.py [--build build] [--rows 100000] [--dimension 1536] [--rounds 7] [--peers numpy sqlite-vec lancedb]

The vectors are drawn around 1,000 centres, the queries near some of them. Needs the Python package registry for numpy and the peers.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
from packages import run_with  # noqa: E402

run_with("numpy==2.2.6 sqlite-vec==0.1.9 lancedb==0.40.0 pyarrow==21.0.0")
import time  # noqa: E402

import numpy  # noqa: E402

QUERIES = 12


def draw(home, rows, dimension):
    dice = numpy.random.default_rng(1)
    centres = dice.standard_normal((1000, dimension), dtype=numpy.float32)
    with open(home / "vectors", "wb") as file:
        for at in range(0, rows, 10_000):
            count = min(10_000, rows - at)
            some = centres[dice.integers(0, 1000, count)] + dice.standard_normal((count, dimension), dtype=numpy.float32)
            file.write((some / numpy.linalg.norm(some, axis=1, keepdims=True)).astype(numpy.float32).tobytes())
    queries = centres[:QUERIES] + dice.standard_normal((QUERIES, dimension), dtype=numpy.float32)
    (home / "queries").write_bytes((queries / numpy.linalg.norm(queries, axis=1, keepdims=True)).astype(numpy.float32).tobytes())


def lines_of(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{command[0]}: {done.stderr}")
    return [line.split() for line in done.stdout.splitlines()]


class Program:
    """A program that prints a line a query: name, milliseconds, "ms", the rows found."""

    def __init__(self, *command):
        self.command = command

    def __call__(self):
        lines = lines_of(*self.command)
        return [float(line[1]) for line in lines], [[int(row) for row in line[3:]] for line in lines]


class Timed:
    """A peer of this process: `search` gives the rows nearest to a query."""

    def __init__(self, search, queries):
        self.search, self.queries = search, queries

    def __call__(self):
        times, found = [], []
        for query in self.queries:
            begun = time.monotonic()
            found.append(self.search(query))
            times.append(1000 * (time.monotonic() - begun))
        return times, found


def numpy_search(vectors):
    def search(query):
        scores = vectors @ query
        best = numpy.argpartition(scores, -10)[-10:]
        return best[numpy.argsort(-scores[best])].tolist()
    return search


def sqlite_vec_search(home, vectors):
    import sqlite3
    import sqlite_vec
    database = sqlite3.connect(home / "sqlite-vec.db")
    database.enable_load_extension(True)
    sqlite_vec.load(database)
    database.execute(f"CREATE VIRTUAL TABLE v USING vec0(embedding float[{vectors.shape[1]}] distance_metric=cosine)")
    begun = time.monotonic()
    for at in range(0, len(vectors), 500):
        database.executemany("INSERT INTO v(rowid, embedding) VALUES(?, ?)",
                             ((at + i, row.tobytes()) for i, row in enumerate(vectors[at:at + 500])))
        database.commit()
    print(f"sqlite-vec: insert {len(vectors) / (time.monotonic() - begun):.0f} rows/s, "
          f"{(home / 'sqlite-vec.db').stat().st_size / len(vectors):.0f} bytes/row, without texts", flush=True)
    return lambda query: [row for row, in database.execute("SELECT rowid FROM v WHERE embedding MATCH ? AND k = 10 ORDER BY distance",
                                                           (query.tobytes(),))]


def lancedb_search(home, vectors):
    import lancedb
    import pyarrow
    flat = pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(vectors.reshape(-1)), vectors.shape[1])
    begun = time.monotonic()
    table = lancedb.connect(home / "lance").create_table("v", pyarrow.table({"n": pyarrow.array(range(len(vectors))), "vector": flat}))
    size = sum(path.stat().st_size for path in (home / "lance").rglob("*") if path.is_file())
    print(f"LanceDB: insert {len(vectors) / (time.monotonic() - begun):.0f} rows/s in one write, {size / len(vectors):.0f} bytes/row, "
          "without texts", flush=True)
    return lambda query: [row["n"] for row in table.search(query).distance_type("cosine").limit(10).select(["n", "_distance"]).to_list()]


def load(build, home, rows, dimension):
    common = (build / "bin/store_bench", build / "lib/freshet/plugins", home / "store.sqlite", home / "vectors", dimension, rows)
    said = {line[0]: float(line[1]) for line in lines_of(*common, "load")}
    size = (home / "store.sqlite").stat().st_size / rows
    plain = 4 * dimension + said["text"]
    print(f"freshet: insert {said['insert']:.0f} rows/s, {size:.0f} bytes/row with its text, words and vector: "
          f"{size / plain:.2f} times float32 vector and text (goal 1.3)", flush=True)
    return Program(*common, "query", home / "queries")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=os.environ.get("FRESHET_BUILD", "build"))
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--dimension", type=int, default=1536)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--peers", nargs="*", default=["numpy", "sqlite-vec", "lancedb"])
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="freshet-bench-") as folder:
        home, rows, dimension = pathlib.Path(folder), arguments.rows, arguments.dimension
        draw(home, rows, dimension)
        vectors = numpy.memmap(home / "vectors", numpy.float32, "r", shape=(rows, dimension))
        queries = numpy.fromfile(home / "queries", numpy.float32).reshape(-1, dimension)
        systems = {"freshet": load(arguments.build, home, rows, dimension),
                   "limit": Program(arguments.build / "bin/scan_limit", home / "codes", home / "vectors", dimension, home / "queries")}
        makers = {"numpy": lambda: numpy_search(numpy.array(vectors)), "sqlite-vec": lambda: sqlite_vec_search(home, vectors),
                  "lancedb": lambda: lancedb_search(home, vectors)}
        for name in arguments.peers:
            systems[name] = Timed(makers[name](), queries)
        times, found = {name: [] for name in systems}, {}
        for round_ in range(arguments.rounds):
            for name in sorted(systems, key=lambda name: (hash(name) + round_) % len(systems)):
                spent, found[name] = systems[name]()
                times[name] += spent[2:]  # the first ones of a process find nothing in its tables
        exact = [numpy_search(vectors)(query) for query in queries]
        median = {name: statistics.median(spent) for name, spent in times.items()}
        for name in systems:
            recall = sum(len(set(mine) & set(right)) for mine, right in zip(found[name], exact)) / (10 * len(exact))
            print(f"{name:<12} {median[name]:9.2f} ms  least {min(times[name]):8.2f}  {median[name] / median['freshet']:6.2f} times freshet  "
                  f"recall {recall:.3f}  n {len(times[name])}", flush=True)
        print(f"freshet over its limit: {median['freshet'] / median['limit']:.2f} (goal 1.5); "
              f"codes read {rows * dimension / median['freshet'] / 1e6:.1f} GB/s", flush=True)


if __name__ == "__main__":
    main()
