"""What every test of strangers begins with: an installed freshet, and nothing of the source tree.

FRESHET_PREFIX is the installed tree, FRESHET_WORK a folder that keeps what is built from one run to the next.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from program import Freshet, skip  # noqa: E402,F401

PREFIX = pathlib.Path(os.environ["FRESHET_PREFIX"])
WORK = pathlib.Path(os.environ["FRESHET_WORK"])
LIBDIR = PREFIX / os.environ.get("FRESHET_LIBDIR", "lib")
LIBRARY = next(LIBDIR.glob("libfreshet.so.?"), LIBDIR / "libfreshet.so")
CC = os.environ.get("CC", "cc")
CXX = os.environ.get("CXX", "c++")
INCLUDE = PREFIX / "include"
PKG_CONFIG = dict(os.environ, PKG_CONFIG_PATH=str(LIBDIR / "pkgconfig"), LD_LIBRARY_PATH=str(LIBDIR))
PAGES = {"rivers.md": "# Rivers\n\nA river carries water to the sea.\n",
         "glaciers.md": "# Glaciers\n\nA glacier carries ice, slowly.\n",
         "deserts.md": "# Deserts\n\nA desert has hardly any rain.\n"}


def run(*command, timeout=300, **more):
    """Runs it; what it prints, or an error with all of that."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=timeout, **more)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stdout}")
    return done.stdout


def tool(name):
    """A program of another language, which scripts/setup puts here."""
    if shutil.which(name) is None:
        skip(f"{name} is not installed: run scripts/setup")
    return name


def build_c(source, library, include=INCLUDE):
    run(CC, "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-shared", "-fPIC", f"-I{include}",
        f"-Wl,--version-script={include}/freshet/sdk/plugin.map", "-o", library, source)


def build_cxx(source, library, include=INCLUDE):
    run(CXX, "-std=c++20", "-O0", "-shared", "-fPIC", "-fvisibility=hidden", f"-I{include}", f"-I{include}/freshet/plugin",
        f"-Wl,--version-script={include}/freshet/sdk/plugin.map", "-o", library, source)


def build_cmake(source, folder):
    """As its README would have it: find_package(freshet) alone."""
    run("cmake", "-S", source, "-B", folder, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={PREFIX}", f"-DCMAKE_CXX_COMPILER={CXX}",
        "-DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF")
    run("cmake", "--build", folder)


def go(source, *command, **more):
    """With caches of its own, and the toolchain that is there: no other one is fetched."""
    folders = {"GOCACHE": str(WORK / "go-cache"), "GOMODCACHE": str(WORK / "go-modules")}
    return run(tool("go"), *command, cwd=source, env={**PKG_CONFIG, **folders, "GOFLAGS": "-modcacherw", "GOTOOLCHAIN": "local", **more})


def copy_source(source):
    """A copy to build in: a package manager may write beside the sources."""
    folder = WORK / source.name
    shutil.copytree(source, folder, dirs_exist_ok=True)
    return folder


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="freshet-outside-")
        self.addCleanup(folder.cleanup)
        self.home = pathlib.Path(folder.name)
        self.plugins = self.home / "plugins"
        self.plugins.mkdir()
        self.freshet = Freshet(PREFIX, self.home / "repository")
        os.environ["FRESHET_PLUGIN_PATH"] = str(self.plugins)

    def install(self, manifest, library):
        """Puts a plugin where freshet finds it."""
        shutil.copy(manifest, self.plugins)
        name, = json.loads(manifest.read_text())["library"].values()
        shutil.copy(library, self.plugins / name)
        return self.plugins / manifest.name

    def pages(self):
        folder = self.home / "pages"
        folder.mkdir()
        for name, text in PAGES.items():
            (folder / name).write_text(text)
        return folder

    def check(self, manifest, *more, skipped=()):
        """The plugin keeps its contract, and these cases alone could not be tried."""
        report = self.freshet.json("plugins", "check", manifest, *more)
        self.assertTrue(report["good"], report)
        verdicts = {f'{each["case"]}': (each["verdict"], each["detail"]) for each in report["cases"]}
        self.assertEqual(sorted(skipped), sorted(name for name, (verdict, _) in verdicts.items() if verdict == "skip"), verdicts)

    def configure(self, text):
        file = self.home / "freshet.toml"
        file.write_text(text)
        return file

    def refresh(self, *more, check=0):
        return self.freshet.json("refresh", *more, check=check)

    def assert_in_step(self, rows):
        store = self.freshet.json("check", "--deep")["store"]
        self.assertTrue(store["in_step"], store)
        self.assertEqual((store["expected"], store["stored"]), (rows, rows), store)

    def find(self, question, *more):
        return self.freshet.json("query", question, *more)["hits"]


def main():
    unittest.main(verbosity=2)
