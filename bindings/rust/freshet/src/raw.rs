//! The border to C: texts, handles, and calls that fail.
use crate::{Code, Error, Result};
use freshet_sys::*;
use serde::de::DeserializeOwned;
use serde::Serialize;
use std::any::Any;
use std::ffi::{c_char, CStr, CString};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::ptr::{null, null_mut};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A handle of the library that is freed once. Any thread may use it.
macro_rules! handle {
    ($(#[$about:meta])* $name:ident, $raw:ident, $free:ident) => {
        $(#[$about])*
        pub struct $name(pub(crate) *mut freshet_sys::$raw);

        // SAFETY: the header says that any thread may use it, several at once.
        unsafe impl Send for $name {}
        unsafe impl Sync for $name {}

        impl Drop for $name {
            fn drop(&mut self) {
                // SAFETY: it is ours, and nothing that borrows from it is left.
                unsafe { freshet_sys::$free(self.0) }
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(stringify!($name))
            }
        }
    };
}
pub(crate) use handle;

/// A text of the library: UTF-8, as it promises.
///
/// # Safety
/// NULL, or a text that lives as long as `'a`.
#[inline]
pub(crate) unsafe fn text<'a>(from: *const c_char) -> &'a str {
    if from.is_null() {
        return "";
    }
    CStr::from_ptr(from).to_str().unwrap_or("\u{fffd}")
}

/// A text for the library.
pub(crate) fn c(what: &str, text: &str) -> Result<CString> {
    CString::new(text).map_err(|_| Error::new(Code::InvalidArgument, "has a zero byte in it", what))
}

pub(crate) fn c_optional(what: &str, text: Option<&str>) -> Result<Option<CString>> {
    text.map(|text| c(what, text)).transpose()
}

pub(crate) fn pointer(text: &Option<CString>) -> *const c_char {
    text.as_ref().map_or(null(), |text| text.as_ptr())
}

/// Options as JSON; what serializes to null stands for the defaults.
pub(crate) fn options(value: &(impl Serialize + ?Sized)) -> Result<Option<CString>> {
    let json = serde_json::to_string(value)
        .map_err(|e| Error::new(Code::InvalidArgument, format!("cannot be written as JSON: {e}"), "options"))?;
    if json == "null" {
        Ok(None)
    } else {
        c("options", &json).map(Some)
    }
}

/// Texts as an array for the library.
pub(crate) struct Texts(#[allow(dead_code)] Vec<CString>, Vec<*const c_char>);

impl Texts {
    pub(crate) fn new<'a>(what: &str, texts: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        let texts: Vec<CString> = texts.into_iter().map(|text| c(what, text)).collect::<Result<_>>()?;
        let pointers = texts.iter().map(|text| text.as_ptr()).collect();
        Ok(Texts(texts, pointers))
    }

    pub(crate) fn pointer(&self) -> *const *const c_char {
        if self.1.is_empty() {
            null()
        } else {
            self.1.as_ptr()
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.1.len()
    }
}

pub(crate) fn check(call: impl FnOnce(*mut *mut freshet_error) -> freshet_status) -> Result<()> {
    let mut error = null_mut();
    match call(&mut error) {
        FRESHET_OK => Ok(()),
        status => Err(Error::take(status, error)),
    }
}

/// What a call writes through an `out_` parameter.
pub(crate) fn made<T>(call: impl FnOnce(*mut *mut T, *mut *mut freshet_error) -> freshet_status) -> Result<*mut T> {
    let mut out = null_mut();
    check(|error| call(&mut out, error))?;
    Ok(out)
}

/// The same of a number.
pub(crate) fn number<T: Default>(call: impl FnOnce(*mut T, *mut *mut freshet_error) -> freshet_status) -> Result<T> {
    let mut out = T::default();
    check(|error| call(&mut out, error))?;
    Ok(out)
}

pub(crate) fn owned_text(
    call: impl FnOnce(*mut *mut c_char, *mut *mut freshet_error) -> freshet_status,
) -> Result<String> {
    let out = made(call)?;
    // SAFETY: it is a text of the library, and ours.
    unsafe {
        let copy = text(out).to_string();
        freshet_string_free(out);
        Ok(copy)
    }
}

pub(crate) fn json<T: DeserializeOwned>(
    call: impl FnOnce(*mut *mut c_char, *mut *mut freshet_error) -> freshet_status,
) -> Result<T> {
    parse(&owned_text(call)?)
}

pub(crate) fn parse<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text)
        .map_err(|e| Error::new(Code::Internal, format!("the library's JSON is not as expected: {e}"), ""))
}

/// The longest wait that the library takes; none is without limit.
pub(crate) fn ms(time: Option<Duration>) -> i64 {
    time.map_or(-1, |time| i64::try_from(time.as_millis()).unwrap_or(i64::MAX))
}

pub(crate) fn instant(ms: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(ms.max(0) as u64)
}

/// A time of the library; 0 is "never yet", and FRESHET_NEVER "never again".
pub(crate) fn time(ms: i64) -> Option<SystemTime> {
    (ms > 0 && ms != FRESHET_NEVER).then(|| instant(ms))
}

/// Runs an application's function. A panic is given back, and nothing unwinds into C.
pub(crate) fn caught<T>(body: impl FnOnce() -> T) -> std::thread::Result<T> {
    catch_unwind(AssertUnwindSafe(body))
}

/// What a panic said. It is dropped where a panic in that ends nothing, either.
pub(crate) fn words(panic: Box<dyn Any + Send>) -> String {
    let said = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    let line = format!("a panic: {}", said.unwrap_or("of no words").lines().next().unwrap_or(""));
    if let Err(again) = caught(|| drop(panic)) {
        std::mem::forget(again);
    }
    line
}
