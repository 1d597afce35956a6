#!/usr/bin/env python3
"""Writes src/types.rs and src/functions.rs from include/freshet and tests/abi/contract.txt, which says of the headers what
only a C compiler knows. With --check nothing is written: it fails where the files are not what it would write.
"""
import argparse
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(ROOT / "bindings"))
from signature import split  # noqa: E402

HEAD = "// Written by generate.py from include/freshet: what each of it means is said there.\n"
PLAIN = {"size_t": "usize", "int32_t": "i32", "uint32_t": "u32", "int64_t": "i64", "uint64_t": "u64", "double": "f64",
         "float": "f32", "char": "c_char", "void": "c_void"}


def pointer(text):
    """const char*const* as Rust has it."""
    base, stars = re.match(r"((?:const )?\w+)((?:\*(?:const)?)*)$", text).groups()
    constant = base.startswith("const ")
    rust = PLAIN.get(base.removeprefix("const "), base.removeprefix("const "))
    for star in re.findall(r"\*(?:const)?", stars):
        rust = f"*{'const' if constant else 'mut'} {rust}"
        constant = star == "*const"
    return rust


def parameter(text):
    """(name, type)"""
    kind, name = re.match(r"(.*?)(\w+)$", text).groups()
    return name, pointer(kind.strip())


def signature(returned, parameters):
    words = ", ".join(f"{escape(name)}: {kind}" for name, kind in map(parameter, split(parameters)))
    return f"({words})" + ("" if returned == "void" else f" -> {pointer(returned)}")


def escape(name):
    return {"self": "self_", "type": "type_"}.get(name, name)


def member_type(text):
    function = re.match(r"(.*?)\(\*\)\((.*)\)$", text)
    if function:
        return f'Option<unsafe extern "C" fn{signature(*function.groups())}>'
    array = re.match(r"(\w+)\[(\w+)\]$", text)
    if array:
        return f"[{pointer(array.group(1))}; {array.group(2)} as usize]"
    if text.endswith("_callback"):
        return text
    return pointer(text)


def initialisers(include):
    """Of each struct the members that its …_INIT sets to something else than zero, by their place."""
    found = {}
    for header in sorted(include.rglob("*.h")):
        text = header.read_text().replace("\\\n", " ")
        for name, values in re.findall(r"#define FRESHET_\w+_INIT\s*\{\s*sizeof\((\w+)\),(.*)\}", text):
            places = enumerate((value.strip() for value in values.split(",")), 1)
            found[name] = {at: value for at, value in places if value not in ("0", "NULL", "{ 0 }")}
    return found


class Writer:
    def __init__(self, contract, include):
        self.lines = contract.read_text().splitlines()[1:]
        self.initial = initialisers(include)
        self.types, self.functions = [], []
        self.structs = {line.split()[1] for line in self.lines if line.startswith("struct ")}

    def struct(self, name, size, members):
        out = ["", "#[repr(C)]", "#[derive(Clone, Copy, Debug)]", f"pub struct {name} {{"]
        out += [f"    pub {escape(member)}: {member_type(kind)}," for _, member, kind in members]
        out += ["}", f"impl Default for {name} {{", "    fn default() -> Self {"]
        out.append("        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.")
        more = self.initial.get(name, {})
        out.append(f"        let {'mut ' if members else ''}value: Self = unsafe {{ zeroed() }};")
        if members[0][1] == "struct_size":
            out.append("        value.struct_size = size_of::<Self>();")
        for place, value in more.items():
            out.append(f"        value.{escape(members[place][1])} = {value};")
        out += ["        value", "    }", "}"]
        checks = [f"size_of::<{name}>() == {size}"]
        checks += [f"offset_of!({name}, {escape(member)}) == {offset}" for offset, member, _ in members]
        out.append("const _: () = {")
        out += [f"    assert!({check});" for check in checks] + ["};"]
        self.types += out

    def read(self):
        current = None
        for line in self.lines + ["end"]:
            if current and not line.startswith("  "):
                self.struct(*current)
                current = None
            kind, _, rest = line.partition(" ")
            if kind == "struct":
                name, size = rest.split()
                current = (name, size, [])
            elif line.startswith("  "):
                offset, _, member, of = re.match(r"\s*(\d+)\s+(\d+) (\w+): (.*)$", line).groups()
                current[2].append((offset, member, of))
            elif kind == "enum":
                name, value = rest.split(" = ")
                of = "freshet_status" if re.match(r"FRESHET_(OK$|E_)", name) else "i32"
                self.types.append(f"pub const {name}: {of} = {value};")
            elif kind == "define":
                self.define(*rest.split(" ", 1))
            elif kind == "callback":
                self.callback(rest)
            elif kind == "function":
                self.function(rest.removesuffix("FRESHET_NOEXCEPT"))

    def define(self, name, value):
        if value.startswith('"'):
            self.types.append(f"pub const {name}: &CStr = c{value};")
        else:
            value = {"INT64_MAX": "i64::MAX"}.get(value, value)
            self.types.append(f"pub const {name}: {'i64' if 'MAX' in value else 'u32'} = {value};")

    def callback(self, text):
        returned, name, parameters = re.match(r"(.*?)\(\*(\w+)\)\((.*)\)$", text).groups()
        self.types.append(f'pub type {name} = Option<unsafe extern "C" fn{signature(returned, parameters)}>;')

    def function(self, text):
        returned, name, parameters = re.match(r"(.*?)\b(freshet_\w+)\((.*)\)$", text).groups()
        self.functions.append(f"    pub fn {name}{signature(returned.strip(), parameters)};")

    def opaque(self):
        """Handles: what is named in a signature and is no struct."""
        text = "\n".join(self.lines)
        named = set(re.findall(r"\b(freshet_\w+)\s*\*", text)) - self.structs - {"freshet_status"}
        named = {name for name in named if not name.endswith("_callback")}
        return [line for name in sorted(named) for line in ("#[repr(C)]", f"pub struct {name} {{", "    _private: [u8; 0],", "}")]

    def files(self):
        self.read()
        types = HEAD + "use std::ffi::{c_char, c_void, CStr};\nuse std::mem::{offset_of, size_of, zeroed};\n\n"
        types += "pub type freshet_status = i32;\n" + "\n".join(self.opaque() + self.types) + "\n"
        functions = HEAD + "use crate::types::*;\nuse std::ffi::{c_char, c_void};\n\nextern \"C\" {\n"
        functions += "\n".join(self.functions) + "\n}\n"
        return {"types.rs": types, "functions.rs": functions}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--contract", type=pathlib.Path, default=ROOT / "tests/abi/contract.txt")
    parser.add_argument("--include", type=pathlib.Path, default=ROOT / "include")
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    bad = 0
    for name, text in Writer(args.contract, args.include).files().items():
        file = HERE / "src" / name
        if not args.check:
            file.write_text(text)
        elif file.read_text() != text:
            print(f"{file.relative_to(ROOT)}: is not what the headers say: run {pathlib.Path(__file__).name}")
            bad = 1
    return bad


if __name__ == "__main__":
    sys.exit(main())
