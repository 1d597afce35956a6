#!/usr/bin/env python3
"""Compiles each public header alone, in every language version that it promises, with warnings as errors.

Also: the version macros say what VERSION says, and every struct that a caller fills or reads begins with
struct_size.
"""
import argparse
import concurrent.futures
import pathlib
import re
import subprocess
import sys

C = [("c", std) for std in ("c99", "c11", "c17")]
CXX = [("c++", std) for std in ("c++11", "c++14", "c++17", "c++20")]
WRAPPER = [("c++", std) for std in ("c++17", "c++20")]
SDK = [("c++", "c++20")]
FLAGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only"]


def compile_alone(args, header, language, standard):
    compiler = args.cxx if language == "c++" else args.cc
    command = [compiler, f"-std={standard}", *FLAGS, "-x", language, f"-I{args.include}", "-"]
    # Twice, so that a missing include guard shows.
    source = f"#include <{header}>\n#include <{header}>\n"
    result = subprocess.run(command, input=source, capture_output=True, text=True, check=False)
    return "" if result.returncode == 0 else f"{header} as {standard}:\n{result.stderr}"


def check_version(include, version):
    text = (include / "freshet/version.h").read_text()
    numbers = [re.search(rf"FRESHET_VERSION_{part} (\d+)", text).group(1) for part in ("MAJOR", "MINOR", "PATCH")]
    quoted = re.search(r'#define FRESHET_VERSION "([^"]+)"', text).group(1)
    if ".".join(numbers) == version == quoted:
        return []
    return [f"version.h says {'.'.join(numbers)} and \"{quoted}\", VERSION says {version}"]


def check_structs(include, header):
    text = (include / header).read_text()
    problems = []
    for match in re.finditer(r"typedef struct (\w+) \{\s*(.*?)\n\} \1;", text, re.S):
        name, body = match.groups()
        if not body.startswith("size_t struct_size;") and "/plugin/" not in header:
            problems.append(f"{header}: {name} does not begin with size_t struct_size")
    return problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--include", required=True, type=pathlib.Path)
    parser.add_argument("--cc", required=True)
    parser.add_argument("--cxx", required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("headers", nargs="+")
    args = parser.parse_args()

    jobs = [(header, *language) for header in args.headers
            for language in (SDK if "/sdk/" in header else WRAPPER if header.endswith(".hpp") else C + CXX)]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        problems = [text for text in pool.map(lambda job: compile_alone(args, *job), jobs) if text]
    problems += check_version(args.include, args.version)
    for header in args.headers:
        problems += check_structs(args.include, header)
    print("\n".join(problems) or f"{len(jobs)} compilations of {len(args.headers)} headers")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
