"""What every test of the Python package begins with: the package as it lies in the sources, over the library of this build."""
import os
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
PACKAGE = ROOT / "bindings/python"
BUILD = pathlib.Path(os.environ.get("FRESHET_BUILD", ROOT / "build"))
os.environ.setdefault("FRESHET_LIBRARY", str(BUILD / "lib/libfreshet.so.0"))
sys.path[:0] = [str(PACKAGE / "src"), str(ROOT / "tests/support")]
ENVIRONMENT = dict(os.environ, PYTHONPATH=str(PACKAGE / "src"), PYTHONDONTWRITEBYTECODE="1")

import freshet  # noqa: E402

PAGES = {"rivers.md": "# Rivers\n\nA river carries water to the sea.\n",
         "glaciers.md": "# Glaciers\n\nA glacier carries ice, slowly.\n",
         "deserts.md": "# Deserts\n\nA desert has hardly any rain.\n"}


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="freshet-python-")
        self.addCleanup(folder.cleanup)
        self.home = pathlib.Path(folder.name)
        self.pages = self.home / "pages"
        self.pages.mkdir()
        for name, text in PAGES.items():
            (self.pages / name).write_text(text)

    def open(self, **more):
        repository = freshet.open(self.home / "repository", **more)
        self.addCleanup(repository.close)
        return repository

    def uri(self, name):
        return (self.pages / name).as_uri()


def main():
    unittest.main(verbosity=2)
