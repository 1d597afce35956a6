#!/usr/bin/python3
"""What titles in front of embedded texts are worth: questions in a person's words over Debian's documentation packages, by
vectors and by both, with `chunker.embed_titles` and without it; and what each embeds, in characters.

  bench/titles_bench.py [--build build] [--embedder NAME[=JSON]…] [--corpus NAME…]

The pages are those that are right for one of the questions (tests/fixtures/questions), which are long, and of several sections:
each is wrong for all the others. Needs what search_bench.py needs, and the real model of the tests unless embedders are given.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
sys.path.insert(0, str(ROOT / "bench"))
from models import minilm  # noqa: E402
from retrieval_bench import Library  # noqa: E402
from search_bench import CORPORA, DEPTH, figures, questions, rank_of  # noqa: E402


class Pages:
    def __init__(self, name, folder):
        self.name, self.folder, self.asked = name, pathlib.Path(folder) / name / "pages", questions(name)
        for page in {page for _, right in self.asked for page in right}:
            target = self.folder / page
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(CORPORA[name] / page, target)

    def page(self, uri):
        return str(pathlib.Path(uri.removeprefix("file://").split("#")[0]).relative_to(self.folder.resolve()))

    def ranks(self, library, mode):
        return [rank_of([self.page(hit["uri"]) for hit in library.hits(question, mode, DEPTH)], right) for question, right in self.asked]


def measure(build, pages, embedder, titles):
    """Refreshed once more where it is there: what is embedded is what this setting has that the other one has not."""
    home = pages.folder.parent / f"{embedder.partition('=')[0]}-{titles}"
    home.mkdir()
    config = home / "freshet.toml"
    config.write_text(f"[chunker]\nembed_titles = {str(titles).lower()}\n")
    done = subprocess.run([build / "bin/freshet", "--config", config, "--repository", home / "repository", "--json", "refresh", "--files",
                           pages.folder, "--include", "**/*.html", "--embedder", embedder], check=True, capture_output=True, text=True)
    embedded = json.loads(done.stdout)["embedded"]
    library = Library(build / "lib/libfreshet.so", home / "repository")
    for mode in ("vector", "hybrid"):
        first, five, mrr = figures(pages.ranks(library, mode))
        print(f"| {pages.name} | {embedder.partition('=')[0]} | {'with' if titles else 'without'} | {mode} | {first:.2f} | {five:.2f} | {mrr:.3f} | "
              f"{embedded['texts']} | {embedded['tokens']} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.environ.get("FRESHET_BUILD", "build"))
    parser.add_argument("--corpus", nargs="*", default=list(CORPORA), choices=CORPORA)
    parser.add_argument("--embedder", nargs="*", help="as freshet refresh takes them")
    arguments = parser.parse_args()
    build = pathlib.Path(arguments.build).resolve()
    embedders = arguments.embedder or ["hash", "local=" + json.dumps({"path": str(minilm())})]
    print("| corpus | embedder | titles | search | first | in 5 | MRR | texts | tokens |\n|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="freshet-titles-") as folder:
        for name in arguments.corpus:
            pages = Pages(name, folder)
            for embedder in embedders:
                for titles in (False, True):
                    measure(build, pages, embedder, titles)


if __name__ == "__main__":
    main()
