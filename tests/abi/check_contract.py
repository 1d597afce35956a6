#!/usr/bin/env python3
"""Compares the two contracts, as a C compiler sees them, with the golden file contract.txt.

One line each: every struct of include/freshet with its size, every member with its offset, size and type, every
enumerator and status with its number, every constant, every function with its signature. Nothing is listed by
hand, so nothing can be left out. What was released never changes; a struct may grow at its end, and new names
may come. With --update the golden file is written again: read the difference before you commit it.
"""
import argparse
import difflib
import pathlib
import re
import subprocess
import sys
import tempfile

HEAD = "# Written by check_contract.py --update for 64-bit machines: offset, size, member or name.\n"


def plain(text):
    """Without comments and layout."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.S)
    return text.replace("\\\n", " ")


def tidy(text):
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r"\s*([*(),])\s*", r"\1", text)


def member_of(declaration):
    """(name, type) of each member of one declaration; a function pointer's type is its signature."""
    function = re.search(r"\(\s*\*\s*(\w+)\s*\)\s*\(", declaration)
    if function:
        return [(function.group(1), tidy(declaration.replace(function.group(1), "", 1)))]
    first, *more = declaration.split(",")
    base, name, array = re.match(r"(.*?)(\w+)\s*(\[\w+\])?\s*$", first, re.S).groups()
    members = [(name, tidy(base) + (array or ""))]
    bare = base.rstrip().rstrip("*")
    for other in more:
        stars, name = re.match(r"\s*(\**)\s*(\w+)\s*$", other).groups()
        members.append((name, tidy(bare + stars)))
    return members


class Contract:
    def __init__(self, include):
        self.headers = sorted(str(path.relative_to(include)) for path in include.rglob("*.h"))
        self.structs, self.enumerators, self.constants, self.functions, self.initialisers = [], [], [], [], []
        self.callbacks, self.sizes = [], []
        self.problems, self.of_plugins = [], set()
        for header in self.headers:
            text = plain((include / header).read_text())
            self.take(text)
            if "/plugin/" in header:
                self.take_plugin(text)

    def take(self, text):
        for name, body in re.findall(r"typedef struct (\w+) \{(.*?)\}\s*\1\s*;", text, re.S):
            members = [m for part in body.split(";") if part.strip() for m in member_of(part)]
            self.structs.append((name, members))
        for body in re.findall(r"\benum\s*\w*\s*\{(.*?)\}", text, re.S):
            self.enumerators += re.findall(r"\b(FRESHET_\w+)", body)
        for name, value in re.findall(r"^#define (FRESHET_\w+) ([^\n]+)$", text, re.M):
            if re.fullmatch(r'-?\d+u?|INT\w+|"[^"]*"', value.strip()) and "VERSION" not in name:
                self.constants.append((name, value.strip()))
        self.sizes += re.findall(r"#define (FRESHET_\w+_SIZE_1) FRESHET_SIZE_TO\((\w+), \w+\)", text)
        self.initialisers += re.findall(r"#define (FRESHET_\w+_INIT)\s*\{\s*sizeof\((\w+)\)", text)
        self.functions += [tidy(f) for f in re.findall(r"FRESHET_API\s+([^;]*?)\s*;", text, re.S)]
        self.callbacks += [tidy(f) for f in re.findall(r"typedef\s+([^;{}]*\(\s*\*[^;{}]*);", text, re.S)]

    def take_plugin(self, text):
        """What holds for the structs that cross the border to a plugin, which both sides may know in other sizes."""
        self.of_plugins |= {name for name, _ in re.findall(r"typedef struct (\w+) \{(.*?)\}\s*\1\s*;", text, re.S)}
        for array in re.findall(r"\bfreshet_\w+ \*\w+,\s*size_t \w+", text):
            self.problems.append(f"an array of structs crosses the border: {tidy(array)}")

    def judge_size(self, name, size, end):
        if name in self.of_plugins and end != size:
            self.problems.append(f"struct {name} ends in padding, which a member that is appended would be taken from")

    def program(self):
        """Prints what only the compiler knows; wrong initialisers make it fail."""
        lines = [f"#include <{header}>" for header in self.headers]
        lines += ["#include <stddef.h>", "#include <stdio.h>", "int main(void) {", "int bad = 0;"]
        for name, members in self.structs:
            lines.append(f'printf("%zu\\n", sizeof({name}));')
            for member, _ in members:
                lines.append(f'printf("%zu %zu\\n", offsetof({name}, {member}), sizeof((({name}*)0)->{member}));')
        lines += [f'printf("%ld\\n", (long){name});' for name in self.enumerators]
        lines += [f'printf("%zu\\n", {macro});' for macro, _ in self.sizes]
        for macro, name in self.initialisers:
            lines.append(f'{{ const {name} value = {macro}; bad |= value.struct_size != sizeof({name}); }}')
        return "\n".join(lines + ["return bad;", "}"])

    def describe(self, numbers):
        take = iter(numbers.splitlines())
        lines = []
        for name, members in self.structs:
            whole = next(take)
            lines.append(f"struct {name} {whole}")
            for member, kind in members:
                offset, size = next(take).split()
                end = int(offset) + int(size)
                lines.append(f"  {offset:>3} {size:>3} {member}: {kind}")
            self.judge_size(name, int(whole), end)
        lines += [f"enum {name} = {next(take)}" for name in self.enumerators]
        lines += [f"least {name} = {next(take)}" for name, _ in self.sizes]
        lines += [f"define {name} {value}" for name, value in self.constants]
        lines += [f"callback {text}" for text in self.callbacks]
        return lines + [f"function {text}" for text in self.functions]


def compiled(include, compiler, contract):
    with tempfile.TemporaryDirectory() as folder:
        source, program = pathlib.Path(folder, "contract.c"), pathlib.Path(folder, "contract")
        source.write_text(contract.program())
        subprocess.run([compiler, "-std=c99", f"-I{include}", str(source), "-o", str(program)], check=True)
        result = subprocess.run([str(program)], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        sys.exit("an initialiser does not set struct_size to the size of its struct")
    return result.stdout


def judge(was, now):
    """Lines about what differs; breaks come first."""
    added = [line[2:] for line in difflib.ndiff(was, now) if line.startswith("+ ")]
    gone = [line[2:] for line in difflib.ndiff(was, now) if line.startswith("- ")]
    grown = {line.split()[1] for line in added if line.startswith("struct ")}
    broken = [line for line in gone if not (line.startswith("struct ") and line.split()[1] in grown)]
    return ([f"changed or gone: {line}" for line in broken] +
            [f"new, to be recorded with --update: {line}" for line in added])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--include", required=True, type=pathlib.Path)
    parser.add_argument("--golden", required=True, type=pathlib.Path)
    parser.add_argument("--cc", default="cc")
    parser.add_argument("--update", action="store_true")
    args = parser.parse_args()
    contract = Contract(args.include)
    now = contract.describe(compiled(args.include, args.cc, contract))
    if args.update:
        args.golden.write_text(HEAD + "\n".join(now) + "\n")
    problems = contract.problems + judge(args.golden.read_text().splitlines()[1:], now)
    kinds = len(contract.structs), len(contract.enumerators), len(contract.functions)
    print("\n".join(problems) or "%d structs, %d numbers and %d functions, all as they were" % kinds)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
