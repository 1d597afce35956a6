//! One running call, and what the host does on its behalf.
use crate::boundary::{c_option, c_text, pointer, text};
use crate::failure::heed;
use crate::{status, Failure, Result};
use freshet_sys::*;
use std::ffi::{c_char, c_void};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How loud a log line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum Level {
    Debug = FRESHET_LOG_DEBUG,
    Info = FRESHET_LOG_INFO,
    Warning = FRESHET_LOG_WARNING,
    Error = FRESHET_LOG_ERROR,
}

/// One running call. Ends with the function that it was given to.
pub struct Call {
    pub(crate) host: *const freshet_host,
    pub(crate) call: *mut freshet_call,
}

// SAFETY: the functions of a host may be called from any thread, several at once (freshet/plugin/host.h).
unsafe impl Send for Call {}
unsafe impl Sync for Call {}

impl Call {
    /// # Safety
    /// Both are those of a running call.
    pub(crate) unsafe fn new(host: *const freshet_host, call: *mut freshet_call) -> Self {
        Call { host, call }
    }

    pub(crate) fn host(&self) -> &freshet_host {
        // SAFETY: the host of an instance lives until its close has returned, and this ends before.
        unsafe { &*self.host }
    }

    /// `CANCELLED` where the host wants no more. A look is a sign of life, too: a call that shows none for long is left.
    pub fn check(&self) -> Result<()> {
        heed(if self.is_cancelled() { status::CANCELLED } else { status::OK })
    }

    /// Whether the call should stop soon.
    pub fn is_cancelled(&self) -> bool {
        // SAFETY: the call is running.
        self.host().cancelled.is_some_and(|look| unsafe { look(self.call) } != 0)
    }

    /// Writes a log line. Known secrets are removed from it.
    pub fn log(&self, level: Level, line: &str) {
        if let Some(log) = self.host().log {
            // SAFETY: the text lives until the function returns.
            unsafe { log(self.host().self_, level as i32, c_text(line).as_ptr()) }
        }
    }

    /// The time by the host's clock. Tests set it: ask no other.
    pub fn now(&self) -> SystemTime {
        // SAFETY: the host is alive.
        let ms = self.host().now_ms.map_or(0, |now| unsafe { now(self.host().self_) });
        UNIX_EPOCH + Duration::from_millis(ms.max(0) as u64)
    }

    /// The secret behind `env:NAME` or `file:/path`, or a text in which such references are replaced by theirs. Never log
    /// it.
    pub fn secret(&self, reference: &str) -> Result<String> {
        let ask = self.host().secret.ok_or_else(missing)?;
        // SAFETY: `said` outlives the call that the callback belongs to.
        said_by(|on_text, payload| unsafe { ask(self.call, c_text(reference).as_ptr(), on_text, payload) })
    }

    /// The URL that `reference` means on the page `base`, normalised. `INVALID_ARGUMENT` for anything but http and https.
    pub fn resolve_url(&self, base: Option<&str>, reference: &str) -> Result<String> {
        let ask = self.host().url_resolve.ok_or_else(missing)?;
        let (base, reference) = (c_option(base), c_text(reference));
        // SAFETY: as above.
        said_by(|on_text, payload| unsafe {
            ask(self.host().self_, pointer(&base), reference.as_ptr(), on_text, payload)
        })
    }

    pub(crate) fn explain(&self, why: &Failure) {
        let (Some(fail), false) = (self.host().fail, why.message.is_empty()) else { return };
        let (message, subject) =
            (c_text(&why.message), c_option(Some(why.subject.as_str()).filter(|it| !it.is_empty())));
        let retry = why.retry_after.map_or(-1, |it| it.as_millis().min(i64::MAX as u128) as i64);
        // SAFETY: the texts live until the function returns.
        unsafe { fail(self.call, why.status, message.as_ptr(), pointer(&subject), retry) }
    }
}

pub(crate) fn missing() -> Failure {
    crate::failure(status::UNSUPPORTED, "this host does not have that", "")
}

unsafe extern "C" fn take(payload: *mut c_void, said: *const c_char) -> freshet_status {
    match text(said) {
        Ok(said) => {
            *(payload as *mut String) = said.to_string();
            status::OK
        }
        Err(why) => why.status,
    }
}

fn said_by(ask: impl FnOnce(freshet_text_callback, *mut c_void) -> freshet_status) -> Result<String> {
    let mut said = String::new();
    heed(ask(Some(take), &raw mut said as *mut c_void))?;
    Ok(said)
}
