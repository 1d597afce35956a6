#!/usr/bin/python3
"""What a refresh costs: CPU seconds, wall time and bytes handed to write, of one build, or of two in turns.

  bench/refresh_bench.py [--build build] [--beside OTHER_BUILD] [--only NAME…] [--runs 5] [--files 10752]

Names: cold revisit ttl (of Debian's python3-doc over loopback), load unchanged edited (of a generated folder). With --beside both
builds do the same work in turns, and the last column is the median CPU time of the first over the second's.
"""
import argparse
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
from sites import Nginx, copy_docs, python_docs  # noqa: E402

WEB = ("cold", "revisit", "ttl")
FOLDER = ("load", "unchanged", "edited")


class Cost:
    """Of one command: CPU seconds, wall seconds, bytes handed to write in how many calls, peak resident bytes."""

    def __init__(self, command):
        begun = time.monotonic()
        child = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        self.wall = time.monotonic() - begun
        counters = dict(line.split(": ") for line in pathlib.Path(f"/proc/{child.pid}/io").read_text().splitlines())
        self.written = int(counters["wchar"])
        self.calls = int(counters["syscw"])
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        self.cpu = usage.ru_utime + usage.ru_stime
        self.rss = usage.ru_maxrss * 1024
        if child.returncode != 0:
            raise SystemExit(f"{' '.join(map(str, command))}: exit {child.returncode}: {child.stderr.read().decode()}")
        child.stderr.close()


def generate(folder, files):
    """`files` small files, half of them modules and half Markdown, in folders of a hundred; no two alike. Returns their bytes."""
    draw = random.Random(1)
    words = [f"{a}{b}" for a in ("read", "keep", "send", "part", "page", "list", "note", "time", "mark", "row") for b in
             ("er", "ing", "_of", "_all", "s", "ed", "_by", "less", "_at", "")]
    size = 0

    def sentence():
        return " ".join(draw.choices(words, k=draw.randint(6, 14)))

    def module(number):
        lines = [f'"""Module {number}: {sentence()}."""', "import os", ""]
        for function in range(draw.randint(6, 12)):
            lines += [f"def {draw.choice(words)}_{number}_{function}(first, second):", f'    """{sentence()}."""',
                      f"    {draw.choice(words)} = first + second * {draw.randint(1, 99)}", f"    return {draw.choice(words)}", ""]
        return "\n".join(lines)

    def page(number):
        parts = [f"# Page {number}", sentence() + "."]
        for section in range(draw.randint(2, 5)):
            parts += [f"## {sentence().capitalize()}", ". ".join(sentence() for _ in range(draw.randint(3, 7))) + "."]
        return "\n\n".join(parts) + "\n"

    for number in range(files):
        path = folder / f"part{number // 100:04}" / (f"module{number}.py" if number % 2 else f"page{number}.md")
        path.parent.mkdir(parents=True, exist_ok=True)
        text = module(number) if number % 2 else page(number)
        path.write_text(text)
        os.utime(path, (1_700_000_000, 1_700_000_000 + number))
        size += len(text)
    return size


