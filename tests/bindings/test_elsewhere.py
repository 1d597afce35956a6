#!/usr/bin/env python3
"""The examples for languages that have no package of freshet: they open the library at run time."""
import os
import pathlib
import shutil
import sys

from bindings import ROOT, WORK, Case, main, run
from outside import LIBRARY, skip, tool

CHECK = [sys.executable, "-B", ROOT / "tests/capi/examples/check_example.py"]
EXPECTED = ROOT / "tests/capi/examples/basic.expected"
KOFFI = "koffi@2"
JNA = pathlib.Path("/usr/share/java/jna.jar")


class Elsewhere(Case):
    def check(self, *command, **environment):
        """The example is one program to its checker."""
        program = self.home / "basic"
        program.write_text("#!/bin/sh\nexec " + " ".join(f"'{word}'" for word in command) + ' "$@"\n')
        program.chmod(0o755)
        run(*CHECK, program, EXPECTED, env={**os.environ, "FRESHET_LIBRARY": str(LIBRARY), **environment})


class Node(Elsewhere):
    def test_basic(self):
        tool("node")
        folder = WORK / "node"
        folder.mkdir(exist_ok=True)
        if not (folder / "node_modules/koffi").exists():
            try:
                run(tool("npm"), "install", "--silent", "--no-audit", "--no-fund", KOFFI, cwd=folder)
            except AssertionError as error:
                skip(f"the registry of Node packages cannot be reached: {str(error).splitlines()[-1]}")
        shutil.copy(ROOT / "examples/basic.js", folder)
        self.check("node", folder / "basic.js")


class Java(Elsewhere):
    def test_basic(self):
        tool("java")
        if not JNA.exists():
            skip("libjna-java is not installed: run scripts/setup")
        self.check("java", "-cp", JNA, ROOT / "examples/Basic.java")


if __name__ == "__main__":
    main()
