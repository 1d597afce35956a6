//! freshet_abi - the plugin ABI for Rust: a type that implements Tokenizer or Embedder becomes a table, its errors
//! and panics become statuses, and nothing unwinds into the host.
pub mod embedder;
pub mod ffi;
pub mod tokenizer;

pub use embedder::{embedder_table, Embedder, Purpose, Vectors};
pub use tokenizer::{tokenizer_table, Tokenizer};

use ffi::*;
use std::ffi::{c_char, c_void, CStr, CString};
use std::panic::{catch_unwind, AssertUnwindSafe};

/// Why a call fails: the status, one factual line, and the thing at fault. Without a line the host knows why.
#[derive(Debug)]
pub struct Failure {
    pub status: Status,
    pub message: String,
    pub subject: String,
}
pub type Result<T> = std::result::Result<T, Failure>;

pub fn failure(status: Status, message: impl Into<String>, subject: impl Into<String>) -> Failure {
    Failure { status, message: message.into(), subject: subject.into() }
}

/// What a sink answered: anything but OK ends the work.
pub fn heed(status: Status) -> Result<()> {
    if status == OK {
        Ok(())
    } else {
        Err(failure(status, "", ""))
    }
}

/// One running call. Ends with the function that it was given to.
pub struct Call {
    host: *const Host,
    call: *mut RawCall,
}

impl Call {
    /// E_CANCELLED where the host wants no more; a look is a sign of life, too.
    pub fn check(&self) -> Result<()> {
        heed(if unsafe { ((*self.host).cancelled)(self.call) } != 0 { E_CANCELLED } else { OK })
    }

    fn explain(&self, why: &Failure) {
        if why.message.is_empty() {
            return;
        }
        let (message, subject) = (c_text(&why.message), c_text(&why.subject));
        let subject = if why.subject.is_empty() { std::ptr::null() } else { subject.as_ptr() };
        unsafe { ((*self.host).fail)(self.call, why.status, message.as_ptr(), subject, -1) }
    }
}

/// An instance and the host that opened it.
pub(crate) struct Instance<T> {
    host: *const Host,
    pub(crate) of: T,
}

pub(crate) fn c_text(text: &str) -> CString {
    CString::new(text.replace('\0', "")).unwrap_or_default()
}

unsafe fn guarded(host: *const Host, call: *mut RawCall, body: impl FnOnce(&Call) -> Result<()>) -> Status {
    let call = Call { host, call };
    let outcome = catch_unwind(AssertUnwindSafe(|| body(&call)));
    match outcome.unwrap_or_else(|panic| Err(failure(E_PLUGIN, what_panicked(&*panic), ""))) {
        Ok(()) => OK,
        Err(why) => {
            call.explain(&why);
            why.status
        }
    }
}

fn what_panicked(panic: &(dyn std::any::Any + Send)) -> String {
    let said = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    format!("a panic: {}", said.unwrap_or("of no words").lines().next().unwrap_or(""))
}

/// Runs `body` with the instance behind `instance`.
pub(crate) unsafe fn serve<T>(
    instance: *mut c_void,
    call: *mut RawCall,
    body: impl FnOnce(&T, &Call) -> Result<()>,
) -> Status {
    let instance = &*(instance as *const Instance<T>);
    guarded(instance.host, call, |call| body(&instance.of, call))
}

/// Opens with the options as JSON; `out` gets the instance.
pub(crate) unsafe fn open<T>(
    host: *const Host,
    call: *mut RawCall,
    options: *const c_char,
    out: *mut *mut c_void,
    make: impl FnOnce(&serde_json::Value, &Call) -> Result<T>,
) -> Status {
    // A panic is told by fail(), never on the standard error, which is the application's.
    static QUIET: std::sync::Once = std::sync::Once::new();
    QUIET.call_once(|| std::panic::set_hook(Box::new(|_| {})));
    guarded(host, call, |call| {
        let options = serde_json::from_slice(CStr::from_ptr(options).to_bytes())
            .map_err(|e| failure(E_INVALID_ARGUMENT, format!("the options are not JSON: {e}"), ""))?;
        let of = make(&options, call)?;
        *out = Box::into_raw(Box::new(Instance { host, of })) as *mut c_void;
        Ok(())
    })
}

pub(crate) unsafe extern "C" fn close<T>(instance: *mut c_void) {
    let _ = catch_unwind(AssertUnwindSafe(|| drop(Box::from_raw(instance as *mut Instance<T>))));
}

pub(crate) unsafe fn text<'a>(from: *const c_char, size: usize) -> Result<&'a str> {
    let bytes = if size == 0 { &[] } else { std::slice::from_raw_parts(from as *const u8, size) };
    std::str::from_utf8(bytes).map_err(|e| failure(E_INVALID_ARGUMENT, format!("the text is not UTF-8: {e}"), ""))
}

/// Whether a table is asked for by this kind and name.
///
/// # Safety
/// Both are texts that end with a zero byte.
pub unsafe fn asked(kind: *const c_char, name: *const c_char, for_kind: &CStr, for_name: &CStr) -> bool {
    CStr::from_ptr(kind) == for_kind && CStr::from_ptr(name) == for_name
}

/// The one symbol of a plugin: its name, and the tables by kind and name.
#[macro_export]
macro_rules! plugin {
    ($name:literal, $($kind:expr, $offer:literal => $type:ident = $table:expr);+ $(;)?) => {
        unsafe extern "C" fn get(kind: *const std::ffi::c_char, name: *const std::ffi::c_char) -> *const std::ffi::c_void {
            $(if $crate::asked(kind, name, $kind, $offer) {
                static TABLE: $crate::ffi::$type = $table;
                return &raw const TABLE as *const std::ffi::c_void;
            })+
            std::ptr::null()
        }

        #[no_mangle]
        #[allow(non_upper_case_globals)]
        pub static freshet_plugin_entry: $crate::ffi::Descriptor = $crate::ffi::Descriptor {
            struct_size: std::mem::size_of::<$crate::ffi::Descriptor>(),
            abi: 1,
            reserved: 0,
            name: concat!($name, "\0").as_ptr() as *const std::ffi::c_char,
            version: concat!(env!("FRESHET_PLUGIN_VERSION"), "\0").as_ptr() as *const std::ffi::c_char,
            get,
        };
    };
}
