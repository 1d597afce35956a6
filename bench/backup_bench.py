#!/usr/bin/env python3
"""What a backup of a large repository costs, and what the next one does after some roots have changed. Prints a row for each: bytes and
pieces that were written, and CPU and wall seconds of the command.

    FRESHET_BUILD=build python3 bench/backup_bench.py [ROOTS [CHANGED…]]"""
import pathlib
import resource
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from program import Freshet, build_dir  # noqa: E402

MB = 1_000_000


def text_of(number, edition):
    words = " ".join(f"word{(number * 31 + i * 17 + edition * 7) % 5003}" for i in range(60))
    return f"# Page {number}\n\nEdition {edition} of page {number}: {words}.\n"


def cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def timed(freshet, *arguments):
    begun, before = time.monotonic(), cpu()
    told = freshet.json(*arguments, timeout=3600)
    return told, cpu() - before, time.monotonic() - begun


def row(name, told, processor, wall):
    written = told["written"]
    print(f"{name:<34} {written['bytes'] / MB:10.1f} MB {written['pieces']:>8} pieces of {told['pieces']:>8} {processor:8.1f} s CPU {wall:8.1f} s", flush=True)


def main():
    roots = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    changes = [int(each) for each in sys.argv[2:]] or [0, 3, 300]
    with tempfile.TemporaryDirectory(prefix="freshet-backup-bench-") as folder:
        home = pathlib.Path(folder)
        for number in range(roots):
            path = home / "pages" / f"{number % 500}" / f"p{number}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text_of(number, 0))
        freshet = Freshet(build_dir(), home / "repository")

        def refresh():
            return timed(freshet, "refresh", "--files", home / "pages", "--embedder", "hash")

        def backup(name):
            row(name, *timed(freshet, "backup", home / "backup"))
        report, processor, wall = refresh()
        assert report["refreshed"] == roots, report["refreshed"]
        size = (home / "repository" / "data.mdb").stat().st_size
        print(f"{roots} roots, data.mdb of {size / MB:.0f} MB, filled in {processor:.0f} s CPU, {wall:.0f} s", flush=True)
        backup("the first")
        for edition, changed in enumerate(changes, 1):
            for number in range(changed):
                at = number * roots // max(1, changed)
                (home / "pages" / f"{at % 500}" / f"p{at}.md").write_text(text_of(at, edition))
            report, processor, wall = refresh()
            assert report["refreshed"] == changed, report["refreshed"]
            backup(f"after {changed} roots changed")


if __name__ == "__main__":
    main()
