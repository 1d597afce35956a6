"""What the tests of every binding begin with: tests/outside has the installed tree and its pages."""
import os
import pathlib
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent / "support"))
sys.path.insert(0, str(HERE.parent / "outside"))
import outside  # noqa: E402
from outside import LIBDIR, PREFIX, WORK, Case, main, run  # noqa: E402,F401

BINDINGS = ROOT / "bindings"


def lacking(reason):
    """Skips the test. Where everything is required, that is a failure."""
    if os.environ.get("FRESHET_REQUIRE") == "all":
        raise AssertionError(reason)
    outside.skip(reason)


def tool(name):
    """A program of another language."""
    if shutil.which(name) is None:
        lacking(f"{name} is not installed: run scripts/setup")
    return name


class Tour(Case):
    maxDiff = None
    # How many calls the random ones make, and from which seed: a campaign takes its time.
    random = os.environ.get("FRESHET_RANDOM", "2000 1").split()
    patience = None if "FRESHET_RANDOM" in os.environ else 300

    def poisoned_pages(self):
        folder = self.pages()
        (folder / "poison.md").write_text("# Poison\n\nThe policy has no opinion on this.\n")
        return folder
