#!/usr/bin/python3
"""Embeds 10,000 texts of about 200 tokens through the embedder "openai" and through OpenAI's own Python client, both against
the stand-in of the tests: what each sends, and the CPU seconds of the process that asks.

  bench/embed_bench.py [--build build] [--texts 10000] [--batch 100] [--dimension 1536]

The stand-in gives everybody the same vector, so that it is not what is measured; the wall time is its own.
"""
import argparse
import base64
import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
from embeddings import Embeddings, vector_of  # noqa: E402
from openai_python import openai_python  # noqa: E402

OFFICIAL = """
import openai, sys
url, key, model, batch, path = sys.argv[1:6]
texts = open(path).read().splitlines()
client = openai.OpenAI(base_url=url, api_key=key)
vectors = []
for at in range(0, len(texts), int(batch)):
    vectors += [each.embedding for each in client.embeddings.create(model=model, input=texts[at:at + int(batch)]).data]
assert len(vectors) == len(texts)
"""

FRESHET = """
import ctypes, json, sys
url, key, model, batch, path, library, repository = sys.argv[1:8]
texts = [line.encode() for line in open(path).read().splitlines()]
f = ctypes.CDLL(library)
handle, vectors, error = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p()
assert f.freshet_repository_open(repository.encode(), None, ctypes.byref(handle), ctypes.byref(error)) == 0
options = {"base_url": url, "model": model, "key": "env:BENCH_KEY", "batch": int(batch)}
config = json.dumps({"embedder": {"name": "openai", "options": options}}).encode()
array = (ctypes.c_char_p * len(texts))(*texts)
status = f.freshet_embed(handle, config, array, ctypes.c_size_t(len(texts)), 0, None, ctypes.byref(vectors), ctypes.byref(error))
f.freshet_vectors_count.restype = ctypes.c_size_t
assert status == 0 and f.freshet_vectors_count(vectors) == len(texts), status
f.freshet_vectors_free(vectors)
f.freshet_repository_close(handle)
"""


def texts_of(count):
    draw = random.Random(1)
    words = ["".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=draw.randint(2, 9))) for _ in range(2000)]
    return [" ".join(draw.choices(words, k=123)) for _ in range(count)]


def constant(dimension):
    vector = vector_of("the same", dimension)
    packed = base64.b64encode(struct.pack(f"<{dimension}f", *vector)).decode()

    def embed(body):
        texts = body["input"]
        data = [{"object": "embedding", "index": i, "embedding": packed if body.get("encoding_format") == "base64" else vector}
                for i in range(len(texts))]
        tokens = sum(len(text) // 4 for text in texts)
        return {"object": "list", "data": data, "model": body["model"], "usage": {"prompt_tokens": tokens, "total_tokens": tokens}}
    return embed


def measure(name, server, command):
    server.reset()
    begun = time.monotonic()
    process = subprocess.Popen(command, env={**os.environ, "BENCH_KEY": server.key})
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{name} failed: {status}")
    print(f"{name:<28} {used.ru_utime + used.ru_stime:8.2f} CPU s {time.monotonic() - begun:8.2f} s {len(server.requests):6} requests"
          f" {server.bytes_in / 1e6:8.1f} MB sent {server.bytes_out / 1e6:8.1f} MB received {used.ru_maxrss / 1024:6.0f} MiB", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default=os.environ.get("FRESHET_BUILD", "build"))
    parser.add_argument("--texts", type=int, default=10_000)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--dimension", type=int, default=1536)
    arguments = parser.parse_args()
    os.environ["FRESHET_BUILD"] = arguments.build
    library = pathlib.Path(arguments.build).resolve() / "lib" / "libfreshet.so"
    with tempfile.TemporaryDirectory(prefix="freshet-bench-") as home, Embeddings() as server:
        server.embed = constant(arguments.dimension)
        path = pathlib.Path(home) / "texts"
        path.write_text("\n".join(texts_of(arguments.texts)))
        common = [server.url, server.key, "text-embedding-3-small", str(arguments.batch), str(path)]
        official = openai_python()
        for attempt in (1, 2):
            measure("OpenAI's Python client", server, [official, "-c", OFFICIAL, *common])
            measure("freshet, embedder openai", server,
                    [sys.executable, "-c", FRESHET, *common, str(library), f"{home}/repository-{attempt}"])


if __name__ == "__main__":
    main()
