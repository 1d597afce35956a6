"""The C API as ctypes sees it. Written by tools/make_raw.py from tests/abi/contract.txt: do not change it by hand."""
# ruff: noqa
from __future__ import annotations

from ctypes import (CFUNCTYPE, POINTER, Structure, c_char, c_char_p, c_double, c_float, c_int32, c_int64, c_size_t, c_uint32,
                    c_uint64, c_void_p)
from typing import Any

PURPOSE_DOCUMENT = 0
PURPOSE_QUERY = 1
EVENT_NONE = 0
EVENT_RUN_STARTED = 1
EVENT_LISTING_STARTED = 2
EVENT_LISTING_ENDED = 3
EVENT_ROOT_DONE = 4
EVENT_PROGRESS = 5
EVENT_DELIVERY = 6
EVENT_LOG = 7
EVENT_RUN_ENDED = 8
OUTCOME_REFRESHED = 1
OUTCOME_UNCHANGED = 2
OUTCOME_SKIPPED = 3
OUTCOME_REMOVED = 4
OUTCOME_BUSY = 5
OUTCOME_FAILED = 6
OUTCOME_EXCLUDED = 7
LEVEL_DEBUG = 0
LEVEL_INFO = 1
LEVEL_WARNING = 2
LEVEL_ERROR = 3
EMBED_DOCUMENT = 0
EMBED_QUERY = 1
LOG_DEBUG = 0
LOG_INFO = 1
LOG_WARNING = 2
LOG_ERROR = 3
HTTP_ROBOTS = 1
HTTP_NOT_REPEATABLE = 2
HTTP_REFUSALS = 4
HTTP_OWN_SERVER = 8
LISTING_PART = 0
LISTING_WHOLE = 1
LISTING_UNCHANGED = 2
LISTING_CHANGES = 3
STORE_NEEDS_VECTORS = 1
STORE_TEXT_SEARCH = 2
STORE_VECTOR_SEARCH = 4
STORE_HYBRID_SEARCH = 8
STORE_ORDERED = 16
STORE_METRIC_COSINE = 0
STORE_METRIC_L2 = 1
STORE_METRIC_DOT = 2
FILTER_AND = 1
FILTER_OR = 2
FILTER_NOT = 4
FILTER_EQ = 8
FILTER_NE = 16
FILTER_GT = 32
FILTER_GTE = 64
FILTER_LT = 128
FILTER_LTE = 256
FILTER_IN = 512
FILTER_NIN = 1024
FILTER_CONTAINS = 2048
FILTER_ICONTAINS = 4096
FILTER_IEQ = 8192
FILTER_STARTS_WITH = 16384
FILTER_ENDS_WITH = 32768
FILTER_LIKE = 65536
FILTER_HAS = 131072
SEARCH_TEXT = 0
SEARCH_VECTOR = 1
SEARCH_HYBRID = 2
ELEMENT_ROOT = 0
ELEMENT_CONTAINER = 1
ELEMENT_LEAF = 2
OK = 0
E_INVALID_ARGUMENT = 1001
E_MISUSE = 1002
E_NOT_FOUND = 1003
E_UNSUPPORTED = 1004
E_POLICY_FAILED = 1005
E_EXCLUDED = 1006
E_BUSY = 1101
E_CANCELLED = 1102
E_TIMEOUT = 1103
E_NETWORK = 1104
E_RATE_LIMITED = 1105
E_REMOTE = 1106
E_DENIED = 1201
E_BLOCKED = 1202
E_GONE = 1203
E_LIMIT = 1204
E_PARSE = 1205
E_HELD = 1206
E_IO = 1301
E_FULL = 1302
E_CORRUPT = 1303
E_VERSION = 1304
E_PLUGIN = 1305
E_OUT_OF_MEMORY = 1306
E_INTERNAL = 1399
PLUGIN_EMBEDDER = b"freshet.embedder/1"
PLUGIN_ABI = 1
PLUGIN_LOADER = b"freshet.loader/1"
PLUGIN_READER = b"freshet.reader/1"
PLUGIN_STORE = b"freshet.store/1"
PLUGIN_TOKENIZER = b"freshet.tokenizer/1"
PLUGIN_TRANSFORMER = b"freshet.transformer/1"
REASON_SIZE = 96
NEVER = 9223372036854775807


LogCallback = CFUNCTYPE(None, c_void_p, c_int32, c_char_p, c_char_p)


TextCallback = CFUNCTYPE(c_int32, c_void_p, c_char_p)


DocumentCallback = CFUNCTYPE(c_int32, c_void_p, c_void_p)


class Section(Structure):
    struct_size: int
    id: bytes | None
    title: bytes | None
    url: bytes | None
    text: Any
    text_size: int
    span_begin: int
    span_end: int
    parent: int
    child_count: int
    level: int
    reserved: int
    _fields_ = [
        ("struct_size", c_size_t),
        ("id", c_char_p),
        ("title", c_char_p),
        ("url", c_char_p),
        ("text", c_void_p),
        ("text_size", c_size_t),
        ("span_begin", c_uint64),
        ("span_end", c_uint64),
        ("parent", c_uint32),
        ("child_count", c_uint32),
        ("level", c_int32),
        ("reserved", c_int32),
    ]


class Event(Structure):
    struct_size: int
    kind: int
    outcome: int
    level: int
    status: int
    time_ms: int
    done: int
    total: int
    dropped: int
    source: bytes | None
    uri: bytes | None
    message: bytes | None
    reason: bytes | None
    subject: bytes | None
    retry_after_ms: int
    attempts: int
    reserved: int
    label: bytes | None
    _fields_ = [
        ("struct_size", c_size_t),
        ("kind", c_int32),
        ("outcome", c_int32),
        ("level", c_int32),
        ("status", c_int32),
        ("time_ms", c_int64),
        ("done", c_uint64),
        ("total", c_uint64),
        ("dropped", c_uint64),
        ("source", c_char_p),
        ("uri", c_char_p),
        ("message", c_char_p),
        ("reason", c_char_p),
        ("subject", c_char_p),
        ("retry_after_ms", c_int64),
        ("attempts", c_int32),
        ("reserved", c_int32),
        ("label", c_char_p),
    ]


EventCallback = CFUNCTYPE(None, c_void_p, POINTER(Event))


