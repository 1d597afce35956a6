#!/usr/bin/env python3
"""What the packages for other languages cost, as ratios of one run: nanoseconds a call that does nothing, one that looks
a root up, an event, a hit of a query of 200 and a chunk of a page, in C and in each language.

    bench/bindings/run.py PREFIX        # an installed freshet
"""
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TARGET = HERE.parents[1] / "build-cargo"
DLOPEN, NO_PLT = "Go without cgo", "C without a PLT"


def build(prefix, folder):
    libraries = prefix / "lib"
    environment = {**os.environ, "FRESHET_LIB_DIR": str(libraries), "PKG_CONFIG_PATH": str(libraries / "pkgconfig"),
                   "LD_LIBRARY_PATH": str(libraries), "FRESHET_LIBRARY": str(libraries / "libfreshet.so.0"), "GOTOOLCHAIN": "local"}
    run = lambda *command, **more: subprocess.run([*map(str, command)], check=True, env=environment, **more)
    for name, how in (("c", []), ("c-no-plt", ["-fno-plt"])):
        run("cc", "-O2", *how, "-std=gnu99", f"-I{prefix / 'include'}", HERE / "bench.c", f"-L{libraries}", "-lfreshet", "-o", folder / name)
    run("cargo", "build", "--quiet", "--release", "--manifest-path", HERE / "rust/Cargo.toml", "--target-dir", TARGET)
    for name, cgo in (("go", "1"), ("go-dlopen", "0")):
        subprocess.run(["go", "build", "-o", folder / name, "."], check=True, cwd=HERE / "go", env={**environment, "CGO_ENABLED": cgo})
    return {"C": folder / "c", NO_PLT: folder / "c-no-plt", "Rust": TARGET / "release/freshet_bench", "Go": folder / "go", DLOPEN: folder / "go-dlopen"}, environment


def measure(program, environment, pages):
    with tempfile.TemporaryDirectory() as work:
        done = subprocess.run([program, work + "/repository", pages, (pages / "long.md").as_uri()], env=environment, check=True,
                              capture_output=True, text=True)
    return {name: float(value) for name, value in (line.split() for line in done.stdout.splitlines())}


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        pages = folder / "pages"
        pages.mkdir()
        for number in range(300):
            (pages / f"{number}.md").write_text(f"# Page {number}\n\nA river of number {number} carries water to the sea.\n")
        (pages / "long.md").write_text("\n\n".join(f"# Part {n}\n\n" + "The sea takes what a river brings. " * 40 for n in range(100)))
        programs, environment = build(pathlib.Path(sys.argv[1]).resolve(), folder)
        best = {}
        for _ in range(5):  # in turns, and the best of each: others use the machine, too
            for language, program in programs.items():
                for name, value in measure(program, environment, pages).items():
                    best[language, name] = min(value, best.get((language, name), value))
    others = ["Rust", "Go", DLOPEN]
    print(f"| what | C, ns | {' | '.join(others)} |\n|---|---|{'---|' * len(others)}")
    for name in ("nothing", "call", "event", "hit", "chunk"):
        c = best["C", name]
        print(f"| {name} | {c:,.1f} | {' | '.join(f'{best[each, name] / c:.1f} times' for each in others)} |")
    print(f"Nothing takes {best[NO_PLT, 'nothing']:.2f} ns in C where it calls as Rust does (-fno-plt), {best['C', 'nothing']:.2f} where it does not, "
          f"{best['Rust', 'nothing']:.2f} in Rust")
    print("A call of C that does nothing and is not freshet's: " + ", ".join(
        f"{best[each, 'floor']:.1f} ns in {each}, where freshet's takes {best[each, 'nothing']:.1f}" for each in ("Go", DLOPEN)))


main()
