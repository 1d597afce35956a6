#!/usr/bin/env python3
"""Compiles and runs a consumer with the flags that pkg-config gives."""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tree", required=True, type=pathlib.Path)
    parser.add_argument("--libdir", required=True)
    parser.add_argument("--cc", required=True)
    parser.add_argument("--cxx", required=True)
    parser.add_argument("--source", required=True, type=pathlib.Path)
    args = parser.parse_args()
    environment = dict(os.environ, PKG_CONFIG_PATH=str(args.tree / args.libdir / "pkgconfig"))

    def flags(*what):
        return subprocess.run(["pkg-config", *what, "freshet"], env=environment, capture_output=True, text=True,
                              check=True).stdout.split()

    with tempfile.TemporaryDirectory() as directory:
        c_object, program = f"{directory}/consumer.o", f"{directory}/consumer"
        subprocess.run([args.cc, "-std=c99", *flags("--cflags"), "-c", args.source / "consumer.c", "-o", c_object], check=True)
        subprocess.run([args.cxx, "-std=c++17", *flags("--cflags"), c_object, args.source / "wrapper.cpp", "-o", program,
                        *flags("--libs")], check=True)
        environment["LD_LIBRARY_PATH"] = str(args.tree / args.libdir)
        return subprocess.run([program], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