class EmbedderInfo(Structure):
    struct_size: int
    model: bytes | None
    tokenizer: bytes | None
    max_bytes: int
    dimension: int
    max_inputs: int
    max_tokens: int
    max_text_tokens: int
    _fields_ = [
        ("struct_size", c_size_t),
        ("model", c_char_p),
        ("tokenizer", c_char_p),
        ("max_bytes", c_uint64),
        ("dimension", c_uint32),
        ("max_inputs", c_uint32),
        ("max_tokens", c_uint32),
        ("max_text_tokens", c_uint32),
    ]


class EmbedRequest(Structure):
    struct_size: int
    texts: Any
    sizes: Any
    count: int
    purpose: int
    reserved: int
    _fields_ = [
        ("struct_size", c_size_t),
        ("texts", POINTER(c_void_p)),
        ("sizes", POINTER(c_size_t)),
        ("count", c_size_t),
        ("purpose", c_int32),
        ("reserved", c_int32),
    ]


class VectorSink(Structure):
    struct_size: int
    payload: Any
    vector: Any
    reject: Any
    usage: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("payload", c_void_p),
        ("vector", CFUNCTYPE(c_int32, c_void_p, c_size_t, POINTER(c_float), c_size_t)),
        ("reject", CFUNCTYPE(c_int32, c_void_p, c_size_t, c_int32, c_char_p)),
        ("usage", CFUNCTYPE(c_int32, c_void_p, c_uint64)),
    ]


class PluginDescriptor(Structure):
    struct_size: int
    abi: int
    reserved: int
    name: bytes | None
    version: bytes | None
    get: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("abi", c_uint32),
        ("reserved", c_uint32),
        ("name", c_char_p),
        ("version", c_char_p),
        ("get", CFUNCTYPE(c_void_p, c_char_p, c_char_p)),
    ]


class HttpRequest(Structure):
    struct_size: int
    method: bytes | None
    url: bytes | None
    headers: Any
    header_count: int
    body: Any
    body_size: int
    max_bytes: int
    timeout_ms: int
    pace_ms: int
    max_attempts: int
    flags: int
    _fields_ = [
        ("struct_size", c_size_t),
        ("method", c_char_p),
        ("url", c_char_p),
        ("headers", POINTER(c_char_p)),
        ("header_count", c_size_t),
        ("body", c_void_p),
        ("body_size", c_size_t),
        ("max_bytes", c_uint64),
        ("timeout_ms", c_int64),
        ("pace_ms", c_int64),
        ("max_attempts", c_int32),
        ("flags", c_int32),
    ]


class HttpResponse(Structure):
    struct_size: int
    status: int
    redirects: int
    attempts: int
    permanent_redirect: int
    url: bytes | None
    headers: Any
    header_count: int
    body: Any
    body_size: int
    date_ms: int
    last_modified_ms: int
    _fields_ = [
        ("struct_size", c_size_t),
        ("status", c_int32),
        ("redirects", c_int32),
        ("attempts", c_int32),
        ("permanent_redirect", c_int32),
        ("url", c_char_p),
        ("headers", POINTER(c_char_p)),
        ("header_count", c_size_t),
        ("body", c_void_p),
        ("body_size", c_size_t),
        ("date_ms", c_int64),
        ("last_modified_ms", c_int64),
    ]


HttpCallback = CFUNCTYPE(c_int32, c_void_p, c_size_t, c_int32, POINTER(HttpResponse), c_char_p)


class Host(Structure):
    struct_size: int
    version: bytes | None
    self: Any
    log: Any
    now_ms: Any
    cancelled: Any
    fail: Any
    secret: Any
    http_send: Any
    http_send_many: Any
    url_resolve: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("version", c_char_p),
        ("self", c_void_p),
        ("log", CFUNCTYPE(None, c_void_p, c_int32, c_char_p)),
        ("now_ms", CFUNCTYPE(c_int64, c_void_p)),
        ("cancelled", CFUNCTYPE(c_int32, c_void_p)),
        ("fail", CFUNCTYPE(None, c_void_p, c_int32, c_char_p, c_char_p, c_int64)),
        ("secret", CFUNCTYPE(c_int32, c_void_p, c_char_p, TextCallback, c_void_p)),
        ("http_send", CFUNCTYPE(c_int32, c_void_p, POINTER(HttpRequest), HttpCallback, c_void_p)),
        ("http_send_many", CFUNCTYPE(c_int32, c_void_p, POINTER(POINTER(HttpRequest)), c_size_t, HttpCallback, c_void_p)),
        ("url_resolve", CFUNCTYPE(c_int32, c_void_p, c_char_p, c_char_p, TextCallback, c_void_p)),
    ]


class Entry(Structure):
    struct_size: int
    uri: bytes | None
    version: bytes | None
    handle: bytes | None
    title: bytes | None
    metadata: bytes | None
    last_modified_ms: int
    size: int
    _fields_ = [
        ("struct_size", c_size_t),
        ("uri", c_char_p),
        ("version", c_char_p),
        ("handle", c_char_p),
        ("title", c_char_p),
        ("metadata", c_char_p),
        ("last_modified_ms", c_int64),
        ("size", c_int64),
    ]


class ListingRequest(Structure):
    struct_size: int
    state: bytes | None
    _fields_ = [
        ("struct_size", c_size_t),
        ("state", c_char_p),
    ]


class ListingSink(Structure):
    struct_size: int
    payload: Any
    entry: Any
    gone: Any
    state: Any
    way: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("payload", c_void_p),
        ("entry", CFUNCTYPE(c_int32, c_void_p, POINTER(Entry))),
        ("gone", CFUNCTYPE(c_int32, c_void_p, c_char_p)),
        ("state", CFUNCTYPE(c_int32, c_void_p, c_char_p)),
        ("way", CFUNCTYPE(c_int32, c_void_p, c_char_p)),
    ]


class Content(Structure):
    struct_size: int
    bytes: Any
    size: int
    media_type: bytes | None
    charset: bytes | None
    version: bytes | None
    canonical_uri: bytes | None
    title: bytes | None
    metadata: bytes | None
    attempts: int
    reserved: int
    _fields_ = [
        ("struct_size", c_size_t),
        ("bytes", c_void_p),
        ("size", c_size_t),
        ("media_type", c_char_p),
        ("charset", c_char_p),
        ("version", c_char_p),
        ("canonical_uri", c_char_p),
        ("title", c_char_p),
        ("metadata", c_char_p),
        ("attempts", c_int32),
        ("reserved", c_int32),
    ]


