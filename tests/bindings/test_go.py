#!/usr/bin/env python3
"""The package for Go, from a module of somebody else, in both of its ways: linked by cgo, under the race detector, and without
a C compiler over a library that is opened at run time."""
import os
import re
import shutil
import subprocess
import sys

from bindings import BINDINGS, HERE, ROOT, WORK, Tour, lacking, main, run, tool
from handbook import use_handbook
from outside import LIBRARY, PKG_CONFIG, go

LEAST = (1, 23)  # iterators over functions
SEEN_BY = {"FRESHET_LIBRARY": str(LIBRARY)}


def module():
    """A stranger's module that needs the package."""
    release = tuple(map(int, re.search(r"go(\d+)\.(\d+)", run(tool("go"), "version")).groups()))
    if release < LEAST:
        lacking(f"go is {release[0]}.{release[1]}, and has to be {LEAST[0]}.{LEAST[1]} or later")
    folder = WORK / "tour-go"
    shutil.copytree(HERE / "go", folder, dirs_exist_ok=True)
    (folder / "go.mod").write_text((HERE / "go/go.mod").read_text().replace("@BINDINGS@", str(BINDINGS / "go")))
    shutil.copy(BINDINGS / "go/go.sum", folder)
    return folder


def example():
    """Copied out of the tree, as who follows it would."""
    folder = WORK / "handbook-go"
    shutil.copytree(ROOT / "examples/handbook/go", folder, dirs_exist_ok=True)
    manifest = folder / "go.mod"
    manifest.write_text(manifest.read_text().replace("../../../bindings/go", str(BINDINGS / "go")))
    shutil.copy(BINDINGS / "go/go.sum", folder)
    return folder


class Programs(Tour):
    """Over cgo."""
    built, how, tags = WORK / "go", {"CGO_ENABLED": "1"}, ["-race"]
    environment = {**PKG_CONFIG, "GORACE": "halt_on_error=1"}

    @classmethod
    def setUpClass(cls):
        for folder in (module(), example()):
            go(folder, "build", *cls.tags, "-o", f"{cls.built}/", "./...", **cls.how)

    def run_one(self, name, *words, **more):
        return run(self.built / name, *words, env=self.environment, **more)

    def test_tour(self):
        self.assertEqual(self.run_one("tour", self.home, self.poisoned_pages()), (HERE / "tour.expected").read_text())

    def test_the_example(self):
        use_handbook(self, lambda *words: self.run_one("handbook", *words))

    def test_every_kind_of_plugin(self):
        self.assertEqual(self.run_one("kinds", self.home), (HERE / "kinds.expected").read_text())

    def test_random_calls(self):
        print(self.run_one("random", self.home, self.pages(), *self.random, timeout=self.patience))


class Dlopen(Programs):
    """Without cgo: no C compiler, no pkg-config, no header."""
    built, how, tags = WORK / "go-dlopen", {"CGO_ENABLED": "0", "PKG_CONFIG_PATH": "", "CC": "false"}, []
    environment = {**{name: value for name, value in os.environ.items() if name != "LD_LIBRARY_PATH"}, **SEEN_BY}

    def test_a_library_that_is_not_there_is_an_error(self):
        done = subprocess.run([self.built / "kinds", self.home], env={**self.environment, "FRESHET_LIBRARY": "/no/such.so"},
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(done.stdout, r"failed: /no/such.so: cannot be opened: .*FRESHET_LIBRARY may name the library")


class Package(Tour):
    def test_the_raw_layer_is_what_the_headers_say(self):
        if shutil.which("gofmt") is None:
            lacking("gofmt is not installed: run scripts/setup")
        run(sys.executable, "-B", BINDINGS / "go/generate.py", "--check")

    def test_the_reference(self):
        """What pkg.go.dev shows: every exported name has its words, and vet has nothing to say, in both ways."""
        folder = WORK / "go-package"
        shutil.copytree(BINDINGS / "go", folder, dirs_exist_ok=True)
        for how in ({"CGO_ENABLED": "1"}, {"CGO_ENABLED": "0"}):
            self.assertEqual(go(folder, "vet", ".", **how), "")
        reference = go(folder, "doc", "-all", ".", CGO_ENABLED="0")
        self.assertIn("func RegisterStore", reference)
        self.assertNotRegex(reference, r"(?m)^(func|type|var) .*freshet_", "a name of C is exported")
        for source in (each for each in folder.glob("*.go") if not each.name.startswith("raw_")):
            lines = source.read_text().splitlines()
            bare = [line for before, line in zip(lines, lines[1:])
                    if re.match(r"(func|type) (\(\w+ \*?[A-Z]\w*\) )?[A-Z]", line) and not before.startswith("//")]
            self.assertEqual(bare, [], source.name)
        self.assertEqual((folder / "LICENSE").read_text(), (BINDINGS.parent / "LICENSE").read_text())


if __name__ == "__main__":
    main()
