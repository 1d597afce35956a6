#!/usr/bin/python3
"""freshet beside its peers at the same work, in turns, each as a whole process: CPU seconds and wall time, medians and how often.

  bench/peers/run.py [--build build] [--pages 53] [--files 1000] [--runs 3] [--only NAME…]

Two works: the pages of Debian's python3-doc over loopback, from a sitemap; and a generated folder, half modules, half Markdown. Each is done
cold, then again with nothing changed, then (the folder) with one file edited. All embed with a digest, which is nearly free. The peers come
from the Python package registry, into environments of their own; the script of each says what of it is used.
"""
import argparse
import os
import pathlib
import shutil
import statistics
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "tests" / "support")]
from packages import install  # noqa: E402
from refresh_bench import Cost, generate  # noqa: E402
from sites import Nginx, copy_docs, python_docs  # noqa: E402

LANGCHAIN = ("langchain-core==1.8.3 langchain-community==0.4.2 langchain-text-splitters==1.1.3 lxml==6.1.3 beautifulsoup4==4.15.0 "
             "SQLAlchemy==2.1.9 greenlet numpy")
PEERS = {  # what is installed; the works that it does
    "cocoindex": ("cocoindex==1.0.26 numpy", ("folder",)),
    "langchain": (LANGCHAIN, ("folder", "pages")),
    "llama_index": ("llama-index-core==0.14.25 llama-index-readers-web==0.7.0", ("folder", "pages")),
    "raggy": ("raggy==0.3.5 lxml_html_clean", ("pages",)),
    "trafilatura": ("trafilatura==2.3.1 lxml_html_clean", ("pages",)),
}


class Freshet:
    def __init__(self, build):
        self.program = build / "bin" / "freshet"

    def command(self, work, source, state):
        where = ("--sitemap", source, "--policy", '"always"') if work == "pages" else ("--files", source)
        return [self.program, "--repository", state, "refresh", *where, "--embedder", "hash"]


class Peer:
    def __init__(self, name, requirement):
        self.python, self.script = install(requirement) / "bin" / "python", HERE / f"{name}_peer.py"

    def command(self, work, source, state):
        return [self.python, "-B", "-W", "ignore", self.script, work, source, state]


def measure(title, systems, make, runs, before=lambda: None):
    """In turns, so that all meet the same machine."""
    costs = {name: [] for name in systems}
    for _ in range(runs):
        before()
        for name in list(costs):
            try:
                costs[name].append(Cost(make(name)))
            except SystemExit as failure:
                if name == "freshet":
                    raise
                print(f"{name} is left out: {str(failure).strip().splitlines()[-1]}", file=sys.stderr, flush=True)
                del costs[name], systems[name]
    own = statistics.median(cost.cpu for cost in costs["freshet"])
    for name, each in costs.items():
        cpu = statistics.median(cost.cpu for cost in each)
        print(f"| {title} | {name} | {cpu:.3f} | {statistics.median(cost.wall for cost in each):.2f} | "
              f"{max(cost.rss for cost in each) / 2**20:.0f} | {cpu / own:.1f} times | {len(each)} |", flush=True)


def do(work, systems, source, home, runs, edit=None):
    state = lambda name: home / f"{work}-{name}"
    command = lambda name: systems[name].command(work, source, state(name))

    def forget():
        for name in systems:
            shutil.rmtree(state(name), ignore_errors=True)

    measure(f"{work}, cold", systems, command, runs, forget)
    measure(f"{work}, unchanged", systems, command, runs)
    if edit:
        measure(f"{work}, one edited", systems, command, runs, edit)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--pages", type=int, default=53)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=list(PEERS), choices=list(PEERS))
    given = parser.parse_args()
    os.environ |= {"PYTHONPATH": str(HERE), "COCOINDEX_DISABLE_USAGE_TRACKING": "1", "PREFECT_LOGGING_LEVEL": "ERROR"}
    systems = {"freshet": (Freshet(given.build.resolve()), ("folder", "pages"))}
    for name in given.only:
        requirement, works = PEERS[name]
        systems[name] = (Peer(name, requirement), works)
    of = lambda work: {name: system for name, (system, works) in systems.items() if work in works}
    home = pathlib.Path(tempfile.mkdtemp(prefix="freshet-bench-"))
    try:
        print("| work | system | CPU s | wall s | MiB | CPU, of freshet's | n |\n|---|---|---|---|---|---|---|")
        tree = home / "tree"
        generate(tree, given.files)
        edits = iter(range(1, 1_000_000))

        def edit():
            number = next(edits)
            path = tree / "part0000" / "page0.md"
            path.write_text(path.read_text() + f"\nedited {number}\n")
            os.utime(path, (1_700_100_000 + number,) * 2)

        do("folder", of("folder"), tree, home, given.runs, edit)
        site = home / "site"
        pages = copy_docs(python_docs(), site)[:given.pages]
        with Nginx(site) as server:
            do("pages", of("pages"), server.write_sitemap(pages), home, given.runs)
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
