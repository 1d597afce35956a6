//! The plugin ABI, written by hand from include/freshet/plugin/{host,entry,store}.h: no generator, no crate.
use std::os::raw::{c_char, c_void};

pub type Status = i32;
pub const OK: Status = 0;
pub const E_INVALID_ARGUMENT: Status = 1001;
pub const E_NOT_FOUND: Status = 1003;
pub const E_UNSUPPORTED: Status = 1004;
pub const E_IO: Status = 1301;
pub const E_CORRUPT: Status = 1303;
pub const E_PLUGIN: Status = 1305;

#[repr(C)]
pub struct Call {
    _private: [u8; 0],
}

/// The beginning of freshet_host, as far as this store needs it.
#[repr(C)]
pub struct Host {
    pub struct_size: usize,
    pub version: *const c_char,
    pub self_: *mut c_void,
    pub log: unsafe extern "C" fn(*mut c_void, i32, *const c_char),
    pub now_ms: unsafe extern "C" fn(*mut c_void) -> i64,
    pub cancelled: unsafe extern "C" fn(*mut Call) -> i32,
    pub fail: unsafe extern "C" fn(*mut Call, Status, *const c_char, *const c_char, i64),
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

pub const TEXT_SEARCH: u32 = 2;
pub const VECTOR_SEARCH: u32 = 4;
pub const ORDERED: u32 = 16;
pub const METRIC_COSINE: i32 = 0;
pub const SEARCH_TEXT: i32 = 0;
pub const SEARCH_VECTOR: i32 = 1;

#[repr(C)]
pub struct Info {
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

#[repr(C)]
pub struct Namespace {
    pub struct_size: usize,
    pub name: *const c_char,
    pub dimension: u32,
    pub model: *const c_char,
}

#[repr(C)]
pub struct Row {
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

#[repr(C)]
pub struct Search {
    pub struct_size: usize,
    pub mode: i32,
    pub limit: u32,
    pub text: *const c_char,
    pub vector: *const f32,
    pub dimension: usize,
    pub filter: *const c_char,
}

#[repr(C)]
pub struct Found {
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

#[repr(C)]
pub struct ConfirmSink {
    pub struct_size: usize,
    pub payload: *mut c_void,
    pub confirmed: unsafe extern "C" fn(*mut c_void, *const c_char) -> Status,
}

#[repr(C)]
pub struct FoundSink {
    pub struct_size: usize,
    pub payload: *mut c_void,
    pub row: unsafe extern "C" fn(*mut c_void, *const Found) -> Status,
}

#[repr(C)]
pub struct ListSink {
    pub struct_size: usize,
    pub payload: *mut c_void,
    pub row: unsafe extern "C" fn(*mut c_void, *const c_char, *const c_char) -> Status,
    pub next: unsafe extern "C" fn(*mut c_void, *const c_char) -> Status,
}

pub type Ids = *const *const c_char;

/// freshet_store_table up to its last required member: what is optional is absent.
#[repr(C)]
pub struct StoreTable {
    pub struct_size: usize,
    pub open: unsafe extern "C" fn(*mut c_void, *const Host, *mut Call, *const c_char, *mut *mut c_void) -> Status,
    pub info: unsafe extern "C" fn(*mut c_void, *mut Call, *mut Info) -> Status,
    pub ensure: unsafe extern "C" fn(*mut c_void, *mut Call, *const Namespace) -> Status,
    pub upsert:
        unsafe extern "C" fn(*mut c_void, *mut Call, *const c_char, *const *const Row, usize, *const ConfirmSink) -> Status,
    pub remove: unsafe extern "C" fn(*mut c_void, *mut Call, *const c_char, Ids, usize, *const ConfirmSink) -> Status,
    pub search: unsafe extern "C" fn(*mut c_void, *mut Call, *const c_char, *const Search, *const FoundSink) -> Status,
    pub get: unsafe extern "C" fn(*mut c_void, *mut Call, *const c_char, Ids, usize, *const FoundSink) -> Status,
    pub list:
        unsafe extern "C" fn(*mut c_void, *mut Call, *const c_char, *const c_char, u32, *const ListSink) -> Status,
    pub count: unsafe extern "C" fn(*mut c_void, *mut Call, *const c_char, *mut u64) -> Status,
    pub reset: unsafe extern "C" fn(*mut c_void, *mut Call, *const c_char) -> Status,
    pub close: unsafe extern "C" fn(*mut c_void),
}
