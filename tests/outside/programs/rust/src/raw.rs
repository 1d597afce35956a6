//! The part of the C API that the tour needs, by hand from include/freshet.
use std::os::raw::{c_char, c_void};

pub type Status = i32;
pub type Text = *const c_char;

#[repr(C)]
pub struct Opaque {
    _private: [u8; 0],
}
/// Any handle. A handle is a number: it is never read through.
pub type H = *mut Opaque;

#[repr(C)]
pub struct Event {
    pub struct_size: usize,
    pub kind: i32,
    pub outcome: i32,
    pub level: i32,
    pub status: Status,
    pub time_ms: i64,
    pub done: u64,
    pub total: u64,
    pub dropped: u64,
    pub source: Text,
    pub uri: Text,
    pub message: Text,
    pub reason: Text,
    pub subject: Text,
    pub retry_after_ms: i64,
    pub attempts: i32,
    pub reserved: i32,
}

#[repr(C)]
pub struct Known {
    pub struct_size: usize,
    pub uri: Text,
    pub metadata: Text,
    pub flags: Text,
    pub ingested_ms: i64,
    pub checked_ms: i64,
    pub changed_ms: i64,
    pub listed_modified_ms: i64,
    pub exists: i32,
    pub triggered: i32,
}

#[repr(C)]
pub struct Decision {
    pub struct_size: usize,
    pub refresh: i32,
    pub reserved: i32,
    pub ask_again_ms: i64,
    pub reason: [u8; 96],
}

#[repr(C)]
pub struct CustomPolicy {
    pub struct_size: usize,
    pub payload: *mut c_void,
    pub decide: Option<unsafe extern "C" fn(*mut c_void, *const Known, i64, *mut Decision) -> Status>,
    pub accept: Option<unsafe extern "C" fn(*mut c_void, *const Known, H, *mut i32) -> Status>,
    pub release: Option<unsafe extern "C" fn(*mut c_void)>,
}

#[repr(C)]
pub struct CallOptions {
    pub struct_size: usize,
    pub cancel: H,
    pub timeout_ms: i64,
    pub on_event: Option<unsafe extern "C" fn(*mut c_void, *const Event)>,
    pub payload: *mut c_void,
}

#[repr(C)]
pub struct Counts {
    pub struct_size: usize,
    pub listed: u64,
    pub refreshed: u64,
    pub unchanged: u64,
    pub skipped: u64,
    pub removed: u64,
    pub busy: u64,
    pub failed: u64,
    pub held: u64,
    pub chunks: [u64; 3],
    pub embedded: [u64; 3],
    pub upserts: u64,
    pub removals: u64,
    pub pending: u64,
    pub requests: u64,
    pub not_modified: u64,
    pub bytes: u64,
}

#[repr(C)]
pub struct Section {
    pub struct_size: usize,
    pub id: Text,
    pub title: Text,
    pub url: Text,
    pub text: Text,
    pub text_size: usize,
    pub span: [u64; 2],
    pub parent: u32,
    pub child_count: u32,
    pub level: i32,
    pub reserved: i32,
}

#[repr(C)]
pub struct WriteResult {
    pub struct_size: usize,
    pub added: u64,
    pub removed: u64,
    pub kept: u64,
    pub updated: u64,
    pub created: i32,
    pub reserved: i32,
}

#[repr(C)]
pub struct Hit {
    pub struct_size: usize,
    pub score: f64,
    pub text: Text,
    pub uri: Text,
    pub title: Text,
    pub path: Text,
    pub url: Text,
    pub chunk_id: Text,
    pub metadata: Text,
}

extern "C" {
    pub fn freshet_error_code(error: H) -> Status;
    pub fn freshet_error_to_string(error: H) -> Text;
    pub fn freshet_error_subject(error: H) -> Text;
    pub fn freshet_error_free(error: H);
    pub fn freshet_status_name(status: Status) -> Text;
    pub fn freshet_outcome_name(outcome: i32) -> Text;
    pub fn freshet_string_free(text: *mut c_char);

    pub fn freshet_cancel_new(out: *mut H, e: *mut H) -> Status;
    pub fn freshet_cancel_request(cancel: H, e: *mut H) -> Status;
    pub fn freshet_cancel_free(cancel: H);

    pub fn freshet_repository_open(directory: Text, options: Text, out: *mut H, e: *mut H) -> Status;
    pub fn freshet_repository_close(repository: H);
    pub fn freshet_repository_write_document(
        repository: H, document: H, options: Text, out: *mut WriteResult, out_chunks: *mut H, e: *mut H,
    ) -> Status;
    pub fn freshet_repository_delete_root_and_descendants(repository: H, uri: Text, out: *mut u64, e: *mut H) -> Status;
    pub fn freshet_store_verify(repository: H, options: Text, call: *const CallOptions, out: *mut *mut c_char, e: *mut H) -> Status;

    pub fn freshet_policy_custom(functions: *const CustomPolicy, out: *mut H, e: *mut H) -> Status;
    pub fn freshet_policy_free(policy: H);

    pub fn freshet_refresh_start(
        repository: H, config: Text, policy: H, call: *const CallOptions, out: *mut H, e: *mut H,
    ) -> Status;
    pub fn freshet_refresh_run(
        repository: H, config: Text, policy: H, call: *const CallOptions, out: *mut H, e: *mut H,
    ) -> Status;
    pub fn freshet_refresh_next_event(run: H, timeout_ms: i64, out: *mut Event, e: *mut H) -> Status;
    pub fn freshet_refresh_wait(run: H, timeout_ms: i64, e: *mut H) -> Status;
    pub fn freshet_refresh_cancel(run: H, e: *mut H) -> Status;
    pub fn freshet_refresh_counts_get(run: H, out: *mut Counts, e: *mut H) -> Status;
    pub fn freshet_refresh_exit_code(run: H, out: *mut i32, e: *mut H) -> Status;
    pub fn freshet_refresh_free(run: H);

    pub fn freshet_query_run(repository: H, text: Text, options: Text, call: *const CallOptions, out: *mut H, e: *mut H) -> Status;
    pub fn freshet_hits_count(hits: H) -> usize;
    pub fn freshet_hits_get(hits: H, index: usize, out: *mut Hit, e: *mut H) -> Status;
    pub fn freshet_hits_free(hits: H);

    pub fn freshet_document_new(uri: Text, title: Text, out: *mut H, e: *mut H) -> Status;
    pub fn freshet_document_add_section(
        document: H, parent: u32, title: Text, url: Text, level: i32, out: *mut u32, e: *mut H,
    ) -> Status;
    pub fn freshet_document_set_text(document: H, section: u32, text: Text, size: usize, e: *mut H) -> Status;
    pub fn freshet_document_finish(document: H, e: *mut H) -> Status;
    pub fn freshet_document_section_count(document: H) -> u32;
    pub fn freshet_document_section(document: H, number: u32, out: *mut Section, e: *mut H) -> Status;
    pub fn freshet_document_free(document: H);
}
