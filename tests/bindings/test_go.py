#!/usr/bin/env python3
"""The package for Go, from a module of somebody else, under the race detector."""
import os
import shutil

from bindings import BINDINGS, HERE, WORK, Tour, main, run, tool
from outside import PKG_CONFIG, go

BUILT = WORK / "go"
RACES = {**PKG_CONFIG, "GORACE": "halt_on_error=1"}


class Programs(Tour):
    @classmethod
    def setUpClass(cls):
        tool("go")
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
