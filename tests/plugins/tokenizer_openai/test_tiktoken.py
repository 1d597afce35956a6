#!/usr/bin/env python3
"""The tokens of OpenAI's models, beside tiktoken, which is theirs: the same ends for every text.

tiktoken fetches its tables; here it is given those that the crate has, and compares them with the digests it knows.
"""
import gzip
import json
import os
import pathlib
import random
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from packages import run_with  # noqa: E402

run_with("tiktoken==0.14.0")
import tiktoken  # noqa: E402
import tiktoken.load  # noqa: E402

from plugin import Failed, Tokenizer, opened  # noqa: E402

SEED = int(os.environ.get("FRESHET_SEED", str(random.randrange(1 << 30))))
LIBRARY = pathlib.Path(os.environ["FRESHET_BUILD"]) / "lib/freshet/plugins/tokenizer_openai.so"
PIECES = ["the", " event", "Loop", "'s", "'LL", "n't", " ", "  ", "\n", "\r\n", "\t", " \n \n", "1", "23456", "3.14", "…", "!!!", "/", "://",
          "é", "e\u0301", "ß", "Ω", "東京", "は大きい", "한국어", "👩‍👩‍👧", "🦀", "\u0085", "\u00a0", "\u2028", "\0", "ﬁ", "Ǆ", "<|endoftext|>", "_x", "{}();"]


def crate():
    """Where the crate's tables lie."""
    metadata = subprocess.run(["cargo", "metadata", "--format-version", "1", "--locked", "--offline", "--manifest-path",
                               ROOT / "plugins/Cargo.toml"], capture_output=True, text=True, check=True)
    return next(pathlib.Path(package["manifest_path"]).parent for package in json.loads(metadata.stdout)["packages"]
                if package["name"] == "bpe-openai")


TABLES = crate() / "data"
tiktoken.load.read_file = lambda url: gzip.decompress((TABLES / f"{url.rsplit('/', 1)[1]}.gz").read_bytes())


def texts():
    """Pages of documentation, and mixtures of what tokens are cut at."""
    for path in sorted((ROOT / "docs").glob("*.md")):
        yield path.read_text()
    chance = random.Random(SEED)
    for _ in range(400):
        yield "".join(chance.choice(PIECES) for _ in range(chance.randrange(1, 60)))
    for _ in range(100):
        yield "".join(chr(chance.choice([chance.randrange(1, 0x250), chance.randrange(0x3000, 0xD800), chance.randrange(0x1F300, 0x1FA00)]))
                      for _ in range(chance.randrange(1, 80)))
    yield "a" * 100000


class Tiktoken(unittest.TestCase):
    def compare(self, name):
        theirs = tiktoken.get_encoding(name)
        tokens = 0
        with opened(Tokenizer, LIBRARY, name.encode()) as ours:
            self.assertEqual(ours.name, name)
            for text in texts():
                end, ends = 0, []
                for token in theirs.encode_ordinary(text):
                    end += len(theirs.decode_single_token_bytes(token))
                    ends.append(end)
                self.assertEqual(ours.ends(text), ends, f"FRESHET_SEED={SEED}: {text[:200]!r}")
                self.assertEqual(ours.count(text), len(ends))
                tokens += len(ends)
        print(f"{name}: {tokens} tokens, all ends equal", flush=True)

    def test_cl100k_base(self):
        self.compare("cl100k_base")

    def test_o200k_base(self):
        self.compare("o200k_base")

    def test_what_is_no_text_is_refused(self):
        with opened(Tokenizer, LIBRARY, b"cl100k_base") as ours:
            self.assertEqual((ours.count(""), ours.ends("")), (0, []))

            class Torn(str):
                def encode(self):
                    return b"\xff\xfe"
            with self.assertRaisesRegex(Failed, "1001: the text is not UTF-8"):
                ours.count(Torn("x"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
