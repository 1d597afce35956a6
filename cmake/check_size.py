#!/usr/bin/python3
"""Reports how long functions and files are, beside what docs/ and CONTRIBUTING aim at. Enforces nothing.

A function is taken to be a line that ends its head with ") {" (or const, noexcept, override, an initialiser
list) and goes on to the first "}" of the same indent: right for code that clang-format laid out.
"""
import pathlib
import re
import statistics
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
HEAD = re.compile(r"^(?P<indent>\s*)(?!(if|for|while|switch|catch|else|do|return|struct|class|namespace|enum|union)\b)"
                  r"\S.*(\)|const|noexcept|override|\}) \{$")
LONGEST_FILE = 400


def functions(lines):
    at = 0
    while at < len(lines):
        head = HEAD.match(lines[at])
        if not head or "namespace" in lines[at] or " = " in lines[at] or "[&]" in lines[at]:
            at += 1
            continue
        first = next(i for i in range(at, -1, -1) if len(lines[i]) - len(lines[i].lstrip()) <= 2)
        indent = lines[first][:len(lines[first]) - len(lines[first].lstrip())]
        end = next((i for i in range(at + 1, len(lines)) if lines[i].startswith(indent + "}")), at)
        yield end - at - 1, at + 1
        at = end + 1


def main():
    files = subprocess.run(["git", "ls-files", "core", "capi", "cli", "plugins", "include"], cwd=ROOT, text=True,
                           capture_output=True, check=True).stdout.split()
    found, long_files = [], []
    for name in files:
        if not name.endswith((".cpp", ".hpp", ".h")):
            continue
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        if len(lines) > LONGEST_FILE:
            long_files.append((len(lines), name))
        if not name.endswith(".h"):
            found += [(size, f"{name}:{line}") for size, line in functions(lines)]
    sizes = sorted(size for size, _ in found)
    print(f"{len(sizes)} functions: median {statistics.median(sizes):.0f} lines (aim 5 to 10), "
          f"90 % within {sizes[len(sizes) * 9 // 10]} (aim 30), longest:")
    for size, place in sorted(found, reverse=True)[:8]:
        print(f"  {size:4} {place}")
    print(f"files over {LONGEST_FILE} lines:")
    for size, name in sorted(long_files, reverse=True):
        print(f"  {size:4} {name}")


if __name__ == "__main__":
    main()
