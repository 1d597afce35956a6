#!/usr/bin/env python3
"""Programs of strangers: the same tour of the C API in each language, which has to print the same everywhere; and a reader
of the state that knows nothing but docs/state-format.md."""
import sys

from outside import HERE, LIBRARY, PKG_CONFIG, WORK, Case, copy_source, go, main, run, skip, tool

PROGRAMS = HERE / "programs"


class Tour(Case):
    maxDiff = None

    def take(self, *command, **more):
        folder = self.pages()
        (folder / "poison.md").write_text("# Poison\n\nThe policy has no opinion on this.\n")
        self.assertEqual(run(*command, self.home, folder, **more), (PROGRAMS / "tour.expected").read_text())


class TourInPython(Tour):
    def test_tour(self):
        self.take(sys.executable, "-B", PROGRAMS / "python/tour.py", LIBRARY)


class TourInRust(Tour):
    @classmethod
    def setUpClass(cls):
        run(tool("cargo"), "build", "--offline", "--locked", "--target-dir", WORK / "cargo", cwd=copy_source(PROGRAMS / "rust"),
            env=PKG_CONFIG)

    def test_tour(self):
        self.take(WORK / "cargo/debug/tour")


class TourInGo(Tour):
    @classmethod
    def setUpClass(cls):
        go(copy_source(PROGRAMS / "cgo"), "build", "-o", WORK / "tour-cgo", ".", CGO_ENABLED="1")

    def test_tour(self):
        self.take(WORK / "tour-cgo", env=PKG_CONFIG)


class TourInGoWithoutC(Tour):
    @classmethod
    def setUpClass(cls):
        source = copy_source(PROGRAMS / "purego")
        try:
            go(source, "mod", "download")
        except AssertionError as error:
            skip(f"the registry of Go modules cannot be reached: {str(error).splitlines()[-1]}")
        go(source, "build", "-o", WORK / "tour-purego", ".", CGO_ENABLED="0")

    def test_tour(self):
        self.take(WORK / "tour-purego", LIBRARY)


class StateReader(Case):
    def setUp(self):
        super().setUp()
        folder = self.pages()
        for namespace in ("default", "second"):
            self.freshet.run("--namespace", namespace, "refresh", "--files", folder, "--embedder", "hash", "--policy",
                             '{"ttl":"24h"}', check=0)
        self.freshet.run("refresh", "--url", "http://127.0.0.1:9/nothing-listens-here", check=1)
        self.freshet.run("roots", "flag", (folder / "rivers.md").as_uri(), "team=water", check=0)
        self.freshet.run("roots", "delete", "--once", (folder / "deserts.md").as_uri(), check=0)
        self.freshet.run("trigger", (folder / "rivers.md").as_uri(), check=0)
        self.freshet.run("--namespace", "second", "roots", "exclude", (folder / "deserts.md").as_uri(), check=0)

    def read(self):
        return run(sys.executable, "-B", PROGRAMS / "state_reader/read_state.py", self.freshet.repository)

    def test_page_is_enough(self):
        self.assertEqual(self.read(), (PROGRAMS / "state_reader/expected").read_text())


if __name__ == "__main__":
    main()
