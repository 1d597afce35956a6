#!/usr/bin/python3
"""What the history of a repository's documents costs to embed, with `chunker.embed_titles` and without: each commit that changed
one is refreshed, one after the other, and what was embedded is summed, in tokens of four bytes.

  bench/history_bench.py [--build build] [--repository .] [--commits 200] [--pattern '*.md']
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def git(repository, *arguments):
    return subprocess.run(["git", "-C", repository, *arguments], check=True, capture_output=True).stdout


def check_out(repository, commit, pattern, folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    archive = git(repository, "archive", commit)
    subprocess.run(["tar", "-x", "-C", folder, "--wildcards", pattern], input=archive, capture_output=True)


def refresh(build, home, pages, pattern, titles):
    config = home / "freshet.toml"
    config.write_text(f"[chunker]\nembed_titles = {str(titles).lower()}\n")
    done = subprocess.run([build / "bin/freshet", "--config", config, "--repository", home / "repository", "--json", "refresh", "--files", pages,
                           "--include", f"**/{pattern}", "--embedder", "hash", "--accept-shrink"], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)["embedded"]["tokens"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.environ.get("FRESHET_BUILD", "build"))
    parser.add_argument("--repository", default=ROOT)
    parser.add_argument("--commits", type=int, default=200)
    parser.add_argument("--pattern", default="*.md")
    arguments = parser.parse_args()
    build = pathlib.Path(arguments.build).resolve()
    commits = git(arguments.repository, "rev-list", "HEAD", "--", arguments.pattern).decode().split()[:arguments.commits][::-1]
    with tempfile.TemporaryDirectory(prefix="freshet-history-") as folder:
        pages, homes = pathlib.Path(folder) / "pages", {}
        for titles in (False, True):
            homes[titles] = pathlib.Path(folder) / f"titles-{titles}"
            homes[titles].mkdir()
        first, later = {}, {False: 0, True: 0}
        for commit in commits:
            check_out(arguments.repository, commit, arguments.pattern, pages)
            for titles, home in homes.items():
                tokens = refresh(build, home, pages, arguments.pattern, titles)
                if titles not in first:
                    first[titles] = tokens
                else:
                    later[titles] += tokens
    print("| titles | first | all later commits |\n|---|---|---|")
    for titles in (False, True):
        print(f"| {'with' if titles else 'without'} | {first[titles]} | {later[titles]} |")
    print(f"{len(commits)} commits; later ones {later[True] / max(1, later[False]):.3f} times")


if __name__ == "__main__":
    main()
