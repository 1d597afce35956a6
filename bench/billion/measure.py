#!/usr/bin/env python3
"""Bytes that a root, a chunk and a kept vector take in data.mdb: repositories that differ in one of them, and their files' lengths.
Usage: FRESHET_LIBRARY=… PYTHONPATH=bindings/python/src bench/billion/measure.py [ROOTS]; prints what stands in measured.py."""
import pathlib
import sys
import tempfile

import freshet

WORDS = "rivers carry water to the sea and ferries cross them all year while glaciers are slow and deserts have hardly any rain ".split()
DIMENSION = 1536


class Wide(freshet.Embedder):
    """Vectors as wide as those of a service, different for each text."""

    name = "wide"

    def info(self):
        return freshet.EmbedderInfo("wide", DIMENSION, max_inputs=64)

    def embed(self, call, texts, query):
        for text in texts:
            seed = hash(text)
            yield [((seed >> (index % 48)) & 1023) / 1024 + 0.001 for index in range(DIMENSION)]


def text_of(number, section):
    return " ".join(WORDS[(number * 7 + section * 13 + each * (number % 11 + 1)) % len(WORDS)] for each in range(150)) + f" {number} {section}"


def length(roots, sections, embedder):
    with tempfile.TemporaryDirectory() as home:
        with freshet.open(home) as repository:
            for number in range(roots):
                document = freshet.Document(f"https://www.example.org/a/path/of/usual/length/{number}.html", f"Page {number}")
                for section in range(sections):
                    document.add(f"Section {section}", text_of(number, section), level=1)
                with document.finish() as finished:
                    repository.write(finished)
            repository.refresh(sources=[], embedder=embedder)
            chunks = repository.info.chunks
        return (pathlib.Path(home) / "data.mdb").stat().st_size, chunks


def main():
    roots = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    one, few = length(roots, 1, None)
    many, more = length(roots, 6, None)
    wide, _ = length(roots, 6, Wide)
    chunk = (many - one) / (more - few)
    print(f'LMDB = {{"root": {(one - few * chunk) / roots:.0f}, "chunk": {chunk:.0f}, "vector": {(wide - many) / more:.0f}}}  # {roots} roots, {more} chunks')


if __name__ == "__main__":
    main()
