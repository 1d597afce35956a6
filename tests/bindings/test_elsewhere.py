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
    folder = WORK / "node"

    @classmethod
    def setUpClass(cls):
        tool("node")
        cls.folder.mkdir(exist_ok=True)
        if (cls.folder / "node_modules/koffi").exists():
            return
        try:
            run(tool("npm"), "install", "--silent", "--no-audit", "--no-fund", KOFFI, cwd=cls.folder)
        except AssertionError as error:
            skip(f"the registry of Node packages cannot be reached: {str(error).splitlines()[-1]}")

    def test_basic(self):
        shutil.copy(ROOT / "examples/basic.js", self.folder)
        self.check("node", self.folder / "basic.js")


class Java(Elsewhere):
    @classmethod
    def setUpClass(cls):
        tool("java")
        if not JNA.exists():
            skip("libjna-java is not installed: run scripts/setup")

    def test_basic(self):
        self.check("java", "-cp", JNA, ROOT / "examples/Basic.java")


if __name__ == "__main__":
    main()
