#!/usr/bin/env python3
"""How much of the text of Debian's manuals is read: pages of twelve makers of documentation, beside a plain rendering of the same pages.

    bench/manuals.py [--program build/bin/read_text] [--folder DIRECTORY] [--pages 60] [--maker NAME…]

The plain rendering is every word that a browser would show, without those in links, in navigation and in controls: it is made here, of
the tags alone, and knows no maker. A page's share is the part of these words that freshet stored, each as often as it stands there. A
page with less than three fifths is named, and the program ends with 1. Packages that DIRECTORY does not have are downloaded with apt
and unpacked there, not installed; by default it is a folder that goes again."""
import argparse
import collections
import html.parser
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

MAKERS = {  # who made the pages: their package
    "makeinfo (bash)": "bash-doc", "texi2any, Doxygen (FFmpeg)": "ffmpeg-doc", "R": "r-doc-html", "Node.js": "nodejs-doc",
    "SQLite": "sqlite3-doc", "rustdoc": "rust-doc", "asciidoc (git)": "git-doc", "Sphinx (CMake)": "cmake-doc",
    "DocBook (PostgreSQL)": "postgresql-doc-15", "BoostBook": "libboost1.74-doc", "TeX4ht (LaTeX)": "texlive-latex-base-doc",
    "gtk-doc (GLib)": "libglib2.0-doc"}
LEAST_SHARE = 0.6
LEAST_WORDS = 50  # of a shorter page, shares say nothing
UNSEEN = {"script", "style", "template", "nav", "head", "title", "button", "select", "option", "textarea", "svg", "noscript", "menu"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
ROLES = {"navigation", "search", "banner", "contentinfo", "menu", "tablist", "dialog"}


def words(text):
    return collections.Counter(re.findall(r"\w+", text.lower()))


class Plain(html.parser.HTMLParser):
    """The words of a page outside of links, navigation and controls."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.text = [], []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        style = (given.get("style") or "").replace(" ", "")
        unseen = tag in UNSEEN or tag == "a" and "href" in given or given.get("role") in ROLES or "display:none" in style or "hidden" in given
        if tag not in VOID:
            self.open.append((tag, unseen or bool(self.open and self.open[-1][1])))

    def handle_endtag(self, tag):
        while any(one == tag for one, _ in self.open) and self.open.pop()[0] != tag:
            pass
        if tag not in ("b", "i", "em", "span", "code", "tt", "strong"):
            self.text.append(" ")

    def handle_data(self, data):
        if not (self.open and self.open[-1][1]):
            self.text.append(data)


def plain_words(path):
    parser = Plain()
    parser.feed(path.read_bytes().decode("utf-8", "replace"))
    return words("".join(parser.text))


def unpack(package, folder):
    """The folder with the files of a Debian package."""
    home = folder / package
    if not home.exists():
        with tempfile.TemporaryDirectory(prefix="freshet-deb-") as kept:
            subprocess.run(["apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root", package], cwd=kept, check=True, stderr=subprocess.DEVNULL)
            subprocess.run(["dpkg-deb", "-x", next(pathlib.Path(kept).glob("*.deb")), home], check=True)
    return home


def pages_of(home, count):
    pages = sorted(path for path in home.rglob("*") if path.suffix in (".html", ".htm") and path.is_file() and not path.is_symlink())
    return random.Random(5).sample(pages, min(count, len(pages)))


def read(program, pages):
    done = subprocess.run([program, *map(str, pages)], capture_output=True, text=True, check=True)
    return [json.loads(line).get("text", "") for line in done.stdout.splitlines()]


def measure(name, pages, program):
    """Prints the row of a maker; the pages of which too little is read."""
    shares = []
    for path, text in zip(pages, read(program, pages), strict=True):
        wanted = plain_words(path)
        if sum(wanted.values()) >= LEAST_WORDS:
            shares.append((sum((wanted & words(text)).values()) / sum(wanted.values()), path))
    low = sorted(one for one in shares if one[0] < LEAST_SHARE)
    mean = sum(share for share, _ in shares) / max(len(shares), 1)
    print(f"| {name} | {len(shares)} | {mean:.3f} | {min(shares, default=(1, ''))[0]:.3f} | {len(low)} |", flush=True)
    return low


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--program", default=os.environ.get("FRESHET_BUILD", "build") + "/bin/read_text")
    options.add_argument("--folder", type=pathlib.Path)
    options.add_argument("--pages", type=int, default=60, help="of each maker, drawn once; all where it has fewer")
    options.add_argument("--maker", nargs="*", default=list(MAKERS), choices=MAKERS)
    given = options.parse_args()
    print("| maker | pages | mean share | least | below three fifths |\n|---|---|---|---|---|")
    low = []
    with tempfile.TemporaryDirectory(prefix="freshet-manuals-") as kept:
        folder = given.folder or pathlib.Path(kept)
        for name in given.maker:
            try:
                home = unpack(MAKERS[name], folder)
            except (subprocess.CalledProcessError, StopIteration):
                print(f"| {name} | {MAKERS[name]} cannot be had | | | |", flush=True)
                continue
            low += measure(name, pages_of(home, given.pages), given.program)
        for share, path in low:
            print(f"{share:.2f} {path.relative_to(folder)}")
    return bool(low)


if __name__ == "__main__":
    sys.exit(main())
