#!/usr/bin/env python3
"""The package for Go, from a module of somebody else, under the race detector."""
import os
import re
import shutil

from bindings import BINDINGS, HERE, WORK, Tour, lacking, main, run, tool
from outside import PKG_CONFIG, go

LEAST = (1, 23)  # iterators over functions
BUILT = WORK / "go"
RACES = {**PKG_CONFIG, "GORACE": "halt_on_error=1"}


class Programs(Tour):
    @classmethod
    def setUpClass(cls):
        release = tuple(map(int, re.search(r"go(\d+)\.(\d+)", run(tool("go"), "version")).groups()))
        if release < LEAST:
            lacking(f"go is {release[0]}.{release[1]}, and has to be {LEAST[0]}.{LEAST[1]} or later")
        folder = WORK / "tour-go"
        shutil.copytree(HERE / "go", folder, dirs_exist_ok=True)
        (folder / "go.mod").write_text((HERE / "go/go.mod").read_text().replace("@BINDINGS@", str(BINDINGS / "go")))
        go(folder, "build", "-race", "-o", f"{BUILT}/", "./...", CGO_ENABLED="1")

    def test_tour(self):
        said = run(BUILT / "tour", self.home, self.poisoned_pages(), env=RACES)
        self.assertEqual(said, (HERE / "tour.expected").read_text())

    def test_random_calls(self):
        print(run(BUILT / "random", self.home, self.pages(), *os.environ.get("FRESHET_RANDOM", "2000 1").split(), env=RACES))


if __name__ == "__main__":
    main()
