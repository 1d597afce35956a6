#!/usr/bin/env python3
"""The vectors of a real model beside those of another program, and what a model's folder may say."""
import json
import os
import pathlib
import random
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from models import NUMPY, minilm  # noqa: E402
from packages import run_with  # noqa: E402

run_with(NUMPY)
import numpy as np  # noqa: E402

from minilm_reference import Reference  # noqa: E402
from plugin import Embedder, Failed, opened  # noqa: E402

SEED = int(os.environ.get("FRESHET_SEED", str(random.randrange(1 << 30))))
BUILD = pathlib.Path(os.environ["FRESHET_BUILD"])
LIBRARY = BUILD / "lib/freshet/plugins/embedder_local.so"
MODEL = minilm()
DOCS = pathlib.Path(__file__).resolve().parents[3] / "docs"
CANCELLED = 1102


def passages():
    """Texts of every length from one word to more than the model takes."""
    words = " ".join(path.read_text() for path in sorted(DOCS.glob("*.md"))).split(" ")
    chance = random.Random(SEED)
    starts = [chance.randrange(len(words) - 400) for _ in range(24)]
    texts = [" ".join(words[start:start + chance.choice([1, 3, 10, 40, 120, 250, 400])]) for start in starts]
    return [*texts, "", " \n", "\u6771\u4eac \u306f\u5927\u304d\u3044", "\U0001f980", "Stra\u00dfe na\u00efve", "a" * 3000, "[SEP] [MASK]"]


def local(**options):
    return opened(Embedder, LIBRARY, b"local", {"path": str(MODEL), **options})


class Vectors(unittest.TestCase):
    def test_they_are_those_of_the_reference(self):
        texts, reference = passages(), Reference(MODEL)
        with local() as ours:
            self.assertEqual((ours.info.dimension, ours.info.max_text_tokens), (384, 254))
            vectors = np.array(ours.embed(texts))
        wanted = np.array([reference.embed(text) for text in texts])
        cosines = (vectors * wanted).sum(1) / np.linalg.norm(vectors, axis=1)
        print(f"FRESHET_SEED={SEED}: {len(texts)} texts, least cosine 1 - {1 - cosines.min():.1e}", flush=True)
        self.assertGreater(cosines.min(), 0.9999)
        self.assertEqual(ours.used, sum(len(reference.tokens(text)) for text in texts))

    def test_a_text_has_the_same_vector_alone_and_among_others(self):
        texts = passages()
        with local() as ours, local(threads=1) as alone:
            together = ours.embed(texts)
            self.assertEqual(together, ours.embed(texts))
            self.assertEqual(together, [alone.embed([text])[0] for text in texts])
            self.assertEqual(together[::-1], alone.embed(texts[::-1]))

    def test_a_call_that_is_cancelled_ends(self):
        with local(threads=1) as ours:
            given = []

            def cancel_after_the_first(index):
                given.append(index)
                ours.cancelled = lambda: 1
                return 0
            texts = ["word " * 250] * 400
            begun = time.monotonic()
            with self.assertRaises(Failed) as failed:
                ours.embed(texts, on_vector=cancel_after_the_first)
            self.assertEqual(failed.exception.status, CANCELLED)
            self.assertLess(len(given), 20)
            ours.cancelled = lambda: 0
            with self.assertRaises(Failed) as failed:  # so does one whose sink wants no more
                ours.embed(texts, on_vector=lambda _: 1305)
            self.assertEqual((failed.exception.status, time.monotonic() - begun < 30), (1305, True))

    def test_keeps_its_contract(self):
        done = subprocess.run([BUILD / "bin/freshet", "plugins", "check", "--strict", LIBRARY, "--options",
                               f"embedder local={json.dumps({'path': str(MODEL)})}"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_how_fast(self):
        words = " ".join(path.read_text() for path in sorted(DOCS.glob("*.md"))).split()
        texts = [" ".join(words[i * 70:i * 70 + 70]) for i in range(100)]
        with local() as ours:
            ours.embed(texts[:4])
            wall, cpu, ours.used = time.perf_counter(), time.process_time(), 0
            ours.embed(texts)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        print(f"100 texts of {ours.used / 100:.0f} tokens: {100 / wall:.0f} a second, {100 / cpu:.1f} a core and second", flush=True)


if __name__ == "__main__":
    unittest.main(verbosity=2)
