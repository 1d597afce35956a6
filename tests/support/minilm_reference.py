"""BERT from its paper, in numpy and in double precision: the encoder, and the mean of its rows. What
embedder_local computes is compared with it, and nothing of it is shared."""
import json
import math
import struct

import numpy as np

from word_piece import WordPiece


def tensors(path):
    data = path.read_bytes()
    size, = struct.unpack("<Q", data[:8])
    kinds = {"F32": np.float32, "F16": np.float16}
    return {name: np.frombuffer(data[8 + size:][slice(*entry["data_offsets"])], kinds[entry["dtype"]]).reshape(entry["shape"]).astype(np.float64)
            for name, entry in json.loads(data[8:8 + size]).items() if entry.get("dtype") in kinds}


ERF = np.frompyfunc(math.erf, 1, 1)


def gelu(rows):
    return 0.5 * rows * (1 + ERF(rows / 2 ** 0.5).astype(np.float64))


class Encoder:
    """What becomes of tokens, whatever cut them."""

    def __init__(self, folder, first_position=0):
        self.config = json.loads((folder / "config.json").read_text())
        self.weights = tensors(folder / "model.safetensors")
        self.first_position = first_position

    def dense(self, name, rows):
        return rows @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def norm(self, name, rows):
        centred = rows - rows.mean(1, keepdims=True)
        scaled = centred / np.sqrt((centred ** 2).mean(1, keepdims=True) + self.config["layer_norm_eps"])
        return scaled * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]

    def rows(self, ids):
        positions = self.weights["embeddings.position_embeddings.weight"][self.first_position:][:len(ids)]
        rows = self.weights["embeddings.word_embeddings.weight"][ids] + positions
        rows = self.norm("embeddings.LayerNorm", rows + self.weights["embeddings.token_type_embeddings.weight"][0])
        heads = self.config["num_attention_heads"]
        for i in range(self.config["num_hidden_layers"]):
            at = f"encoder.layer.{i}"
            query, key, value = (self.dense(f"{at}.attention.self.{part}", rows).reshape(len(ids), heads, -1).transpose(1, 0, 2)
                                 for part in ("query", "key", "value"))
            scores = query @ key.transpose(0, 2, 1) / np.sqrt(query.shape[2])
            scores = np.exp(scores - scores.max(2, keepdims=True))
            mixed = (scores / scores.sum(2, keepdims=True) @ value).transpose(1, 0, 2).reshape(len(ids), -1)
            rows = self.norm(f"{at}.attention.output.LayerNorm", rows + self.dense(f"{at}.attention.output.dense", mixed))
            inner = self.dense(f"{at}.intermediate.dense", rows)
            inner = gelu(inner) if self.config["hidden_act"] == "gelu" else np.maximum(inner, 0)
            rows = self.norm(f"{at}.output.LayerNorm", rows + self.dense(f"{at}.output.dense", inner))
        return rows


class Reference(Encoder):
    """A folder as sentence-transformers lays it out: mean pooling, length 1."""

    def __init__(self, folder):
        super().__init__(folder)
        self.word_piece = WordPiece(folder)
        self.longest = json.loads((folder / "sentence_bert_config.json").read_text())["max_seq_length"]

    def tokens(self, text):
        vocabulary = self.word_piece.vocabulary
        return [vocabulary["[CLS]"], *self.word_piece.tokens(text)[:self.longest - 2], vocabulary["[SEP]"]]

    def embed(self, text):
        mean = self.rows(self.tokens(text)).mean(0)
        return mean / np.linalg.norm(mean)
