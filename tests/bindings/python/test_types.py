#!/usr/bin/env python3
"""The type hints and the reference: mypy --strict and pyright have nothing to say against the package, nor against a program that uses it,
and do find what is wrong in one; pdoc makes the reference without a warning."""
import json
import subprocess
import tempfile
import unittest
import pathlib

from support import ENVIRONMENT, PACKAGE, main
from packages import install

TOOLS = "mypy==1.18.2 pdoc==16.0.0"
PYRIGHT = "pyright[nodejs]==1.1.408"
WRONG = ('freshet.Decision(not known.exists, "new")', "known.exist")
USE = '''
import asyncio, datetime
import freshet

class Mine(freshet.CustomPolicy):
    def decide(self, known: freshet.Known, now: datetime.datetime) -> freshet.Decision:
        return freshet.Decision(not known.exists, "new")

class Loads(freshet.Loader):
    name = "loads"

    def list(self, call: freshet.provide.Call, state: str | None) -> freshet.provide.loader.Listed:
        yield freshet.Entry("a:/1")
        return freshet.Listing.WHOLE

def main() -> None:
    with freshet.open("x") as repository:
        report = repository.refresh(sources=[freshet.Files("docs", policy=Mine() ), freshet.Source(Loads)], timeout=datetime.timedelta(hours=1))
        hits: list[freshet.Hit] = list(repository.query("x"))
        when: datetime.datetime | None = hits[0].checked
        for event in repository.start(sources=[]):
            print(event.uri.upper(), report, when)

async def later(repository: freshet.Repository) -> str:
    hits = await repository.query_async("x")
    async for event in repository.start():
        print(event.kind)
    found = await freshet.aio.run(repository.verify, deep=True)
    return hits[0].title + str(found["in_step"])
'''


class Types(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bin = install(TOOLS) / "bin"
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.home = pathlib.Path(folder.name)

    def check(self, *what):
        done = subprocess.run([self.bin / "mypy", "--strict", "--config-file", PACKAGE / "pyproject.toml", "--cache-dir", self.home / "cache", *what], cwd=self.home,
                              env={**ENVIRONMENT, "MYPYPATH": str(PACKAGE / "src")}, capture_output=True, text=True)
        return done.stdout + done.stderr

    def test_the_package_and_a_program(self):
        (self.home / "use.py").write_text(USE)
        self.assertIn("Success: no issues found", self.check("-p", "freshet", "-m", "use"))
        (self.home / "wrong.py").write_text(USE.replace(*WRONG))
        self.assertIn('"Known" has no attribute "exist"', self.check("wrong.py"))

    def test_pyright(self):
        """Libraries that only some people have are not looked for."""
        home = install(PYRIGHT)
        (self.home / "use.py").write_text(USE)
        (self.home / "wrong.py").write_text(USE.replace(*WRONG))
        (self.home / "freshet").symlink_to(PACKAGE / "src/freshet")
        (self.home / "freshet_program.py").symlink_to(PACKAGE / "src/freshet_program.py")
        for library in ("prefect", "ray", "dask", "dagster"):  # else it takes freshet's own modules of these names for them
            (self.home / "typings" / library).mkdir(parents=True)
            (self.home / "typings" / library / "__init__.pyi").write_text("from typing import Any\ndef __getattr__(name: str) -> Any: ...\n")
        (self.home / "pyrightconfig.json").write_text(json.dumps({
            "include": ["freshet", "use.py", "wrong.py"], "pythonVersion": "3.10", "reportMissingImports": False, "reportMissingModuleSource": False}))
        done = subprocess.run([home / "bin/pyright", "--outputjson", "--pythonpath", home / "bin/python", "--project", self.home],
                              env={**ENVIRONMENT, "PYRIGHT_PYTHON_CACHE_DIR": str(home / "cache"), "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"},
                              capture_output=True, text=True)
        report = json.loads(done.stdout[done.stdout.index("{"):])
        self.assertGreater(report["summary"]["filesAnalyzed"], 40)
        said = [(pathlib.Path(each["file"]).name, each["message"]) for each in report["generalDiagnostics"]]
        self.assertEqual([name for name, _ in said], ["wrong.py"] * len(said), said)
        self.assertTrue(any("exist" in message for _, message in said), said)

    def test_the_reference(self):
        done = subprocess.run([self.bin / "python", "-W", "error", "-m", "pdoc", "-o", self.home / "pages", "freshet"], env=ENVIRONMENT,
                              capture_output=True, text=True)
        self.assertEqual((done.returncode, [line for line in done.stderr.splitlines() if "arning" in line]), (0, []), done.stderr)
        for page in ("freshet.html", "freshet/provide.html", "freshet/aio.html", "freshet/errors.html"):
            self.assertIn("</html>", (self.home / "pages" / page).read_text())


if __name__ == "__main__":
    main()
