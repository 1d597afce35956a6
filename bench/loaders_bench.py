#!/usr/bin/env python3
"""What a source costs that did not change, and its listing, beside the requests that nobody can do without, sent by curl.

  bench/loaders_bench.py [--build build] [--runs 5]

Servers are small ones in Python on the same machine. Times are the processor's, of the whole command, the best of several: the wall
says more of what else the machine does. The repository of git has a bench of its own, git_bench.py.
"""
import argparse
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
from e2e import toml  # noqa: E402
from github_server import GitHub  # noqa: E402
from program import Freshet  # noqa: E402
from sites import Scripted  # noqa: E402

WORDS = "Words about the harbour and its lights, and some more of them. " * 5
REPOSITORY = "octo/docs"


def spent(action):
    """The processor's seconds of what it starts, and what it gives."""
    def children():
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime
    before = children()
    given = action()
    return children() - before, given


def best(runs, action):
    found = [spent(action) for _ in range(runs)]
    return min(time for time, _ in found), found[-1][1]


def curl(url, etag):
    subprocess.run(["curl", "-s", "-o", "/dev/null", "-H", f"If-None-Match: {etag}", url], check=True)


class Site:
    """Pages with a sitemap, an llms.txt and a feed of them, each with an ETag."""

    def __init__(self, pages):
        self.site, self.count = Scripted(), pages
        paths = [f"/p{i}.html" for i in range(pages)]
        for path in paths:
            self.site.page(path, f"<title>{path}</title><h1>{path}</h1><p>{path} {WORDS}</p>", ETag=f'"{path}"')
        urls = "".join(f"<url><loc>{self.site.url}{path}</loc></url>" for path in paths)
        self.put("/sitemap.xml", "application/xml", f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>')
        self.put("/llms.txt", "text/plain", "# Docs\n\n## Pages\n\n" + "".join(f"- [{path}]({self.site.url}{path})\n" for path in paths))
        items = "".join(f"<item><title>{path}</title><link>{self.site.url}{path}</link><description>{path} {WORDS}</description></item>" for path in paths)
        self.put("/feed.xml", "application/rss+xml", f'<rss version="2.0"><channel><title>Docs</title>{items}</channel></rss>')

    def put(self, path, kind, text):
        self.site.answer(path, 200, text.encode(), **{"Content-Type": kind, "ETag": f'"{path}"'})

    def rows(self):
        for loader, path, options in (("sitemap", "/sitemap.xml", {}), ("llms_txt", "/llms.txt", {}), ("feed", "/feed.xml", {"content": "feed"})):
            yield (f"{loader}, {self.count} pages", {"loader": loader, "options": {"url": self.site.url + path, **options}, "policy": {"ttl": "1000d"},
                                                     "list_every": "1ms"},
                   lambda: self.site.requests, lambda path=path: curl(self.site.url + path, f'"{path}"'))


class Tracker:
    def __init__(self, count):
        self.github, self.count = GitHub(), count
        self.github.clock = int(time.time()) - 100_000
        for i in range(count):
            self.github.issue(f"Issue {i}", WORDS)
            self.github.release(f"v{i}", f"Release {i}", WORDS)

    def rows(self):
        for loader in ("github_issues", "github_releases"):
            yield (f"{loader}, {self.count}", {"loader": loader, "options": {"repo": REPOSITORY, "base_url": self.github.url}, "policy": "always"},
                   lambda: self.github.requests, lambda: curl(self.github.api("/" + loader.removeprefix("github_") + "?per_page=1"), "none"))


def measure(asked, home, name, source, requests, limit):
    freshet = Freshet(asked.build, home / name.replace(" ", "-"))
    (home / "freshet.toml").write_text(f'store = "sqlite"\nsource = [{toml(source)}]\n')

    def refresh(*more):
        return freshet.json("--config", home / "freshet.toml", "refresh", *more)
    first, report = spent(refresh)
    for _ in range(2):  # until the listing has what it goes on from
        refresh()
    requests().clear()
    again, report = best(asked.runs, refresh)
    each = len(requests()) / asked.runs
    assert report["refreshed"] == report["failed"] == 0, report
    listed, _ = best(asked.runs, lambda: refresh("--dry-run"))
    bare, _ = best(asked.runs, limit)
    print(f"| {name} | {first:.2f} s | {listed * 1000:.0f} ms | {again * 1000:.0f} ms, requests: {each:.0f} | {bare * 1000:.0f} ms |", flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--build", default=str(ROOT / "build"))
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--pages", type=int, default=1000)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="freshet-loaders-bench-") as folder:
        home = pathlib.Path(folder)
        start, _ = best(asked.runs, lambda: Freshet(asked.build, home / "none").run("--version"))
        print(f"freshet --version: {start * 1000:.0f} ms\n\n| source | the first refresh | a listing (`--dry-run`) | nothing changed | one request of curl |")
        print("|---|---|---|---|---|")
        for made in (Site(asked.pages), Tracker(asked.pages)):
            for name, source, requests, limit in made.rows():
                measure(asked, home, name, source, requests, limit)


if __name__ == "__main__":
    main()
