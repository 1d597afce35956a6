#!/usr/bin/env python3
"""Whether a binding reaches all of the headers: each function, struct, member of a struct and number of tests/abi stands in a source
of it, or in its unbound.txt with a reason."""
import argparse
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def names_of_contract():
    """Structs, their members as struct.member, and numbers."""
    struct = None
    for line in (ROOT / "tests/abi/contract.txt").read_text().splitlines():
        kind, *words = line.split() or [""]
        if kind in ("struct", "enum"):
            yield words[0]
        if kind == "struct":
            struct = words[0]
        elif line.startswith("  ") and struct:
            yield f"{struct}.{words[1].rstrip(':')}"
        else:
            struct = None


def reached(words, text):
    """The names of C that stand in a source. A member is reached by its own name, or where its struct is handed on as it is."""
    whole = set(re.findall(r"= (freshet_\w+);", text))
    called = {word[4:5].lower() + re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), word[5:]) for word in words if word.startswith("call")}
    return lambda name: name in words or "." in name and (name.split(".")[0] in whole or name.split(".")[1] in words | called)


def unbound(file):
    """Names that are listed; each line says why."""
    lines = [line for line in file.read_text().splitlines() if line and not line.startswith("#")]
    short = [line for line in lines if len(line.split(maxsplit=1)) < 2]
    if short:
        sys.exit(f"{file.relative_to(ROOT)}: {short[0]} has no reason")
    return {line.split()[0] for line in lines}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sources", type=pathlib.Path, nargs="+", required=True)
    parser.add_argument("--pattern", required=True)
    parser.add_argument("--unbound", type=pathlib.Path, required=True)
    parser.add_argument("--generated", default="/", help="files that name everything, and reach nothing")
    args = parser.parse_args()
    wanted = set((ROOT / "tests/abi/symbols.txt").read_text().split()) | set(names_of_contract())
    wanted = {name for name in wanted if not name.endswith((".struct_size", ".reserved"))}
    text = "".join(path.read_text() for folder in args.sources for path in folder.rglob(args.pattern) if not path.match(args.generated))
    words = set(re.findall(r"\w+", text))
    words |= {word.replace("freshet", "FRESHET", 1) for word in words if word.startswith("freshet_")}  # where they are no names of others
    used, listed = set(filter(reached(words, text), wanted)), unbound(args.unbound)
    problems = [f"{name}: is not reached, and {args.unbound.name} has no reason" for name in sorted(wanted - used - listed)]
    problems += [f"{name}: is in {args.unbound.name}, and is reached or is no name" for name in sorted(listed & used | listed - wanted)]
    print("\n".join(problems) or f"{len(used)} names are reached, {len(listed)} have a reason not to be")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
