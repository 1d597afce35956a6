#!/usr/bin/env python3
"""Installs the build into a tree of its own, and looks whether everything is there and nothing else."""
import argparse
import pathlib
import shutil
import subprocess
import sys


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--tree", required=True, type=pathlib.Path)
    parser.add_argument("--libdir", required=True)
    parser.add_argument("--version", required=True)
    args = parser.parse_args()
    shutil.rmtree(args.tree, ignore_errors=True)
    subprocess.run(["cmake", "--install", args.build, "--prefix", args.tree], check=True, stdout=subprocess.DEVNULL)

    library = args.tree / args.libdir
    major = args.version.split(".", maxsplit=1)[0]
    wanted = [library / "libfreshet.so", library / f"libfreshet.so.{major}", library / f"libfreshet.so.{args.version}",
              library / "pkgconfig/freshet.pc", library / "cmake/freshet/freshetConfig.cmake",
              library / "cmake/freshet/freshetConfigVersion.cmake", library / "freshet/plugins",
              args.tree / "include/freshet/freshet.h", args.tree / "include/freshet/freshet.hpp",
              args.tree / "include/freshet/plugin/entry.h", args.tree / "bin/freshet",
              library / "freshet/freshet-check-plugin"]
    problems = [f"missing: {path}" for path in wanted if not path.exists()]
    problems += [f"an example: {path}" for path in (library / "freshet/plugins").glob("template*")]
    problems += [f"a static archive: {path}" for path in args.tree.rglob("*.a")]
    soname = subprocess.run(["objdump", "-p", library / "libfreshet.so"], capture_output=True, text=True, check=True)
    if f"SONAME               libfreshet.so.{major}" not in soname.stdout:
        problems.append("the soname is another one")
    if not problems:  # the installed program finds the installed library and plugins
        plugin = library / "freshet/plugins/embedder_hash.so"
        for command, word in ((["--version"], args.version), (["plugins", "list"], "files"),
                              (["plugins", "check", plugin], "keeps its contract")):
            ran = subprocess.run([args.tree / "bin/freshet", *command], capture_output=True, text=True, check=False)
            if ran.returncode != 0 or word not in ran.stdout:
                problems.append(f"freshet {' '.join(map(str, command))}: {ran.returncode} {ran.stdout} {ran.stderr}")
    print("\n".join(problems) or "installed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