class FetchSink(Structure):
    struct_size: int
    payload: Any
    content: Any
    not_modified: Any
    gone: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("payload", c_void_p),
        ("content", CFUNCTYPE(c_int32, c_void_p, POINTER(Content))),
        ("not_modified", CFUNCTYPE(c_int32, c_void_p)),
        ("gone", CFUNCTYPE(c_int32, c_void_p, c_int32)),
    ]


class LoaderTable(Structure):
    struct_size: int
    open: Any
    list: Any
    fetch: Any
    close: Any
    prepare: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("open", CFUNCTYPE(c_int32, c_void_p, POINTER(Host), c_void_p, c_char_p, POINTER(c_void_p))),
        ("list", CFUNCTYPE(c_int32, c_void_p, c_void_p, POINTER(ListingRequest), POINTER(ListingSink), POINTER(c_int32))),
        ("fetch", CFUNCTYPE(c_int32, c_void_p, c_void_p, POINTER(Entry), c_char_p, POINTER(FetchSink))),
        ("close", CFUNCTYPE(None, c_void_p)),
        ("prepare", CFUNCTYPE(c_int32, c_void_p, c_void_p, POINTER(POINTER(Entry)), POINTER(c_char_p), c_size_t)),
    ]


class DocumentBuilder(Structure):
    struct_size: int
    payload: Any
    title: Any
    metadata: Any
    section: Any
    text: Any
    page: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("payload", c_void_p),
        ("title", CFUNCTYPE(c_int32, c_void_p, c_char_p)),
        ("metadata", CFUNCTYPE(c_int32, c_void_p, c_char_p, c_char_p)),
        ("section", CFUNCTYPE(c_int32, c_void_p, c_int32, c_char_p, c_char_p)),
        ("text", CFUNCTYPE(c_int32, c_void_p, c_void_p, c_size_t)),
        ("page", CFUNCTYPE(c_int32, c_void_p, c_int32)),
    ]


class ReadRequest(Structure):
    struct_size: int
    bytes: Any
    size: int
    uri: bytes | None
    media_type: bytes | None
    charset: bytes | None
    _fields_ = [
        ("struct_size", c_size_t),
        ("bytes", c_void_p),
        ("size", c_size_t),
        ("uri", c_char_p),
        ("media_type", c_char_p),
        ("charset", c_char_p),
    ]


class ReaderTable(Structure):
    struct_size: int
    open: Any
    read: Any
    close: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("open", CFUNCTYPE(c_int32, c_void_p, POINTER(Host), c_void_p, c_char_p, POINTER(c_void_p))),
        ("read", CFUNCTYPE(c_int32, c_void_p, c_void_p, POINTER(ReadRequest), POINTER(DocumentBuilder))),
        ("close", CFUNCTYPE(None, c_void_p)),
    ]


class StoreInfo(Structure):
    struct_size: int
    capabilities: int
    filter_operators: int
    max_batch: int
    max_id_bytes: int
    max_text_bytes: int
    max_request_bytes: int
    concurrent_writes: int
    metric: int
    _fields_ = [
        ("struct_size", c_size_t),
        ("capabilities", c_uint32),
        ("filter_operators", c_uint32),
        ("max_batch", c_uint32),
        ("max_id_bytes", c_uint32),
        ("max_text_bytes", c_uint32),
        ("max_request_bytes", c_uint32),
        ("concurrent_writes", c_uint32),
        ("metric", c_int32),
    ]


class StoreNamespace(Structure):
    struct_size: int
    name: bytes | None
    dimension: int
    model: bytes | None
    _fields_ = [
        ("struct_size", c_size_t),
        ("name", c_char_p),
        ("dimension", c_uint32),
        ("model", c_char_p),
    ]


class Row(Structure):
    struct_size: int
    id: bytes | None
    digest: bytes | None
    text: Any
    text_size: int
    uri: bytes | None
    title: bytes | None
    url: bytes | None
    path: bytes | None
    metadata: bytes | None
    vector: Any
    dimension: int
    _fields_ = [
        ("struct_size", c_size_t),
        ("id", c_char_p),
        ("digest", c_char_p),
        ("text", c_void_p),
        ("text_size", c_size_t),
        ("uri", c_char_p),
        ("title", c_char_p),
        ("url", c_char_p),
        ("path", c_char_p),
        ("metadata", c_char_p),
        ("vector", POINTER(c_float)),
        ("dimension", c_size_t),
    ]


class ConfirmSink(Structure):
    struct_size: int
    payload: Any
    confirmed: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("payload", c_void_p),
        ("confirmed", CFUNCTYPE(c_int32, c_void_p, c_char_p)),
    ]


class Search(Structure):
    struct_size: int
    mode: int
    limit: int
    text: bytes | None
    vector: Any
    dimension: int
    filter: bytes | None
    _fields_ = [
        ("struct_size", c_size_t),
        ("mode", c_int32),
        ("limit", c_uint32),
        ("text", c_char_p),
        ("vector", POINTER(c_float)),
        ("dimension", c_size_t),
        ("filter", c_char_p),
    ]


class Found(Structure):
    struct_size: int
    score: float
    id: bytes | None
    digest: bytes | None
    text: bytes | None
    uri: bytes | None
    title: bytes | None
    url: bytes | None
    path: bytes | None
    metadata: bytes | None
    vector: Any
    dimension: int
    _fields_ = [
        ("struct_size", c_size_t),
        ("score", c_double),
        ("id", c_char_p),
        ("digest", c_char_p),
        ("text", c_char_p),
        ("uri", c_char_p),
        ("title", c_char_p),
        ("url", c_char_p),
        ("path", c_char_p),
        ("metadata", c_char_p),
        ("vector", POINTER(c_float)),
        ("dimension", c_size_t),
    ]


class FoundSink(Structure):
    struct_size: int
    payload: Any
    row: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("payload", c_void_p),
        ("row", CFUNCTYPE(c_int32, c_void_p, POINTER(Found))),
    ]


class ListSink(Structure):
    struct_size: int
    payload: Any
    row: Any
    next: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("payload", c_void_p),
        ("row", CFUNCTYPE(c_int32, c_void_p, c_char_p, c_char_p)),
        ("next", CFUNCTYPE(c_int32, c_void_p, c_char_p)),
    ]


