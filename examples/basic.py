#!/usr/bin/env python3
"""Refreshes a folder of Markdown and asks a question about it: the C API by ctypes, results as JSON.

Usage: basic.py REPOSITORY FOLDER QUESTION
"""
import ctypes
import json
import os
import sys

Handle, Text = ctypes.c_void_p, ctypes.c_char_p
freshet = ctypes.CDLL(os.environ.get("FRESHET_LIBRARY", "libfreshet.so.0"))
freshet.freshet_error_to_string.restype = Text


class Error(Exception):
    pass


def call(name, *arguments):
    """Calls a function of freshet, gives it an out_error, and raises what it says."""
    error = Handle()
    if getattr(freshet, name)(*arguments, ctypes.byref(error)) != 0:
        text = freshet.freshet_error_to_string(error).decode()
        freshet.freshet_error_free(error)
        raise Error(text)


def refresh(repository, folder):
    config = {"sources": [{"loader": "files", "options": {"path": folder}}], "store": "sqlite"}
    run, report = Handle(), Text()
    call("freshet_refresh_run", repository, json.dumps(config).encode(), None, None, ctypes.byref(run))
    call("freshet_refresh_report", run, ctypes.byref(report), None)
    counts = json.loads(report.value)  # borrowed from the run
    freshet.freshet_refresh_free(run)
    print(f"refreshed {counts['refreshed']}, unchanged {counts['unchanged']}, failed {counts['failed']}")


def ask(repository, question):
    hits, text = Handle(), Handle()
    call("freshet_query_run", repository, question.encode(), b'{"limit":3,"mode":"text"}', None, ctypes.byref(hits))
    call("freshet_hits_to_json", hits, ctypes.byref(text))
    found = json.loads(ctypes.string_at(text.value))
    freshet.freshet_string_free(text)
    freshet.freshet_hits_free(hits)
    for number, hit in enumerate(found["hits"], 1):
        print(f"{number}. {hit['title']}\n{hit['text']}")


def main():
    if len(sys.argv) != 4:
        sys.stderr.write("usage: basic REPOSITORY FOLDER QUESTION\n")
        return 2
    repository = Handle()
    try:
        call("freshet_repository_open", sys.argv[1].encode(), None, ctypes.byref(repository))
        refresh(repository, sys.argv[2])
        ask(repository, sys.argv[3])
    except Error as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        freshet.freshet_repository_close(repository)
    return 0


sys.exit(main())
