//! What include/freshet/plugin/{host,entry,tokenizer,embedder}.h declare, as far as the plugins here use it.
use std::ffi::{c_char, c_void};

pub type Status = i32;
pub const OK: Status = 0;
pub const E_INVALID_ARGUMENT: Status = 1001;
pub const E_NOT_FOUND: Status = 1003;
pub const E_UNSUPPORTED: Status = 1004;
pub const E_CANCELLED: Status = 1102;
pub const E_DENIED: Status = 1201;
pub const E_LIMIT: Status = 1204;
pub const E_IO: Status = 1301;
pub const E_CORRUPT: Status = 1303;
pub const E_PLUGIN: Status = 1305;
pub const E_OUT_OF_MEMORY: Status = 1306;

#[repr(C)]
pub struct RawCall {
    _private: [u8; 0],
}

/// The beginning of freshet_host.
#[repr(C)]
pub struct Host {
    pub struct_size: usize,
    pub version: *const c_char,
    pub self_: *mut c_void,
    pub log: unsafe extern "C" fn(*mut c_void, i32, *const c_char),
    pub now_ms: unsafe extern "C" fn(*mut c_void) -> i64,
    pub cancelled: unsafe extern "C" fn(*mut RawCall) -> i32,
    pub fail: unsafe extern "C" fn(*mut RawCall, Status, *const c_char, *const c_char, i64),
}

#[repr(C)]
pub struct Descriptor {
    pub struct_size: usize,
    pub abi: u32,
    pub reserved: u32,
    pub name: *const c_char,
    pub version: *const c_char,
    pub get: unsafe extern "C" fn(*const c_char, *const c_char) -> *const c_void,
}
unsafe impl Sync for Descriptor {}

pub type Open = unsafe extern "C" fn(*mut c_void, *const Host, *mut RawCall, *const c_char, *mut *mut c_void) -> Status;
pub type Close = unsafe extern "C" fn(*mut c_void);

#[repr(C)]
pub struct TokenizerInfo {
    pub struct_size: usize,
    pub name: *const c_char,
    pub fingerprint: *const c_char,
}

#[repr(C)]
pub struct TokenSink {
    pub struct_size: usize,
    pub payload: *mut c_void,
    pub ends: unsafe extern "C" fn(*mut c_void, *const usize, usize) -> Status,
}

#[repr(C)]
pub struct TokenizerTable {
    pub struct_size: usize,
    pub open: Open,
    pub info: unsafe extern "C" fn(*mut c_void, *mut RawCall, *mut TokenizerInfo) -> Status,
    pub count: unsafe extern "C" fn(*mut c_void, *mut RawCall, *const c_char, usize, *mut u64) -> Status,
    pub split: unsafe extern "C" fn(*mut c_void, *mut RawCall, *const c_char, usize, *const TokenSink) -> Status,
    pub close: Close,
}

#[repr(C)]
pub struct EmbedderInfo {
    pub struct_size: usize,
    pub model: *const c_char,
    pub tokenizer: *const c_char,
    pub max_bytes: u64,
    pub dimension: u32,
    pub max_inputs: u32,
    pub max_tokens: u32,
    pub max_text_tokens: u32,
}

pub const EMBED_QUERY: i32 = 1;

#[repr(C)]
pub struct EmbedRequest {
    pub struct_size: usize,
    pub texts: *const *const c_char,
    pub sizes: *const usize,
    pub count: usize,
    pub purpose: i32,
    pub reserved: i32,
}

#[repr(C)]
pub struct VectorSink {
    pub struct_size: usize,
    pub payload: *mut c_void,
    pub vector: unsafe extern "C" fn(*mut c_void, usize, *const f32, usize) -> Status,
    pub reject: unsafe extern "C" fn(*mut c_void, usize, Status, *const c_char) -> Status,
    pub usage: unsafe extern "C" fn(*mut c_void, u64) -> Status,
}

#[repr(C)]
pub struct EmbedderTable {
    pub struct_size: usize,
    pub open: Open,
    pub info: unsafe extern "C" fn(*mut c_void, *mut RawCall, *mut EmbedderInfo) -> Status,
    pub embed: unsafe extern "C" fn(*mut c_void, *mut RawCall, *const EmbedRequest, *const VectorSink) -> Status,
    pub close: Close,
}
