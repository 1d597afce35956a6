//! The border to C: instances, texts, and panics that become statuses.
use crate::{failure, status, Call, Failure, Open, Result, Value};
use freshet_sys::{freshet_call, freshet_host, freshet_status};
use std::ffi::{c_char, c_void, CStr, CString};
use std::panic::{catch_unwind, AssertUnwindSafe};

pub(crate) type OpenFunction = unsafe extern "C" fn(
    *mut c_void,
    *const freshet_host,
    *mut freshet_call,
    *const c_char,
    *mut *mut c_void,
) -> freshet_status;

/// An instance and the host that opened it.
struct Instance<T> {
    host: *const freshet_host,
    of: T,
}

pub(crate) unsafe fn guarded(
    host: *const freshet_host,
    call: *mut freshet_call,
    body: impl FnOnce(&Call) -> Result<()>,
) -> freshet_status {
    let call = Call::new(host, call);
    let outcome = catch_unwind(AssertUnwindSafe(|| body(&call)));
    match outcome.unwrap_or_else(|panic| Err(panicked(panic))) {
        Ok(()) => status::OK,
        Err(why) => {
            call.explain(&why);
            why.status
        }
    }
}

/// What was thrown is dropped where a panic in that ends nothing, either.
fn panicked(panic: Box<dyn std::any::Any + Send>) -> Failure {
    let said = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    let line = said.unwrap_or("of no words").lines().next().unwrap_or("").to_string();
    if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(panic))) {
        std::mem::forget(again);
    }
    failure(status::PLUGIN, format!("a panic: {line}"), "")
}

/// Runs `body` with the instance behind `instance`.
pub(crate) unsafe fn serve<T>(
    instance: *mut c_void,
    call: *mut freshet_call,
    body: impl FnOnce(&T, &Call) -> Result<()>,
) -> freshet_status {
    let instance = &*(instance as *const Instance<T>);
    guarded(instance.host, call, |call| body(&instance.of, call))
}

unsafe fn open<T>(
    host: *const freshet_host,
    call: *mut freshet_call,
    options: *const c_char,
    out: *mut *mut c_void,
    make: impl FnOnce(&Value, &Call) -> Result<T>,
) -> freshet_status {
    guarded(host, call, |call| {
        let of = make(&options_of(options)?, call)?;
        *out = Box::into_raw(Box::new(Instance { host, of })) as *mut c_void;
        Ok(())
    })
}

pub(crate) unsafe fn options_of(options: *const c_char) -> Result<Value> {
    serde_json::from_slice(CStr::from_ptr(options).to_bytes())
        .map_err(|e| failure(status::INVALID_ARGUMENT, format!("the options are not JSON: {e}"), ""))
}

/// The open of a library: its type says how.
pub(crate) unsafe extern "C" fn open_type<T, W: From<T>>(
    _: *mut c_void,
    host: *const freshet_host,
    call: *mut freshet_call,
    options: *const c_char,
    out: *mut *mut c_void,
) -> freshet_status
where
    T: Open,
{
    // In a library the hook is the plugin's own: a panic is told by fail(), never on the standard error, which is the
    // application's.
    static QUIET: std::sync::Once = std::sync::Once::new();
    QUIET.call_once(|| std::panic::set_hook(Box::new(|_| {})));
    open(host, call, options, out, |options, call| T::open(options, call).map(W::from))
}

/// The open of what a program has registered: its payload is a function that opens.
pub(crate) unsafe extern "C" fn open_by<T, W: From<T>, F>(
    provider: *mut c_void,
    host: *const freshet_host,
    call: *mut freshet_call,
    options: *const c_char,
    out: *mut *mut c_void,
) -> freshet_status
where
    F: Fn(&Value, &Call) -> Result<T>,
{
    open(host, call, options, out, |options, call| (*(provider as *const F))(options, call).map(W::from))
}

pub(crate) unsafe extern "C" fn close<T>(instance: *mut c_void) {
    let done = catch_unwind(AssertUnwindSafe(|| drop(Box::from_raw(instance as *mut Instance<T>))));
    if let Err(panic) = done {
        panicked(panic);
    }
}

/// A text for C; it can hold no zero byte, so those go.
pub(crate) fn c_text(text: &str) -> CString {
    CString::new(text).unwrap_or_else(|_| CString::new(text.replace('\0', "")).unwrap_or_default())
}

/// The same of a text that may be absent. Keep what this gives for as long as the pointer is used.
pub(crate) fn c_option(text: Option<&str>) -> Option<CString> {
    text.map(c_text)
}

pub(crate) fn pointer(text: &Option<CString>) -> *const c_char {
    text.as_ref().map_or(std::ptr::null(), |text| text.as_ptr())
}

pub(crate) unsafe fn text<'a>(from: *const c_char) -> Result<&'a str> {
    optional(from).map(Option::unwrap_or_default)
}

pub(crate) unsafe fn optional<'a>(from: *const c_char) -> Result<Option<&'a str>> {
    (!from.is_null()).then(|| utf8(CStr::from_ptr(from).to_bytes())).transpose()
}

pub(crate) unsafe fn sized_text<'a>(from: *const c_char, size: usize) -> Result<&'a str> {
    utf8(slice(from as *const u8, size))
}

pub(crate) unsafe fn slice<'a, T>(from: *const T, count: usize) -> &'a [T] {
    if count == 0 {
        &[]
    } else {
        std::slice::from_raw_parts(from, count)
    }
}

pub(crate) unsafe fn texts<'a>(from: *const *const c_char, count: usize) -> Result<Vec<&'a str>> {
    slice(from, count).iter().map(|each| text(*each)).collect()
}

fn utf8(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(|e| failure(status::INVALID_ARGUMENT, format!("the text is not UTF-8: {e}"), ""))
}
