#!/usr/bin/env python3
"""A tour of the C API by ctypes, from include/freshet alone: the binding in the upper half, its use in the lower.

Usage: tour.py LIBRARY WORK FOLDER
"""
import ctypes as C
import json
import sys
import threading

LIBRARY, WORK, FOLDER = sys.argv[1:4]
lib = C.CDLL(LIBRARY)
P, S, I32, I64, U32, U64, Z = C.c_void_p, C.c_char_p, C.c_int32, C.c_int64, C.c_uint32, C.c_uint64, C.c_size_t


class Struct(C.Structure):
    def __init__(self, *values):
        super().__init__(C.sizeof(self), *values)


class Event(Struct):
    _fields_ = [("struct_size", Z), ("kind", I32), ("outcome", I32), ("level", I32), ("status", I32), ("time_ms", I64),
                ("done", U64), ("total", U64), ("dropped", U64), ("source", S), ("uri", S), ("message", S), ("reason", S),
                ("subject", S), ("retry_after_ms", I64), ("attempts", I32), ("reserved", I32)]


class Known(C.Structure):
    _fields_ = [("struct_size", Z), ("uri", S), ("metadata", S), ("flags", S), ("ingested_ms", I64), ("checked_ms", I64),
                ("changed_ms", I64), ("listed_modified_ms", I64), ("exists", I32), ("triggered", I32)]


class Decision(C.Structure):
    _fields_ = [("struct_size", Z), ("refresh", I32), ("reserved", I32), ("ask_again_ms", I64), ("reason", C.c_char * 96)]


DECIDE = C.CFUNCTYPE(I32, P, C.POINTER(Known), I64, C.POINTER(Decision))
ACCEPT = C.CFUNCTYPE(I32, P, C.POINTER(Known), P, C.POINTER(I32))
RELEASE = C.CFUNCTYPE(None, P)


class CustomPolicy(Struct):
    _fields_ = [("struct_size", Z), ("payload", P), ("decide", DECIDE), ("accept", ACCEPT), ("release", RELEASE)]


class CallOptions(Struct):
    _fields_ = [("struct_size", Z), ("cancel", P), ("timeout_ms", I64), ("on_event", P), ("payload", P)]


class Counts(Struct):
    _fields_ = [("struct_size", Z)] + [(name, U64) for name in (
        "listed refreshed unchanged skipped removed busy failed held chunks_added chunks_removed chunks_kept embedded_texts "
        "embedded_cached embedded_tokens upserts removals pending requests not_modified bytes").split()]


class Section(Struct):
    _fields_ = [("struct_size", Z), ("id", S), ("title", S), ("url", S), ("text", P), ("text_size", Z), ("span_begin", U64),
                ("span_end", U64), ("parent", U32), ("child_count", U32), ("level", I32), ("reserved", I32)]


class WriteResult(Struct):
    _fields_ = [("struct_size", Z), ("added", U64), ("removed", U64), ("kept", U64), ("updated", U64), ("created", I32),
                ("reserved", I32)]


class Hit(Struct):
    _fields_ = [("struct_size", Z), ("score", C.c_double)] + [(name, S) for name in "text uri title path url chunk_id metadata".split()]


def function(name, *types, result=I32):
    found = getattr(lib, name)
    found.argtypes, found.restype = types, result
    return found


error_code = function("freshet_error_code", P)
error_subject = function("freshet_error_subject", P, result=S)
error_text = function("freshet_error_to_string", P, result=S)
error_free = function("freshet_error_free", P, result=None)
status_name = function("freshet_status_name", I32, result=S)
outcome_name = function("freshet_outcome_name", I32, result=S)
string_free = function("freshet_string_free", P, result=None)


class Failure(Exception):
    def __init__(self, status, error):
        super().__init__(error_text(error).decode())
        self.name, self.subject = status_name(status).decode(), error_subject(error).decode()
        error_free(error)