class Bench:
    def __init__(self, arguments, home):
        self.builds = [pathlib.Path(arguments.build)] + ([pathlib.Path(arguments.beside)] if arguments.beside else [])
        self.names = arguments.only or [*WEB, *FOLDER]
        self.runs = arguments.runs
        self.home = home

    def command(self, which, repository, *arguments):
        return [self.builds[which] / "bin" / "freshet", "--repository", self.home / f"{repository}{which}", "refresh", *arguments]

    def measure(self, name, repository, arguments, before=lambda which: None, beside="", runs=None):
        """In turns, so that both meet the same machine."""
        costs = [[] for _ in self.builds]
        for _ in range(runs or self.runs):
            for which in range(len(self.builds)):
                before(which)
                costs[which].append(Cost(self.command(which, repository, *arguments)))
        if name not in self.names:
            return
        medians = [statistics.median(cost.cpu for cost in each) for each in costs]
        for which, each in enumerate(costs):
            ratio = f"{medians[0] / medians[1]:.2f} of the other's CPU time" if which == 0 and len(medians) > 1 else ""
            label = name if which == 0 else "  beside"
            print(f"{label:<12} {medians[which] * 1000:9.1f} ms CPU {statistics.median(c.wall for c in each) * 1000:9.1f} ms wall "
                  f"{statistics.median(c.written for c in each) / 1e6:9.3f} MB in {statistics.median(c.calls for c in each):7.0f} writes "
                  f"{max(c.rss for c in each) / 2**20:6.0f} MiB  {ratio}  {beside}", flush=True)

    def forget(self, repository):
        return lambda which: shutil.rmtree(self.home / f"{repository}{which}", ignore_errors=True)

    def web(self):
        site = self.home / "site"
        pages = copy_docs(python_docs(), site)
        with Nginx(site) as server:
            sitemap = ("--sitemap", server.write_sitemap(pages))
            runs = self.runs if "cold" in self.names else 1
            self.measure("cold", "web", sitemap, self.forget("web"), f"{len(pages)} pages", runs)
            if "revisit" in self.names:
                self.measure("revisit", "web", (*sitemap, "--policy", '"always"'), beside=f"{len(pages)} pages")
                self.curl(server.url, pages)
            if "ttl" in self.names:
                within = (*sitemap, "--policy", '{"ttl":"1h"}')
                for which in range(len(self.builds)):
                    Cost(self.command(which, "web", *within))
                self.measure("ttl", "web", within, beside="nothing due")

    def curl(self, url, pages):
        config = self.home / "curl.txt"
        unchanged = 'output = "/dev/null"\nheader = "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT"\n'
        config.write_text("".join(f'url = "{url}/{page}"\n{unchanged}' for page in pages))
        costs = [Cost(["curl", "-s", "--parallel", "--parallel-max", "16", "-K", config]) for _ in range(self.runs)]
        cpu = statistics.median(cost.cpu for cost in costs)
        print(f"{'  curl':<12} {cpu * 1000:9.1f} ms CPU, the same requests by curl --parallel: "
              f"{len(pages) / cpu:.0f} pages a CPU second", flush=True)

    def folder(self, files):
        tree = self.home / "tree"
        size = generate(tree, files)
        source = ("--files", tree)
        beside = f"{files} files, {size / 1e6:.1f} MB"
        runs = self.runs if "load" in self.names else 1
        self.measure("load", "folder", source, self.forget("folder"), beside, runs)
        if "unchanged" in self.names:
            self.measure("unchanged", "folder", source, beside=beside)
            costs = [Cost(["find", tree, "-printf", "%p %s %T@\n"]) for _ in range(self.runs)]
            cpu = statistics.median(cost.cpu for cost in costs)
            print(f"{'  find':<12} {cpu * 1000:9.1f} ms CPU, find -printf of the same tree", flush=True)
        if "edited" in self.names:
            count = [0] * len(self.builds)

            def edit(which):
                count[which] += 1
                path = tree / "part0000" / "page0.md"
                path.write_text(path.read_text() + f"\nedited {count[which]} for {which}\n")
                os.utime(path, (1_700_100_000 + count[which] * 2 + which,) * 2)
            self.measure("edited", "folder", source, edit, f"one of {files} files")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=str(ROOT / "build"))
    parser.add_argument("--beside")
    parser.add_argument("--only", nargs="*", default=[], choices=[*WEB, *FOLDER])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--files", type=int, default=10_752)
    arguments = parser.parse_args()
    home = pathlib.Path(tempfile.mkdtemp(prefix="freshet-bench-"))
    print(f"{os.cpu_count()} cores; medians of {arguments.runs}")
    try:
        bench = Bench(arguments, home)
        if set(WEB) & set(bench.names):
            bench.web()
        if set(FOLDER) & set(bench.names):
            bench.folder(arguments.files)
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