class TextSink(Structure):
    struct_size: int
    payload: Any
    text: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("payload", c_void_p),
        ("text", CFUNCTYPE(c_int32, c_void_p, c_char_p)),
    ]


class StoreTable(Structure):
    struct_size: int
    open: Any
    info: Any
    ensure: Any
    upsert: Any
    remove: Any
    search: Any
    get: Any
    list: Any
    count: Any
    reset: Any
    close: Any
    claim: Any
    replace: Any
    check: Any
    recover: Any
    namespaces: Any
    foreign: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("open", CFUNCTYPE(c_int32, c_void_p, POINTER(Host), c_void_p, c_char_p, POINTER(c_void_p))),
        ("info", CFUNCTYPE(c_int32, c_void_p, c_void_p, POINTER(StoreInfo))),
        ("ensure", CFUNCTYPE(c_int32, c_void_p, c_void_p, POINTER(StoreNamespace))),
        ("upsert", CFUNCTYPE(c_int32, c_void_p, c_void_p, c_char_p, POINTER(POINTER(Row)), c_size_t, POINTER(ConfirmSink))),
        ("remove", CFUNCTYPE(c_int32, c_void_p, c_void_p, c_char_p, POINTER(c_char_p), c_size_t, POINTER(ConfirmSink))),
        ("search", CFUNCTYPE(c_int32, c_void_p, c_void_p, c_char_p, POINTER(Search), POINTER(FoundSink))),
        ("get", CFUNCTYPE(c_int32, c_void_p, c_void_p, c_char_p, POINTER(c_char_p), c_size_t, POINTER(FoundSink))),
        ("list", CFUNCTYPE(c_int32, c_void_p, c_void_p, c_char_p, c_char_p, c_uint32, POINTER(ListSink))),
        ("count", CFUNCTYPE(c_int32, c_void_p, c_void_p, c_char_p, POINTER(c_uint64))),
        ("reset", CFUNCTYPE(c_int32, c_void_p, c_void_p, c_char_p)),
        ("close", CFUNCTYPE(None, c_void_p)),
        ("claim", CFUNCTYPE(c_int32, c_void_p, c_void_p, c_char_p, c_uint64, POINTER(c_uint64))),
        ("replace", CFUNCTYPE(c_int32, c_void_p, c_void_p, c_char_p, c_char_p)),
        ("check", CFUNCTYPE(c_int32, c_void_p, c_void_p, POINTER(StoreNamespace), c_int32, POINTER(TextSink))),
        ("recover", CFUNCTYPE(c_int32, c_void_p, POINTER(Host), c_void_p, c_char_p, POINTER(TextSink))),
        ("namespaces", CFUNCTYPE(c_int32, c_void_p, c_void_p, POINTER(TextSink))),
        ("foreign", CFUNCTYPE(c_int32, c_void_p, c_void_p, c_char_p, c_int32, POINTER(c_uint64))),
    ]


class TokenizerInfo(Structure):
    struct_size: int
    name: bytes | None
    fingerprint: bytes | None
    _fields_ = [
        ("struct_size", c_size_t),
        ("name", c_char_p),
        ("fingerprint", c_char_p),
    ]


class TokenSink(Structure):
    struct_size: int
    payload: Any
    ends: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("payload", c_void_p),
        ("ends", CFUNCTYPE(c_int32, c_void_p, POINTER(c_size_t), c_size_t)),
    ]


class TokenizerTable(Structure):
    struct_size: int
    open: Any
    info: Any
    count: Any
    split: Any
    close: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("open", CFUNCTYPE(c_int32, c_void_p, POINTER(Host), c_void_p, c_char_p, POINTER(c_void_p))),
        ("info", CFUNCTYPE(c_int32, c_void_p, c_void_p, POINTER(TokenizerInfo))),
        ("count", CFUNCTYPE(c_int32, c_void_p, c_void_p, c_void_p, c_size_t, POINTER(c_uint64))),
        ("split", CFUNCTYPE(c_int32, c_void_p, c_void_p, c_void_p, c_size_t, POINTER(TokenSink))),
        ("close", CFUNCTYPE(None, c_void_p)),
    ]


class TransformerInfo(Structure):
    struct_size: int
    fingerprint: bytes | None
    max_chunks: int
    reserved: int
    _fields_ = [
        ("struct_size", c_size_t),
        ("fingerprint", c_char_p),
        ("max_chunks", c_uint32),
        ("reserved", c_uint32),
    ]


class TransformDocument(Structure):
    struct_size: int
    uri: bytes | None
    title: bytes | None
    metadata: bytes | None
    text: Any
    size: int
    _fields_ = [
        ("struct_size", c_size_t),
        ("uri", c_char_p),
        ("title", c_char_p),
        ("metadata", c_char_p),
        ("text", c_void_p),
        ("size", c_size_t),
    ]


class TransformChunk(Structure):
    struct_size: int
    document: Any
    text: Any
    size: int
    section: bytes | None
    url: bytes | None
    span_begin: int
    span_end: int
    _fields_ = [
        ("struct_size", c_size_t),
        ("document", POINTER(TransformDocument)),
        ("text", c_void_p),
        ("size", c_size_t),
        ("section", c_char_p),
        ("url", c_char_p),
        ("span_begin", c_uint64),
        ("span_end", c_uint64),
    ]


class TransformRequest(Structure):
    struct_size: int
    chunks: Any
    count: int
    _fields_ = [
        ("struct_size", c_size_t),
        ("chunks", POINTER(POINTER(TransformChunk))),
        ("count", c_size_t),
    ]


class TransformSink(Structure):
    struct_size: int
    payload: Any
    text: Any
    metadata: Any
    reject: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("payload", c_void_p),
        ("text", CFUNCTYPE(c_int32, c_void_p, c_size_t, c_void_p, c_size_t)),
        ("metadata", CFUNCTYPE(c_int32, c_void_p, c_size_t, c_char_p)),
        ("reject", CFUNCTYPE(c_int32, c_void_p, c_size_t, c_int32, c_char_p)),
    ]


