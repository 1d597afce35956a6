#!/usr/bin/python3
"""Writes when the files of a folder changed, as a repository's first-parent history tells: a trace for
adaptive_bench. Names are numbers; nothing of the content is in it.

    trace_of_git.py REPOSITORY FOLDER SUFFIX[,SUFFIX…] > TRACE
"""
import subprocess
import sys

MARKS = {"A": "+", "D": "-"}


def events(repository, folder, suffixes):
    """File to its events, in the order of time."""
    log = subprocess.run(["git", "-C", repository, "log", "--first-parent", "--reverse", "--no-renames", "-m", "--name-status",
                          "--format=@%ct", "--", folder], check=True, capture_output=True, text=True).stdout
    found, at = {}, ""
    for line in log.splitlines():
        if line.startswith("@"):
            at = line[1:]
        elif "\t" in line:
            status, name = line.split("\t", 1)
            if name.endswith(suffixes):
                found.setdefault(name, []).append(MARKS.get(status[0], "~") + at)
    return found


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    repository, folder, suffixes = sys.argv[1:]
    folders = {}
    print("# page (folder/number), then its events in order: + created, ~ changed, - removed, at seconds since 1970")
    for number, (name, happened) in enumerate(events(repository, folder, tuple(suffixes.split(","))).items()):
        at = folders.setdefault(name.rpartition("/")[0], len(folders))
        print(f"d{at}/p{number}\t{' '.join(happened)}")


main()
