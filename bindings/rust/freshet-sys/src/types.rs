// Written by generate.py from include/freshet: what each of it means is said there.
use std::ffi::{c_char, c_void, CStr};
use std::mem::{offset_of, size_of, zeroed};

pub type freshet_status = i32;
#[repr(C)]
pub struct freshet_call {
    _private: [u8; 0],
}
#[repr(C)]
pub struct freshet_cancel {
    _private: [u8; 0],
}
#[repr(C)]
pub struct freshet_chunks {
    _private: [u8; 0],
}
#[repr(C)]
pub struct freshet_document {
    _private: [u8; 0],
}
#[repr(C)]
pub struct freshet_element {
    _private: [u8; 0],
}
#[repr(C)]
pub struct freshet_error {
    _private: [u8; 0],
}
#[repr(C)]
pub struct freshet_hits {
    _private: [u8; 0],
}
#[repr(C)]
pub struct freshet_plugins {
    _private: [u8; 0],
}
#[repr(C)]
pub struct freshet_policy {
    _private: [u8; 0],
}
#[repr(C)]
pub struct freshet_reader {
    _private: [u8; 0],
}
#[repr(C)]
pub struct freshet_refresh {
    _private: [u8; 0],
}
#[repr(C)]
pub struct freshet_repository {
    _private: [u8; 0],
}
#[repr(C)]
pub struct freshet_root {
    _private: [u8; 0],
}
#[repr(C)]
pub struct freshet_roots {
    _private: [u8; 0],
}
#[repr(C)]
pub struct freshet_service {
    _private: [u8; 0],
}
#[repr(C)]
pub struct freshet_vectors {
    _private: [u8; 0],
}

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_call_options {
    pub struct_size: usize,
    pub cancel: *mut freshet_cancel,
    pub timeout_ms: i64,
    pub on_event: freshet_event_callback,
    pub payload: *mut c_void,
}
impl Default for freshet_call_options {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value.timeout_ms = -1;
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_call_options>() == 40);
    assert!(offset_of!(freshet_call_options, struct_size) == 0);
    assert!(offset_of!(freshet_call_options, cancel) == 8);
    assert!(offset_of!(freshet_call_options, timeout_ms) == 16);
    assert!(offset_of!(freshet_call_options, on_event) == 24);
    assert!(offset_of!(freshet_call_options, payload) == 32);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_section {
    pub struct_size: usize,
    pub id: *const c_char,
    pub title: *const c_char,
    pub url: *const c_char,
    pub text: *const c_char,
    pub text_size: usize,
    pub span_begin: u64,
    pub span_end: u64,
    pub parent: u32,
    pub child_count: u32,
    pub level: i32,
    pub reserved: i32,
}
impl Default for freshet_section {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_section>() == 80);
    assert!(offset_of!(freshet_section, struct_size) == 0);
    assert!(offset_of!(freshet_section, id) == 8);
    assert!(offset_of!(freshet_section, title) == 16);
    assert!(offset_of!(freshet_section, url) == 24);
    assert!(offset_of!(freshet_section, text) == 32);
    assert!(offset_of!(freshet_section, text_size) == 40);
    assert!(offset_of!(freshet_section, span_begin) == 48);
    assert!(offset_of!(freshet_section, span_end) == 56);
    assert!(offset_of!(freshet_section, parent) == 64);
    assert!(offset_of!(freshet_section, child_count) == 68);
    assert!(offset_of!(freshet_section, level) == 72);
    assert!(offset_of!(freshet_section, reserved) == 76);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_event {
    pub struct_size: usize,
    pub kind: i32,
    pub outcome: i32,
    pub level: i32,
    pub status: freshet_status,
    pub time_ms: i64,
    pub done: u64,
    pub total: u64,
    pub dropped: u64,
    pub source: *const c_char,
    pub uri: *const c_char,
    pub message: *const c_char,
    pub reason: *const c_char,
    pub subject: *const c_char,
    pub retry_after_ms: i64,
    pub attempts: i32,
    pub reserved: i32,
    pub label: *const c_char,
}
impl Default for freshet_event {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value.retry_after_ms = -1;
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_event>() == 120);
    assert!(offset_of!(freshet_event, struct_size) == 0);
    assert!(offset_of!(freshet_event, kind) == 8);
    assert!(offset_of!(freshet_event, outcome) == 12);
    assert!(offset_of!(freshet_event, level) == 16);
    assert!(offset_of!(freshet_event, status) == 20);
    assert!(offset_of!(freshet_event, time_ms) == 24);
    assert!(offset_of!(freshet_event, done) == 32);
    assert!(offset_of!(freshet_event, total) == 40);
    assert!(offset_of!(freshet_event, dropped) == 48);
    assert!(offset_of!(freshet_event, source) == 56);
    assert!(offset_of!(freshet_event, uri) == 64);
    assert!(offset_of!(freshet_event, message) == 72);
    assert!(offset_of!(freshet_event, reason) == 80);
    assert!(offset_of!(freshet_event, subject) == 88);
    assert!(offset_of!(freshet_event, retry_after_ms) == 96);
    assert!(offset_of!(freshet_event, attempts) == 104);
    assert!(offset_of!(freshet_event, reserved) == 108);
    assert!(offset_of!(freshet_event, label) == 112);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_embedder_info {
    pub struct_size: usize,
    pub model: *const c_char,
    pub tokenizer: *const c_char,
    pub max_bytes: u64,
    pub dimension: u32,
    pub max_inputs: u32,
    pub max_tokens: u32,
    pub max_text_tokens: u32,
}
impl Default for freshet_embedder_info {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_embedder_info>() == 48);
    assert!(offset_of!(freshet_embedder_info, struct_size) == 0);
    assert!(offset_of!(freshet_embedder_info, model) == 8);
    assert!(offset_of!(freshet_embedder_info, tokenizer) == 16);
    assert!(offset_of!(freshet_embedder_info, max_bytes) == 24);
    assert!(offset_of!(freshet_embedder_info, dimension) == 32);
    assert!(offset_of!(freshet_embedder_info, max_inputs) == 36);
    assert!(offset_of!(freshet_embedder_info, max_tokens) == 40);
    assert!(offset_of!(freshet_embedder_info, max_text_tokens) == 44);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_embed_request {
    pub struct_size: usize,
    pub texts: *const *const c_char,
    pub sizes: *const usize,
    pub count: usize,
    pub purpose: i32,
    pub reserved: i32,
}
impl Default for freshet_embed_request {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_embed_request>() == 40);
    assert!(offset_of!(freshet_embed_request, struct_size) == 0);
    assert!(offset_of!(freshet_embed_request, texts) == 8);
    assert!(offset_of!(freshet_embed_request, sizes) == 16);
    assert!(offset_of!(freshet_embed_request, count) == 24);
    assert!(offset_of!(freshet_embed_request, purpose) == 32);
    assert!(offset_of!(freshet_embed_request, reserved) == 36);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_vector_sink {
    pub struct_size: usize,
    pub payload: *mut c_void,
    pub vector: Option<unsafe extern "C" fn(payload: *mut c_void, index: usize, values: *const f32, dimension: usize) -> freshet_status>,
    pub reject: Option<unsafe extern "C" fn(payload: *mut c_void, index: usize, status: freshet_status, message: *const c_char) -> freshet_status>,
    pub usage: Option<unsafe extern "C" fn(payload: *mut c_void, tokens: u64) -> freshet_status>,
}
impl Default for freshet_vector_sink {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_vector_sink>() == 40);
    assert!(offset_of!(freshet_vector_sink, struct_size) == 0);
    assert!(offset_of!(freshet_vector_sink, payload) == 8);
    assert!(offset_of!(freshet_vector_sink, vector) == 16);
    assert!(offset_of!(freshet_vector_sink, reject) == 24);
    assert!(offset_of!(freshet_vector_sink, usage) == 32);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_embedder_table {
    pub struct_size: usize,
    pub open: Option<unsafe extern "C" fn(provider: *mut c_void, host: *const freshet_host, call: *mut freshet_call, options: *const c_char, out_embedder: *mut *mut c_void) -> freshet_status>,
    pub info: Option<unsafe extern "C" fn(embedder: *mut c_void, call: *mut freshet_call, out_info: *mut freshet_embedder_info) -> freshet_status>,
    pub embed: Option<unsafe extern "C" fn(embedder: *mut c_void, call: *mut freshet_call, request: *const freshet_embed_request, sink: *const freshet_vector_sink) -> freshet_status>,
    pub close: Option<unsafe extern "C" fn(embedder: *mut c_void)>,
}
impl Default for freshet_embedder_table {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_embedder_table>() == 40);
    assert!(offset_of!(freshet_embedder_table, struct_size) == 0);
    assert!(offset_of!(freshet_embedder_table, open) == 8);
    assert!(offset_of!(freshet_embedder_table, info) == 16);
    assert!(offset_of!(freshet_embedder_table, embed) == 24);
    assert!(offset_of!(freshet_embedder_table, close) == 32);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_plugin_descriptor {
    pub struct_size: usize,
    pub abi: u32,
    pub reserved: u32,
    pub name: *const c_char,
    pub version: *const c_char,
    pub get: Option<unsafe extern "C" fn(kind: *const c_char, name: *const c_char) -> *const c_void>,
}
impl Default for freshet_plugin_descriptor {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_plugin_descriptor>() == 40);
    assert!(offset_of!(freshet_plugin_descriptor, struct_size) == 0);
    assert!(offset_of!(freshet_plugin_descriptor, abi) == 8);
    assert!(offset_of!(freshet_plugin_descriptor, reserved) == 12);
    assert!(offset_of!(freshet_plugin_descriptor, name) == 16);
    assert!(offset_of!(freshet_plugin_descriptor, version) == 24);
    assert!(offset_of!(freshet_plugin_descriptor, get) == 32);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_http_request {
    pub struct_size: usize,
    pub method: *const c_char,
    pub url: *const c_char,
    pub headers: *const *const c_char,
    pub header_count: usize,
    pub body: *const c_void,
    pub body_size: usize,
    pub max_bytes: u64,
    pub timeout_ms: i64,
    pub pace_ms: i64,
    pub max_attempts: i32,
    pub flags: i32,
}
impl Default for freshet_http_request {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_http_request>() == 88);
    assert!(offset_of!(freshet_http_request, struct_size) == 0);
    assert!(offset_of!(freshet_http_request, method) == 8);
    assert!(offset_of!(freshet_http_request, url) == 16);
    assert!(offset_of!(freshet_http_request, headers) == 24);
    assert!(offset_of!(freshet_http_request, header_count) == 32);
    assert!(offset_of!(freshet_http_request, body) == 40);
    assert!(offset_of!(freshet_http_request, body_size) == 48);
    assert!(offset_of!(freshet_http_request, max_bytes) == 56);
    assert!(offset_of!(freshet_http_request, timeout_ms) == 64);
    assert!(offset_of!(freshet_http_request, pace_ms) == 72);
    assert!(offset_of!(freshet_http_request, max_attempts) == 80);
    assert!(offset_of!(freshet_http_request, flags) == 84);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_http_response {
    pub struct_size: usize,
    pub status: i32,
    pub redirects: i32,
    pub attempts: i32,
    pub permanent_redirect: i32,
    pub url: *const c_char,
    pub headers: *const *const c_char,
    pub header_count: usize,
    pub body: *const c_void,
    pub body_size: usize,
    pub date_ms: i64,
    pub last_modified_ms: i64,
}
impl Default for freshet_http_response {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_http_response>() == 80);
    assert!(offset_of!(freshet_http_response, struct_size) == 0);
    assert!(offset_of!(freshet_http_response, status) == 8);
    assert!(offset_of!(freshet_http_response, redirects) == 12);
    assert!(offset_of!(freshet_http_response, attempts) == 16);
    assert!(offset_of!(freshet_http_response, permanent_redirect) == 20);
    assert!(offset_of!(freshet_http_response, url) == 24);
    assert!(offset_of!(freshet_http_response, headers) == 32);
    assert!(offset_of!(freshet_http_response, header_count) == 40);
    assert!(offset_of!(freshet_http_response, body) == 48);
    assert!(offset_of!(freshet_http_response, body_size) == 56);
    assert!(offset_of!(freshet_http_response, date_ms) == 64);
    assert!(offset_of!(freshet_http_response, last_modified_ms) == 72);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_host {
    pub struct_size: usize,
    pub version: *const c_char,
    pub self_: *mut c_void,
    pub log: Option<unsafe extern "C" fn(self_: *mut c_void, level: i32, message: *const c_char)>,
    pub now_ms: Option<unsafe extern "C" fn(self_: *mut c_void) -> i64>,
    pub cancelled: Option<unsafe extern "C" fn(call: *mut freshet_call) -> i32>,
    pub fail: Option<unsafe extern "C" fn(call: *mut freshet_call, status: freshet_status, message: *const c_char, subject: *const c_char, retry_after_ms: i64)>,
    pub secret: Option<unsafe extern "C" fn(call: *mut freshet_call, reference: *const c_char, on_text: freshet_text_callback, payload: *mut c_void) -> freshet_status>,
    pub http_send: Option<unsafe extern "C" fn(call: *mut freshet_call, request: *const freshet_http_request, on_response: freshet_http_callback, payload: *mut c_void) -> freshet_status>,
    pub http_send_many: Option<unsafe extern "C" fn(call: *mut freshet_call, requests: *const *const freshet_http_request, count: usize, on_response: freshet_http_callback, payload: *mut c_void) -> freshet_status>,
    pub url_resolve: Option<unsafe extern "C" fn(self_: *mut c_void, base_url: *const c_char, reference: *const c_char, on_text: freshet_text_callback, payload: *mut c_void) -> freshet_status>,
}
impl Default for freshet_host {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_host>() == 88);
    assert!(offset_of!(freshet_host, struct_size) == 0);
    assert!(offset_of!(freshet_host, version) == 8);
    assert!(offset_of!(freshet_host, self_) == 16);
    assert!(offset_of!(freshet_host, log) == 24);
    assert!(offset_of!(freshet_host, now_ms) == 32);
    assert!(offset_of!(freshet_host, cancelled) == 40);
    assert!(offset_of!(freshet_host, fail) == 48);
    assert!(offset_of!(freshet_host, secret) == 56);
    assert!(offset_of!(freshet_host, http_send) == 64);
    assert!(offset_of!(freshet_host, http_send_many) == 72);
    assert!(offset_of!(freshet_host, url_resolve) == 80);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_entry {
    pub struct_size: usize,
    pub uri: *const c_char,
    pub version: *const c_char,
    pub handle: *const c_char,
    pub title: *const c_char,
    pub metadata: *const c_char,
    pub last_modified_ms: i64,
    pub size: i64,
}
impl Default for freshet_entry {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_entry>() == 64);
    assert!(offset_of!(freshet_entry, struct_size) == 0);
    assert!(offset_of!(freshet_entry, uri) == 8);
    assert!(offset_of!(freshet_entry, version) == 16);
    assert!(offset_of!(freshet_entry, handle) == 24);
    assert!(offset_of!(freshet_entry, title) == 32);
    assert!(offset_of!(freshet_entry, metadata) == 40);
    assert!(offset_of!(freshet_entry, last_modified_ms) == 48);
    assert!(offset_of!(freshet_entry, size) == 56);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_listing_request {
    pub struct_size: usize,
    pub state: *const c_char,
}
impl Default for freshet_listing_request {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_listing_request>() == 16);
    assert!(offset_of!(freshet_listing_request, struct_size) == 0);
    assert!(offset_of!(freshet_listing_request, state) == 8);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_listing_sink {
    pub struct_size: usize,
    pub payload: *mut c_void,
    pub entry: Option<unsafe extern "C" fn(payload: *mut c_void, entry: *const freshet_entry) -> freshet_status>,
    pub gone: Option<unsafe extern "C" fn(payload: *mut c_void, uri: *const c_char) -> freshet_status>,
    pub state: Option<unsafe extern "C" fn(payload: *mut c_void, text: *const c_char) -> freshet_status>,
    pub way: Option<unsafe extern "C" fn(payload: *mut c_void, text: *const c_char) -> freshet_status>,
}
impl Default for freshet_listing_sink {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_listing_sink>() == 48);
    assert!(offset_of!(freshet_listing_sink, struct_size) == 0);
    assert!(offset_of!(freshet_listing_sink, payload) == 8);
    assert!(offset_of!(freshet_listing_sink, entry) == 16);
    assert!(offset_of!(freshet_listing_sink, gone) == 24);
    assert!(offset_of!(freshet_listing_sink, state) == 32);
    assert!(offset_of!(freshet_listing_sink, way) == 40);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_content {
    pub struct_size: usize,
    pub bytes: *const c_void,
    pub size: usize,
    pub media_type: *const c_char,
    pub charset: *const c_char,
    pub version: *const c_char,
    pub canonical_uri: *const c_char,
    pub title: *const c_char,
    pub metadata: *const c_char,
    pub attempts: i32,
    pub reserved: i32,
}
impl Default for freshet_content {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_content>() == 80);
    assert!(offset_of!(freshet_content, struct_size) == 0);
    assert!(offset_of!(freshet_content, bytes) == 8);
    assert!(offset_of!(freshet_content, size) == 16);
    assert!(offset_of!(freshet_content, media_type) == 24);
    assert!(offset_of!(freshet_content, charset) == 32);
    assert!(offset_of!(freshet_content, version) == 40);
    assert!(offset_of!(freshet_content, canonical_uri) == 48);
    assert!(offset_of!(freshet_content, title) == 56);
    assert!(offset_of!(freshet_content, metadata) == 64);
    assert!(offset_of!(freshet_content, attempts) == 72);
    assert!(offset_of!(freshet_content, reserved) == 76);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_fetch_sink {
    pub struct_size: usize,
    pub payload: *mut c_void,
    pub content: Option<unsafe extern "C" fn(payload: *mut c_void, content: *const freshet_content) -> freshet_status>,
    pub not_modified: Option<unsafe extern "C" fn(payload: *mut c_void) -> freshet_status>,
    pub gone: Option<unsafe extern "C" fn(payload: *mut c_void, confirmed: i32) -> freshet_status>,
}
impl Default for freshet_fetch_sink {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_fetch_sink>() == 40);
    assert!(offset_of!(freshet_fetch_sink, struct_size) == 0);
    assert!(offset_of!(freshet_fetch_sink, payload) == 8);
    assert!(offset_of!(freshet_fetch_sink, content) == 16);
    assert!(offset_of!(freshet_fetch_sink, not_modified) == 24);
    assert!(offset_of!(freshet_fetch_sink, gone) == 32);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_loader_table {
    pub struct_size: usize,
    pub open: Option<unsafe extern "C" fn(provider: *mut c_void, host: *const freshet_host, call: *mut freshet_call, options: *const c_char, out_loader: *mut *mut c_void) -> freshet_status>,
    pub list: Option<unsafe extern "C" fn(loader: *mut c_void, call: *mut freshet_call, request: *const freshet_listing_request, sink: *const freshet_listing_sink, out_kind: *mut i32) -> freshet_status>,
    pub fetch: Option<unsafe extern "C" fn(loader: *mut c_void, call: *mut freshet_call, entry: *const freshet_entry, known_version: *const c_char, sink: *const freshet_fetch_sink) -> freshet_status>,
    pub close: Option<unsafe extern "C" fn(loader: *mut c_void)>,
    pub prepare: Option<unsafe extern "C" fn(loader: *mut c_void, call: *mut freshet_call, entries: *const *const freshet_entry, known_versions: *const *const c_char, count: usize) -> freshet_status>,
}
impl Default for freshet_loader_table {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_loader_table>() == 48);
    assert!(offset_of!(freshet_loader_table, struct_size) == 0);
    assert!(offset_of!(freshet_loader_table, open) == 8);
    assert!(offset_of!(freshet_loader_table, list) == 16);
    assert!(offset_of!(freshet_loader_table, fetch) == 24);
    assert!(offset_of!(freshet_loader_table, close) == 32);
    assert!(offset_of!(freshet_loader_table, prepare) == 40);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_document_builder {
    pub struct_size: usize,
    pub payload: *mut c_void,
    pub title: Option<unsafe extern "C" fn(payload: *mut c_void, title: *const c_char) -> freshet_status>,
    pub metadata: Option<unsafe extern "C" fn(payload: *mut c_void, key: *const c_char, json: *const c_char) -> freshet_status>,
    pub section: Option<unsafe extern "C" fn(payload: *mut c_void, level: i32, title: *const c_char, url: *const c_char) -> freshet_status>,
    pub text: Option<unsafe extern "C" fn(payload: *mut c_void, text: *const c_char, size: usize) -> freshet_status>,
    pub page: Option<unsafe extern "C" fn(payload: *mut c_void, page: i32) -> freshet_status>,
}
impl Default for freshet_document_builder {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_document_builder>() == 56);
    assert!(offset_of!(freshet_document_builder, struct_size) == 0);
    assert!(offset_of!(freshet_document_builder, payload) == 8);
    assert!(offset_of!(freshet_document_builder, title) == 16);
    assert!(offset_of!(freshet_document_builder, metadata) == 24);
    assert!(offset_of!(freshet_document_builder, section) == 32);
    assert!(offset_of!(freshet_document_builder, text) == 40);
    assert!(offset_of!(freshet_document_builder, page) == 48);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_read_request {
    pub struct_size: usize,
    pub bytes: *const c_void,
    pub size: usize,
    pub uri: *const c_char,
    pub media_type: *const c_char,
    pub charset: *const c_char,
}
impl Default for freshet_read_request {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_read_request>() == 48);
    assert!(offset_of!(freshet_read_request, struct_size) == 0);
    assert!(offset_of!(freshet_read_request, bytes) == 8);
    assert!(offset_of!(freshet_read_request, size) == 16);
    assert!(offset_of!(freshet_read_request, uri) == 24);
    assert!(offset_of!(freshet_read_request, media_type) == 32);
    assert!(offset_of!(freshet_read_request, charset) == 40);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_reader_table {
    pub struct_size: usize,
    pub open: Option<unsafe extern "C" fn(provider: *mut c_void, host: *const freshet_host, call: *mut freshet_call, options: *const c_char, out_reader: *mut *mut c_void) -> freshet_status>,
    pub read: Option<unsafe extern "C" fn(reader: *mut c_void, call: *mut freshet_call, request: *const freshet_read_request, builder: *const freshet_document_builder) -> freshet_status>,
    pub close: Option<unsafe extern "C" fn(reader: *mut c_void)>,
}
impl Default for freshet_reader_table {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_reader_table>() == 32);
    assert!(offset_of!(freshet_reader_table, struct_size) == 0);
    assert!(offset_of!(freshet_reader_table, open) == 8);
    assert!(offset_of!(freshet_reader_table, read) == 16);
    assert!(offset_of!(freshet_reader_table, close) == 24);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_store_info {
    pub struct_size: usize,
    pub capabilities: u32,
    pub filter_operators: u32,
    pub max_batch: u32,
    pub max_id_bytes: u32,
    pub max_text_bytes: u32,
    pub max_request_bytes: u32,
    pub concurrent_writes: u32,
    pub metric: i32,
}
impl Default for freshet_store_info {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_store_info>() == 40);
    assert!(offset_of!(freshet_store_info, struct_size) == 0);
    assert!(offset_of!(freshet_store_info, capabilities) == 8);
    assert!(offset_of!(freshet_store_info, filter_operators) == 12);
    assert!(offset_of!(freshet_store_info, max_batch) == 16);
    assert!(offset_of!(freshet_store_info, max_id_bytes) == 20);
    assert!(offset_of!(freshet_store_info, max_text_bytes) == 24);
    assert!(offset_of!(freshet_store_info, max_request_bytes) == 28);
    assert!(offset_of!(freshet_store_info, concurrent_writes) == 32);
    assert!(offset_of!(freshet_store_info, metric) == 36);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_store_namespace {
    pub struct_size: usize,
    pub name: *const c_char,
    pub dimension: u32,
    pub model: *const c_char,
}
impl Default for freshet_store_namespace {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_store_namespace>() == 32);
    assert!(offset_of!(freshet_store_namespace, struct_size) == 0);
    assert!(offset_of!(freshet_store_namespace, name) == 8);
    assert!(offset_of!(freshet_store_namespace, dimension) == 16);
    assert!(offset_of!(freshet_store_namespace, model) == 24);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_row {
    pub struct_size: usize,
    pub id: *const c_char,
    pub digest: *const c_char,
    pub text: *const c_char,
    pub text_size: usize,
    pub uri: *const c_char,
    pub title: *const c_char,
    pub url: *const c_char,
    pub path: *const c_char,
    pub metadata: *const c_char,
    pub vector: *const f32,
    pub dimension: usize,
}
impl Default for freshet_row {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_row>() == 96);
    assert!(offset_of!(freshet_row, struct_size) == 0);
    assert!(offset_of!(freshet_row, id) == 8);
    assert!(offset_of!(freshet_row, digest) == 16);
    assert!(offset_of!(freshet_row, text) == 24);
    assert!(offset_of!(freshet_row, text_size) == 32);
    assert!(offset_of!(freshet_row, uri) == 40);
    assert!(offset_of!(freshet_row, title) == 48);
    assert!(offset_of!(freshet_row, url) == 56);
    assert!(offset_of!(freshet_row, path) == 64);
    assert!(offset_of!(freshet_row, metadata) == 72);
    assert!(offset_of!(freshet_row, vector) == 80);
    assert!(offset_of!(freshet_row, dimension) == 88);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_confirm_sink {
    pub struct_size: usize,
    pub payload: *mut c_void,
    pub confirmed: Option<unsafe extern "C" fn(payload: *mut c_void, id: *const c_char) -> freshet_status>,
}
impl Default for freshet_confirm_sink {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_confirm_sink>() == 24);
    assert!(offset_of!(freshet_confirm_sink, struct_size) == 0);
    assert!(offset_of!(freshet_confirm_sink, payload) == 8);
    assert!(offset_of!(freshet_confirm_sink, confirmed) == 16);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_search {
    pub struct_size: usize,
    pub mode: i32,
    pub limit: u32,
    pub text: *const c_char,
    pub vector: *const f32,
    pub dimension: usize,
    pub filter: *const c_char,
}
impl Default for freshet_search {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_search>() == 48);
    assert!(offset_of!(freshet_search, struct_size) == 0);
    assert!(offset_of!(freshet_search, mode) == 8);
    assert!(offset_of!(freshet_search, limit) == 12);
    assert!(offset_of!(freshet_search, text) == 16);
    assert!(offset_of!(freshet_search, vector) == 24);
    assert!(offset_of!(freshet_search, dimension) == 32);
    assert!(offset_of!(freshet_search, filter) == 40);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_found {
    pub struct_size: usize,
    pub score: f64,
    pub id: *const c_char,
    pub digest: *const c_char,
    pub text: *const c_char,
    pub uri: *const c_char,
    pub title: *const c_char,
    pub url: *const c_char,
    pub path: *const c_char,
    pub metadata: *const c_char,
    pub vector: *const f32,
    pub dimension: usize,
}
impl Default for freshet_found {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_found>() == 96);
    assert!(offset_of!(freshet_found, struct_size) == 0);
    assert!(offset_of!(freshet_found, score) == 8);
    assert!(offset_of!(freshet_found, id) == 16);
    assert!(offset_of!(freshet_found, digest) == 24);
    assert!(offset_of!(freshet_found, text) == 32);
    assert!(offset_of!(freshet_found, uri) == 40);
    assert!(offset_of!(freshet_found, title) == 48);
    assert!(offset_of!(freshet_found, url) == 56);
    assert!(offset_of!(freshet_found, path) == 64);
    assert!(offset_of!(freshet_found, metadata) == 72);
    assert!(offset_of!(freshet_found, vector) == 80);
    assert!(offset_of!(freshet_found, dimension) == 88);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_found_sink {
    pub struct_size: usize,
    pub payload: *mut c_void,
    pub row: Option<unsafe extern "C" fn(payload: *mut c_void, found: *const freshet_found) -> freshet_status>,
}
impl Default for freshet_found_sink {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_found_sink>() == 24);
    assert!(offset_of!(freshet_found_sink, struct_size) == 0);
    assert!(offset_of!(freshet_found_sink, payload) == 8);
    assert!(offset_of!(freshet_found_sink, row) == 16);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_list_sink {
    pub struct_size: usize,
    pub payload: *mut c_void,
    pub row: Option<unsafe extern "C" fn(payload: *mut c_void, id: *const c_char, digest: *const c_char) -> freshet_status>,
    pub next: Option<unsafe extern "C" fn(payload: *mut c_void, cursor: *const c_char) -> freshet_status>,
}
impl Default for freshet_list_sink {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_list_sink>() == 32);
    assert!(offset_of!(freshet_list_sink, struct_size) == 0);
    assert!(offset_of!(freshet_list_sink, payload) == 8);
    assert!(offset_of!(freshet_list_sink, row) == 16);
    assert!(offset_of!(freshet_list_sink, next) == 24);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_text_sink {
    pub struct_size: usize,
    pub payload: *mut c_void,
    pub text: Option<unsafe extern "C" fn(payload: *mut c_void, text: *const c_char) -> freshet_status>,
}
impl Default for freshet_text_sink {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_text_sink>() == 24);
    assert!(offset_of!(freshet_text_sink, struct_size) == 0);
    assert!(offset_of!(freshet_text_sink, payload) == 8);
    assert!(offset_of!(freshet_text_sink, text) == 16);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_store_table {
    pub struct_size: usize,
    pub open: Option<unsafe extern "C" fn(provider: *mut c_void, host: *const freshet_host, call: *mut freshet_call, options: *const c_char, out_store: *mut *mut c_void) -> freshet_status>,
    pub info: Option<unsafe extern "C" fn(store: *mut c_void, call: *mut freshet_call, out_info: *mut freshet_store_info) -> freshet_status>,
    pub ensure: Option<unsafe extern "C" fn(store: *mut c_void, call: *mut freshet_call, ns: *const freshet_store_namespace) -> freshet_status>,
    pub upsert: Option<unsafe extern "C" fn(store: *mut c_void, call: *mut freshet_call, ns: *const c_char, rows: *const *const freshet_row, count: usize, sink: *const freshet_confirm_sink) -> freshet_status>,
    pub remove: Option<unsafe extern "C" fn(store: *mut c_void, call: *mut freshet_call, ns: *const c_char, ids: *const *const c_char, count: usize, sink: *const freshet_confirm_sink) -> freshet_status>,
    pub search: Option<unsafe extern "C" fn(store: *mut c_void, call: *mut freshet_call, ns: *const c_char, search: *const freshet_search, sink: *const freshet_found_sink) -> freshet_status>,
    pub get: Option<unsafe extern "C" fn(store: *mut c_void, call: *mut freshet_call, ns: *const c_char, ids: *const *const c_char, count: usize, sink: *const freshet_found_sink) -> freshet_status>,
    pub list: Option<unsafe extern "C" fn(store: *mut c_void, call: *mut freshet_call, ns: *const c_char, cursor: *const c_char, limit: u32, sink: *const freshet_list_sink) -> freshet_status>,
    pub count: Option<unsafe extern "C" fn(store: *mut c_void, call: *mut freshet_call, ns: *const c_char, out_count: *mut u64) -> freshet_status>,
    pub reset: Option<unsafe extern "C" fn(store: *mut c_void, call: *mut freshet_call, ns: *const c_char) -> freshet_status>,
    pub close: Option<unsafe extern "C" fn(store: *mut c_void)>,
    pub claim: Option<unsafe extern "C" fn(store: *mut c_void, call: *mut freshet_call, ns: *const c_char, fence: u64, out_newest: *mut u64) -> freshet_status>,
    pub replace: Option<unsafe extern "C" fn(store: *mut c_void, call: *mut freshet_call, ns: *const c_char, by: *const c_char) -> freshet_status>,
    pub check: Option<unsafe extern "C" fn(store: *mut c_void, call: *mut freshet_call, ns: *const freshet_store_namespace, deep: i32, sink: *const freshet_text_sink) -> freshet_status>,
    pub recover: Option<unsafe extern "C" fn(provider: *mut c_void, host: *const freshet_host, call: *mut freshet_call, options: *const c_char, sink: *const freshet_text_sink) -> freshet_status>,
    pub namespaces: Option<unsafe extern "C" fn(store: *mut c_void, call: *mut freshet_call, sink: *const freshet_text_sink) -> freshet_status>,
    pub foreign: Option<unsafe extern "C" fn(store: *mut c_void, call: *mut freshet_call, ns: *const c_char, remove: i32, out_count: *mut u64) -> freshet_status>,
}
impl Default for freshet_store_table {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_store_table>() == 144);
    assert!(offset_of!(freshet_store_table, struct_size) == 0);
    assert!(offset_of!(freshet_store_table, open) == 8);
    assert!(offset_of!(freshet_store_table, info) == 16);
    assert!(offset_of!(freshet_store_table, ensure) == 24);
    assert!(offset_of!(freshet_store_table, upsert) == 32);
    assert!(offset_of!(freshet_store_table, remove) == 40);
    assert!(offset_of!(freshet_store_table, search) == 48);
    assert!(offset_of!(freshet_store_table, get) == 56);
    assert!(offset_of!(freshet_store_table, list) == 64);
    assert!(offset_of!(freshet_store_table, count) == 72);
    assert!(offset_of!(freshet_store_table, reset) == 80);
    assert!(offset_of!(freshet_store_table, close) == 88);
    assert!(offset_of!(freshet_store_table, claim) == 96);
    assert!(offset_of!(freshet_store_table, replace) == 104);
    assert!(offset_of!(freshet_store_table, check) == 112);
    assert!(offset_of!(freshet_store_table, recover) == 120);
    assert!(offset_of!(freshet_store_table, namespaces) == 128);
    assert!(offset_of!(freshet_store_table, foreign) == 136);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_tokenizer_info {
    pub struct_size: usize,
    pub name: *const c_char,
    pub fingerprint: *const c_char,
}
impl Default for freshet_tokenizer_info {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_tokenizer_info>() == 24);
    assert!(offset_of!(freshet_tokenizer_info, struct_size) == 0);
    assert!(offset_of!(freshet_tokenizer_info, name) == 8);
    assert!(offset_of!(freshet_tokenizer_info, fingerprint) == 16);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_token_sink {
    pub struct_size: usize,
    pub payload: *mut c_void,
    pub ends: Option<unsafe extern "C" fn(payload: *mut c_void, ends: *const usize, count: usize) -> freshet_status>,
}
impl Default for freshet_token_sink {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_token_sink>() == 24);
    assert!(offset_of!(freshet_token_sink, struct_size) == 0);
    assert!(offset_of!(freshet_token_sink, payload) == 8);
    assert!(offset_of!(freshet_token_sink, ends) == 16);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_tokenizer_table {
    pub struct_size: usize,
    pub open: Option<unsafe extern "C" fn(provider: *mut c_void, host: *const freshet_host, call: *mut freshet_call, options: *const c_char, out_tokenizer: *mut *mut c_void) -> freshet_status>,
    pub info: Option<unsafe extern "C" fn(tokenizer: *mut c_void, call: *mut freshet_call, out_info: *mut freshet_tokenizer_info) -> freshet_status>,
    pub count: Option<unsafe extern "C" fn(tokenizer: *mut c_void, call: *mut freshet_call, text: *const c_char, size: usize, out_tokens: *mut u64) -> freshet_status>,
    pub split: Option<unsafe extern "C" fn(tokenizer: *mut c_void, call: *mut freshet_call, text: *const c_char, size: usize, sink: *const freshet_token_sink) -> freshet_status>,
    pub close: Option<unsafe extern "C" fn(tokenizer: *mut c_void)>,
}
impl Default for freshet_tokenizer_table {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_tokenizer_table>() == 48);
    assert!(offset_of!(freshet_tokenizer_table, struct_size) == 0);
    assert!(offset_of!(freshet_tokenizer_table, open) == 8);
    assert!(offset_of!(freshet_tokenizer_table, info) == 16);
    assert!(offset_of!(freshet_tokenizer_table, count) == 24);
    assert!(offset_of!(freshet_tokenizer_table, split) == 32);
    assert!(offset_of!(freshet_tokenizer_table, close) == 40);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_transformer_info {
    pub struct_size: usize,
    pub fingerprint: *const c_char,
    pub max_chunks: u32,
    pub reserved: u32,
}
impl Default for freshet_transformer_info {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_transformer_info>() == 24);
    assert!(offset_of!(freshet_transformer_info, struct_size) == 0);
    assert!(offset_of!(freshet_transformer_info, fingerprint) == 8);
    assert!(offset_of!(freshet_transformer_info, max_chunks) == 16);
    assert!(offset_of!(freshet_transformer_info, reserved) == 20);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_transform_document {
    pub struct_size: usize,
    pub uri: *const c_char,
    pub title: *const c_char,
    pub metadata: *const c_char,
    pub text: *const c_char,
    pub size: usize,
}
impl Default for freshet_transform_document {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_transform_document>() == 48);
    assert!(offset_of!(freshet_transform_document, struct_size) == 0);
    assert!(offset_of!(freshet_transform_document, uri) == 8);
    assert!(offset_of!(freshet_transform_document, title) == 16);
    assert!(offset_of!(freshet_transform_document, metadata) == 24);
    assert!(offset_of!(freshet_transform_document, text) == 32);
    assert!(offset_of!(freshet_transform_document, size) == 40);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_transform_chunk {
    pub struct_size: usize,
    pub document: *const freshet_transform_document,
    pub text: *const c_char,
    pub size: usize,
    pub section: *const c_char,
    pub url: *const c_char,
    pub span_begin: u64,
    pub span_end: u64,
}
impl Default for freshet_transform_chunk {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_transform_chunk>() == 64);
    assert!(offset_of!(freshet_transform_chunk, struct_size) == 0);
    assert!(offset_of!(freshet_transform_chunk, document) == 8);
    assert!(offset_of!(freshet_transform_chunk, text) == 16);
    assert!(offset_of!(freshet_transform_chunk, size) == 24);
    assert!(offset_of!(freshet_transform_chunk, section) == 32);
    assert!(offset_of!(freshet_transform_chunk, url) == 40);
    assert!(offset_of!(freshet_transform_chunk, span_begin) == 48);
    assert!(offset_of!(freshet_transform_chunk, span_end) == 56);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_transform_request {
    pub struct_size: usize,
    pub chunks: *const *const freshet_transform_chunk,
    pub count: usize,
}
impl Default for freshet_transform_request {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_transform_request>() == 24);
    assert!(offset_of!(freshet_transform_request, struct_size) == 0);
    assert!(offset_of!(freshet_transform_request, chunks) == 8);
    assert!(offset_of!(freshet_transform_request, count) == 16);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_transform_sink {
    pub struct_size: usize,
    pub payload: *mut c_void,
    pub text: Option<unsafe extern "C" fn(payload: *mut c_void, index: usize, text: *const c_char, size: usize) -> freshet_status>,
    pub metadata: Option<unsafe extern "C" fn(payload: *mut c_void, index: usize, json: *const c_char) -> freshet_status>,
    pub reject: Option<unsafe extern "C" fn(payload: *mut c_void, index: usize, status: freshet_status, message: *const c_char) -> freshet_status>,
}
impl Default for freshet_transform_sink {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_transform_sink>() == 40);
    assert!(offset_of!(freshet_transform_sink, struct_size) == 0);
    assert!(offset_of!(freshet_transform_sink, payload) == 8);
    assert!(offset_of!(freshet_transform_sink, text) == 16);
    assert!(offset_of!(freshet_transform_sink, metadata) == 24);
    assert!(offset_of!(freshet_transform_sink, reject) == 32);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_transformer_table {
    pub struct_size: usize,
    pub open: Option<unsafe extern "C" fn(provider: *mut c_void, host: *const freshet_host, call: *mut freshet_call, options: *const c_char, out_transformer: *mut *mut c_void) -> freshet_status>,
    pub info: Option<unsafe extern "C" fn(transformer: *mut c_void, call: *mut freshet_call, out_info: *mut freshet_transformer_info) -> freshet_status>,
    pub transform: Option<unsafe extern "C" fn(transformer: *mut c_void, call: *mut freshet_call, request: *const freshet_transform_request, sink: *const freshet_transform_sink) -> freshet_status>,
    pub close: Option<unsafe extern "C" fn(transformer: *mut c_void)>,
}
impl Default for freshet_transformer_table {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_transformer_table>() == 40);
    assert!(offset_of!(freshet_transformer_table, struct_size) == 0);
    assert!(offset_of!(freshet_transformer_table, open) == 8);
    assert!(offset_of!(freshet_transformer_table, info) == 16);
    assert!(offset_of!(freshet_transformer_table, transform) == 24);
    assert!(offset_of!(freshet_transformer_table, close) == 32);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_plugin_info {
    pub struct_size: usize,
    pub kind: *const c_char,
    pub name: *const c_char,
    pub plugin: *const c_char,
    pub version: *const c_char,
    pub description: *const c_char,
    pub manifest: *const c_char,
    pub library: *const c_char,
    pub schema: *const c_char,
}
impl Default for freshet_plugin_info {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_plugin_info>() == 72);
    assert!(offset_of!(freshet_plugin_info, struct_size) == 0);
    assert!(offset_of!(freshet_plugin_info, kind) == 8);
    assert!(offset_of!(freshet_plugin_info, name) == 16);
    assert!(offset_of!(freshet_plugin_info, plugin) == 24);
    assert!(offset_of!(freshet_plugin_info, version) == 32);
    assert!(offset_of!(freshet_plugin_info, description) == 40);
    assert!(offset_of!(freshet_plugin_info, manifest) == 48);
    assert!(offset_of!(freshet_plugin_info, library) == 56);
    assert!(offset_of!(freshet_plugin_info, schema) == 64);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_provider {
    pub struct_size: usize,
    pub payload: *mut c_void,
    pub get: Option<unsafe extern "C" fn(payload: *mut c_void, kind: *const c_char, name: *const c_char) -> *const c_void>,
    pub release: Option<unsafe extern "C" fn(payload: *mut c_void)>,
}
impl Default for freshet_provider {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_provider>() == 32);
    assert!(offset_of!(freshet_provider, struct_size) == 0);
    assert!(offset_of!(freshet_provider, payload) == 8);
    assert!(offset_of!(freshet_provider, get) == 16);
    assert!(offset_of!(freshet_provider, release) == 24);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_known {
    pub struct_size: usize,
    pub uri: *const c_char,
    pub metadata: *const c_char,
    pub flags: *const c_char,
    pub ingested_ms: i64,
    pub checked_ms: i64,
    pub changed_ms: i64,
    pub listed_modified_ms: i64,
    pub exists: i32,
    pub triggered: i32,
}
impl Default for freshet_known {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_known>() == 72);
    assert!(offset_of!(freshet_known, struct_size) == 0);
    assert!(offset_of!(freshet_known, uri) == 8);
    assert!(offset_of!(freshet_known, metadata) == 16);
    assert!(offset_of!(freshet_known, flags) == 24);
    assert!(offset_of!(freshet_known, ingested_ms) == 32);
    assert!(offset_of!(freshet_known, checked_ms) == 40);
    assert!(offset_of!(freshet_known, changed_ms) == 48);
    assert!(offset_of!(freshet_known, listed_modified_ms) == 56);
    assert!(offset_of!(freshet_known, exists) == 64);
    assert!(offset_of!(freshet_known, triggered) == 68);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_decision {
    pub struct_size: usize,
    pub refresh: i32,
    pub reserved: i32,
    pub ask_again_ms: i64,
    pub reason: [c_char; FRESHET_REASON_SIZE as usize],
}
impl Default for freshet_decision {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_decision>() == 120);
    assert!(offset_of!(freshet_decision, struct_size) == 0);
    assert!(offset_of!(freshet_decision, refresh) == 8);
    assert!(offset_of!(freshet_decision, reserved) == 12);
    assert!(offset_of!(freshet_decision, ask_again_ms) == 16);
    assert!(offset_of!(freshet_decision, reason) == 24);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_custom_policy {
    pub struct_size: usize,
    pub payload: *mut c_void,
    pub decide: Option<unsafe extern "C" fn(payload: *mut c_void, known: *const freshet_known, now_ms: i64, out_decision: *mut freshet_decision) -> freshet_status>,
    pub accept: Option<unsafe extern "C" fn(payload: *mut c_void, known: *const freshet_known, document: *const freshet_document, out_accept: *mut i32) -> freshet_status>,
    pub release: Option<unsafe extern "C" fn(payload: *mut c_void)>,
}
impl Default for freshet_custom_policy {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_custom_policy>() == 40);
    assert!(offset_of!(freshet_custom_policy, struct_size) == 0);
    assert!(offset_of!(freshet_custom_policy, payload) == 8);
    assert!(offset_of!(freshet_custom_policy, decide) == 16);
    assert!(offset_of!(freshet_custom_policy, accept) == 24);
    assert!(offset_of!(freshet_custom_policy, release) == 32);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_url_functions {
    pub struct_size: usize,
    pub payload: *mut c_void,
    pub select: Option<unsafe extern "C" fn(payload: *mut c_void, uri: *const c_char, out_policy: *mut *const freshet_policy) -> freshet_status>,
    pub matches: Option<unsafe extern "C" fn(payload: *mut c_void, uri: *const c_char, out_matches: *mut i32) -> freshet_status>,
    pub release: Option<unsafe extern "C" fn(payload: *mut c_void)>,
}
impl Default for freshet_url_functions {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_url_functions>() == 40);
    assert!(offset_of!(freshet_url_functions, struct_size) == 0);
    assert!(offset_of!(freshet_url_functions, payload) == 8);
    assert!(offset_of!(freshet_url_functions, select) == 16);
    assert!(offset_of!(freshet_url_functions, matches) == 24);
    assert!(offset_of!(freshet_url_functions, release) == 32);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_business_hours {
    pub struct_size: usize,
    pub ttl_ms: i64,
    pub from: *const c_char,
    pub to: *const c_char,
    pub days: *const c_char,
    pub timezone: *const c_char,
    pub avoid: i32,
    pub unknown_waits: i32,
}
impl Default for freshet_business_hours {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_business_hours>() == 56);
    assert!(offset_of!(freshet_business_hours, struct_size) == 0);
    assert!(offset_of!(freshet_business_hours, ttl_ms) == 8);
    assert!(offset_of!(freshet_business_hours, from) == 16);
    assert!(offset_of!(freshet_business_hours, to) == 24);
    assert!(offset_of!(freshet_business_hours, days) == 32);
    assert!(offset_of!(freshet_business_hours, timezone) == 40);
    assert!(offset_of!(freshet_business_hours, avoid) == 48);
    assert!(offset_of!(freshet_business_hours, unknown_waits) == 52);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_priorities {
    pub struct_size: usize,
    pub critical_ms: i64,
    pub high_ms: i64,
    pub normal_ms: i64,
    pub low_ms: i64,
    pub default_ms: i64,
}
impl Default for freshet_priorities {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value.critical_ms = 3600000;
        value.high_ms = 21600000;
        value.normal_ms = 86400000;
        value.low_ms = 604800000;
        value.default_ms = 86400000;
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_priorities>() == 48);
    assert!(offset_of!(freshet_priorities, struct_size) == 0);
    assert!(offset_of!(freshet_priorities, critical_ms) == 8);
    assert!(offset_of!(freshet_priorities, high_ms) == 16);
    assert!(offset_of!(freshet_priorities, normal_ms) == 24);
    assert!(offset_of!(freshet_priorities, low_ms) == 32);
    assert!(offset_of!(freshet_priorities, default_ms) == 40);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_adaptive {
    pub struct_size: usize,
    pub requests_a_day: f64,
    pub budget_ttl_ms: i64,
    pub max_staleness_ms: i64,
    pub min_interval_ms: i64,
}
impl Default for freshet_adaptive {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value.min_interval_ms = 21600000;
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_adaptive>() == 40);
    assert!(offset_of!(freshet_adaptive, struct_size) == 0);
    assert!(offset_of!(freshet_adaptive, requests_a_day) == 8);
    assert!(offset_of!(freshet_adaptive, budget_ttl_ms) == 16);
    assert!(offset_of!(freshet_adaptive, max_staleness_ms) == 24);
    assert!(offset_of!(freshet_adaptive, min_interval_ms) == 32);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_hit {
    pub struct_size: usize,
    pub score: f64,
    pub text: *const c_char,
    pub uri: *const c_char,
    pub title: *const c_char,
    pub path: *const c_char,
    pub url: *const c_char,
    pub chunk_id: *const c_char,
    pub metadata: *const c_char,
    pub checked_ms: i64,
    pub due_ms: i64,
    pub unconfirmed: *const c_char,
    pub context: *const c_char,
    pub tokens: u64,
    pub query: u32,
    pub reserved: u32,
}
impl Default for freshet_hit {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_hit>() == 120);
    assert!(offset_of!(freshet_hit, struct_size) == 0);
    assert!(offset_of!(freshet_hit, score) == 8);
    assert!(offset_of!(freshet_hit, text) == 16);
    assert!(offset_of!(freshet_hit, uri) == 24);
    assert!(offset_of!(freshet_hit, title) == 32);
    assert!(offset_of!(freshet_hit, path) == 40);
    assert!(offset_of!(freshet_hit, url) == 48);
    assert!(offset_of!(freshet_hit, chunk_id) == 56);
    assert!(offset_of!(freshet_hit, metadata) == 64);
    assert!(offset_of!(freshet_hit, checked_ms) == 72);
    assert!(offset_of!(freshet_hit, due_ms) == 80);
    assert!(offset_of!(freshet_hit, unconfirmed) == 88);
    assert!(offset_of!(freshet_hit, context) == 96);
    assert!(offset_of!(freshet_hit, tokens) == 104);
    assert!(offset_of!(freshet_hit, query) == 112);
    assert!(offset_of!(freshet_hit, reserved) == 116);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_refresh_counts {
    pub struct_size: usize,
    pub listed: u64,
    pub refreshed: u64,
    pub unchanged: u64,
    pub skipped: u64,
    pub removed: u64,
    pub busy: u64,
    pub failed: u64,
    pub held: u64,
    pub chunks_added: u64,
    pub chunks_removed: u64,
    pub chunks_kept: u64,
    pub embedded_texts: u64,
    pub embedded_cached: u64,
    pub embedded_tokens: u64,
    pub upserts: u64,
    pub removals: u64,
    pub pending: u64,
    pub requests: u64,
    pub not_modified: u64,
    pub bytes: u64,
    pub excluded: u64,
}
impl Default for freshet_refresh_counts {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_refresh_counts>() == 176);
    assert!(offset_of!(freshet_refresh_counts, struct_size) == 0);
    assert!(offset_of!(freshet_refresh_counts, listed) == 8);
    assert!(offset_of!(freshet_refresh_counts, refreshed) == 16);
    assert!(offset_of!(freshet_refresh_counts, unchanged) == 24);
    assert!(offset_of!(freshet_refresh_counts, skipped) == 32);
    assert!(offset_of!(freshet_refresh_counts, removed) == 40);
    assert!(offset_of!(freshet_refresh_counts, busy) == 48);
    assert!(offset_of!(freshet_refresh_counts, failed) == 56);
    assert!(offset_of!(freshet_refresh_counts, held) == 64);
    assert!(offset_of!(freshet_refresh_counts, chunks_added) == 72);
    assert!(offset_of!(freshet_refresh_counts, chunks_removed) == 80);
    assert!(offset_of!(freshet_refresh_counts, chunks_kept) == 88);
    assert!(offset_of!(freshet_refresh_counts, embedded_texts) == 96);
    assert!(offset_of!(freshet_refresh_counts, embedded_cached) == 104);
    assert!(offset_of!(freshet_refresh_counts, embedded_tokens) == 112);
    assert!(offset_of!(freshet_refresh_counts, upserts) == 120);
    assert!(offset_of!(freshet_refresh_counts, removals) == 128);
    assert!(offset_of!(freshet_refresh_counts, pending) == 136);
    assert!(offset_of!(freshet_refresh_counts, requests) == 144);
    assert!(offset_of!(freshet_refresh_counts, not_modified) == 152);
    assert!(offset_of!(freshet_refresh_counts, bytes) == 160);
    assert!(offset_of!(freshet_refresh_counts, excluded) == 168);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_root_result {
    pub struct_size: usize,
    pub outcome: i32,
    pub status: freshet_status,
    pub uri: *const c_char,
    pub reason: *const c_char,
    pub message: *const c_char,
    pub subject: *const c_char,
    pub retry_after_ms: i64,
    pub attempts: i32,
    pub reserved: i32,
}
impl Default for freshet_root_result {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value.retry_after_ms = -1;
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_root_result>() == 64);
    assert!(offset_of!(freshet_root_result, struct_size) == 0);
    assert!(offset_of!(freshet_root_result, outcome) == 8);
    assert!(offset_of!(freshet_root_result, status) == 12);
    assert!(offset_of!(freshet_root_result, uri) == 16);
    assert!(offset_of!(freshet_root_result, reason) == 24);
    assert!(offset_of!(freshet_root_result, message) == 32);
    assert!(offset_of!(freshet_root_result, subject) == 40);
    assert!(offset_of!(freshet_root_result, retry_after_ms) == 48);
    assert!(offset_of!(freshet_root_result, attempts) == 56);
    assert!(offset_of!(freshet_root_result, reserved) == 60);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_repository_info {
    pub struct_size: usize,
    pub chunks: u64,
    pub documents: u64,
    pub elements: u64,
    pub roots: u64,
    pub failing: u64,
    pub deliveries: u64,
    pub vectors: u64,
    pub has_embeddings: i32,
    pub persistent: i32,
}
impl Default for freshet_repository_info {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_repository_info>() == 72);
    assert!(offset_of!(freshet_repository_info, struct_size) == 0);
    assert!(offset_of!(freshet_repository_info, chunks) == 8);
    assert!(offset_of!(freshet_repository_info, documents) == 16);
    assert!(offset_of!(freshet_repository_info, elements) == 24);
    assert!(offset_of!(freshet_repository_info, roots) == 32);
    assert!(offset_of!(freshet_repository_info, failing) == 40);
    assert!(offset_of!(freshet_repository_info, deliveries) == 48);
    assert!(offset_of!(freshet_repository_info, vectors) == 56);
    assert!(offset_of!(freshet_repository_info, has_embeddings) == 64);
    assert!(offset_of!(freshet_repository_info, persistent) == 68);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_root_info {
    pub struct_size: usize,
    pub uri: *const c_char,
    pub title: *const c_char,
    pub media_type: *const c_char,
    pub version: *const c_char,
    pub metadata: *const c_char,
    pub flags: *const c_char,
    pub alias_of: *const c_char,
    pub error: *const c_char,
    pub ingested_ms: i64,
    pub checked_ms: i64,
    pub changed_ms: i64,
    pub ask_again_ms: i64,
    pub failed_ms: i64,
    pub error_code: freshet_status,
    pub chunks: u32,
    pub elements: u32,
    pub failures: u32,
}
impl Default for freshet_root_info {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_root_info>() == 128);
    assert!(offset_of!(freshet_root_info, struct_size) == 0);
    assert!(offset_of!(freshet_root_info, uri) == 8);
    assert!(offset_of!(freshet_root_info, title) == 16);
    assert!(offset_of!(freshet_root_info, media_type) == 24);
    assert!(offset_of!(freshet_root_info, version) == 32);
    assert!(offset_of!(freshet_root_info, metadata) == 40);
    assert!(offset_of!(freshet_root_info, flags) == 48);
    assert!(offset_of!(freshet_root_info, alias_of) == 56);
    assert!(offset_of!(freshet_root_info, error) == 64);
    assert!(offset_of!(freshet_root_info, ingested_ms) == 72);
    assert!(offset_of!(freshet_root_info, checked_ms) == 80);
    assert!(offset_of!(freshet_root_info, changed_ms) == 88);
    assert!(offset_of!(freshet_root_info, ask_again_ms) == 96);
    assert!(offset_of!(freshet_root_info, failed_ms) == 104);
    assert!(offset_of!(freshet_root_info, error_code) == 112);
    assert!(offset_of!(freshet_root_info, chunks) == 116);
    assert!(offset_of!(freshet_root_info, elements) == 120);
    assert!(offset_of!(freshet_root_info, failures) == 124);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_chunk_info {
    pub struct_size: usize,
    pub id: *const c_char,
    pub text: *const c_char,
    pub urtext: *const c_char,
    pub parent_id: *const c_char,
    pub url: *const c_char,
    pub path: *const c_char,
    pub metadata: *const c_char,
    pub root_id: *const c_char,
    pub root_title: *const c_char,
    pub container_id: *const c_char,
    pub container_title: *const c_char,
    pub container_url: *const c_char,
    pub leaf_id: *const c_char,
    pub leaf_title: *const c_char,
    pub leaf_url: *const c_char,
    pub span_begin: u64,
    pub span_end: u64,
    pub sequence_number: i32,
    pub chunk_index: i32,
    pub total_chunks: i32,
    pub reserved: i32,
}
impl Default for freshet_chunk_info {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_chunk_info>() == 160);
    assert!(offset_of!(freshet_chunk_info, struct_size) == 0);
    assert!(offset_of!(freshet_chunk_info, id) == 8);
    assert!(offset_of!(freshet_chunk_info, text) == 16);
    assert!(offset_of!(freshet_chunk_info, urtext) == 24);
    assert!(offset_of!(freshet_chunk_info, parent_id) == 32);
    assert!(offset_of!(freshet_chunk_info, url) == 40);
    assert!(offset_of!(freshet_chunk_info, path) == 48);
    assert!(offset_of!(freshet_chunk_info, metadata) == 56);
    assert!(offset_of!(freshet_chunk_info, root_id) == 64);
    assert!(offset_of!(freshet_chunk_info, root_title) == 72);
    assert!(offset_of!(freshet_chunk_info, container_id) == 80);
    assert!(offset_of!(freshet_chunk_info, container_title) == 88);
    assert!(offset_of!(freshet_chunk_info, container_url) == 96);
    assert!(offset_of!(freshet_chunk_info, leaf_id) == 104);
    assert!(offset_of!(freshet_chunk_info, leaf_title) == 112);
    assert!(offset_of!(freshet_chunk_info, leaf_url) == 120);
    assert!(offset_of!(freshet_chunk_info, span_begin) == 128);
    assert!(offset_of!(freshet_chunk_info, span_end) == 136);
    assert!(offset_of!(freshet_chunk_info, sequence_number) == 144);
    assert!(offset_of!(freshet_chunk_info, chunk_index) == 148);
    assert!(offset_of!(freshet_chunk_info, total_chunks) == 152);
    assert!(offset_of!(freshet_chunk_info, reserved) == 156);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_element_info {
    pub struct_size: usize,
    pub id: *const c_char,
    pub parent_id: *const c_char,
    pub root_id: *const c_char,
    pub title: *const c_char,
    pub url: *const c_char,
    pub text: *const c_char,
    pub span_begin: u64,
    pub span_end: u64,
    pub kind: i32,
    pub level: i32,
    pub ordinal: u32,
    pub reserved: i32,
}
impl Default for freshet_element_info {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_element_info>() == 88);
    assert!(offset_of!(freshet_element_info, struct_size) == 0);
    assert!(offset_of!(freshet_element_info, id) == 8);
    assert!(offset_of!(freshet_element_info, parent_id) == 16);
    assert!(offset_of!(freshet_element_info, root_id) == 24);
    assert!(offset_of!(freshet_element_info, title) == 32);
    assert!(offset_of!(freshet_element_info, url) == 40);
    assert!(offset_of!(freshet_element_info, text) == 48);
    assert!(offset_of!(freshet_element_info, span_begin) == 56);
    assert!(offset_of!(freshet_element_info, span_end) == 64);
    assert!(offset_of!(freshet_element_info, kind) == 72);
    assert!(offset_of!(freshet_element_info, level) == 76);
    assert!(offset_of!(freshet_element_info, ordinal) == 80);
    assert!(offset_of!(freshet_element_info, reserved) == 84);
};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct freshet_write_result {
    pub struct_size: usize,
    pub added: u64,
    pub removed: u64,
    pub kept: u64,
    pub updated: u64,
    pub created: i32,
    pub reserved: i32,
}
impl Default for freshet_write_result {
    fn default() -> Self {
        // SAFETY: every member may be zero: numbers, pointers, and functions that are options.
        let mut value: Self = unsafe { zeroed() };
        value.struct_size = size_of::<Self>();
        value
    }
}
const _: () = {
    assert!(size_of::<freshet_write_result>() == 48);
    assert!(offset_of!(freshet_write_result, struct_size) == 0);
    assert!(offset_of!(freshet_write_result, added) == 8);
    assert!(offset_of!(freshet_write_result, removed) == 16);
    assert!(offset_of!(freshet_write_result, kept) == 24);
    assert!(offset_of!(freshet_write_result, updated) == 32);
    assert!(offset_of!(freshet_write_result, created) == 40);
    assert!(offset_of!(freshet_write_result, reserved) == 44);
};
pub const FRESHET_PURPOSE_DOCUMENT: i32 = 0;
pub const FRESHET_PURPOSE_QUERY: i32 = 1;
pub const FRESHET_EVENT_NONE: i32 = 0;
pub const FRESHET_EVENT_RUN_STARTED: i32 = 1;
pub const FRESHET_EVENT_LISTING_STARTED: i32 = 2;
pub const FRESHET_EVENT_LISTING_ENDED: i32 = 3;
pub const FRESHET_EVENT_ROOT_DONE: i32 = 4;
pub const FRESHET_EVENT_PROGRESS: i32 = 5;
pub const FRESHET_EVENT_DELIVERY: i32 = 6;
pub const FRESHET_EVENT_LOG: i32 = 7;
pub const FRESHET_EVENT_RUN_ENDED: i32 = 8;
pub const FRESHET_OUTCOME_REFRESHED: i32 = 1;
pub const FRESHET_OUTCOME_UNCHANGED: i32 = 2;
pub const FRESHET_OUTCOME_SKIPPED: i32 = 3;
pub const FRESHET_OUTCOME_REMOVED: i32 = 4;
pub const FRESHET_OUTCOME_BUSY: i32 = 5;
pub const FRESHET_OUTCOME_FAILED: i32 = 6;
pub const FRESHET_OUTCOME_EXCLUDED: i32 = 7;
pub const FRESHET_LEVEL_DEBUG: i32 = 0;
pub const FRESHET_LEVEL_INFO: i32 = 1;
pub const FRESHET_LEVEL_WARNING: i32 = 2;
pub const FRESHET_LEVEL_ERROR: i32 = 3;
pub const FRESHET_EMBED_DOCUMENT: i32 = 0;
pub const FRESHET_EMBED_QUERY: i32 = 1;
pub const FRESHET_LOG_DEBUG: i32 = 0;
pub const FRESHET_LOG_INFO: i32 = 1;
pub const FRESHET_LOG_WARNING: i32 = 2;
pub const FRESHET_LOG_ERROR: i32 = 3;
pub const FRESHET_HTTP_ROBOTS: i32 = 1;
pub const FRESHET_HTTP_NOT_REPEATABLE: i32 = 2;
pub const FRESHET_HTTP_REFUSALS: i32 = 4;
pub const FRESHET_HTTP_OWN_SERVER: i32 = 8;
pub const FRESHET_LISTING_PART: i32 = 0;
pub const FRESHET_LISTING_WHOLE: i32 = 1;
pub const FRESHET_LISTING_UNCHANGED: i32 = 2;
pub const FRESHET_LISTING_CHANGES: i32 = 3;
pub const FRESHET_STORE_NEEDS_VECTORS: i32 = 1;
pub const FRESHET_STORE_TEXT_SEARCH: i32 = 2;
pub const FRESHET_STORE_VECTOR_SEARCH: i32 = 4;
pub const FRESHET_STORE_HYBRID_SEARCH: i32 = 8;
pub const FRESHET_STORE_ORDERED: i32 = 16;
pub const FRESHET_STORE_METRIC_COSINE: i32 = 0;
pub const FRESHET_STORE_METRIC_L2: i32 = 1;
pub const FRESHET_STORE_METRIC_DOT: i32 = 2;
pub const FRESHET_FILTER_AND: i32 = 1;
pub const FRESHET_FILTER_OR: i32 = 2;
pub const FRESHET_FILTER_NOT: i32 = 4;
pub const FRESHET_FILTER_EQ: i32 = 8;
pub const FRESHET_FILTER_NE: i32 = 16;
pub const FRESHET_FILTER_GT: i32 = 32;
pub const FRESHET_FILTER_GTE: i32 = 64;
pub const FRESHET_FILTER_LT: i32 = 128;
pub const FRESHET_FILTER_LTE: i32 = 256;
pub const FRESHET_FILTER_IN: i32 = 512;
pub const FRESHET_FILTER_NIN: i32 = 1024;
pub const FRESHET_FILTER_CONTAINS: i32 = 2048;
pub const FRESHET_FILTER_ICONTAINS: i32 = 4096;
pub const FRESHET_FILTER_IEQ: i32 = 8192;
pub const FRESHET_FILTER_STARTS_WITH: i32 = 16384;
pub const FRESHET_FILTER_ENDS_WITH: i32 = 32768;
pub const FRESHET_FILTER_LIKE: i32 = 65536;
pub const FRESHET_FILTER_HAS: i32 = 131072;
pub const FRESHET_SEARCH_TEXT: i32 = 0;
pub const FRESHET_SEARCH_VECTOR: i32 = 1;
pub const FRESHET_SEARCH_HYBRID: i32 = 2;
pub const FRESHET_ELEMENT_ROOT: i32 = 0;
pub const FRESHET_ELEMENT_CONTAINER: i32 = 1;
pub const FRESHET_ELEMENT_LEAF: i32 = 2;
pub const FRESHET_OK: freshet_status = 0;
pub const FRESHET_E_INVALID_ARGUMENT: freshet_status = 1001;
pub const FRESHET_E_MISUSE: freshet_status = 1002;
pub const FRESHET_E_NOT_FOUND: freshet_status = 1003;
pub const FRESHET_E_UNSUPPORTED: freshet_status = 1004;
pub const FRESHET_E_POLICY_FAILED: freshet_status = 1005;
pub const FRESHET_E_EXCLUDED: freshet_status = 1006;
pub const FRESHET_E_BUSY: freshet_status = 1101;
pub const FRESHET_E_CANCELLED: freshet_status = 1102;
pub const FRESHET_E_TIMEOUT: freshet_status = 1103;
pub const FRESHET_E_NETWORK: freshet_status = 1104;
pub const FRESHET_E_RATE_LIMITED: freshet_status = 1105;
pub const FRESHET_E_REMOTE: freshet_status = 1106;
pub const FRESHET_E_DENIED: freshet_status = 1201;
pub const FRESHET_E_BLOCKED: freshet_status = 1202;
pub const FRESHET_E_GONE: freshet_status = 1203;
pub const FRESHET_E_LIMIT: freshet_status = 1204;
pub const FRESHET_E_PARSE: freshet_status = 1205;
pub const FRESHET_E_HELD: freshet_status = 1206;
pub const FRESHET_E_IO: freshet_status = 1301;
pub const FRESHET_E_FULL: freshet_status = 1302;
pub const FRESHET_E_CORRUPT: freshet_status = 1303;
pub const FRESHET_E_VERSION: freshet_status = 1304;
pub const FRESHET_E_PLUGIN: freshet_status = 1305;
pub const FRESHET_E_OUT_OF_MEMORY: freshet_status = 1306;
pub const FRESHET_E_INTERNAL: freshet_status = 1399;
pub const FRESHET_PLUGIN_EMBEDDER: &CStr = c"freshet.embedder/1";
pub const FRESHET_PLUGIN_ABI: u32 = 1;
pub const FRESHET_PLUGIN_LOADER: &CStr = c"freshet.loader/1";
pub const FRESHET_PLUGIN_READER: &CStr = c"freshet.reader/1";
pub const FRESHET_PLUGIN_STORE: &CStr = c"freshet.store/1";
pub const FRESHET_PLUGIN_TOKENIZER: &CStr = c"freshet.tokenizer/1";
pub const FRESHET_PLUGIN_TRANSFORMER: &CStr = c"freshet.transformer/1";
pub const FRESHET_REASON_SIZE: u32 = 96;
pub const FRESHET_NEVER: i64 = i64::MAX;
pub type freshet_event_callback = Option<unsafe extern "C" fn(payload: *mut c_void, event: *const freshet_event)>;
pub type freshet_log_callback = Option<unsafe extern "C" fn(payload: *mut c_void, level: i32, plugin: *const c_char, message: *const c_char)>;
pub type freshet_http_callback = Option<unsafe extern "C" fn(payload: *mut c_void, index: usize, status: freshet_status, response: *const freshet_http_response, message: *const c_char) -> freshet_status>;
pub type freshet_text_callback = Option<unsafe extern "C" fn(payload: *mut c_void, text: *const c_char) -> freshet_status>;
pub type freshet_document_callback = Option<unsafe extern "C" fn(payload: *mut c_void, document: *const freshet_document) -> freshet_status>;
