#!/usr/bin/env python3
"""examples/ as their readers would build and run them, against an installed freshet. What was compiled here is basic.c and
basic.cpp: see tests/capi/examples."""
import os
import sys

from outside import HERE, LIBDIR, LIBRARY, Case, build_c, go, main, run, tool

EXAMPLES = HERE.parents[1] / "examples"
CHECK = [sys.executable, "-B", HERE.parent / "capi/examples/check_example.py"]
EXPECTED = HERE.parent / "capi/examples/basic.expected"


class Examples(Case):
    @classmethod
    def setUpClass(cls):
        for name in ("rustc", "go"):
            tool(name)

    def check(self, program):
        env = dict(os.environ, LD_LIBRARY_PATH=str(LIBDIR), FRESHET_LIBRARY=str(LIBRARY))
        run(*CHECK, program, EXPECTED, env=env)

    def test_python(self):
        self.check(EXAMPLES / "basic.py")

    def test_rust(self):
        run("rustc", "--edition", "2021", EXAMPLES / "basic.rs", "-L", LIBDIR, "-o", self.home / "basic")
        self.check(self.home / "basic")

    def test_go(self):
        go(self.home, "build", "-o", self.home / "basic", EXAMPLES / "basic.go", CGO_ENABLED="1")
        self.check(self.home / "basic")

    def test_plugin(self):
        build_c(EXAMPLES / "plugin/greetings.c", self.home / "greetings.so")
        manifest = self.install(EXAMPLES / "plugin/greetings.plugin.json", self.home / "greetings.so")
        self.assertTrue(self.freshet.json("plugins", "check", manifest)["good"])
        self.assertEqual(self.refresh("--config", EXAMPLES / "plugin/greetings.toml")["refreshed"], 2)
        self.assertEqual(self.find("goodbye", "-k", 1)[0]["uri"], "greetings:/goodbye")
        self.assert_in_step(2)


if __name__ == "__main__":
    main()
