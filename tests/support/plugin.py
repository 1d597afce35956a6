"""A plugin's library as the host sees it, from Python: its tokens and its vectors, without the program around it."""
import contextlib
import ctypes
import json
import time

OK = 0
# Where a struct has functions that are not called here, one of this kind stands for them.
CLOSE = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
TEXTS, SIZES = ctypes.POINTER(ctypes.c_char_p), ctypes.POINTER(ctypes.c_size_t)


def struct(*fields):
    return type("Struct", (ctypes.Structure,), {"_fields_": [("struct_size", ctypes.c_size_t), *fields]})


CANCELLED = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p)
FAIL = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int32, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int64)
LOG = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int32, ctypes.c_char_p)
NOW = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p)
Host = struct(("version", ctypes.c_char_p), ("self", ctypes.c_void_p), ("log", LOG), ("now_ms", NOW),
              ("cancelled", CANCELLED), ("fail", FAIL), ("secret", ctypes.c_void_p), ("http_send", ctypes.c_void_p),
              ("http_send_many", ctypes.c_void_p), ("url_resolve", ctypes.c_void_p))
GET = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p)
Descriptor = struct(("abi", ctypes.c_uint32), ("reserved", ctypes.c_uint32), ("name", ctypes.c_char_p),
                    ("version", ctypes.c_char_p), ("get", GET))
OPEN = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.POINTER(Host), ctypes.c_void_p, ctypes.c_char_p,
                        ctypes.POINTER(ctypes.c_void_p))

TokenizerInfo = struct(("name", ctypes.c_char_p), ("fingerprint", ctypes.c_char_p))
ENDS = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, SIZES, ctypes.c_size_t)
TokenSink = struct(("payload", ctypes.c_void_p), ("ends", ENDS))
TokenizerTable = struct(
    ("open", OPEN),
    ("info", ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(TokenizerInfo))),
    ("count", ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t,
                               ctypes.POINTER(ctypes.c_uint64))),
    ("split", ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t,
                               ctypes.POINTER(TokenSink))),
    ("close", CLOSE))

EmbedderInfo = struct(("model", ctypes.c_char_p), ("tokenizer", ctypes.c_char_p), ("max_bytes", ctypes.c_uint64),
                      ("dimension", ctypes.c_uint32), ("max_inputs", ctypes.c_uint32), ("max_tokens", ctypes.c_uint32),
                      ("max_text_tokens", ctypes.c_uint32))
EmbedRequest = struct(("texts", TEXTS), ("sizes", SIZES), ("count", ctypes.c_size_t), ("purpose", ctypes.c_int32),
                      ("reserved", ctypes.c_int32))
VECTOR = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_size_t, ctypes.POINTER(ctypes.c_float), ctypes.c_size_t)
REJECT = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int32, ctypes.c_char_p)
USAGE = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_uint64)
VectorSink = struct(("payload", ctypes.c_void_p), ("vector", VECTOR), ("reject", REJECT), ("usage", USAGE))
EmbedderTable = struct(
    ("open", OPEN),
    ("info", ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(EmbedderInfo))),
    ("embed", ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(EmbedRequest),
                               ctypes.POINTER(VectorSink))),
    ("close", CLOSE))

TITLE = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_char_p)
METADATA = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p)
SECTION = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_int32, ctypes.c_char_p, ctypes.c_char_p)
TEXT = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
PAGE = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_int32)
DocumentBuilder = struct(("payload", ctypes.c_void_p), ("title", TITLE), ("metadata", METADATA), ("section", SECTION),
                         ("text", TEXT), ("page", PAGE))
ReadRequest = struct(("bytes", ctypes.c_char_p), ("size", ctypes.c_size_t), ("uri", ctypes.c_char_p),
                     ("media_type", ctypes.c_char_p), ("charset", ctypes.c_char_p))
ReaderTable = struct(
    ("open", OPEN),
    ("read", ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(ReadRequest),
                              ctypes.POINTER(DocumentBuilder))),
    ("close", CLOSE))


class Failed(Exception):
    """A call failed: its status, what it said, and of what."""

    def __init__(self, status, message, subject):
        super().__init__(f"{status}: {message} ({subject})")
        self.status, self.message, self.subject = status, message, subject


