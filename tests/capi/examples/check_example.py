#!/usr/bin/env python3
"""Runs an example twice on a small folder and compares what it prints. Usage: check_example.py PROGRAM EXPECTED"""
import pathlib
import subprocess
import sys
import tempfile


def main():
    program, expected = sys.argv[1], pathlib.Path(sys.argv[2]).read_text()
    with tempfile.TemporaryDirectory() as directory:
        folder = pathlib.Path(directory) / "docs"
        folder.mkdir()
        (folder / "rivers.md").write_text("# Rivers\n\nA river carries water to the sea.\n")
        (folder / "glaciers.md").write_text("# Glaciers\n\nA glacier carries ice, slowly.\n")
        command = [program, f"{directory}/repository", folder, "glacier"]
        runs = [subprocess.run(command, capture_output=True, text=True, check=False) for _ in range(2)]
        runs.append(subprocess.run([program], capture_output=True, text=True, check=False))
    shown = "".join(run.stdout + run.stderr + f"exit {run.returncode}\n" for run in runs)
    if shown == expected:
        return 0
    print(f"expected:\n{expected}\ngot:\n{shown}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
