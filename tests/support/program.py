"""The freshet program as the tests and the demo run it, and a look into its embedded store."""
import contextlib
import json
import os
import pathlib
import sqlite3
import subprocess


class Freshet:
    def __init__(self, build, repository, namespace=None):
        self.program = str(pathlib.Path(build).resolve() / "bin" / "freshet")
        self.repository = pathlib.Path(repository)
        self.namespace = namespace

    def command(self, *arguments):
        return [self.program, "--repository", str(self.repository), *map(str, arguments)]

    def run(self, *arguments, check=None, timeout=600):
        """Runs it, and returns the finished process. `check`: the exit code that it must have."""
        done = subprocess.run(self.command(*arguments), capture_output=True, text=True, timeout=timeout)
        if check is not None and done.returncode != check:
            raise AssertionError(f"{' '.join(map(str, arguments))}: exit {done.returncode}, not {check}\n"
                                 f"{done.stdout}\n{done.stderr}")
        return done

    def json(self, *arguments, check=0, timeout=600):
        done = self.run(*arguments, "--json", check=check, timeout=timeout)
        return json.loads(done.stdout)

    def start(self, *arguments):
        return subprocess.Popen(self.command(*arguments), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def rows(self, namespace="default"):
        """Every row of the embedded store: {id: (digest, uri, title, text)}; the digest is the record's, without its owner."""
        with contextlib.closing(sqlite3.connect(f"file:{self.repository}/store.sqlite?mode=ro", uri=True)) as store:
            number, = store.execute("SELECT number FROM namespaces WHERE name = ?", (namespace,)).fetchone()
            return {row[0].hex(): (record_digest(row[1]), *row[2:])
                    for row in store.execute(f"SELECT id, digest, uri, title, text FROM rows_{number}")}


def vectors_of(store, number):
    """{n: vector} of a namespace of the embedded store; docs/stores.md says how they lie."""
    dimension, = store.execute("SELECT dimension FROM namespaces WHERE number = ?", (number,)).fetchone()
    found = {}
    for block, codes, rests in store.execute(f"SELECT block, codes, rests FROM codes_{number} JOIN rests_{number} USING (block)"):
        places = len(codes) // (8 + dimension)
        heads = memoryview(codes)[:8 * places].cast("f")
        code, rest = memoryview(codes)[8 * places:].cast("b"), memoryview(rests).cast("h")
        for place in range(places):
            if scale := heads[2 * place]:
                at = range(place * dimension, (place + 1) * dimension)
                found[block * places + place + 1] = [scale * (code[i] + rest[i] / 65536) for i in at]
    return found


def record_digest(kept):
    """Of what a store keeps as the digest of a row: the record's, without the repository that sent it."""
    return kept.partition(".")[0]


def skip(reason):
    """Ends the test: 77 tells ctest that it was skipped."""
    print(reason)
    raise SystemExit(77)


def build_dir():
    return os.environ.get("FRESHET_BUILD", "build")