def call(name, types, *values):
    """`types` are those of the parameters before out_error: P, S, I32 and so on."""
    error = P()
    status = function(name, *types, P)(*values, C.byref(error))
    if status:
        raise Failure(status, error)


def made(name, types, *values):
    """A function whose last parameter before out_error is the handle that it makes."""
    handle = P()
    call(name, (*types, P), *values, C.byref(handle))
    return handle


def text(name, types, *values):
    handle = made(name, types, *values)
    try:
        return C.string_at(handle).decode()
    finally:
        string_free(handle)


def free(name, handle):
    function(name, P, result=None)(handle)


# --- a policy by callback

class Policy:
    """Refreshes what is new, in three moods: an exception for the poison, and a pause at `asked` while `pause` is set."""

    def __init__(self):
        self.asked, self.go_on, self.pause, self.released = threading.Event(), threading.Event(), False, threading.Event()
        self.functions = CustomPolicy(None, DECIDE(self.decide), ACCEPT(), RELEASE(lambda _: self.released.set()))
        self.handle = made("freshet_policy_custom", (P,), C.byref(self.functions))

    def answer(self, uri, exists):
        if self.pause:
            self.asked.set()
            self.go_on.wait()
            return True
        if uri.endswith("poison.md"):
            raise ValueError("no opinion on poison")
        return not exists

    def decide(self, _, known, _now, out):
        try:  # what ctypes makes of an exception is FRESHET_OK
            if self.answer(known.contents.uri.decode(), known.contents.exists):
                out.contents.refresh, out.contents.reason = 1, b"new to the tour"
            return 0
        except Exception as error:  # noqa: BLE001
            out.contents.reason = str(error).encode()[:95]
            return 1005


def base(uri):
    return uri.decode().rsplit("/", 1)[-1]


def run(repository, config, policy=None, meanwhile=lambda run: None):
    """Runs to the end: the counts, one line a root, the exit code, and the status that the run ended with."""
    handle = made("freshet_refresh_start", (P, S, P, P), repository, json.dumps(config).encode(), policy, None)
    meanwhile(handle)
    event, lines, ended = Event(), [], None
    while True:
        call("freshet_refresh_next_event", (P, I64, P), handle, -1, C.byref(event))
        if event.kind == 0:
            break
        if event.kind == 4:
            why = status_name(event.status) if event.status else event.reason
            lines.append(f"{base(event.uri)}: {outcome_name(event.outcome).decode()} ({why.decode()})")
        if event.kind == 8:
            ended = status_name(event.status).decode()
    call("freshet_refresh_wait", (P, I64), handle, -1)
    counts, code = Counts(), I32()
    call("freshet_refresh_counts_get", (P, P), handle, C.byref(counts))
    call("freshet_refresh_exit_code", (P, P), handle, C.byref(code))
    free("freshet_refresh_free", handle)
    return counts, sorted(lines), code.value, ended


def show(counts, code):
    print(f"listed {counts.listed} refreshed {counts.refreshed} skipped {counts.skipped} failed {counts.failed}, exit code {code}")


def ask(repository, question):
    hits = made("freshet_query_run", (P, S, S, P), repository, question.encode(), b'{"limit":1,"mode":"text"}', None)
    found, hit = [], Hit()
    for index in range(function("freshet_hits_count", P, result=Z)(hits)):
        call("freshet_hits_get", (P, Z, P), hits, index, C.byref(hit))
        found.append(f"{base(hit.uri)} {hit.title.decode()}")
    free("freshet_hits_free", hits)
    return found


def refused(what, action):
    try:
        action()
    except Failure as failure:
        print(f"{what}: {failure.name} {failure.subject}".rstrip())


def walk(document):
    for number in range(1, function("freshet_document_section_count", P, result=U32)(document) + 1):
        section = Section()
        call("freshet_document_section", (P, U32, P), document, number, C.byref(section))
        body = C.string_at(section.text, section.text_size).decode()
        print(f"{number} in {section.parent}, level {section.level}: {section.title.decode()} [{body}]")


