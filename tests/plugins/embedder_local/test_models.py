#!/usr/bin/env python3
"""What a model's folder may say: small models of each kind beside the reference, and what is refused."""
import hashlib
import json
import os
import pathlib
import shutil
import struct
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from models import NUMPY  # noqa: E402
from packages import run_with  # noqa: E402

run_with(NUMPY)
import numpy as np  # noqa: E402

from minilm_reference import Encoder  # noqa: E402
from plugin import Embedder, Failed, opened  # noqa: E402

LIBRARY = pathlib.Path(os.environ["FRESHET_BUILD"]) / "lib/freshet/plugins/embedder_local.so"
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "river", "water", "ice", "desert", "query", "passage", ":"]
WIDTH, WIDE, LAYERS = 16, 24, 2
POOLING = {"pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True}
MODULES = [{"idx": i, "path": path, "type": f"sentence_transformers.models.{kind}"}
           for i, (path, kind) in enumerate([("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")])]


def tokenizer():
    template = [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "[SEP]", "type_id": 0}}]
    special = {name: {"id": name, "ids": [WORDS.index(name)], "tokens": [name]} for name in ("[CLS]", "[SEP]")}
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None,
            "pre_tokenizer": {"type": "Whitespace"}, "decoder": None,
            "post_processor": {"type": "TemplateProcessing", "single": template, "pair": template, "special_tokens": special},
            "model": {"type": "WordLevel", "vocab": {word: i for i, word in enumerate(WORDS)}, "unk_token": "[UNK]"}}


