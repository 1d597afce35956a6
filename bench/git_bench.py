#!/usr/bin/python3
"""What a repository costs that did not change, one that is listed, and one that is read: each beside what git alone takes for it.

  bench/git_bench.py [--build build] [--files 10000] [--runs 5]

The server is git's own http-backend behind a small one in Python, on the same machine, so an advertisement takes it some milliseconds.
All times are those of whole commands, the best of several.
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
from git_server import HttpServer, Repository, environment  # noqa: E402
from program import Freshet  # noqa: E402


def line(name, seconds, beside=""):
    print(f"{name:<58} {seconds * 1000:>9.1f} ms   {beside}", flush=True)


def best(runs, action):
    """The least time of so many, and what the last one gave."""
    times = []
    for _ in range(runs):
        begun = time.monotonic()
        given = action()
        times.append(time.monotonic() - begun)
    return min(times), given


def git(*arguments, at=None):
    where = ["--git-dir", str(at)] if at else []
    return subprocess.run(["git", *where, *arguments], capture_output=True, check=True, env=environment()).stdout


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--build", default=str(ROOT / "build"))
    options.add_argument("--files", type=int, default=10_000)
    options.add_argument("--runs", type=int, default=5)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="freshet-git-bench-") as folder:
        home = pathlib.Path(folder)
        remote = Repository(home / "remotes" / "docs.git")
        remote.commit({f"docs/{i % 100}/page-{i}.md": f"# Page {i}\n\nWords about {i}, and some more of them.\n" for i in range(asked.files)})
        server = HttpServer(home / "remotes")
        try:
            measure(asked, home, remote, server)
        finally:
            server.close()


def measure(asked, home, remote, server):
    url = f"{server.url}/docs.git"
    (home / "freshet.toml").write_text('store = "sqlite"\n[[source]]\nname = "docs"\nloader = "git"\npolicy = "always"\n'
                                       f'[source.options]\nurl = "{url}"\n')
    freshet = Freshet(asked.build, home / "repository")

    def refresh(*more):
        return freshet.json("--config", home / "freshet.toml", "refresh", *more, timeout=3000)
    start, _ = best(asked.runs, lambda: freshet.run("--version"))
    line("freshet --version", start)
    clone, _ = best(1, lambda: git("clone", "-q", "--bare", "--depth", "1", "--filter=blob:none", url, str(home / "clone.git")))
    ids = git("ls-tree", "-r", "--format=%(objectname)", "HEAD", at=home / "clone.git")
    blobs, _ = best(1, lambda: subprocess.run(
        ["git", "--git-dir", str(home / "clone.git"), "-c", "fetch.negotiationAlgorithm=noop", "fetch", "-q", "--no-tags", "--no-write-fetch-head",
         "--filter=blob:none", "--stdin", "origin"], input=ids, check=True, capture_output=True, env=environment()))
    first, report = best(1, refresh)
    assert report["refreshed"] == asked.files, report
    line(f"the first refresh of {asked.files} files", first, f"git: clone without files {clone * 1000:.0f} ms, all files {blobs * 1000:.0f} ms")
    head, _ = best(asked.runs, lambda: git("ls-remote", "--symref", url, "HEAD"))
    server.take()
    again, report = best(asked.runs, refresh)
    assert report["sources"][0]["kind"] == "unchanged", report
    line("a refresh where nothing changed", again,
         f"git ls-remote: {head * 1000:.1f} ms; {len(server.take()) / asked.runs:.0f} requests each")
    tree, _ = best(asked.runs, lambda: git("ls-tree", "-r", "HEAD", at=home / "clone.git"))
    listed, report = best(asked.runs, lambda: refresh("--dry-run"))
    assert report["sources"][0]["kind"] == "whole", report
    line(f"a listing of {asked.files} files (--dry-run)", listed, f"git ls-remote and git ls-tree -r: {(head + tree) * 1000:.1f} ms")
    changes = iter(range(asked.runs))

    def change():
        remote.commit({"docs/0/page-0.md": f"# Page 0\n\nNews of round {next(changes)}.\n"})
        begun = time.monotonic()
        report = refresh()
        assert report["refreshed"] == 1, report
        return time.monotonic() - begun
    line("a refresh where one file changed", min(change() for _ in range(asked.runs)))


if __name__ == "__main__":
    main()
