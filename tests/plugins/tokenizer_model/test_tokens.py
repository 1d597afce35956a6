#!/usr/bin/env python3
"""The tokens of a tokenizer.json: a model's real one, and small ones of each kind."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from models import minilm  # noqa: E402
from plugin import Failed, Tokenizer, opened  # noqa: E402
from word_piece import WordPiece  # noqa: E402

BUILD = pathlib.Path(os.environ["FRESHET_BUILD"])
LIBRARY = BUILD / "lib/freshet/plugins/tokenizer_model.so"
MODEL = minilm()


def json_of(model, pre_tokenizer=None, decoder=None, added=()):
    return {"version": "1.0", "truncation": {"direction": "Right", "max_length": 3, "strategy": "LongestFirst", "stride": 0},
            "padding": {"strategy": {"Fixed": 9}, "direction": "Right", "pad_to_multiple_of": None, "pad_id": 0, "pad_type_id": 0, "pad_token": "x"},
            "added_tokens": [{"id": i, "content": text, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
                              "special": True} for i, text in added],
            "normalizer": None, "pre_tokenizer": pre_tokenizer, "post_processor": None, "decoder": decoder, "model": model}


class Tokens(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="freshet-tokens-")
        self.addCleanup(folder.cleanup)
        self.home = pathlib.Path(folder.name)

    def write(self, content):
        (self.home / "tokenizer.json").write_text(content if isinstance(content, str) else json.dumps(content))

    def open(self, **options):
        return opened(Tokenizer, LIBRARY, b"model", options or {"path": str(self.home)})

    def test_words_of_the_real_model(self):
        with self.open(path=str(MODEL)) as tokens:
            # The cases of BERT's own tests of its tokenizer, by where their pieces end.
            self.assertEqual(tokens.ends("unaffable"), [3, 6, 9])  # una ##ffa ##ble
            self.assertEqual(tokens.ends("Hello, world!"), [5, 6, 12, 13])
            self.assertEqual(tokens.ends("Stra\u00dfe"), tokens.ends("stra\u00dfe"))
            self.assertEqual(tokens.count("\u4e1c\u4eac"), 2)

    def test_nothing_in_a_text_is_a_special_token_and_nothing_is_cut(self):
        with self.open(path=str(MODEL)) as tokens:
            self.assertGreater(tokens.count("[SEP]"), 1)
            self.assertEqual(tokens.count("word " * 5000), 5000)
            self.assertEqual(tokens.count(""), 0)

    def test_ends_come_in_order_and_are_as_many_as_are_counted(self):
        texts = [path.read_text() for path in sorted((pathlib.Path(__file__).resolve().parents[3] / "docs").glob("*.md"))]
        texts += ["e\u0301\u0301 a", " \n", "a\0b", "\U0001f980\u202e", "\u00a0x", "\ufb01n", "a" * 5000]
        theirs, total = WordPiece(MODEL), 0
        with self.open(path=str(MODEL)) as tokens:
            for text in texts:
                ends = tokens.ends(text)
                self.assertEqual(ends, sorted(ends))
                self.assertEqual(len(ends), tokens.count(text))
                self.assertTrue(all(0 < end <= len(text.encode()) for end in ends))
                self.assertEqual(len(ends), len(theirs.tokens(text)), text[:200])
                total += len(ends)
        print(f"{total} tokens, as many as another WordPiece counts", flush=True)

    def test_bytes_of_characters(self):
        vocabulary = {chr(c): i for i, c in enumerate([*range(33, 127), *range(161, 173), *range(174, 324)])}
        self.write(json_of({"type": "BPE", "vocab": vocabulary, "merges": [], "dropout": None, "unk_token": None,
                            "continuing_subword_prefix": None, "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False},
                           {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}))
        with self.open() as tokens:
            self.assertEqual(tokens.count("ab \u6771"), 6)
            self.assertEqual(len(tokens.ends("ab \u6771")), 6)
            self.assertEqual(tokens.ends("ab \u6771")[-1], 6)

    def test_a_space_that_the_tokenizer_adds_ends_somewhere(self):
        self.write(json_of({"type": "Unigram", "unk_id": 0, "byte_fallback": False, "vocab": [["<unk>", 0.0], ["\u2581", -2.0], ["x", -3.0]]},
                           {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": True}))
        with self.open() as tokens:
            self.assertEqual(tokens.ends("x"), [1, 1])

    def test_another_file_is_another_fingerprint(self):
        names = set()
        for word in ("one", "two"):
            self.write(json_of({"type": "WordLevel", "vocab": {"x": 0, word: 1}, "unk_token": "x"}, {"type": "Whitespace"}))
            with self.open() as tokens:
                names.add((tokens.name, tokens.fingerprint))
                self.assertEqual(tokens.count("one two three four five"), 5)
        self.assertEqual(len(names), 2)

    def test_what_is_wrong_is_told(self):
        for why, content in (("the model has no tokenizer.json", None), ("tokenizer.json: ", "{}"), ("tokenizer.json: ", "nothing")):
            if content is not None:
                self.write(content)
            with self.assertRaisesRegex(Failed, why):
                self.open().__enter__()
        with self.assertRaisesRegex(Failed, "there is no such folder"):
            self.open(path=str(self.home / "gone")).__enter__()
        with self.assertRaisesRegex(Failed, "give one of them"):
            self.open(path=str(self.home), model="x").__enter__()

    def test_keeps_its_contract(self):
        done = subprocess.run([BUILD / "bin/freshet", "plugins", "check", "--strict", LIBRARY, "--options",
                               f"tokenizer model={json.dumps({'path': str(MODEL)})}"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
