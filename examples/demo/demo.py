#!/usr/bin/python3
"""The demo: a real documentation site is kept in a local knowledge base, and asked three questions.

Without --sitemap it serves Debian's python3-doc on loopback, so that it can also change the site and
show that exactly what changed is read, embedded and written again.
"""
import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from program import Freshet  # noqa: E402
from sites import Nginx, copy_docs, python_docs  # noqa: E402

QUESTIONS = ["How do I run a coroutine with a timeout?",
             "What does the walrus operator do?",
             "How do I parse command line arguments?"]


def say(text):
    print(f"\n\033[1m# {text}\033[0m" if sys.stdout.isatty() else f"\n# {text}", flush=True)


def show(freshet, *arguments, codes=(0,)):
    print("$ freshet " + " ".join(f'"{a}"' if " " in str(a) else str(a) for a in arguments), flush=True)
    code = subprocess.run(freshet.command(*arguments)).returncode
    if code not in codes:
        sys.exit(f"demo: exit {code}")


def change_two_and_remove_one(site, pages):
    """A paragraph more in two pages; a third is gone."""
    changed = [page for page in pages if str(page) in ("library/asyncio-task.html", "library/argparse.html")]
    gone = next(page for page in pages if page.name == "zipapp.html")
    for page in changed:
        path = site / page
        before, main = path.read_text(encoding="utf-8").split('role="main"', 1)
        main = main.replace("</p>", "</p>\n<p>This paragraph is new: freshet should notice it.</p>", 1)
        path.write_text(before + 'role="main"' + main, encoding="utf-8")
    (site / gone).unlink()
    return changed, gone


def ask(freshet, questions):
    for question in questions:
        print()
        show(freshet, "query", question, "-k", "2", "--mode", "text")


def any_site(build, sitemap, home):
    freshet = Freshet(build, home / "repository")
    say(f"Refresh {sitemap}")
    show(freshet, "refresh", "--sitemap", sitemap, codes=(0, 1))
    titles = [root["title"] for root in freshet.json("roots", "list")["roots"] if root["title"]]
    say("Three of its pages, by their titles")
    ask(freshet, titles[::max(1, len(titles) // 3)][:3])
    say("Refresh again: what has not changed is not read, embedded or written again")
    show(freshet, "refresh", "--sitemap", sitemap, codes=(0, 1))


def python_site(build, home):
    docs = python_docs()
    if docs is None:
        sys.exit("demo: Debian's python3-doc is not installed; run `make setup`, or give SITEMAP=https://…")
    site = home / "site"
    pages = copy_docs(docs, site)
    freshet = Freshet(build, home / "repository")
    with Nginx(site) as server:
        sitemap = server.write_sitemap(pages)
        say(f"{len(pages)} pages of the Python documentation are served at {server.url}. The first refresh reads them all")
        show(freshet, "refresh", "--sitemap", sitemap, "--embedder", "hash")
        say("Three questions")
        ask(freshet, QUESTIONS)
        say("Refresh again: every page is asked for, and nothing is read, embedded or written")
        show(freshet, "refresh", "--sitemap", sitemap)
        changed, gone = change_two_and_remove_one(site, pages)
        say(f"Now {changed[0]} and {changed[1]} get a new paragraph, and {gone} is removed: exactly these change")
        server.write_sitemap([page for page in pages if page != gone])
        show(freshet, "refresh", "--sitemap", sitemap)
        say("And the new paragraph is found")
        show(freshet, "query", "paragraph that freshet should notice", "-k", "2", "--mode", "text")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default=str(ROOT / "build"))
    parser.add_argument("--sitemap", help="a site of your own, instead of the Python documentation")
    arguments = parser.parse_args()
    home = pathlib.Path(tempfile.mkdtemp(prefix="freshet-demo-"))
    try:
        if arguments.sitemap:
            any_site(arguments.build, arguments.sitemap, home)
        else:
            python_site(arguments.build, home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
