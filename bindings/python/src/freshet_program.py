"""The command freshet: the program that the wheel carries, in place of this process. Apart from the package, so that it starts
at once."""
import os
import pathlib
import sys

PROGRAM = pathlib.Path(__file__).resolve().parent / "freshet/_native/bin/freshet"


def main() -> None:
    try:
        os.execv(PROGRAM, ["freshet", *sys.argv[1:]])
    except OSError as error:
        sys.exit(f"freshet: {PROGRAM} cannot be started: {error.strerror}")
