#!/usr/bin/python3
"""Runs every test and ends with one line: N passed, N failed, N skipped.

The release build runs all of them. With FRESHET_REQUIRE=all the asan-ubsan and tsan presets are built too and
run the tests labelled "sanitize"; with --only-sanitizers they run those of "sanitize_long" as well, which take
longer than they find. A test skips by exiting with 77 and one line that says why; with FRESHET_REQUIRE=all that
is a failure.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import time
import xml.etree.ElementTree as ET

ROOT = pathlib.Path(__file__).resolve().parent.parent


def run(*command):
    print("+", " ".join(command), flush=True)
    return subprocess.run(command, cwd=ROOT).returncode


def ctest(build, *more):
    """Returns (passed, failed, skipped) of one ctest run."""
    result = ROOT / build / "tests.xml"
    result.unlink(missing_ok=True)
    run("ctest", "--test-dir", build, "--output-on-failure", "--output-junit", str(result), *more)
    if not result.exists():
        return 0, 1, 0
    suite = ET.parse(result).getroot()
    passed = failed = skipped = 0
    for case in suite.iter("testcase"):
        if case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
            skipped += 1
            out = case.findtext("system-out") or ""
            lines = [line for line in out.strip().splitlines() if line]
            print(f"skipped: {case.get('name')}: {lines[-1] if lines else 'no reason given'}")
        elif case.get("status") == "fail" or case.find("failure") is not None:
            failed += 1
        else:
            passed += 1
    return passed, failed, skipped


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only-sanitizers", action="store_true")
    arguments = parser.parse_args()
    require_all = os.environ.get("FRESHET_REQUIRE") == "all"
    begun = time.monotonic()
    jobs = str(os.cpu_count() or 2)
    total = [0, 0, 0]

    def add(counts):
        for i in range(3):
            total[i] += counts[i]

    if not arguments.only_sanitizers:
        add(ctest("build", "-j", jobs))
    if require_all or arguments.only_sanitizers:
        labels = "^sanitize" if arguments.only_sanitizers else "^sanitize$"
        for preset in ("asan-ubsan", "tsan"):
            if run("cmake", "--preset", preset) or run("cmake", "--build", "--preset", preset, "-j", jobs):
                add((0, 1, 0))
                continue
            add(ctest(f"build-{preset}", "-L", labels, "-j", jobs))
    passed, failed, skipped = total
    if require_all:
        failed, skipped = failed + skipped, 0
    print(f"tests took {time.monotonic() - begun:.0f} s")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