class TransformerTable(Structure):
    struct_size: int
    open: Any
    info: Any
    transform: Any
    close: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("open", CFUNCTYPE(c_int32, c_void_p, POINTER(Host), c_void_p, c_char_p, POINTER(c_void_p))),
        ("info", CFUNCTYPE(c_int32, c_void_p, c_void_p, POINTER(TransformerInfo))),
        ("transform", CFUNCTYPE(c_int32, c_void_p, c_void_p, POINTER(TransformRequest), POINTER(TransformSink))),
        ("close", CFUNCTYPE(None, c_void_p)),
    ]


class PluginInfo(Structure):
    struct_size: int
    kind: bytes | None
    name: bytes | None
    plugin: bytes | None
    version: bytes | None
    description: bytes | None
    manifest: bytes | None
    library: bytes | None
    schema: bytes | None
    _fields_ = [
        ("struct_size", c_size_t),
        ("kind", c_char_p),
        ("name", c_char_p),
        ("plugin", c_char_p),
        ("version", c_char_p),
        ("description", c_char_p),
        ("manifest", c_char_p),
        ("library", c_char_p),
        ("schema", c_char_p),
    ]


class Provider(Structure):
    struct_size: int
    payload: Any
    get: Any
    release: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("payload", c_void_p),
        ("get", CFUNCTYPE(c_void_p, c_void_p, c_char_p, c_char_p)),
        ("release", CFUNCTYPE(None, c_void_p)),
    ]


class Known(Structure):
    struct_size: int
    uri: bytes | None
    metadata: bytes | None
    flags: bytes | None
    ingested_ms: int
    checked_ms: int
    changed_ms: int
    listed_modified_ms: int
    exists: int
    triggered: int
    _fields_ = [
        ("struct_size", c_size_t),
        ("uri", c_char_p),
        ("metadata", c_char_p),
        ("flags", c_char_p),
        ("ingested_ms", c_int64),
        ("checked_ms", c_int64),
        ("changed_ms", c_int64),
        ("listed_modified_ms", c_int64),
        ("exists", c_int32),
        ("triggered", c_int32),
    ]


class Decision(Structure):
    struct_size: int
    refresh: int
    reserved: int
    ask_again_ms: int
    reason: bytes
    _fields_ = [
        ("struct_size", c_size_t),
        ("refresh", c_int32),
        ("reserved", c_int32),
        ("ask_again_ms", c_int64),
        ("reason", c_char * REASON_SIZE),
    ]


class CustomPolicy(Structure):
    struct_size: int
    payload: Any
    decide: Any
    accept: Any
    release: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("payload", c_void_p),
        ("decide", CFUNCTYPE(c_int32, c_void_p, POINTER(Known), c_int64, POINTER(Decision))),
        ("accept", CFUNCTYPE(c_int32, c_void_p, POINTER(Known), c_void_p, POINTER(c_int32))),
        ("release", CFUNCTYPE(None, c_void_p)),
    ]


class UrlFunctions(Structure):
    struct_size: int
    payload: Any
    select: Any
    matches: Any
    release: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("payload", c_void_p),
        ("select", CFUNCTYPE(c_int32, c_void_p, c_char_p, POINTER(c_void_p))),
        ("matches", CFUNCTYPE(c_int32, c_void_p, c_char_p, POINTER(c_int32))),
        ("release", CFUNCTYPE(None, c_void_p)),
    ]


class BusinessHours(Structure):
    struct_size: int
    ttl_ms: int
    from_: bytes | None
    to: bytes | None
    days: bytes | None
    timezone: bytes | None
    avoid: int
    unknown_waits: int
    _fields_ = [
        ("struct_size", c_size_t),
        ("ttl_ms", c_int64),
        ("from_", c_char_p),
        ("to", c_char_p),
        ("days", c_char_p),
        ("timezone", c_char_p),
        ("avoid", c_int32),
        ("unknown_waits", c_int32),
    ]


class Priorities(Structure):
    struct_size: int
    critical_ms: int
    high_ms: int
    normal_ms: int
    low_ms: int
    default_ms: int
    _fields_ = [
        ("struct_size", c_size_t),
        ("critical_ms", c_int64),
        ("high_ms", c_int64),
        ("normal_ms", c_int64),
        ("low_ms", c_int64),
        ("default_ms", c_int64),
    ]


class Adaptive(Structure):
    struct_size: int
    requests_a_day: float
    budget_ttl_ms: int
    max_staleness_ms: int
    min_interval_ms: int
    _fields_ = [
        ("struct_size", c_size_t),
        ("requests_a_day", c_double),
        ("budget_ttl_ms", c_int64),
        ("max_staleness_ms", c_int64),
        ("min_interval_ms", c_int64),
    ]


class Hit(Structure):
    struct_size: int
    score: float
    text: bytes | None
    uri: bytes | None
    title: bytes | None
    path: bytes | None
    url: bytes | None
    chunk_id: bytes | None
    metadata: bytes | None
    checked_ms: int
    due_ms: int
    unconfirmed: bytes | None
    context: bytes | None
    tokens: int
    query: int
    reserved: int
    _fields_ = [
        ("struct_size", c_size_t),
        ("score", c_double),
        ("text", c_char_p),
        ("uri", c_char_p),
        ("title", c_char_p),
        ("path", c_char_p),
        ("url", c_char_p),
        ("chunk_id", c_char_p),
        ("metadata", c_char_p),
        ("checked_ms", c_int64),
        ("due_ms", c_int64),
        ("unconfirmed", c_char_p),
        ("context", c_char_p),
        ("tokens", c_uint64),
        ("query", c_uint32),
        ("reserved", c_uint32),
    ]


class RefreshCounts(Structure):
    struct_size: int
    listed: int
    refreshed: int
    unchanged: int
    skipped: int
    removed: int
    busy: int
    failed: int
    held: int
    chunks_added: int
    chunks_removed: int
    chunks_kept: int
    embedded_texts: int
    embedded_cached: int
    embedded_tokens: int
    upserts: int
    removals: int
    pending: int
    requests: int
    not_modified: int
    bytes: int
    excluded: int
    _fields_ = [
        ("struct_size", c_size_t),
        ("listed", c_uint64),
        ("refreshed", c_uint64),
        ("unchanged", c_uint64),
        ("skipped", c_uint64),
        ("removed", c_uint64),
        ("busy", c_uint64),
        ("failed", c_uint64),
        ("held", c_uint64),
        ("chunks_added", c_uint64),
        ("chunks_removed", c_uint64),
        ("chunks_kept", c_uint64),
        ("embedded_texts", c_uint64),
        ("embedded_cached", c_uint64),
        ("embedded_tokens", c_uint64),
        ("upserts", c_uint64),
        ("removals", c_uint64),
        ("pending", c_uint64),
        ("requests", c_uint64),
        ("not_modified", c_uint64),
        ("bytes", c_uint64),
        ("excluded", c_uint64),
    ]


