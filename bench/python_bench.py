#!/usr/bin/python3
"""What the Python package costs over the C API: calls, events, hits and chunks against a call that does nothing, and a refresh of
10,000 entries through a loader, an embedder and a store in Python against those of the library. All in one run.

    bench/python_bench.py [--build build] [--entries 10000]
"""
import argparse
import ctypes
import gc
import os
import pathlib
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def best(function, count, rounds=5):
    """CPU nanoseconds a time, the best of some rounds."""
    gc.disable()
    times = []
    for _ in range(rounds):
        begun = time.process_time()
        for _ in range(count):
            function()
        times.append((time.process_time() - begun) / count * 1e9)
    gc.enable()
    return min(times)


def show(name, nanoseconds, floor):
    print(f"{name:<58} {nanoseconds:>9.0f} ns {nanoseconds / floor:>7.1f} x")


def calls(freshet, home):
    from freshet import _raw
    from freshet._library import lib
    pages = home / "pages"
    pages.mkdir()
    for number in range(200):
        (pages / f"{number}.md").write_text(f"# Page {number}\n\nThis is page {number} about rivers and ice.\n")
    uri = (pages / "1.md").as_uri()
    repository = freshet.open(home / "calls")
    repository.refresh(sources=[freshet.Files(pages)])
    floor = best(lib.freshet_version_number, 100000)
    show("a call of ctypes that does nothing", floor, floor)
    show("an error: of a closed handle", best(lambda: failing(freshet, lib), 3000), floor)
    hits, chunks = repository.query("rivers", limit=100, mode="text"), repository.root_chunks(uri)
    raw, handle, error = _raw.Hit(ctypes.sizeof(_raw.Hit)), hits.pointer, ctypes.c_void_p()
    show("a hit, by ctypes alone: nothing is made of it",
         best(lambda: lib.freshet_hits_get(handle, 1, ctypes.byref(raw), ctypes.byref(error)), 20000), floor)
    show("a hit, as an object", best(lambda: hits[1], 5000), floor)
    show("a chunk, as an object", best(lambda: chunks[0], 5000), floor)
    show("a root, looked up, as an object", best(lambda: repository.root(uri), 3000), floor)
    show("whether a root exists", best(lambda: uri in repository, 5000), floor)
    show("a query by text for one hit", best(lambda: repository.query("page 7", limit=1, mode="text")[0], 200), floor)
    with repository.start(sources=[freshet.Files(pages)], force=True) as run:
        run.wait()
        begun, count = time.process_time(), sum(1 for _ in run)
        show("an event, as an object", (time.process_time() - begun) / count * 1e9, floor)


def failing(freshet, lib):
    try:
        freshet._call.invoke("freshet_repository_info_get", None, None)
    except freshet.errors.Misuse:
        pass


def plugins(freshet, home, entries):
    sys.path.insert(0, str(ROOT / "tests/bindings/python"))
    import providers
    pages = home / "many"
    pages.mkdir()
    for number in range(entries):
        (pages / f"{number}.md").write_text(f"# Page {number}\n\nThis is page {number} about rivers and ice.\n")
    texts = {f"{number}": (pages / f"{number}.md").read_text() for number in range(entries)}

    class Shelf(providers.Shelf):
        name, options = "texts", {"type": "object", "properties": {}}

        def __init__(self, options, host):
            super().__init__({"pages": texts}, host)
    class Fresh(providers.Memory):
        """Empty each time."""
        name, identity, options = "fresh", ("run",), {"type": "object", "properties": {"run": {"type": "string"}}}

        def __init__(self, options, host):
            super().__init__({"place": options["run"]}, host)
    freshet.register(Shelf, providers.Letters, Fresh, name="bench")
    rows = [("files, hash and sqlite, of the library", freshet.Files(pages), "hash", "sqlite"),
            ("a loader in Python", freshet.Source("texts"), "hash", "sqlite"),
            ("an embedder in Python", freshet.Files(pages), "letters", "sqlite"),
            ("a store in Python", freshet.Files(pages), "hash", freshet.Provided("fresh", {"run": "1"})),
            ("all three in Python", freshet.Source("texts"), "letters", freshet.Provided("fresh", {"run": "2"}))]
    first = None
    for name, source, embedder, store in rows:
        wall, used = run_once(freshet, home / name.replace(" ", "-"), source, embedder, store, entries)
        first = first or used
        print(f"{entries:,} entries, {name:<40} {wall:>6.1f} s {used:>6.2f} CPU s {used / first:>6.2f} x", flush=True)
    alone = by_themselves(providers, texts)
    print(f"what the three in Python take when they are called by themselves {alone:>6.2f} CPU s")


def run_once(freshet, home, source, embedder, store, entries):
    with freshet.open(home) as repository:
        begun, used = time.perf_counter(), time.process_time()
        report = repository.refresh(sources=[source], embedder=embedder, store=store)
        if (report.refreshed, report["delivered"]["pending"]) != (entries, 0):
            sys.exit(f"python_bench: {report}")
        return time.perf_counter() - begun, time.process_time() - used


def by_themselves(providers, texts):
    """The same work without the library between."""
    class Never:
        def check(self):
            pass
    begun = time.process_time()
    shelf, letters = providers.Shelf({"pages": texts}, None), providers.Letters({}, None)
    for entry in shelf.list(Never(), None):
        shelf.fetch(Never(), entry, None)
    for text in texts.values():
        list(letters.embed(Never(), [text], False))
    return time.process_time() - begun


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--entries", type=int, default=10000)
    arguments = parser.parse_args()
    os.environ.setdefault("FRESHET_LIBRARY", str(arguments.build.resolve() / "lib/libfreshet.so.0"))
    sys.path.insert(0, str(ROOT / "bindings/python/src"))
    import freshet
    with tempfile.TemporaryDirectory(prefix="freshet-bench-") as home:
        calls(freshet, pathlib.Path(home))
        plugins(freshet, pathlib.Path(home), arguments.entries)


if __name__ == "__main__":
    main()
