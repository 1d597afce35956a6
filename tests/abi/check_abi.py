#!/usr/bin/env python3
"""Compares what libfreshet exports with the golden list, and with what the headers declare.

A symbol that was released never goes: take a line out of symbols.txt only before its first release. Also
checks that every exported function is one of the guards of capi/boundary.hpp around its body.
"""
import argparse
import pathlib
import re
import subprocess
import sys

# Neither can fail nor touch anything that a fork or an exception could break.
CONSTANT = {"freshet_version", "freshet_version_number", "freshet_status_name", "freshet_status_is_transient"}
GUARDS = ("return guard(", "return guard_value(", "guard_free(", "return read_error", "return guard_policy(")


def exported(library):
    out = subprocess.run(["nm", "-D", "--defined-only", library], capture_output=True, text=True, check=True).stdout
    names = [line.split()[-1] for line in out.splitlines()]
    return sorted(name for name in names if name != "FRESHET_1@@FRESHET_1" and not name.startswith("FRESHET_"))


def declared(include):
    text = "".join(path.read_text() for path in sorted((include / "freshet").glob("*.h")))
    return sorted(re.findall(r"FRESHET_API[^;]*?\b(freshet_\w+)\s*\(", text))


def bodies(capi):
    for path in sorted(capi.glob("*.cpp")):
        text = path.read_text()
        for match in re.finditer(r"^[\w :<>*&]+?[ *&](freshet_\w+)\([^;{]*\)\s*noexcept\s*\{\s*(.*)", text, re.M):
            yield match.group(1), match.group(2)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--library", required=True)
    parser.add_argument("--golden", required=True, type=pathlib.Path)
    parser.add_argument("--include", required=True, type=pathlib.Path)
    parser.add_argument("--capi", required=True, type=pathlib.Path)
    args = parser.parse_args()
    problems = []

    golden = args.golden.read_text().split()
    names = [name.split("@")[0] for name in exported(args.library)]
    problems += [f"exported, but not in symbols.txt: {name}" for name in names if name not in golden]
    problems += [f"in symbols.txt, but not exported: {name}" for name in golden if name not in names]
    problems += [f"symbols.txt is not sorted, or has a line twice: {name}"
                 for name, next_name in zip(golden, golden[1:]) if name >= next_name]
    headers = declared(args.include)
    problems += [f"declared in a header, but not exported: {name}" for name in headers if name not in names]
    problems += [f"exported, but in no header: {name}" for name in names if name not in headers]

    guarded = dict(bodies(args.capi))
    for name in headers:
        if name not in guarded:
            problems.append(f"no noexcept definition found in capi/: {name}")
        elif name not in CONSTANT and not guarded[name].startswith(GUARDS):
            problems.append(f"does not begin with a guard of capi/boundary.hpp: {name}")
    print("\n".join(problems) or f"{len(names)} symbols, each declared, exported and guarded")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