def write_tensors(path, tensors, kind="F32"):
    header, data = {}, b""
    for name, values in tensors.items():
        if kind == "BF16":
            content = (values.astype(np.float32).view(np.uint32) >> 16).astype(np.uint16).tobytes()
        else:
            content = values.astype({"F32": np.float32, "F16": np.float16, "I8": np.int8}[kind]).tobytes()
        header[name] = {"dtype": kind, "shape": list(values.shape), "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def bert_tensors(vocabulary=len(WORDS), positions=12):
    chance = np.random.default_rng(7)
    tensors = {}

    def dense(name, outputs, inputs):
        tensors[f"{name}.weight"], tensors[f"{name}.bias"] = chance.normal(0, 0.4, (outputs, inputs)), chance.normal(0, 0.1, outputs)

    def norm(name):
        tensors[f"{name}.weight"], tensors[f"{name}.bias"] = chance.normal(1, 0.1, WIDTH), chance.normal(0, 0.1, WIDTH)
    for name, rows in (("word", vocabulary), ("position", positions), ("token_type", 2)):
        tensors[f"embeddings.{name}_embeddings.weight"] = chance.normal(0, 1, (rows, WIDTH))
    norm("embeddings.LayerNorm")
    for i in range(LAYERS):
        at = f"encoder.layer.{i}"
        for part in ("query", "key", "value"):
            dense(f"{at}.attention.self.{part}", WIDTH, WIDTH)
        dense(f"{at}.attention.output.dense", WIDTH, WIDTH)
        norm(f"{at}.attention.output.LayerNorm")
        dense(f"{at}.intermediate.dense", WIDE, WIDTH)
        dense(f"{at}.output.dense", WIDTH, WIDE)
        norm(f"{at}.output.LayerNorm")
    return tensors


class Models(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="freshet-models-")
        self.addCleanup(folder.cleanup)
        self.home = pathlib.Path(folder.name)
        self.config = {"model_type": "bert", "hidden_size": WIDTH, "num_attention_heads": 4, "intermediate_size": WIDE, "num_hidden_layers": LAYERS,
                       "vocab_size": len(WORDS), "max_position_embeddings": 12, "type_vocab_size": 2, "layer_norm_eps": 1e-12, "hidden_act": "gelu"}
        self.write("config.json", self.config)
        self.write("tokenizer.json", tokenizer())
        self.write("1_Pooling/config.json", POOLING)
        write_tensors(self.home / "model.safetensors", bert_tensors())

    def write(self, name, content):
        path = self.home / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content))

    def local(self, **options):
        return opened(Embedder, LIBRARY, b"local", {"path": str(self.home), **options})

    def embed(self, *texts, query=False, **options):
        with self.local(**options) as ours:
            return np.array(ours.embed(list(texts), query))

    def name(self, **options):
        with self.local(**options) as ours:
            return ours.info.model.decode()

    def near(self, vectors, wanted):
        vectors, wanted = np.atleast_2d(vectors), np.atleast_2d(wanted)
        cosines = (vectors * wanted).sum(1) / np.linalg.norm(vectors, axis=1) / np.linalg.norm(wanted, axis=1)
        self.assertGreater(cosines.min(), 0.99999, cosines)

    def refused(self, why, **options):
        with self.assertRaisesRegex(Failed, why):
            self.name(**options)

    def ids(self, text):
        return [2, *(WORDS.index(word) if word in WORDS else 1 for word in text.split()), 3]

    def test_pooling_is_the_mean_or_the_first_row(self):
        rows = Encoder(self.home).rows(self.ids("river water ice"))
        self.near(self.embed("river water ice"), rows.mean(0))
        self.write("1_Pooling/config.json", {name: not on for name, on in POOLING.items()})
        self.near(self.embed("river water ice"), rows[0])
        self.near(self.embed("river water ice", pooling="mean"), rows.mean(0))
        shutil.rmtree(self.home / "1_Pooling")
        self.refused("1_Pooling/config.json: is not there: say by the option pooling")
        self.near(self.embed("river water ice", pooling="first"), rows[0])

    def test_only_what_is_normalised_there_is_here(self):
        self.assertNotAlmostEqual(np.linalg.norm(self.embed("river")), 1, places=3)
        self.write("modules.json", MODULES)
        self.assertAlmostEqual(np.linalg.norm(self.embed("river")), 1, places=6)

    def test_roberta_begins_at_a_later_position(self):
        self.config |= {"model_type": "xlm-roberta", "pad_token_id": 1, "hidden_act": "relu"}
        self.write("config.json", self.config)
        write_tensors(self.home / "model.safetensors", {f"roberta.{name}": values for name, values in bert_tensors().items()})
        vectors = self.embed("river water ice", "desert")
        write_tensors(self.home / "model.safetensors", bert_tensors())
        reference = Encoder(self.home, first_position=2)
        self.near(vectors, [reference.rows(self.ids(text)).mean(0) for text in ("river water ice", "desert")])
        with self.local() as ours:
            self.assertEqual(ours.info.max_text_tokens, 12 - 2 - 2)

    def test_weights_of_half_the_size(self):
        whole = self.embed("river water ice")
        for kind, far in (("F16", 1e-5), ("BF16", 1e-2)):
            write_tensors(self.home / "model.safetensors", bert_tensors(), kind)
            half = self.embed("river water ice")
            cosine = (half * whole).sum() / np.linalg.norm(half) / np.linalg.norm(whole)
            self.assertLess(1 - cosine, far)
            self.assertTrue((half != whole).any())

    def test_a_text_is_cut_where_the_model_ends(self):
        self.assertTrue((self.embed("river " * 10) == self.embed("river " * 11 + "ice")).all())
        self.write("sentence_bert_config.json", {"max_seq_length": 5, "do_lower_case": True})
        self.assertTrue((self.embed("RIVER water ice") == self.embed("river WATER ice desert")).all())

    def test_prefixes_of_the_folder_and_of_the_options(self):
        self.write("config_sentence_transformers.json", {"prompts": {"query": "query : ", "passage": "passage : "}})
        plain = self.embed("query : ice", "passage : ice", document_prefix="", query_prefix="")
        self.assertTrue((self.embed("ice") == plain[1]).all())
        self.assertTrue((self.embed("ice", query=True) == plain[0]).all())
        self.assertTrue((self.embed("ice", query=True, query_prefix="passage : ") == plain[1]).all())

    def test_the_name_of_a_model_is_that_of_its_documents_vectors(self):
        name = self.name()
        self.assertEqual((name, name), (self.name(query_prefix="q "), self.name(threads=1)))
        others = {self.name(document_prefix="d "), self.name(pooling="first")}
        elsewhere = pathlib.Path(shutil.copytree(self.home, self.home / "elsewhere"))
        self.assertEqual(self.name(path=str(elsewhere)), name)
        tensors = bert_tensors()
        tensors["embeddings.LayerNorm.bias"][3] += 1
        write_tensors(self.home / "model.safetensors", tensors)
        others.add(self.name())
        self.assertEqual((len(others), name in others), (3, False))

    def test_static_models(self):
        chance = np.random.default_rng(1)
        rows = chance.normal(0, 1, (len(WORDS), 8))
        self.write("config.json", {"model_type": "model2vec", "normalize": True})
        write_tensors(self.home / "model.safetensors", {"embeddings": rows})
        vectors = self.embed("river water", "river unheard water", "unheard")
        self.near(vectors, [rows[4] + rows[5], rows[4] + rows[5], rows[1]])
        self.assertTrue(np.allclose(np.linalg.norm(vectors, axis=1), 1))
        with self.local() as ours:
            self.assertEqual(ours.embed(["", "ice"])[0], "the model has no vector for any word of the text")
        write_tensors(self.home / "model.safetensors", {"embeddings": rows, "mapping": rows})
        self.refused("which is not known")

    def test_checksums_that_were_kept_are_compared(self):
        sums = {name: hashlib.sha256((self.home / name).read_bytes()).hexdigest() for name in ("model.safetensors", "tokenizer.json", "config.json")}
        (self.home / "SHA256SUMS").write_text("".join(f"{digest}  {name}\n" for name, digest in sums.items()))
        self.name()
        damaged = bytearray((self.home / "model.safetensors").read_bytes())
        damaged[-1] ^= 1
        (self.home / "model.safetensors").write_bytes(damaged)
        self.refused("1303: model.safetensors is not what SHA256SUMS says: add the model again")

    def test_what_is_not_known_is_refused(self):
        for change, why in (({"model_type": "mpnet"}, "model_type is mpnet; bert, roberta, xlm-roberta and model2vec are known"),
                            ({"hidden_act": "swish"}, "hidden_act is swish; gelu and relu are known"),
                            ({"position_embedding_type": "relative_key"}, "position_embedding_type is relative_key"),
                            ({"num_attention_heads": 5}, "no multiple of num_attention_heads"),
                            ({"hidden_size": -1}, "hidden_size is no number from 1"),
                            ({"hidden_size": 32}, r"has the shape .*, not"),
                            ({"num_hidden_layers": 3}, "there is no tensor encoder.layer.2.attention.self.query.weight")):
            self.write("config.json", self.config | change)
            self.refused(why)
        self.write("config.json", self.config)
        self.write("modules.json", [*MODULES, {"idx": 3, "path": "3_Dense", "type": "sentence_transformers.models.Dense"}])
        self.refused("there is a module Dense; Transformer, Pooling and Normalize are known")
        self.write("modules.json", MODULES)
        self.write("1_Pooling/config.json", POOLING | {"pooling_mode_max_tokens": True})
        self.refused("pooling_mode_mean_tokens and pooling_mode_cls_token is known")
        self.write("1_Pooling/config.json", POOLING)
        write_tensors(self.home / "model.safetensors", bert_tensors(), "I8")
        self.refused("is of I8; F32, F16 and BF16 are known")
        (self.home / "model.safetensors").write_bytes(b"\xff" * 100)
        self.refused("model.safetensors: ")
        (self.home / "model.safetensors").unlink()
        self.refused("the model has no model.safetensors, and no other form of weights is read")

    def test_a_token_without_a_row_is_no_vector(self):
        self.write("config.json", self.config | {"vocab_size": 6})
        write_tensors(self.home / "model.safetensors", bert_tensors(6))
        with self.local() as ours, self.assertRaisesRegex(Failed, "tokens that model.safetensors has no row for"):
            ours.embed(["river desert"])

    def test_models_that_were_added_are_found_by_name(self):
        data = self.home / "data"
        models = data / "freshet/models"
        before = os.environ.get("XDG_DATA_HOME")
        os.environ["XDG_DATA_HOME"] = str(data)
        self.addCleanup(lambda: os.environ.pop("XDG_DATA_HOME") if before is None else os.environ.update(XDG_DATA_HOME=before))
        self.refused("none was added with freshet models add", path=None)
        models.mkdir(parents=True)
        shutil.copytree(self.home, models / "one", ignore=shutil.ignore_patterns("data"))
        (models / ".adding-two").mkdir()
        self.assertEqual(self.name(path=None), self.name())
        shutil.copytree(models / "one", models / "two")
        self.refused("which model is not said, and there is not one alone: there are one, two", path=None)
        self.assertEqual(self.name(path=None, model="two"), self.name())
        self.refused("there is no such model in .*: there are one, two", path=None, model="three")
        self.refused("a folder is given by path", path=None, model="../one")
        self.refused("give one of them", model="one")


if __name__ == "__main__":
    unittest.main(verbosity=2)
