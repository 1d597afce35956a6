//! Where the log lines of plugins go that belong to no run and to no call that listens.
use crate::raw::{caught, check, text};
use crate::{Code, Error, Level, Result};
use freshet_sys::*;
use std::cell::Cell;
use std::ffi::{c_char, c_void};
use std::ptr::null_mut;
use std::sync::Mutex;

type Log = Box<dyn Fn(Level, &str, &str) + Send + Sync>;

/// The log that the library has; boxed twice, so that a thin pointer stands for it.
static CURRENT: Mutex<Option<Box<Log>>> = Mutex::new(None);

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

unsafe extern "C" fn hear(payload: *mut c_void, level: i32, plugin: *const c_char, message: *const c_char) {
    INSIDE.set(true);
    let log = &*(payload as *const Log);
    if let Err(panic) = caught(|| log(level.into(), text(plugin), text(message))) {
        crate::raw::words(panic); // a log that panics has nobody to tell
    }
    INSIDE.set(false);
}

fn put(log: Option<Log>) -> Result<()> {
    if INSIDE.get() {
        return Err(Error::new(Code::Misuse, "a log cannot set another one", "log"));
    }
    let mut current = CURRENT.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let log = log.map(Box::new);
    let (callback, payload): (freshet_log_callback, *mut c_void) = match &log {
        Some(log) => (Some(hear), &raw const **log as *mut c_void),
        None => (None, null_mut()),
    };
    // SAFETY: the payload lives until another log is set, which happens under the lock alone.
    check(|error| unsafe { freshet_log_set(callback, payload, error) })?;
    *current = log; // the one before is not called any more
    Ok(())
}

/// Sets the log of the process, in place of the one before: level, plugin, line. It is called on any thread.
pub fn set(log: impl Fn(Level, &str, &str) + Send + Sync + 'static) -> Result<()> {
    put(Some(Box::new(log)))
}

/// There is no log any more.
pub fn clear() -> Result<()> {
    put(None)
}

/// Hands all lines to the crate `tracing`.
#[cfg(feature = "tracing")]
pub fn to_tracing() -> Result<()> {
    set(crate::trace::line)
}
