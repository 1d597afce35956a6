#!/usr/bin/python3
"""How often the right page comes first: questions in a person's words over three corpora of Debian's documentation
packages, for freshet's text search and for bm25s over LangChain's chunks of the same text.

  bench/search_bench.py [--build build] [--corpus NAME…] [--verbose]

The questions and their right pages are in tests/fixtures/questions; what was tuned on them is told in docs/benchmarks.md.
Needs python3-doc, postgresql-doc-15 and git-doc, and the Python package registry for the peer. Names: 150 functions,
classes and methods of Python's own inventory of objects, drawn once; right is the page, and the entry itself.
"""
import argparse
import collections
import os
import pathlib
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
sys.path.insert(0, str(ROOT / "bench"))
from packages import install  # noqa: E402
from retrieval_bench import Library  # noqa: E402

CORPORA = {"python": pathlib.Path("/usr/share/doc/python3-doc/html"),
           "postgresql": pathlib.Path("/usr/share/doc/postgresql-doc-15/html"),
           "git": pathlib.Path("/usr/share/doc/git-doc")}
PEER = "bm25s==0.3.16 PyStemmer==3.1.0 langchain-text-splitters==1.1.3"
DEPTH = 10


def questions(corpus):
    lines = (ROOT / "tests" / "fixtures" / "questions" / f"{corpus}.tsv").read_text().splitlines()
    return [(question, set(pages.split())) for question, pages in (line.split("\t") for line in lines)]


def figures(ranks):
    """hit@1, hit@5 and mean reciprocal rank; None: not among the first ten."""
    found = [rank for rank in ranks if rank is not None]
    return (sum(rank == 0 for rank in found) / len(ranks), sum(rank < 5 for rank in found) / len(ranks),
            sum(1 / (rank + 1) for rank in found) / len(ranks))


def rank_of(pages, right):
    return next((rank for rank, page in enumerate(pages[:DEPTH]) if page in right), None)


def report(corpus, name, ranks):
    first, five, mrr = figures(ranks)
    print(f"| {corpus} | {name} | {first:.2f} | {five:.2f} | {mrr:.3f} |", flush=True)


class Corpus:
    def __init__(self, build, name, folder):
        self.name, self.root = name, CORPORA[name].resolve()
        self.repository = pathlib.Path(folder) / name
        subprocess.run([build / "bin/freshet", "--repository", self.repository, "--quiet", "refresh", "--files",
                        CORPORA[name], "--include", "**/*.html"], check=True)
        self.library = Library(build / "lib/libfreshet.so", self.repository)

    def page(self, uri):
        return str(pathlib.Path(uri.removeprefix("file://").split("#")[0]).relative_to(self.root))

    def hits(self, question):
        return self.library.hits(question, "text", DEPTH)

    def pages(self, question):
        return [self.page(hit["uri"]) for hit in self.hits(question)]

    def texts(self):
        """The text of each page, as freshet stored it."""
        found = collections.defaultdict(list)
        with sqlite3.connect(self.repository / "store.sqlite") as store:
            for uri, text in store.execute("SELECT uri, text FROM rows_1 ORDER BY n"):
                found[self.page(uri)].append(text)
        return {page: "\n\n".join(texts) for page, texts in found.items()}


# Runs in the peer's environment: reads pages and questions as JSON, prints the pages found for each.
PEER_PROGRAM = """
import json, sys, bm25s, Stemmer
from langchain_text_splitters import RecursiveCharacterTextSplitter
texts, asked = json.load(sys.stdin)
cut = RecursiveCharacterTextSplitter(chunk_size=1500, chunk_overlap=200)
chunks = [(page, part) for page, text in texts.items() for part in cut.split_text(text)]
stem = Stemmer.Stemmer("english")
index = bm25s.BM25()
index.index(bm25s.tokenize([part for _, part in chunks], stopwords="en", stemmer=stem, show_progress=False), show_progress=False)
found, _ = index.retrieve(bm25s.tokenize(asked, stopwords="en", stemmer=stem, show_progress=False), k=10, show_progress=False)
print(json.dumps([[chunks[i][0] for i in row] for row in found]))
"""


def peer_pages(texts, asked):
    import json
    home = install(PEER)
    done = subprocess.run([home / "bin" / "python", "-c", PEER_PROGRAM], input=json.dumps([texts, asked]), text=True,
                          capture_output=True, check=True)
    return json.loads(done.stdout)


def inventory():
    """(name, page) of 150 of Python's functions, classes and methods."""
    raw = (CORPORA["python"] / "objects.inv").read_bytes()
    lines = zlib.decompress(raw.split(b"\n", 4)[4]).decode().splitlines()
    found = [re.match(r"(\S+\.\S+) py:(?:function|class|method|exception) -?\d+ ([^#\s]+)", line) for line in lines]
    return random.Random(5).sample([match.groups() for match in found if match], 150)


def defines(text, name):
    """Whether a line of `text` is the signature of `name`, or of a member that its class does not repeat."""
    last = name.rsplit(".", 1)[1]
    heads = [line.split("(")[0].split(" ")[-1] for line in text.splitlines() if line.rstrip().endswith(")")]
    alone = [line.split(" ")[-1] for line in text.splitlines() if len(line.split(" ")) <= 2]
    return any(head in (name, last) for head in heads + alone)


def names(corpus):
    for form in ("{0}", "how to use {0}", "what does {1} do"):
        pages, entries = [], []
        for name, page in inventory():
            hits = corpus.hits(form.format(name, name.rsplit(".", 1)[1]))
            right = [corpus.page(hit["uri"]) == page for hit in hits]
            pages.append(right.index(True) if True in right else None)
            both = [here and (hit["url"].endswith("#" + name) or defines(hit["text"], name)) for here, hit in zip(right, hits)]
            entries.append(both.index(True) if True in both else None)
        for what, ranks in (("page", pages), ("entry", entries)):
            first, five, mrr = figures(ranks)
            print(f"| names: {form.format('os.path.join', 'join')} | {what} | {first:.2f} | {five:.2f} | {mrr:.3f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.environ.get("FRESHET_BUILD", "build"))
    parser.add_argument("--corpus", nargs="*", default=list(CORPORA), choices=CORPORA)
    parser.add_argument("--verbose", action="store_true", help="the questions that miss, and what they found")
    arguments = parser.parse_args()
    build = pathlib.Path(arguments.build).resolve()
    with tempfile.TemporaryDirectory(prefix="freshet-search-") as folder:
        print("| corpus | search | first | in 5 | MRR |\n|---|---|---|---|---|")
        for name in arguments.corpus:
            corpus = Corpus(build, name, folder)
            asked = questions(name)
            ours = [corpus.pages(question) for question, _ in asked]
            report(name, "freshet text", [rank_of(pages, right) for pages, (_, right) in zip(ours, asked)])
            theirs = peer_pages(corpus.texts(), [question for question, _ in asked])
            report(name, "bm25s, LangChain 1500/200", [rank_of(pages, right) for pages, (_, right) in zip(theirs, asked)])
            if arguments.verbose:
                for pages, (question, right) in zip(ours, asked):
                    if rank_of(pages, right) != 0:
                        print(f"    {question}: {' '.join(pages[:3])}, not {' '.join(sorted(right))}")
            if name == "python":
                names(corpus)


if __name__ == "__main__":
    main()