class RootResult(Structure):
    struct_size: int
    outcome: int
    status: int
    uri: bytes | None
    reason: bytes | None
    message: bytes | None
    subject: bytes | None
    retry_after_ms: int
    attempts: int
    reserved: int
    _fields_ = [
        ("struct_size", c_size_t),
        ("outcome", c_int32),
        ("status", c_int32),
        ("uri", c_char_p),
        ("reason", c_char_p),
        ("message", c_char_p),
        ("subject", c_char_p),
        ("retry_after_ms", c_int64),
        ("attempts", c_int32),
        ("reserved", c_int32),
    ]


class RepositoryInfo(Structure):
    struct_size: int
    chunks: int
    documents: int
    elements: int
    roots: int
    failing: int
    deliveries: int
    vectors: int
    has_embeddings: int
    persistent: int
    _fields_ = [
        ("struct_size", c_size_t),
        ("chunks", c_uint64),
        ("documents", c_uint64),
        ("elements", c_uint64),
        ("roots", c_uint64),
        ("failing", c_uint64),
        ("deliveries", c_uint64),
        ("vectors", c_uint64),
        ("has_embeddings", c_int32),
        ("persistent", c_int32),
    ]


class RootInfo(Structure):
    struct_size: int
    uri: bytes | None
    title: bytes | None
    media_type: bytes | None
    version: bytes | None
    metadata: bytes | None
    flags: bytes | None
    alias_of: bytes | None
    error: bytes | None
    ingested_ms: int
    checked_ms: int
    changed_ms: int
    ask_again_ms: int
    failed_ms: int
    error_code: int
    chunks: int
    elements: int
    failures: int
    _fields_ = [
        ("struct_size", c_size_t),
        ("uri", c_char_p),
        ("title", c_char_p),
        ("media_type", c_char_p),
        ("version", c_char_p),
        ("metadata", c_char_p),
        ("flags", c_char_p),
        ("alias_of", c_char_p),
        ("error", c_char_p),
        ("ingested_ms", c_int64),
        ("checked_ms", c_int64),
        ("changed_ms", c_int64),
        ("ask_again_ms", c_int64),
        ("failed_ms", c_int64),
        ("error_code", c_int32),
        ("chunks", c_uint32),
        ("elements", c_uint32),
        ("failures", c_uint32),
    ]


class ChunkInfo(Structure):
    struct_size: int
    id: bytes | None
    text: bytes | None
    urtext: bytes | None
    parent_id: bytes | None
    url: bytes | None
    path: bytes | None
    metadata: bytes | None
    root_id: bytes | None
    root_title: bytes | None
    container_id: bytes | None
    container_title: bytes | None
    container_url: bytes | None
    leaf_id: bytes | None
    leaf_title: bytes | None
    leaf_url: bytes | None
    span_begin: int
    span_end: int
    sequence_number: int
    chunk_index: int
    total_chunks: int
    reserved: int
    _fields_ = [
        ("struct_size", c_size_t),
        ("id", c_char_p),
        ("text", c_char_p),
        ("urtext", c_char_p),
        ("parent_id", c_char_p),
        ("url", c_char_p),
        ("path", c_char_p),
        ("metadata", c_char_p),
        ("root_id", c_char_p),
        ("root_title", c_char_p),
        ("container_id", c_char_p),
        ("container_title", c_char_p),
        ("container_url", c_char_p),
        ("leaf_id", c_char_p),
        ("leaf_title", c_char_p),
        ("leaf_url", c_char_p),
        ("span_begin", c_uint64),
        ("span_end", c_uint64),
        ("sequence_number", c_int32),
        ("chunk_index", c_int32),
        ("total_chunks", c_int32),
        ("reserved", c_int32),
    ]


class ElementInfo(Structure):
    struct_size: int
    id: bytes | None
    parent_id: bytes | None
    root_id: bytes | None
    title: bytes | None
    url: bytes | None
    text: bytes | None
    span_begin: int
    span_end: int
    kind: int
    level: int
    ordinal: int
    reserved: int
    _fields_ = [
        ("struct_size", c_size_t),
        ("id", c_char_p),
        ("parent_id", c_char_p),
        ("root_id", c_char_p),
        ("title", c_char_p),
        ("url", c_char_p),
        ("text", c_char_p),
        ("span_begin", c_uint64),
        ("span_end", c_uint64),
        ("kind", c_int32),
        ("level", c_int32),
        ("ordinal", c_uint32),
        ("reserved", c_int32),
    ]


class WriteResult(Structure):
    struct_size: int
    added: int
    removed: int
    kept: int
    updated: int
    created: int
    reserved: int
    _fields_ = [
        ("struct_size", c_size_t),
        ("added", c_uint64),
        ("removed", c_uint64),
        ("kept", c_uint64),
        ("updated", c_uint64),
        ("created", c_int32),
        ("reserved", c_int32),
    ]


class CallOptions(Structure):
    struct_size: int
    cancel: Any
    timeout_ms: int
    on_event: Any
    payload: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("cancel", c_void_p),
        ("timeout_ms", c_int64),
        ("on_event", EventCallback),
        ("payload", c_void_p),
    ]


class EmbedderTable(Structure):
    struct_size: int
    open: Any
    info: Any
    embed: Any
    close: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("open", CFUNCTYPE(c_int32, c_void_p, POINTER(Host), c_void_p, c_char_p, POINTER(c_void_p))),
        ("info", CFUNCTYPE(c_int32, c_void_p, c_void_p, POINTER(EmbedderInfo))),
        ("embed", CFUNCTYPE(c_int32, c_void_p, c_void_p, POINTER(EmbedRequest), POINTER(VectorSink))),
        ("close", CFUNCTYPE(None, c_void_p)),
    ]


FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "freshet_backup_take": (c_int32, [c_void_p, c_char_p, c_char_p, c_void_p, c_void_p, c_void_p]),
    "freshet_backup_list": (c_int32, [c_char_p, c_char_p, c_void_p, c_void_p, c_void_p]),
    "freshet_backup_restore": (c_int32, [c_char_p, c_char_p, c_char_p, c_void_p, c_void_p, c_void_p]),
    "freshet_cancel_new": (c_int32, [c_void_p, c_void_p]),
    "freshet_cancel_request": (c_int32, [c_void_p, c_void_p]),
    "freshet_cancel_free": (None, [c_void_p]),
    "freshet_config_check": (c_int32, [c_void_p, c_char_p, c_char_p, c_void_p, c_void_p]),
    "freshet_document_new": (c_int32, [c_char_p, c_char_p, c_void_p, c_void_p]),
    "freshet_document_add_section": (c_int32, [c_void_p, c_uint32, c_char_p, c_char_p, c_int32, c_void_p, c_void_p]),
    "freshet_document_set_text": (c_int32, [c_void_p, c_uint32, c_char_p, c_size_t, c_void_p]),
    "freshet_document_set_metadata": (c_int32, [c_void_p, c_char_p, c_void_p]),
    "freshet_document_finish": (c_int32, [c_void_p, c_void_p]),
    "freshet_document_uri": (c_char_p, [c_void_p]),
    "freshet_document_title": (c_char_p, [c_void_p]),
    "freshet_document_section_count": (c_uint32, [c_void_p]),
    "freshet_document_section": (c_int32, [c_void_p, c_uint32, c_void_p, c_void_p]),
    "freshet_document_text": (c_int32, [c_void_p, c_void_p, c_void_p, c_void_p]),
    "freshet_document_metadata": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "freshet_document_to_json": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "freshet_document_from_json": (c_int32, [c_char_p, c_void_p, c_void_p]),
    "freshet_document_free": (None, [c_void_p]),
    "freshet_embed": (c_int32, [c_void_p, c_char_p, c_void_p, c_size_t, c_int32, c_void_p, c_void_p, c_void_p]),
    "freshet_vectors_count": (c_size_t, [c_void_p]),
    "freshet_vectors_dimension": (c_size_t, [c_void_p]),
    "freshet_vectors_model": (c_char_p, [c_void_p]),
    "freshet_vectors_get": (c_int32, [c_void_p, c_size_t, c_void_p, c_void_p]),
    "freshet_vectors_free": (None, [c_void_p]),
    "freshet_error_code": (c_int32, [c_void_p]),
    "freshet_error_message": (c_char_p, [c_void_p]),
    "freshet_error_subject": (c_char_p, [c_void_p]),
    "freshet_error_plugin": (c_char_p, [c_void_p]),
    "freshet_error_retry_after_ms": (c_int64, [c_void_p]),
    "freshet_error_attempts": (c_int32, [c_void_p]),
    "freshet_error_cause": (c_void_p, [c_void_p]),
    "freshet_error_to_string": (c_char_p, [c_void_p]),
    "freshet_error_free": (None, [c_void_p]),
    "freshet_status_name": (c_char_p, [c_int32]),
    "freshet_status_is_transient": (c_int32, [c_int32]),
    "freshet_string_free": (None, [c_void_p]),
    "freshet_string_redact": (c_int32, [c_char_p, c_void_p, c_void_p]),
    "freshet_outcome_name": (c_char_p, [c_int32]),
    "freshet_repository_exclude": (c_int32, [c_void_p, c_void_p, c_size_t, c_char_p, c_void_p, c_void_p]),
    "freshet_repository_include": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "freshet_repository_list_excluded": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "freshet_explain_root": (c_int32, [c_void_p, c_char_p, c_char_p, c_void_p, c_void_p, c_void_p]),
    "freshet_log_set": (c_int32, [LogCallback, c_void_p, c_void_p]),
    "freshet_namespaces_list": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "freshet_namespaces_drop": (c_int32, [c_void_p, c_char_p, c_char_p, c_void_p, c_void_p]),
    "freshet_plugins_register": (c_int32, [c_char_p, c_void_p, c_void_p]),
    "freshet_plugins_unregister": (c_int32, [c_char_p, c_void_p]),
    "freshet_plugins_open": (c_int32, [c_char_p, c_void_p, c_void_p]),
    "freshet_plugins_count": (c_size_t, [c_void_p]),
    "freshet_plugins_get": (c_int32, [c_void_p, c_size_t, c_void_p, c_void_p]),
    "freshet_plugins_list": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "freshet_plugins_check": (c_int32, [c_char_p, c_char_p, c_void_p, c_void_p, c_void_p]),
    "freshet_plugins_free": (None, [c_void_p]),
    "freshet_policy_always": (c_int32, [c_void_p, c_void_p]),
    "freshet_policy_never_existing": (c_int32, [c_void_p, c_void_p]),
    "freshet_policy_ttl": (c_int32, [c_int64, c_void_p, c_void_p]),
    "freshet_policy_triggered": (c_int32, [c_void_p, c_void_p]),
    "freshet_policy_any": (c_int32, [c_void_p, c_size_t, c_void_p, c_void_p]),
    "freshet_policy_all": (c_int32, [c_void_p, c_size_t, c_void_p, c_void_p]),
    "freshet_policy_by_url": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "freshet_policy_matching": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "freshet_policy_business_hours": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "freshet_policy_metadata": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "freshet_policy_adaptive": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "freshet_policy_from_json": (c_int32, [c_char_p, c_void_p, c_void_p]),
    "freshet_policy_custom": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "freshet_repository_name_policy": (c_int32, [c_void_p, c_char_p, c_void_p, c_void_p]),
    "freshet_policy_to_json": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "freshet_policy_decide": (c_int32, [c_void_p, c_void_p, c_char_p, c_void_p, c_void_p]),
    "freshet_policy_should_reread": (c_int32, [c_void_p, c_void_p, c_char_p, c_void_p, c_void_p]),
    "freshet_policy_should_refresh_document": (c_int32, [c_void_p, c_void_p, c_void_p, c_void_p, c_void_p]),
    "freshet_policy_ingest_if_needed": (c_int32, [c_void_p, c_void_p, c_void_p, c_char_p, c_void_p, c_void_p, c_void_p]),
    "freshet_policy_free": (None, [c_void_p]),
    "freshet_query_run": (c_int32, [c_void_p, c_char_p, c_char_p, c_void_p, c_void_p, c_void_p]),
    "freshet_query_vector": (c_int32, [c_void_p, c_void_p, c_size_t, c_char_p, c_void_p, c_void_p, c_void_p]),
    "freshet_hits_count": (c_size_t, [c_void_p]),
    "freshet_hits_ended_after": (c_uint32, [c_void_p]),
    "freshet_hits_get": (c_int32, [c_void_p, c_size_t, c_void_p, c_void_p]),
    "freshet_hits_to_json": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "freshet_hits_free": (None, [c_void_p]),
    "freshet_reader_new": (c_int32, [c_char_p, c_void_p, c_void_p]),
    "freshet_reader_read": (c_int32, [c_void_p, c_void_p, c_size_t, c_char_p, c_char_p, c_char_p, c_void_p, c_void_p]),
    "freshet_reader_read_file": (c_int32, [c_void_p, c_char_p, c_char_p, c_void_p, c_void_p]),
    "freshet_reader_read_url": (c_int32, [c_void_p, c_void_p, c_char_p, c_void_p, c_void_p, c_void_p]),
    "freshet_reader_read_directory": (c_int32, [c_void_p, c_char_p, c_char_p, DocumentCallback, c_void_p, c_void_p, c_void_p, c_void_p]),
    "freshet_reader_free": (None, [c_void_p]),
    "freshet_refresh_start": (c_int32, [c_void_p, c_char_p, c_void_p, c_void_p, c_void_p, c_void_p]),
    "freshet_refresh_next_event": (c_int32, [c_void_p, c_int64, c_void_p, c_void_p]),
    "freshet_refresh_event_fd": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "freshet_refresh_wait": (c_int32, [c_void_p, c_int64, c_void_p]),
    "freshet_refresh_cancel": (c_int32, [c_void_p, c_void_p]),
    "freshet_refresh_counts_get": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "freshet_refresh_exit_code": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "freshet_refresh_report": (c_int32, [c_void_p, c_void_p, c_void_p, c_void_p]),
    "freshet_refresh_next_root": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "freshet_refresh_free": (None, [c_void_p]),
    "freshet_refresh_run": (c_int32, [c_void_p, c_char_p, c_void_p, c_void_p, c_void_p, c_void_p]),
    "freshet_repository_open": (c_int32, [c_char_p, c_char_p, c_void_p, c_void_p]),
    "freshet_repository_close": (None, [c_void_p]),
    "freshet_repository_info_get": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "freshet_repository_status": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "freshet_repository_find_root": (c_int32, [c_void_p, c_char_p, c_void_p, c_void_p]),
    "freshet_repository_exists_root": (c_int32, [c_void_p, c_char_p, c_void_p, c_void_p]),
    "freshet_repository_list_roots": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "freshet_roots_next": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "freshet_roots_free": (None, [c_void_p]),
    "freshet_root_get": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "freshet_root_free": (None, [c_void_p]),
    "freshet_repository_delete_root_and_descendants": (c_int32, [c_void_p, c_char_p, c_void_p, c_void_p]),
    "freshet_repository_set_flags": (c_int32, [c_void_p, c_char_p, c_char_p, c_void_p]),
    "freshet_repository_write_document": (c_int32, [c_void_p, c_void_p, c_char_p, c_void_p, c_void_p, c_void_p]),
    "freshet_repository_read_document": (c_int32, [c_void_p, c_char_p, c_void_p, c_void_p]),
    "freshet_repository_find_chunks": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p, c_void_p]),
    "freshet_repository_root_chunks": (c_int32, [c_void_p, c_char_p, c_void_p, c_void_p]),
    "freshet_repository_expand": (c_int32, [c_void_p, c_char_p, c_uint32, c_uint32, c_void_p, c_void_p]),
    "freshet_chunks_count": (c_size_t, [c_void_p]),
    "freshet_chunks_get": (c_int32, [c_void_p, c_size_t, c_void_p, c_void_p]),
    "freshet_chunks_free": (None, [c_void_p]),
    "freshet_repository_find_element": (c_int32, [c_void_p, c_char_p, c_void_p, c_void_p]),
    "freshet_element_get": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "freshet_element_free": (None, [c_void_p]),
    "freshet_repository_path_from_root": (c_int32, [c_void_p, c_char_p, c_void_p, c_void_p]),
    "freshet_repository_check": (c_int32, [c_void_p, c_void_p, c_void_p, c_void_p]),
    "freshet_repository_backup": (c_int32, [c_void_p, c_char_p, c_void_p, c_void_p]),
    "freshet_runs_list": (c_int32, [c_void_p, c_uint64, c_size_t, c_void_p, c_void_p]),
    "freshet_runs_get": (c_int32, [c_void_p, c_uint64, c_void_p, c_void_p]),
    "freshet_service_open": (c_int32, [c_void_p, c_char_p, c_void_p, c_void_p]),
    "freshet_service_start": (c_int32, [c_void_p, c_void_p]),
    "freshet_service_stop": (c_int32, [c_void_p, c_int64, c_void_p]),
    "freshet_service_trigger": (c_int32, [c_void_p, c_char_p, c_void_p]),
    "freshet_service_reload": (c_int32, [c_void_p, c_char_p, c_void_p]),
    "freshet_service_statistics": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "freshet_service_next_event": (c_int32, [c_void_p, c_int64, c_void_p, c_void_p]),
    "freshet_service_free": (None, [c_void_p]),
    "freshet_shards_move": (c_int32, [c_char_p, c_void_p, c_void_p, c_void_p]),
    "freshet_store_verify": (c_int32, [c_void_p, c_char_p, c_void_p, c_void_p, c_void_p]),
    "freshet_store_repair": (c_int32, [c_void_p, c_void_p, c_void_p, c_void_p]),
    "freshet_store_deliver": (c_int32, [c_void_p, c_void_p, c_void_p, c_void_p]),
    "freshet_store_reset": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "freshet_trigger_root": (c_int32, [c_void_p, c_char_p, c_char_p, c_void_p]),
    "freshet_trigger_prefix": (c_int32, [c_void_p, c_char_p, c_char_p, c_void_p, c_void_p]),
    "freshet_trigger_list": (c_int32, [c_void_p, c_size_t, c_void_p, c_void_p]),
    "freshet_version": (c_char_p, []),
    "freshet_version_number": (c_int32, []),
}
