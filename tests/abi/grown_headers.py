#!/usr/bin/env python3
"""A plugin and a host that know structs in different sizes: every struct of the plugin's headers is a member longer than
the host's, as in a plugin of a later version. It is built with copies of the headers and the sdk, and has to pass its cases.

Usage: grown_headers.py SOURCE_DIR FRESHET CXX [INCLUDE_DIR…]
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

KINDS = ("loader", "reader", "embedder", "store", "transformer", "tokenizer")


def grow(folder):
    """Appends a member to each struct; says how many there were."""
    count = 0
    for header in folder.rglob("*.h"):
        text, here = re.subn(r"(typedef struct (freshet_\w+) \{.*?)(\} \2;)", r"\1  int64_t grown;\n\3", header.read_text(),
                             flags=re.S)
        header.write_text(text)
        count += here
    return count


def build(source, folder, compiler, more):
    shutil.copytree(source / "include" / "freshet", folder / "freshet")
    shutil.copytree(source / "plugins" / "sdk", folder / "sdk")
    count = grow(folder / "freshet" / "plugin")
    command = [compiler, "-std=c++20", "-O0", "-fPIC", "-shared", "-fvisibility=hidden", f"-I{folder}"]
    command += [f"-I{path}" for path in more] + [str(source / "tests" / "abi" / "grown_plugin.cpp"), "-o", str(folder / "grown.so")]
    subprocess.run(command, check=True)
    none = {"type": "object", "additionalProperties": False}
    provides = [{"kind": kind, "name": "grown", "options": none} for kind in KINDS]
    provides[1]["media_types"] = ["text/x-grown"]
    manifest = {"manifest": 1, "name": "grown", "version": "1.0", "abi": 1, "library": {"linux": "grown.so"}, "provides": provides}
    (folder / "grown.plugin.json").write_text(json.dumps(manifest))
    return count


def main():
    source, program, compiler, *more = sys.argv[1:]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "sample").write_text("A text to be read.")
        count = build(pathlib.Path(source), folder, compiler, more)
        command = [program, "plugins", "check", str(folder / "grown.so"), "--sample", f"reader grown={folder / 'sample'}"]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    print(result.stdout + result.stderr)
    print(f"{count} structs were a member longer")
    return result.returncode if count > 15 else 1


if __name__ == "__main__":
    sys.exit(main())
