#!/usr/bin/env python3
"""What a source costs that did not change, and its listing, beside what nobody can do without: the requests, sent by curl, a walk
through the folder by find, the advertisement asked for by git, the program of a `command` alone.

  bench/loaders_bench.py [--build build] [--runs 5] [--pages 1000] [--only WORD]

Servers are small ones in Python on the same machine. Times are the processor's, of the whole command, the best of several: the wall
says more of what else the machine does. git_bench.py has more of git, formats_bench.py the pages of PDFs.
"""
import argparse
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
from e2e import toml  # noqa: E402
from git_server import HttpServer, Repository, environment  # noqa: E402
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


def quietly(*command, **more):
    subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL, **more)


def curl(url, etag):
    quietly("curl", "-s", "-H", f"If-None-Match: {etag}", url)


# What a listing costs: the pages themselves are not due.
LISTING_ALONE = {"policy": {"ttl": "1000d"}, "list_every": "1ms"}


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
        first = "".join(f'<a href="/p{i}.html">{i}</a>' for i in range(self.count))
        self.site.page("/", f"<title>All</title><h1>All</h1>{first}", ETag='"front"')
        requests, paths = self.site.requests, [f"/p{i}.html" for i in range(self.count)]
        asked = "".join(f'next\nurl = "{self.site.url}{path}"\nheader = "If-None-Match: \\"{path}\\""\n' for path in paths)
        every = (f"curl, {self.count} requests", lambda: quietly("curl", "-s", "-K", "-", input=asked.removeprefix("next\n").encode()))
        pages = [self.site.url + path for path in paths]
        yield (f"url, {self.count} pages, each due", {"loader": "url", "options": {"urls": pages}, "policy": "always"}, requests, every)
        for loader, path, options in (("sitemap", "/sitemap.xml", {}), ("site", "/", {}), ("llms_txt", "/llms.txt", {}),
                                      ("feed", "/feed.xml", {"content": "feed"})):
            listing = "/sitemap.xml" if loader == "site" else path
            yield (f"{loader}, {self.count} pages", {"loader": loader, "options": {"url": self.site.url + path, **options}, **LISTING_ALONE}, requests,
                   ("curl, one request", lambda listing=listing: curl(self.site.url + listing, f'"{listing}"')))
        yield (f"crawl, {self.count} pages", {"loader": "crawl", "options": {"url": self.site.url + "/"}, **LISTING_ALONE}, requests, every)


class Folder:
    def __init__(self, home, files):
        self.home, self.count = home / "pages", files
        for i in range(files):
            file = self.home / str(i % 50) / f"{i}.md"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"# Page {i}\n\n{i} {WORDS}\n")

    def rows(self):
        yield (f"files, {self.count}", {"loader": "files", "options": {"path": str(self.home)}, "policy": "always"}, [],
               ("find", lambda: quietly("find", self.home, "-type", "f", "-printf", "%p %s %T@\\n")))


class Program:
    """The example of a loader in Python, and an export of that many pages."""

    def __init__(self, home, pages):
        self.file, self.count = home / "space.zip", pages
        with zipfile.ZipFile(self.file, "w") as archive:
            for i in range(pages):
                archive.writestr(f"HB/{i}.html", f"<title>Handbook : {i}</title><h1>{i}</h1><p>{i} {WORDS}</p>")

    def rows(self):
        command, options = ["python3", str(ROOT / "examples/command/confluence_export.py")], {"file": str(self.file)}
        asked = json.dumps({"freshet": 1, "do": "list", "options": options, "state": None}) + "\n"
        for name, more in ((f"command, {self.count} pages", LISTING_ALONE), (f"command, {self.count} pages, each due", {"policy": "always"})):
            yield (name, {"loader": "command", "options": {"command": command, "options": options}, **more}, [],
                   ("the program alone", lambda: quietly(*command, input=asked.encode())))


class Git:
    def __init__(self, home, files):
        self.count, remote = files, Repository(home / "remotes" / "docs.git")
        remote.commit({f"docs/{i % 50}/{i}.md": f"# Page {i}\n\n{i} {WORDS}\n" for i in range(files)})
        self.server = HttpServer(home / "remotes")

    def rows(self):
        url = f"{self.server.url}/docs.git"
        yield (f"git, {self.count} files", {"loader": "git", "options": {"url": url}, "policy": "always"}, self.server.requests,
               ("git ls-remote", lambda: quietly("git", "ls-remote", "--symref", url, "HEAD", env=environment())))


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
                   self.github.requests,
                   ("curl, one request", lambda loader=loader: curl(self.github.api("/" + loader.removeprefix("github_") + "?per_page=1"), "none")))


def measure(asked, home, name, source, requests, limit):
    freshet = Freshet(asked.build, home / name.replace(" ", "-"))
    (home / "freshet.toml").write_text(f'store = "sqlite"\nsource = [{toml(source)}]\n')

    def refresh(*more):
        return freshet.json("--config", home / "freshet.toml", "refresh", *more)
    first, report = spent(refresh)
    for _ in range(2):  # until the listing has what it goes on from
        refresh()
    requests.clear()
    again, report = best(asked.runs, refresh)
    each = len(requests) / asked.runs
    assert report["refreshed"] == report["failed"] == 0, report
    listed, _ = best(asked.runs, lambda: refresh("--dry-run"))
    beside, action = limit
    bare, _ = best(asked.runs, action)
    print(f"| {name} | {first:.2f} s | {listed * 1000:.0f} ms | {again * 1000:.0f} ms, requests: {each:.0f} | {bare * 1000:.0f} ms ({beside}) |", flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--build", default=str(ROOT / "build"))
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--pages", type=int, default=1000)
    options.add_argument("--only", default="", metavar="WORD", help="the rows that have it in their name")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="freshet-loaders-bench-") as folder:
        home = pathlib.Path(folder)
        start, _ = best(asked.runs, lambda: Freshet(asked.build, home / "none").run("--version"))
        print(f"freshet --version: {start * 1000:.0f} ms\n\n| source | the first refresh | a listing (`--dry-run`) | nothing changed | beside it |")
        print("|---|---|---|---|---|")
        for made in (Site(asked.pages), Folder(home, asked.pages), Program(home, asked.pages), Git(home, asked.pages), Tracker(asked.pages)):
            for name, *row in made.rows():
                if asked.only in name:
                    measure(asked, home, name, *row)


if __name__ == "__main__":
    main()
