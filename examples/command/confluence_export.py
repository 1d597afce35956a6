#!/usr/bin/env python3
"""A loader for freshet in Python: the pages of a Confluence space that was exported as HTML, in one zip file.

    [[source]]
    loader = "command"
    options = { command = ["python3", "/srv/confluence_export.py"], options = { file = "/srv/space.zip", link = "https://wiki.example.org/pages" } }

It speaks the protocol of docs/command.md: a request a line on standard input, and an answer in lines on standard output.
The archive says a checksum of each page, which is its version: a page that has not changed is not read. What the whole
archive was like is the state: where it is the same, so is every page.
"""
import base64
import functools
import hashlib
import html
import json
import os
import re
import sys
import zipfile


class Problem(Exception):
    def __init__(self, code, message, subject):
        super().__init__(message)
        self.code, self.message, self.subject = code, message, subject


def say(**line):
    print(json.dumps(line), flush=True)


@functools.lru_cache(maxsize=1)
def opened(file, changed):
    """A copy of this program fetches many pages: the archive is opened again only where it is another one."""
    return zipfile.ZipFile(file)


def open_archive(options):
    try:
        return opened(options["file"], os.stat(options["file"]).st_mtime_ns)
    except KeyError:
        raise Problem("invalid_argument", "options.file is missing: the exported zip file", "options.file") from None
    except FileNotFoundError:
        raise Problem("not_found", "there is no such file", options["file"]) from None
    except zipfile.BadZipFile as problem:
        raise Problem("parse", f"not a zip file: {problem}", options["file"]) from None


def uri_of(options, name):
    return f"{options.get('link', 'confluence:').rstrip('/')}/{name}"


def version_of(member):
    return f"{member.CRC:08x}:{member.file_size}"


def pages(archive):
    """Every page, which are files of HTML beside or below an index.html that only lists them."""
    return [member for member in archive.infolist()
            if member.filename.endswith(".html") and os.path.basename(member.filename) != "index.html"]


def about(text):
    """What Confluence writes above a page: its title, with the space before it, and who wrote it when."""
    found = re.search(r"<title>(.*?)</title>", text, re.S)
    space, _, title = html.unescape(found.group(1)).strip().partition(" : ") if found else ("", "", "")
    author = re.search(r"class=['\"](?:author|editor)['\"]>\s*(.*?)\s*</span>", text, re.S)
    metadata = {"space": space} if title else {}
    if author:
        metadata["author"] = html.unescape(author.group(1))
    return title or space, metadata


def list_pages(request):
    options = request["options"]
    found = pages(open_archive(options))
    digest = hashlib.sha256("".join(f"{m.filename} {version_of(m)}\n" for m in found).encode()).hexdigest()
    if request["state"] == digest:
        return say(end={"kind": "unchanged"})
    for member in found:
        say(entry={"uri": uri_of(options, member.filename), "version": version_of(member), "handle": member.filename,
                   "size": member.file_size})
    return say(end={"kind": "whole", "state": digest})


def fetch_page(request):
    options = request["options"]
    name = request["handle"] or request["uri"].removeprefix(uri_of(options, ""))
    archive = open_archive(options)
    try:
        member = archive.getinfo(name)
    except KeyError:
        return say(gone=True)
    if request["known_version"] == version_of(member):
        return say(not_modified=True)
    content = archive.read(member)
    title, metadata = about(content[:65536].decode("utf-8", "replace"))
    return say(content={"base64": base64.b64encode(content).decode(), "media_type": "text/html", "charset": "utf-8",
                        "version": version_of(member), "title": title, "metadata": metadata})


def main():
    for line in sys.stdin:
        request = json.loads(line)
        try:
            {"list": list_pages, "fetch": fetch_page}[request["do"]](request)
        except Problem as problem:
            say(error={"code": problem.code, "message": problem.message, "subject": problem.subject})
        except OSError as problem:
            say(error={"code": "io", "message": str(problem)})


if __name__ == "__main__":
    main()
