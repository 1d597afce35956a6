#!/usr/bin/env python3
"""Writes src/freshet/_raw.py, the C API as ctypes has it, from tests/abi/contract.txt.

contract.txt is what a C compiler makes of include/freshet; a test compares the two. So nothing of the raw layer is
written by hand, and what is new in the headers comes in by running this again:

    make_raw.py [--check]
"""
import argparse
import keyword
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
CONTRACT = HERE.parents[2] / "tests/abi/contract.txt"
RAW = HERE.parent / "src/freshet/_raw.py"
NUMBERS = {"int32_t": "c_int32", "int64_t": "c_int64", "uint32_t": "c_uint32", "uint64_t": "c_uint64", "size_t": "c_size_t",
           "double": "c_double", "float": "c_float", "freshet_status": "c_int32"}
HEAD = '''"""The C API as ctypes sees it. Written by tools/make_raw.py from tests/abi/contract.txt: do not change it by hand."""
# ruff: noqa
from __future__ import annotations

from ctypes import (CFUNCTYPE, POINTER, Structure, c_char, c_char_p, c_double, c_float, c_int32, c_int64, c_size_t, c_uint32,
                    c_uint64, c_void_p)
from typing import Any
'''


def class_name(name):
    return "".join(word.capitalize() for word in name.removeprefix("freshet_").split("_"))


class Types:
    """From C to ctypes. What a function of the library takes is plain: c_void_p takes byref(), arrays and handles alike."""

    def __init__(self, structs, callbacks):
        self.structs, self.callbacks = structs, callbacks

    def argument(self, kind):
        kind = kind.strip()
        if kind in NUMBERS:
            return NUMBERS[kind]
        if kind in self.callbacks:
            return class_name(kind)
        return "c_char_p" if kind == "const char*" else "c_void_p"

    def member(self, kind):
        """Of a struct, or of a callback: what Python reads."""
        kind = kind.strip()
        if kind in NUMBERS or kind in self.callbacks or kind == "const char*":
            return self.argument(kind)
        if "(" in kind:
            return self.function(kind)
        array = re.fullmatch(r"char\[(\w+)\]", kind)
        if array:
            return f"c_char * {array.group(1).removeprefix('FRESHET_')}"
        return self.pointer(kind.replace("const", "").replace(" ", ""))

    def pointer(self, kind):
        target = kind[:-1]
        if target == "void*":
            return "POINTER(c_void_p)"
        if target.endswith("*"):
            if target.startswith("freshet_") and target[:-1] not in self.structs:
                return "POINTER(c_void_p)"
            return f"POINTER({'c_char_p' if target == 'char*' else self.pointer(target)})"
        if target in NUMBERS:
            return f"POINTER({NUMBERS[target]})"
        return f"POINTER({class_name(target)})" if target in self.structs else "c_void_p"

    def function(self, text):
        result, arguments = re.fullmatch(r"(.*?)\(\*\w*\)\((.*)\)", text).groups()
        pairs = [(name_of(argument), kind_of(argument)) for argument in arguments.split(",") if argument != "void"]
        kinds = [self.member(kind) for _, kind in sized(pairs)]
        given = {"void": "None", "const void*": "c_void_p"}.get(result.strip()) or NUMBERS[result.strip()]
        return f"CFUNCTYPE({', '.join([given] + kinds)})"

    def python(self, kind):
        """What reading a member gives."""
        kind = kind.strip()
        if kind in NUMBERS:
            return "float" if kind in ("float", "double") else "int"
        if kind == "const char*":
            return "bytes | None"
        return "bytes" if kind.startswith("char[") else "Any"


def sized(names_and_kinds):
    """A text with its size beside it need not end in a NUL: it is read as an address, never as a char *."""
    following = [*names_and_kinds[1:], ("", "")]
    for (name, kind), (after, _) in zip(names_and_kinds, following):
        beside = after in (f"{name}_size", "size", "sizes")
        yield name, kind.replace("const char", "const void") if beside and kind.startswith("const char") else kind


