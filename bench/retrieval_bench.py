#!/usr/bin/python3
"""How often the right section comes first: sections of the Python documentation, asked for by their own headings, with
text, vectors and both, and with half of the question's words. Twice: sections as they are, with their headings, and with
the headings cut out of them.

  bench/retrieval_bench.py [--build build] [--embedder local={...}]

Headings favour the search for words, which they often share with their sections: read it as a comparison, not as a
measure of models. Needs python3-doc, and the real model of the tests unless another embedder is given.
"""
import argparse
import ctypes
import html.parser
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
from models import minilm  # noqa: E402

DOCS = pathlib.Path("/usr/share/doc/python3-doc/html")
FOLDERS = ["faq", "howto", "tutorial", "extending", "reference"]
MODES = ["text", "vector", "hybrid"]
LIMIT = 20


class Sections(html.parser.HTMLParser):
    """(heading, text) of each section; what is in a section below it is that one's. Tables of contents, which have every
    heading in them, and what is no text are left out."""

    def __init__(self):
        super().__init__()
        self.found, self.open, self.heading, self.skipped = [], [], False, []

    def handle_starttag(self, tag, attributes):
        classes = set((dict(attributes).get("class") or "").split())
        if self.skipped:
            self.skipped += [tag] if tag == self.skipped[0] else []
        elif tag in ("script", "style") or classes & {"headerlink", "contents", "toctree-wrapper"}:
            self.skipped = [tag]
        elif tag == "section":
            self.open.append(["", ""])
        self.heading = self.heading or tag in ("h1", "h2", "h3", "h4")

    def handle_endtag(self, tag):
        if self.skipped:
            self.skipped = self.skipped[1:] if tag == self.skipped[0] else self.skipped
        elif tag == "section" and self.open:
            self.found.append(tuple(self.open.pop()))
        self.heading = self.heading and tag not in ("h1", "h2", "h3", "h4")

    def handle_data(self, data):
        if self.open and not self.skipped:
            self.open[-1][0 if self.heading else 1] += data


def read_sections():
    """[(heading, text, whether it is of the FAQ)], each heading once."""
    seen, found = set(), []
    for folder in FOLDERS:
        for path in sorted((DOCS / folder).glob("*.html")):
            parser = Sections()
            parser.feed(path.read_text())
            for heading, text in parser.found:
                heading, text = " ".join(heading.split()).lstrip("0123456789. "), " ".join(text.split())
                if len(text) >= 100 and len(heading.split()) >= 2 and heading.lower() not in seen:
                    seen.add(heading.lower())
                    found.append((heading, text, folder == "faq"))
    return found


class Library:
    """The C API, for as many questions as one likes of one process."""

    def __init__(self, path, repository):
        self.f = ctypes.CDLL(str(path))
        self.handle = ctypes.c_void_p()
        self.error = ctypes.c_void_p()
        self.check(self.f.freshet_repository_open(str(repository).encode(), None, ctypes.byref(self.handle), ctypes.byref(self.error)))

    def check(self, status):
        if status != 0:
            self.f.freshet_error_to_string.restype = ctypes.c_char_p
            raise SystemExit(self.f.freshet_error_to_string(self.error).decode())

    def hits(self, question, mode, limit):
        hits, text = ctypes.c_void_p(), ctypes.c_char_p()
        options = json.dumps({"mode": mode, "limit": limit}).encode()
        self.check(self.f.freshet_query_run(self.handle, question.encode(), options, None, ctypes.byref(hits), ctypes.byref(self.error)))
        self.check(self.f.freshet_hits_to_json(hits, ctypes.byref(text), ctypes.byref(self.error)))
        found = json.loads(text.value)["hits"]
        self.f.freshet_hits_free(hits)
        return found

    def find(self, question, mode):
        return list(dict.fromkeys(hit["uri"].rsplit("/", 1)[1] for hit in self.hits(question, mode, LIMIT)))


def halved(question, chance):
    words = question.split()
    kept = sorted(chance.sample(range(len(words)), (len(words) + 1) // 2))
    return " ".join(words[i] for i in kept)


def recall(library, questions, mode):
    ranks = [(found.index(name) if name in found else LIMIT) for question, name in questions for found in [library.find(question, mode)]]
    return sum(rank == 0 for rank in ranks) / len(ranks), sum(rank < 5 for rank in ranks) / len(ranks)


def measure(build, folder, pages, embedder, groups, what):
    begun = time.monotonic()
    subprocess.run([build / "bin/freshet", "--repository", f"{folder}/repository", "--quiet", "refresh", "--files", pages,
                    "--include", "*.md", "--embedder", embedder], check=True)
    library = Library(build / "lib/libfreshet.so", f"{folder}/repository")
    print(f"\n{what}, embedded in {time.monotonic() - begun:.0f} s\n| search | "
          + " | ".join(f"{name}: first | in 5 | half the words: first" for name in groups) + " |")
    for mode in MODES:
        cells = []
        for questions in groups.values():
            half = [(halved(question, random.Random(question)), name) for question, name in questions]
            cells += [f"{value:.3f}" for value in (*recall(library, questions, mode), recall(library, half, mode)[0])]
        print(f"| {mode} | " + " | ".join(cells) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.environ.get("FRESHET_BUILD", "build"))
    parser.add_argument("--embedder", help="as freshet refresh takes it")
    arguments = parser.parse_args()
    build = pathlib.Path(arguments.build).resolve()
    embedder = arguments.embedder or "local=" + json.dumps({"path": str(minilm())})
    sections = read_sections()
    chance = random.Random(1)
    numbered = [(heading, f"{number:04}.md", faq) for number, (heading, _, faq) in enumerate(sections)]
    groups = {"FAQ": [(heading, name) for heading, name, faq in numbered if faq],
              "headings": chance.sample([(heading, name) for heading, name, faq in numbered if not faq], 150)}
    print(f"{len(sections)} sections; {', '.join(f'{len(all_)} {name}' for name, all_ in groups.items())}")
    for what, text_of in (("with their headings", lambda heading, text: f"# {heading}\n\n{text}\n"),
                          ("headings cut out", lambda _, text: text)):
        with tempfile.TemporaryDirectory(prefix="freshet-retrieval-") as folder:
            pages = pathlib.Path(folder) / "pages"
            pages.mkdir()
            for (_, name, _), (heading, text, _) in zip(numbered, sections, strict=True):
                (pages / name).write_text(text_of(heading, text))
            measure(build, folder, pages, embedder, groups, what)


if __name__ == "__main__":
    main()
