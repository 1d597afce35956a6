#!/usr/bin/env python3
"""The wheel as a stranger uses it: made, installed in a fresh environment in an empty directory, and the README's lines run there."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import zipfile

from support import BUILD, PACKAGE, PAGES, ROOT, main
from program import skip


def run(*command, **more):
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stdout}")
    return done.stdout


class Wheel(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="freshet-wheel-test-")
        cls.addClassCleanup(folder.cleanup)
        cls.home = pathlib.Path(folder.name)
        try:
            print(run(sys.executable, PACKAGE / "tools/build_wheel.py", "--build", BUILD, "--out", cls.home / "wheel",
                      "--libdir", os.environ.get("FRESHET_LIBDIR", "lib")))
        except AssertionError as error:
            if "pip install" in str(error) or "bin/pip" in str(error):
                skip(f"the tools that make wheels cannot be had: {str(error).splitlines()[-1]}")
            raise
        cls.wheel, = (cls.home / "wheel").glob("*.whl")
        run(sys.executable, "-m", "venv", "--without-pip", cls.home / "venv")
        # pip of this environment would be 10 s of work, and that of the tools installs as well
        cls.python = cls.home / "venv/bin/python"
        run(BUILD / "wheel-tools/bin/python", "-m", "pip", "--python", cls.python, "install", "--quiet", "--no-index", cls.wheel)

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="freshet-empty-")
        self.addCleanup(folder.cleanup)
        self.empty = pathlib.Path(folder.name)
        # Nothing of this machine's freshet.
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.empty), "LANG": "C.UTF-8"}

    def run_python(self, text):
        return run(self.python, "-c", text, cwd=self.empty, env=self.environment)

    def test_the_lines_of_the_readme_run(self):
        lines = re.search(r"```python\n(.*?)```", (PACKAGE / "README.md").read_text(), re.S).group(1)
        (self.empty / "docs").mkdir()
        for name, text in {**PAGES, "keys.md": "# Keys\n\nRotate the keys on the first of the month.\n"}.items():
            (self.empty / "docs" / name).write_text(text)
        lines = re.sub(r', freshet\.URLs\(.*?\)\]', "]", lines.replace('{"ttl": "24h"}', '""'))  # there is no network
        printed = self.run_python(lines)
        self.assertIn("4 roots listed: 4 refreshed; store: 4 rows written, 0 removed, 0 pending", printed)
        self.assertIn("Rotate the keys on the first of the month.", printed)

    def test_it_is_one_for_every_python_and_complete(self):
        self.assertRegex(self.wheel.name, r"^freshet-[0-9.]+-py3-none-manylinux_2_\d+_\w+\.whl$")
        names = zipfile.ZipFile(self.wheel).namelist()
        plugins = {path.name for path in (BUILD / "lib/freshet/plugins").glob("*.plugin.json")} - {"template.plugin.json"}
        self.assertLessEqual(plugins, {pathlib.Path(name).name for name in names})
        for wanted in ("freshet/py.typed", "freshet/_native/bin/freshet", "freshet/_native/lib/freshet/freshet-check-plugin"):
            self.assertIn(wanted, names)
        notices = next(name for name in names if name.endswith("licenses/THIRD-PARTY-NOTICES"))
        text = zipfile.ZipFile(self.wheel).read(notices).decode()
        self.assertEqual(re.findall(r"==== (.*)\n\nlicence unknown", text), [])
        self.assertEqual([word for word in ("==== libcurl4", "==== liblmdb0", "nlohmann", "bpe-openai") if word not in text], [])

    def test_the_program_and_the_package_are_of_one_version(self):
        version = (ROOT / "VERSION").read_text().strip()
        self.assertIn(version, run(self.home / "venv/bin/freshet", "--version", cwd=self.empty, env=self.environment))
        self.assertIn(version, run(self.python, "-m", "freshet", "--version", cwd=self.empty, env=self.environment))
        self.assertEqual(self.run_python("import freshet; print(freshet.__version__)").strip(), version)

    def test_its_plugins_are_found_and_keep_their_contract_there(self):
        self.run_python("import freshet, os; names = {each.name for each in freshet.Plugins()}; "
                        "assert {'files', 'sitemap', 'sqlite', 'hash', 'chroma'} <= names, names; "
                        "report = freshet.check_plugin(next(each.manifest for each in freshet.Plugins() if each.name == 'hash')); "
                        "assert report['good'], report")

    def test_it_needs_nothing_of_debian_but_glibc(self):
        place = self.run_python("import freshet, pathlib; print(pathlib.Path(freshet.__file__).parent)").strip()
        allowed = re.compile(r"lib(c|m|dl|pthread|rt|resolv|gcc_s|stdc\+\+|z)\.so|ld-linux|linux-vdso|/freshet(\.libs|/)")
        for file in [*pathlib.Path(place).rglob("*.so*"), pathlib.Path(place) / "_native/bin/freshet"]:
            needed = [line.strip() for line in run("ldd", file).splitlines()]
            self.assertEqual([line for line in needed if not allowed.search(line) and line != "statically linked"], [], file)


if __name__ == "__main__":
    main()