def kind_of(argument):
    """The type of a parameter: what stands before its name."""
    return re.fullmatch(r"(.*?)\w+", argument.strip()).group(1)


def name_of(argument):
    return re.search(r"\w+$", argument.strip()).group(0)


def read(text):
    contract = {"struct": {}, "enum": [], "define": [], "callback": [], "function": []}
    for line in text.splitlines():
        word, _, rest = line.partition(" ")
        if line.startswith("  "):
            name, kind = line[10:].split(": ", 1)
            members.append((name, kind))
        elif word == "struct":
            members = contract["struct"].setdefault(rest.split()[0], [])
        elif word in contract:
            contract[word].append(rest)
    for name, found in contract["struct"].items():
        contract["struct"][name] = list(sized(found))
    return contract


def constants(contract):
    for line in contract["enum"]:
        yield line.removeprefix("FRESHET_")
    for line in contract["define"]:
        name, value = line.removeprefix("FRESHET_").split(" ", 1)
        value = {"INT64_MAX": "9223372036854775807"}.get(value, f"b{value}" if value.startswith('"') else value)
        yield f"{name} = {value}"


def struct(name, members, types):
    yield f"\n\nclass {class_name(name)}(Structure):"
    members = [(member + "_" if keyword.iskeyword(member) else member, kind) for member, kind in members]
    for member, kind in members:
        yield f"    {member}: {types.python(kind)}"
    yield "    _fields_ = ["
    for member, kind in members:
        yield f'        ("{member}", {types.member(kind)}),'
    yield "    ]"


def names_in(text, callbacks):
    """What a type names, and what the callbacks in it name."""
    found = set(re.findall(r"freshet_\w+", text))
    return found.union(*(names_in(callbacks[name], {}) for name in found & set(callbacks)))


def in_order(structs, callbacks):
    """Each after those that its members point to."""
    done = {}
    while len(done) < len(structs):
        for name, members in structs.items():
            needs = names_in(" ".join(kind for _, kind in members), callbacks) & set(structs) - {name}
            if needs <= set(done):
                done[name] = members
    return done


def functions(contract, types):
    for text in contract["function"]:
        result, name, arguments = re.fullmatch(r"(.*?)(freshet_\w+)\((.*)\)FRESHET_NOEXCEPT", text).groups()
        kinds = [types.argument(kind_of(argument)) for argument in arguments.split(",") if argument != "void"]
        given = {"void": "None"}.get(result.strip()) or types.argument(result)
        yield f'    "{name}": ({given}, [{", ".join(kinds)}]),'


def write(text):
    contract = read(text)
    callbacks = [re.search(r"\(\*(\w+)\)", line).group(1) for line in contract["callback"]]
    types = Types(contract["struct"], callbacks)
    lines = [HEAD, *constants(contract)]
    named = dict(zip(callbacks, contract["callback"]))
    early, waiting = in_order(contract["struct"], named), dict(named)

    def callbacks_so_far(done):
        for name, line in list(waiting.items()):
            if set(re.findall(r"freshet_\w+", line)) & set(early) <= done:
                del waiting[name]
                yield f"\n\n{class_name(name)} = {types.function(line)}"
    done = set()
    lines += callbacks_so_far(done)
    for name, members in early.items():
        lines += struct(name, members, types)
        done.add(name)
        lines += callbacks_so_far(done)
    lines += ["\n\nFUNCTIONS: dict[str, tuple[Any, list[Any]]] = {", *functions(contract, types), "}"]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true", help="write nothing; fail where the file is not what would be written")
    arguments = parser.parse_args()
    text = write(CONTRACT.read_text())
    if not arguments.check:
        RAW.write_text(text)
    elif RAW.read_text() != text:
        sys.exit(f"{RAW.name} is not what the headers say: run bindings/python/tools/make_raw.py")


if __name__ == "__main__":
    main()
