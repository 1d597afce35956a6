#!/usr/bin/python3
"""Measures what docs/benchmarks.md tells, each figure beside its limit, in one run on one machine.

  bench/run.py [--build build] [--only NAME…] [--pages 100000]

Names: cold revisit memory repository library. Every speed is the best of several, as wall time of the
whole command unless said otherwise.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
from program import Freshet  # noqa: E402
from sites import Nginx, copy_docs, python_docs  # noqa: E402


def line(name, value, unit, beside=""):
    print(f"{name:<46} {value:>12} {unit:<12} {beside}", flush=True)


def timed(freshet, *arguments):
    begun = time.monotonic()
    report = freshet.json(*arguments, timeout=3000)
    return time.monotonic() - begun, report


def gumbo_ceiling(build, docs):
    """Pages a second that gumbo alone would parse on all cores: the limit of a cold refresh."""
    program = pathlib.Path(build) / "bin" / "read_bench"
    if not program.exists():
        return None
    out = subprocess.run([program, str(docs)], capture_output=True, text=True, check=True).stdout
    print("".join(f"    {text}\n" for text in out.splitlines()), end="")
    for text in out.splitlines():
        words = text.split()
        if words and words[0] == "gumbo_pages_per_second":
            return float(words[1]) * (os.cpu_count() or 1)
    return None


def cold_and_revisit(build, home, docs, runs):
    site = home / "site"
    pages = copy_docs(docs, site)
    size = sum((site / page).stat().st_size for page in pages)
    ceiling = gumbo_ceiling(build, docs)
    with Nginx(site) as server:
        sitemap = server.write_sitemap(pages)
        for name, embedder in (("cold refresh, text only", []), ("cold refresh, with embedder hash", ["--embedder", "hash"])):
            best = None
            for attempt in range(runs):
                freshet = Freshet(build, home / "repository")
                shutil.rmtree(freshet.repository, ignore_errors=True)
                seconds, report = timed(freshet, "refresh", "--sitemap", sitemap, *embedder)
                assert report["refreshed"] == len(pages), report
                if best is None or seconds < best[0]:
                    best = (seconds, report)
            seconds, report = best
            beside = f"goal 300; {size / seconds / 1e6:.0f} MB/s of HTML, {report['chunks']['added']} chunks"
            if ceiling:
                beside += f"; gumbo alone on all cores {ceiling:.0f}: {len(pages) / seconds / ceiling:.0%} of it"
            line(name, f"{len(pages) / seconds:.0f}", "pages/s", beside)
        best = min(timed(freshet, "refresh", "--sitemap", sitemap, "--policy", '"always"') for _ in range(runs * 2))
        seconds, report = best
        assert report["fetched"]["not_modified"] == len(pages) + 1 and report["delivered"]["upserts"] == 0, report["fetched"]  # and the sitemap
        line("no-change revisit, whole command", f"{len(pages) / seconds:.0f}", "pages/s",
             f"goal 5000; {seconds * 1000:.0f} ms for {len(pages)} pages, {report['fetched']['requests']} requests")
        line("no-change revisit, the run itself", f"{len(pages) / max(report['seconds'], 0.001):.0f}", "pages/s",
             "without starting the program")
        begun = time.monotonic()
        subprocess.run(["curl", "-s", "--parallel", "--parallel-max", "16", "-o", "/dev/null", "-K", "-"], text=True,
                       input="".join(f'url = "{server.url}/{page}"\noutput = "/dev/null"\nheader = "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT"\n' for page in pages), check=False)
        line("the same requests by curl --parallel", f"{len(pages) / (time.monotonic() - begun):.0f}", "pages/s", "for comparison, in the same run")
        timed(freshet, "refresh", "--sitemap", sitemap, "--policy", '{"ttl":"1h"}')
        seconds, report = min(timed(freshet, "refresh", "--sitemap", sitemap, "--policy", '{"ttl":"1h"}') for _ in range(runs))
        line("refresh within its TTL, whole command", f"{seconds * 1000:.0f}", "ms", f"{report['fetched']['requests']} requests")


def big_site(site, count):
    """`count` small pages, no two alike, in folders of 1000."""
    pages = []
    for i in range(count):
        name = f"{i // 1000}/page{i}.html"
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        words = " ".join(f"word{(i * 7 + k) % 5000}" for k in range(150))
        path.write_text(f"<html><head><title>Page {i}</title></head><body><main><h1>Page {i}</h1><p>{words}</p>"
                        f"<h2>More</h2><p>{words[::-1]}</p></main></body></html>")
        pages.append(name)
    return pages


def memory(build, home, counts):
    for count in counts:
        site = home / f"site{count}"
        site.mkdir()
        pages = big_site(site, count)
        with Nginx(site) as server:
            children = []
            for part in range(0, len(pages), 50_000):
                children.append(server.write_sitemap(pages[part:part + 50_000], f"sitemap{part}.xml"))
            index = "".join(f"<sitemap><loc>{child}</loc></sitemap>" for child in children)
            (site / "index.xml").write_text(f'<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{index}</sitemapindex>')
            freshet = Freshet(build, home / f"repository{count}")
            seconds, report = timed(freshet, "refresh", "--sitemap", f"{server.url}/index.xml")
            assert report["refreshed"] == count, {k: report[k] for k in ("listed", "refreshed", "failed")}
            line(f"peak private memory, cold, {count} pages", f"{report['peak_memory_bytes'] / 2**20:.0f}", "MiB",
                 f"goal 64; {count / seconds:.0f} pages/s")
            seconds, report = timed(freshet, "refresh", "--sitemap", f"{server.url}/index.xml", "--policy", '"always"')
            line(f"peak private memory, revisit, {count} pages", f"{report['peak_memory_bytes'] / 2**20:.0f}", "MiB",
                 f"goal 64; {count / seconds:.0f} pages/s")
        shutil.rmtree(site)
        shutil.rmtree(freshet.repository)


def repository(build, home):
    out = subprocess.run([pathlib.Path(build) / "bin" / "repository_bench", str(home / "bench")], capture_output=True,
                         text=True, check=True).stdout
    print(out, end="")


def library(build):
    build = pathlib.Path(build)
    stripped = build / "libfreshet.stripped"
    subprocess.run(["strip", "-o", stripped, (build / "lib" / "libfreshet.so").resolve()], check=True)
    line("libfreshet.so, stripped", f"{stripped.stat().st_size / 2**20:.2f}", "MiB")
    stripped.unlink()
    for plugin in sorted((build / "lib" / "freshet" / "plugins").glob("*.so")):
        line(f"plugin {plugin.stem}", f"{plugin.stat().st_size / 1024:.0f}", "KiB", "not stripped")
    program = str(build / "bin" / "freshet")

    def best(*command):
        times = []
        for _ in range(20):
            begun = time.monotonic()
            subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
            times.append(time.monotonic() - begun)
        return min(times) * 1000
    line("start-up, freshet --version", f"{best(program, '--version'):.1f}", "ms", f"/bin/true {best('/bin/true'):.1f} ms")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=str(ROOT / "build"))
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--pages", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    wanted = arguments.only or ["cold", "revisit", "memory", "repository", "library"]
    print(f"machine: {os.cpu_count()} cores; build: {arguments.build}")
    home = pathlib.Path(tempfile.mkdtemp(prefix="freshet-bench-"))
    try:
        docs = python_docs()
        if "cold" in wanted or "revisit" in wanted:
            cold_and_revisit(arguments.build, home, docs, arguments.runs)
        if "memory" in wanted:
            memory(arguments.build, home, (1000, arguments.pages))
        if "repository" in wanted:
            repository(arguments.build, home)
        if "library" in wanted:
            library(arguments.build)
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