def document_by_hand():
    document, number = made("freshet_document_new", (S, S), b"hand:/one", "Übersicht".encode()), U32()
    add = ("freshet_document_add_section", (P, U32, S, S, I32, P), document)
    call(*add, 0, b"Chapter", None, 1, C.byref(number))
    chapter = number.value
    for title, body in ((b"One", b"The first text is about walruses."), (b"Two", b"The second text is about seals.")):
        call(*add, chapter, title, None, 2, C.byref(number))
        call("freshet_document_set_text", (P, U32, S, Z), document, number, body, len(body))
    call("freshet_document_finish", (P,), document)
    return document


def stop(repository, config, policy):
    cancel = made("freshet_cancel_new", ())
    call("freshet_cancel_request", (P,), cancel)
    for what, options in (("a cancel", CallOptions(cancel, -1, None, None)), ("a time limit", CallOptions(None, 0, None, None))):
        refused(what, lambda options=options: call("freshet_refresh_run", (P, S, P, P, P), repository, json.dumps(config).encode(),
                                                   policy.handle, C.byref(options), None))
    free("freshet_cancel_free", cancel)

    def cancel_run(handle):
        policy.asked.wait()
        call("freshet_refresh_cancel", (P,), handle)
        policy.go_on.set()
    policy.pause = True
    print("another thread:", run(repository, config, policy.handle, cancel_run)[3])


def main():
    repository = made("freshet_repository_open", (S, S), f"{WORK}/repository".encode(), None)
    policy = Policy()
    source = {"loader": "files", "name": "docs", "options": {"path": FOLDER}}
    config = {"sources": [source], "embedder": "hash"}
    for title in ("-- a first run", "-- again"):
        counts, lines, code, _ = run(repository, config, policy.handle)
        print(title, *lines, sep="\n")
        show(counts, code)
    print("-- a question", *ask(repository, "glacier"), sep="\n")

    print("-- what is wrong is named")
    refused("key", lambda: run(repository, {"sorces": []}))
    refused("loader", lambda: run(repository, {"sources": [{**source, "loader": "fils"}]}))
    refused("option", lambda: run(repository, {"sources": [{**source, "options": {"path": FOLDER, "max_depht": 3}}]}))
    refused("policy", lambda: run(repository, {"sources": [{**source, "policy": {"ttl": "1 day"}}]}))
    refused("number", lambda: run(repository, {"jobs": 0}))
    for what, handle in (("nothing", None), ("a foreign handle", P(12345)), ("another type", repository)):
        refused(what, lambda handle=handle: call("freshet_refresh_cancel", (P,), handle))

    print("-- stopped by")
    stop(repository, config, policy)

    print("-- a document by hand")
    document = document_by_hand()
    walk(document)
    result = WriteResult()
    call("freshet_repository_write_document", (P, P, S, P, P), repository, document, None, C.byref(result), None)
    free("freshet_document_free", document)
    print(f"added {result.added}, created {result.created}; found {len(ask(repository, 'walruses'))}")
    print(f"delivered {run(repository, {'sources': []})[0].upserts}; found {len(ask(repository, 'walruses'))}")
    removed = U64()
    call("freshet_repository_delete_root_and_descendants", (P, S, P), repository, b"hand:/one", C.byref(removed))
    run(repository, {"sources": []})
    print(f"removed {removed.value}; found {len(ask(repository, 'walruses'))}")
    print("in step" if '"in_step":true' in text("freshet_store_verify", (P, S, P), repository, None, None) else "out of step")

    free("freshet_policy_free", policy.handle)
    policy.released.wait()
    print("policy released")
    free("freshet_repository_close", repository)
    refused("closed", lambda: ask(repository, "glacier"))


main()
