#!/usr/bin/env python3
"""Whether a binding reaches every function of the C API: each name of tests/abi/symbols.txt stands in a source of it, or in
its unbound.txt with a reason. With --all, so do the structs and the numbers of the headers for applications."""
import argparse
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def names_of_contract():
    """Structs and numbers of the headers that are not for plugins."""
    text = "".join(path.read_text() for path in (ROOT / "include/freshet").glob("*.h"))
    for line in (ROOT / "tests/abi/contract.txt").read_text().splitlines():
        kind, *words = line.split()
        if kind in ("struct", "enum") and re.search(rf"struct {words[0]} {{|\b{words[0]} =", text):
            yield words[0]


def unbound(file):
    """Names that are listed; each line says why."""
    lines = [line for line in file.read_text().splitlines() if line and not line.startswith("#")]
    short = [line for line in lines if len(line.split(maxsplit=1)) < 2]
    if short:
        sys.exit(f"{file.relative_to(ROOT)}: {short[0]} has no reason")
    return {line.split()[0] for line in lines}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sources", type=pathlib.Path, required=True)
    parser.add_argument("--pattern", nargs="+", default=["*"])
    parser.add_argument("--unbound", type=pathlib.Path, required=True)
    parser.add_argument("--generated", default="", help="files that name everything, and reach nothing")
    parser.add_argument("--all", action="store_true")
    args = parser.parse_args()
    wanted = set((ROOT / "tests/abi/symbols.txt").read_text().split())
    if args.all:
        wanted |= set(names_of_contract())
    text = "".join(path.read_text() for pattern in args.pattern for path in args.sources.rglob(pattern)
                   if not path.match(args.generated or "/"))
    words = set(re.findall(r"\w+", text))
    words |= {word.replace("freshet", "FRESHET", 1) for word in words if word.startswith("freshet_")}  # where they are no names of others
    used, listed = words & wanted, unbound(args.unbound)
    problems = [f"{name}: is not reached, and {args.unbound.name} has no reason" for name in sorted(wanted - used - listed)]
    problems += [f"{name}: is in {args.unbound.name}, and is reached or is no name" for name in sorted(listed & used | listed - wanted)]
    print("\n".join(problems) or f"{len(used)} names are reached, {len(listed)} have a reason not to be")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
