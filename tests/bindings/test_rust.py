#!/usr/bin/env python3
"""The packages for Rust, from a workspace of somebody else."""
import os
import pathlib
import re
import shutil

from bindings import BINDINGS, HERE, LIBDIR, ROOT, WORK, Tour, lacking, main, run, tool
from handbook import use_handbook

RUST = BINDINGS / "rust"
TARGET = pathlib.Path(os.environ["FRESHET_CARGO_TARGET"])
ENVIRONMENT = {**os.environ, "FRESHET_LIB_DIR": str(LIBDIR), "LD_LIBRARY_PATH": str(LIBDIR)}


LEAST = (1, 88)  # as the plugins


def build(source, name, *places):
    """Builds a copy in a folder of its own. What was fetched before needs no network."""
    release = tuple(map(int, re.search(r"(\d+)\.(\d+)", run(tool("cargo"), "--version")).groups()))
    if release < LEAST:
        lacking(f"cargo is {release[0]}.{release[1]}, and has to be {LEAST[0]}.{LEAST[1]} or later")
    folder = WORK / name
    shutil.copytree(source, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("target"))
    manifest = folder / "Cargo.toml"
    text = manifest.read_text()
    for was, now in places:
        text = text.replace(was, now)
    manifest.write_text(text)
    shutil.copy(RUST / "Cargo.lock", folder)
    for how in (["--offline"], []):
        try:
            return run(tool("cargo"), "build", *how, "--target-dir", TARGET, cwd=folder, env=ENVIRONMENT)
        except AssertionError:
            if not how:
                raise


class Programs(Tour):
    @classmethod
    def setUpClass(cls):
        build(HERE / "rust", "tour-rust", ("@BINDINGS@", str(RUST)))
        build(ROOT / "examples/handbook/rust", "handbook-rust", ("../../../bindings/rust", str(RUST)))

    def test_tour(self):
        said = run(TARGET / "debug/tour", self.home, self.poisoned_pages(), env=ENVIRONMENT)
        self.assertEqual(said, (HERE / "tour.expected").read_text())

    def test_the_example(self):
        use_handbook(self, lambda *words: run(TARGET / "debug/handbook", *words, env=ENVIRONMENT))

    def test_every_kind_of_plugin(self):
        said = run(TARGET / "debug/kinds", self.home, env=ENVIRONMENT)
        self.assertEqual(said, (HERE / "kinds.expected").read_text())

    def test_random_calls(self):
        print(run(TARGET / "debug/random", self.home, self.pages(), *self.random, env=ENVIRONMENT, timeout=self.patience))


class Packages(Tour):
    def test_the_reference_has_no_warning(self):
        folder = WORK / "packages-rust"
        shutil.copytree(RUST, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("target", "LICENSE"))
        run(tool("cargo"), "doc", "--workspace", "--no-deps", "--all-features", "--target-dir", TARGET, cwd=folder,
            env={**ENVIRONMENT, "RUSTDOCFLAGS": "-D warnings"})

    def test_each_has_its_version_licence_and_readme(self):
        version = (ROOT / "VERSION").read_text().strip()
        for name in ("freshet-sys", "freshet-plugin", "freshet"):
            self.assertIn(f'version = "{version}"', (RUST / "Cargo.toml").read_text())
            self.assertIn("version.workspace = true", (RUST / name / "Cargo.toml").read_text())
            self.assertIn("Licence: Apache-2.0", (RUST / name / "README.md").read_text())
            self.assertEqual((RUST / name / "LICENSE").read_text(), (ROOT / "LICENSE").read_text())


class Plugin(Tour):
    """The template, as its reader makes a plugin of it."""

    @classmethod
    def setUpClass(cls):
        build(RUST / "template", "template-rust", ("../freshet-plugin", str(RUST / "freshet-plugin")))

    def test_keeps_its_contract_and_is_used(self):
        manifest = self.install(RUST / "template/loader_lines.plugin.json", TARGET / "debug/libloader_lines.so")
        lines = self.home / "lines.txt"
        lines.write_text("A river carries water.\nA glacier carries ice.\n\nA desert has no rain.\n")
        self.check(manifest, "--options", f'loader lines={{"path":"{lines}"}}', skipped=["lists_since"])
        config = self.configure(f'[[source]]\nloader = "lines"\noptions = {{ path = "{lines}" }}\n')
        self.assertEqual(self.refresh("--config", config)["refreshed"], 3)
        self.assertEqual([hit["uri"] for hit in self.find("ice", "-k", 1)], [f"lines://{lines}#2"])
        self.assert_in_step(3)


if __name__ == "__main__":
    main()
