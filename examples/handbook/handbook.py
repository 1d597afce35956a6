#!/usr/bin/env python3
"""An application with an embedder and a policy of its own: keeps a handbook fresh, whose archive is read once, and asks it a question.

Usage: handbook.py REPOSITORY FOLDER QUESTION
"""
import sys

import freshet

DIMENSION = 256


def trigram_slots(text):
    """A number below DIMENSION for each three letters that stand together: FNV-1a of them."""
    data = text.lower().encode()
    for start in range(len(data) - 2):
        mixed = 0xCBF29CE484222325
        for byte in data[start:start + 3]:
            mixed = (mixed ^ byte) * 0x100000001B3 % 2**64
        yield mixed % DIMENSION


class Trigrams(freshet.Embedder):
    """Texts are near each other that share many groups of three letters: no model, but misspelt words are found."""

    name = "trigrams"

    def info(self):
        return freshet.EmbedderInfo(model="trigrams-256", dimension=DIMENSION)

    def embed(self, call, texts, query):
        for text in texts:
            counts = [0.0] * DIMENSION
            counts[0] = 0.01  # a text of two letters has a direction, too
            for slot in trigram_slots(text):
                counts[slot] += 1.0
            yield counts


class ArchiveStands(freshet.CustomPolicy):
    """What is in the archive is read once. The rest is looked at in each run."""

    def decide(self, known, now):
        if known.exists and "/archive/" in known.uri:
            return freshet.Decision(False, "the archive stands")
        return freshet.Decision(True, "is looked at in each run")


def main(directory, folder, question):
    with freshet.open(directory) as repository:
        report = repository.refresh(sources=[freshet.Files(folder)], embedder=Trigrams, policy=ArchiveStands())
        print(f"refreshed {report.refreshed}, unchanged {report.unchanged}, skipped {report.skipped}")
        for hit in repository.query(question, limit=2, mode="vector"):
            print(hit.text)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: handbook.py REPOSITORY FOLDER QUESTION")
    try:
        main(*sys.argv[1:])
    except freshet.Error as error:
        sys.exit(f"handbook: {error}")