class Instance:
    """An open instance; `cancelled` may be set to a function that says when the host wants no more."""

    def __init__(self, library, kind, name, table, options):
        self.said, self.cancelled = ("", ""), lambda: 0
        self.logged = []
        log = LOG(lambda _, level, line: self.logged.append((level, line.decode())))
        now = NOW(lambda _: int(time.monotonic() * 1000))
        self.host = Host(ctypes.sizeof(Host), b"test", None, log, now, CANCELLED(lambda _: self.cancelled()), FAIL(self.fail), None, None, None, None)
        self.library = ctypes.CDLL(str(library))
        entry = Descriptor.in_dll(self.library, "freshet_plugin_entry")
        found = entry.get(kind, name)
        assert found, f"{library} has no {name!r}"
        self.table = ctypes.cast(found, ctypes.POINTER(table)).contents
        self.it = ctypes.c_void_p()
        self.check(self.table.open(None, ctypes.byref(self.host), None, json.dumps(options).encode(), ctypes.byref(self.it)))

    def fail(self, _call, _status, message, subject, _retry):
        self.said = ((message or b"").decode(), (subject or b"").decode())

    def check(self, status):
        if status != OK:
            raise Failed(status, *self.said)

    def close(self):
        self.table.close(self.it)


class Tokenizer(Instance):
    def __init__(self, library, name, options=None):
        super().__init__(library, b"freshet.tokenizer/1", name, TokenizerTable, options or {})
        info = TokenizerInfo(ctypes.sizeof(TokenizerInfo))
        self.check(self.table.info(self.it, None, ctypes.byref(info)))
        self.name, self.fingerprint = info.name.decode(), info.fingerprint.decode()

    def count(self, text):
        data, tokens = text.encode(), ctypes.c_uint64()
        self.check(self.table.count(self.it, None, data, len(data), ctypes.byref(tokens)))
        return tokens.value

    def ends(self, text):
        data, found = text.encode(), []
        take = ENDS(lambda _, ends, count: found.extend(ends[:count]) or OK)
        self.check(self.table.split(self.it, None, data, len(data), ctypes.byref(TokenSink(ctypes.sizeof(TokenSink), None, take))))
        return found


class Embedder(Instance):
    def __init__(self, library, name, options=None):
        super().__init__(library, b"freshet.embedder/1", name, EmbedderTable, options or {})
        self.info = EmbedderInfo(ctypes.sizeof(EmbedderInfo))
        self.check(self.table.info(self.it, None, ctypes.byref(self.info)))
        self.used = 0

    def embed(self, texts, query=False, on_vector=lambda _index: OK):
        """The vectors, in the order of the texts; for one that was rejected the reason."""
        data = [text.encode() for text in texts]
        found = [None] * len(texts)

        def vector(_, index, values, dimension):
            found[index] = values[:dimension]
            return on_vector(index)

        def reject(_, index, _status, message):
            found[index] = message.decode()
            return OK

        def usage(_, tokens):
            self.used += tokens
            return OK
        request = EmbedRequest(ctypes.sizeof(EmbedRequest), (ctypes.c_char_p * len(data))(*data),
                               (ctypes.c_size_t * len(data))(*map(len, data)), len(data), int(query), 0)
        sink = VectorSink(ctypes.sizeof(VectorSink), None, VECTOR(vector), REJECT(reject), USAGE(usage))
        self.check(self.table.embed(self.it, None, ctypes.byref(request), ctypes.byref(sink)))
        return found


class Document:
    """What a reader made: its title and metadata, and sections as [level, title, url, text, pages]; the first is what
    stands before all headings."""

    def __init__(self):
        self.title, self.metadata, self.sections, self.page = "", {}, [[0, "", "", "", []]], 0

    def pages_of(self, title):
        return next(pages for _, found, _, _, pages in self.sections if found == title)

    def outline(self):
        return [(level, title) for level, title, *_ in self.sections[1:]]

    def text(self):
        return "\n".join(f"{title}\n{text}" for _, title, _, text, _ in self.sections)


class Reader(Instance):
    def __init__(self, library, name, options=None):
        super().__init__(library, b"freshet.reader/1", name, ReaderTable, options or {})

    def read(self, data, media_type="", uri="file:///a", charset=""):
        made = Document()

        def on_page():
            if made.page and made.page not in made.sections[-1][4]:
                made.sections[-1][4].append(made.page)
            return OK

        def title(_, text):
            made.title = text.decode()
            return OK

        def metadata(_, key, value):
            made.metadata[key.decode()] = json.loads(value)
            return OK

        def section(_, level, text, url):
            made.sections.append([level, text.decode(), (url or b"").decode(), "", []])
            return on_page()

        def text(_, data, size):
            made.sections[-1][3] += ctypes.string_at(data, size).decode()
            return on_page()

        def page(_, number):
            made.page = number
            return OK
        builder = DocumentBuilder(ctypes.sizeof(DocumentBuilder), None, TITLE(title), METADATA(metadata), SECTION(section),
                                  TEXT(text), PAGE(page))
        request = ReadRequest(ctypes.sizeof(ReadRequest), data, len(data), uri.encode(), media_type.encode(), charset.encode())
        self.check(self.table.read(self.it, None, ctypes.byref(request), ctypes.byref(builder)))
        return made


@contextlib.contextmanager
def opened(kind, *arguments):
    instance = kind(*arguments)
    try:
        yield instance
    finally:
        instance.close()
