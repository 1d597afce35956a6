#!/usr/bin/env python3
"""Proves that check_contract.py sees each kind of break, and that of each struct, number and function of both contracts:
it is run on headers that were broken on purpose."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from check_contract import Contract, compiled, judge, plain

HERE = pathlib.Path(__file__).resolve().parent
INCLUDE = HERE.parent.parent / "include"
CASES = [  # what is done, header, text, its replacement, what must be said
    ("a member in the middle of a plugin's struct", "plugin/loader.h", "  const char *title;", "  int64_t odd;\n  const char *title;",
     "changed or gone"),
    ("a renumbered status", "status.h", "FRESHET_E_BUSY = 1101", "FRESHET_E_BUSY = 1110", "changed or gone: enum FRESHET_E_BUSY = 1101"),
    ("a member of another type", "events.h", "  uint64_t total;", "  uint32_t total;", "changed or gone:   "),
    ("another signature in a table", "plugin/store.h", "uint64_t *out_count);", "uint32_t *out_count);", "changed or gone:   "),
    ("another signature of a function", "repository.h", "freshet_repository_close(freshet_repository *repository)",
     "freshet_repository_close(const freshet_repository *repository)", "changed or gone: function"),
    ("another name of a table", "plugin/reader.h", '"freshet.reader/1"', '"freshet.reader/2"', "changed or gone: define"),
    ("a struct that was smaller in version 1", "plugin/loader.h", "FRESHET_SIZE_TO(freshet_entry, size)",
     "FRESHET_SIZE_TO(freshet_entry, title)", "changed or gone: least"),
    ("an array of structs", "plugin/store.h", "const freshet_row *const *rows, size_t", "const freshet_row *rows, size_t",
     "an array of structs crosses the border"),
    ("padding at the end", "plugin/loader.h", "  int32_t attempts; ", "  ", "ends in padding"),
    ("a member at the end", "plugin/loader.h", "} freshet_entry;", "  int64_t odd;\n} freshet_entry;", "new, to be recorded"),
]


def check(include):
    command = [sys.executable, str(HERE / "check_contract.py"), "--include", str(include), "--golden", str(HERE / "contract.txt")]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return result.returncode, result.stdout + result.stderr


def middle(struct):
    name, members = struct.group(1), struct.group(2).split(";")
    half = len(members) // 2
    return f"typedef struct {name} {{{';'.join([*members[:half], ' void *odd', *members[half:]])}}} {name};"


STRUCT = r"typedef struct (\w+) \{(.*?)\}\s*\1\s*;"
EACH = [  # what is done to each, what is broken, and by what; the word that its lines of the golden file begin with
    ("a member in the middle of", STRUCT, middle, "struct"),
    ("another number for", r"(?<=[{,])\s*(FRESHET_\w+) = ([^,}]+)", r" \1 = (\2) + 1000", "enum"),
    ("another least size in", r"(FRESHET_SIZE_TO\(freshet_\w+), \w+\)", r"\1, struct_size)", "least"),
    ("another result of", r"FRESHET_API (?=[a-z])", "FRESHET_API volatile ", "function"),
    ("another result of", r"typedef (?=\w+ ?\(\s*\*)", "typedef volatile ", "callback"),
    ("another value of", r"^(#define FRESHET_\w+) (-?\d+|INT64_MAX|\"[^\"]*\")$", r"\1 7531", "define"),
]


def parts(lines):
    """The lines of the golden file by what they are of: a struct with its members, or one number, function, constant."""
    made, name = {}, ""
    for line in lines:
        name = name if line.startswith(" ") else " ".join(line.split()[:2]) if line.startswith("struct") else line
        made.setdefault(name, []).append(line)
    return made


def described(include):
    contract = Contract(include)
    return contract.describe(compiled(include, "cc", contract))


def break_each(pattern, replacement):
    """What the gate sees of headers in which everything that `pattern` finds is broken."""
    with tempfile.TemporaryDirectory() as folder:
        include = pathlib.Path(folder, "include")
        shutil.copytree(INCLUDE, include)
        for path in include.rglob("*.h"):
            # The values of an initialiser no longer fit its struct.
            text = plain(path.read_text()).replace("_INIT ", "_INIT_OF_BEFORE ")
            text = re.sub(pattern, replacement, text, flags=re.S if replacement is middle else re.M)
            path.write_text(text)
        return described(include)


def unseen(what, pattern, replacement, kind):
    was, now = parts((HERE / "contract.txt").read_text().splitlines()[1:]), parts(break_each(pattern, replacement))
    mine = [name for name in was if name.split()[0] == kind]
    seen = [name for name in mine if any(line.startswith("changed or gone") for line in judge(was[name], now.get(name, [])))]
    print(f"{what} each of {len(mine)} {kind}s: {len(seen)} seen")
    return [f"{what} {name}: not seen" for name in mine if name not in seen] + ([] if mine else [f"{what}: nothing to break"])


def main():
    problems = [problem for each in EACH for problem in unseen(*each)]
    for what, header, text, replacement, said in CASES:
        with tempfile.TemporaryDirectory() as folder:
            include = pathlib.Path(folder, "include")
            shutil.copytree(INCLUDE, include)
            path = include / "freshet" / header
            source = path.read_text()
            if text not in source:
                problems.append(f"{what}: {header} has no \"{text}\" to break")
                continue
            path.write_text(source.replace(text, replacement, 1))
            status, output = check(include)
        if status != 1 or said not in output:
            problems.append(f"{what}: exit {status}, said: {output.strip()[:200]}")
        elif what == "a member at the end" and "changed or gone" in output:
            problems.append(f"{what}: taken for a break: {output.strip()[:200]}")
    print("\n".join(problems) or f"{len(CASES)} breaks, each seen")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
