#!/usr/bin/python3
"""Delivers vectors to a real Chroma server and to the stand-in for turbopuffer of the tests, through freshet and through the official
Python clients, the same rows in batches of the same size: what the client costs, what goes over the wire, and how fast it is.

  bench/stores_bench.py [--build build] [--rows 100000] [--dimension 1536] [--only chroma|turbopuffer]

Of freshet the CPU seconds are those of the whole program, its start and the reading of rows and vectors from its repository included;
of a client they are those of its calls alone. Both servers share the machine with their client.
"""
import argparse
import contextlib
import json
import os
import pathlib
import pickle
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
from chroma import Chroma  # noqa: E402  starts this program again, with the client
from packages import install  # noqa: E402
from program import Freshet, vectors_of  # noqa: E402
from turbopuffer_server import Turbopuffer  # noqa: E402

BATCH = 300
CLIENT = """
import pickle, sys, time
rows, arguments = pickle.load(open(sys.argv[1], "rb")), sys.argv[2:]
batches = [rows[at:at + %d] for at in range(0, len(rows), %d)]
%%s
begun, cpu = time.monotonic(), time.process_time()
for batch in batches:
    send(batch)
print(time.process_time() - cpu, time.monotonic() - begun)
""" % (BATCH, BATCH)
CHROMA = """
import chromadb
collection = chromadb.HttpClient("127.0.0.1", int(arguments[0])).get_or_create_collection("theirs", embedding_function=None,
                                                                                            configuration={"hnsw": {"space": "cosine"}})
def send(batch):
    collection.upsert(ids=[row[0] for row in batch], documents=[row[1] for row in batch], embeddings=[row[3] for row in batch],
                      metadatas=[row[2] for row in batch])
"""
TURBOPUFFER = """
import turbopuffer, uuid
namespace = turbopuffer.Turbopuffer(base_url=arguments[0], api_key=arguments[1]).namespace("theirs")
def send(batch):
    columns = {"id": [str(uuid.UUID(row[0])) for row in batch], "vector": [row[3] for row in batch], "text": [row[1] for row in batch]}
    for key in batch[0][2]:
        columns[key] = [row[2][key] for row in batch]
    namespace.write(upsert_columns=columns, distance_metric="cosine_distance", schema={"id": "uuid", "text": {"type": "string", "full_text_search": True}})
"""


class Counter:
    """Hands bytes on to `port`, and counts those that go there."""

    def __init__(self, port):
        self.bytes, self.target = 0, port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.create_connection(("127.0.0.1", self.target))
            threading.Thread(target=self.hand_on, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self.hand_on, args=(server, client, False), daemon=True).start()

    def hand_on(self, source, sink, counts):
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                self.bytes += len(data) if counts else 0
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)


def make_pages(folder, rows):
    folder.mkdir()
    for page in range(0, rows, 500):
        (folder / f"page{page}.txt").write_text("\n\n".join(
            " ".join(f"word{(row * 7 + k * 13) % 5000}" for k in range(40)) for row in range(page, min(page + 500, rows))))


def rows_of(repository):
    """[(id, text, metadata, vector)] of the embedded store."""
    with contextlib.closing(sqlite3.connect(repository / "store.sqlite")) as store:
        vectors = vectors_of(store, 1)
        return [(row[0].hex(), row[1], {"uri": row[2], "title": row[3], "url": row[4], "path": row[5]}, vectors[row[6]])
                for row in store.execute("SELECT id, text, uri, title, url, path, n FROM rows_1")]


def tell(name, rows, cpu, seconds, sent):
    print(f"{name:<34} {cpu:8.2f} CPU s {rows / seconds:8.0f} rows/s {sent / rows:8.0f} bytes/row", flush=True)


def by_freshet(name, freshet, store, rows, counter):
    before, begun = counter(), time.monotonic()
    process = subprocess.Popen(freshet.command("refresh", "--config", freshet.repository.parent / "freshet.toml", "--rebuild", "--store", store, "--json"),
                               stdout=subprocess.PIPE, text=True)
    report = json.loads(process.stdout.read())
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0 and report["delivered"]["upserts"] == rows and report["embedded"]["texts"] == 0, report
    tell(name, rows, used.ru_utime + used.ru_stime, time.monotonic() - begun, counter() - before)


def by_client(name, python, code, path, rows, counter, *arguments):
    before = counter()
    done = subprocess.run([python, "-c", CLIENT % code, path, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    cpu, seconds = map(float, done.stdout.split())
    tell(name, rows, cpu, seconds, counter() - before)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.environ.get("FRESHET_BUILD", "build"))
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--dimension", type=int, default=1536)
    parser.add_argument("--only", choices=["chroma", "turbopuffer"])
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="freshet-bench-") as folder:
        home = pathlib.Path(folder)
        make_pages(home / "pages", arguments.rows)
        (home / "freshet.toml").write_text(f"""
            source = [{{ name = "pages", loader = "files", options = {{ path = "{home / "pages"}" }} }}]
            embedder = {{ name = "hash", options = {{ dimension = {arguments.dimension} }} }}
            chunker = {{ max_chunk_size = 400, overlap_size = 0 }}
            """)
        freshet = Freshet(arguments.build, home / "repository")
        freshet.json("refresh", "--config", home / "freshet.toml", timeout=3600)
        rows = rows_of(freshet.repository)
        (home / "rows").write_bytes(pickle.dumps(rows))
        count = len(rows)
        del rows
        print(f"{count} rows of {arguments.dimension} dimensions, batches of {BATCH}", flush=True)
        if arguments.only != "turbopuffer":
            server = Chroma(home / "chroma")
            counted = Counter(server.port)
            common = f"chroma={json.dumps({'url': f'http://127.0.0.1:{counted.port}', 'max_batch': BATCH})}"
            by_freshet("freshet to Chroma", freshet, common, count, lambda: counted.bytes)
            by_client("Chroma's Python client", sys.executable, CHROMA, home / "rows", count, lambda: counted.bytes, str(counted.port))
            server.kill()
        if arguments.only != "chroma":
            with Turbopuffer() as server:
                server.writes = type("None", (list,), {"append": lambda self, body: None})()
                os.environ["BENCH_KEY"] = server.key
                counted = Counter(server.server.server_port)
                url = f"http://127.0.0.1:{counted.port}"
                store = f"turbopuffer={json.dumps({'base_url': url, 'key': 'env:BENCH_KEY', 'max_batch': BATCH})}"
                by_freshet("freshet to turbopuffer's stand-in", freshet, store, count, lambda: counted.bytes)
                python = install("turbopuffer==3.1.0") / "bin" / "python"
                by_client("turbopuffer's Python client", python, TURBOPUFFER, home / "rows", count, lambda: counted.bytes, url, server.key)


if __name__ == "__main__":
    main()
