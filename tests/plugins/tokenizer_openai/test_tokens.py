#!/usr/bin/env python3
"""The tokens of OpenAI's models: counts that were published, and the cases of a check."""
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from plugin import Tokenizer, opened  # noqa: E402

BUILD = pathlib.Path(os.environ["FRESHET_BUILD"])
LIBRARY = BUILD / "lib/freshet/plugins/tokenizer_openai.so"
# From tiktoken's own tests, and from OpenAI's page on how to count tokens.
CL100K = [("hello world", [5, 11]), ("rer", [3]), ("'rer", [3, 4]), ("today\n ", [5, 6, 7]), ("today\n \n", [5, 8]),
          ("today\n  \n", [5, 9]), (" \u00850", [1, 2, 3, 4])]
COUNTS = [("antidisestablishmentarianism", 6, 6), ("2 + 2 = 4", 7, 7), ("お誕生日おめでとう", 9, 8)]


class Tokens(unittest.TestCase):
    def test_published_counts(self):
        with opened(Tokenizer, LIBRARY, b"cl100k_base") as cl100k, opened(Tokenizer, LIBRARY, b"o200k_base") as o200k:
            for text, ends in CL100K:
                self.assertEqual(cl100k.ends(text), ends, text)
            for text, older, newer in COUNTS:
                self.assertEqual((cl100k.count(text), o200k.count(text)), (older, newer), text)

    def test_keeps_its_contract(self):
        done = subprocess.run([BUILD / "bin/freshet", "plugins", "check", "--strict", LIBRARY], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
