"""WordPiece as BERT's paper and its first program have it: what tokenizers are compared with."""
import unicodedata


def is_punctuation(char):
    return (not char.isalnum() and 33 <= ord(char) <= 126) or unicodedata.category(char).startswith("P")


def words(text):
    """Lower case without accents, cut at white space, punctuation and each Chinese character."""
    kept = []
    for char in text:
        if char in "\0\ufffd" or (unicodedata.category(char).startswith("C") and char not in "\t\n\r"):
            continue
        chinese = any(a <= ord(char) <= b for a, b in ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0xF900, 0xFAFF)))
        kept.append(f" {char} " if chinese else char)
    plain = [c for c in unicodedata.normalize("NFD", "".join(kept)) if unicodedata.category(c) != "Mn"]
    plain = "".join(plain).lower()
    return "".join(f" {c} " if is_punctuation(c) else c for c in plain).split()


class WordPiece:
    def __init__(self, folder):
        self.vocabulary = {word: i for i, word in enumerate((folder / "vocab.txt").read_text().split("\n"))}

    def tokens(self, text):
        return [piece for word in words(text) for piece in self.pieces(word)]

    def pieces(self, word):
        found, start = [], 0
        while start < len(word):
            ends = (end for end in range(len(word), start, -1) if ("##" if start else "") + word[start:end] in self.vocabulary)
            end = next(ends, None)
            if end is None or len(word) > 100:
                return [self.vocabulary["[UNK]"]]
            found.append(self.vocabulary[("##" if start else "") + word[start:end]])
            start = end
        return found
