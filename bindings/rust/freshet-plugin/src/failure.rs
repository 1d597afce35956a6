//! Why a call fails.
use freshet_sys::{freshet_status, FRESHET_OK};

/// The statuses of `freshet/status.h`, without their prefix.
pub mod status {
    use freshet_sys::*;
    macro_rules! statuses {
        ($($name:ident = $code:ident),+ $(,)?) => {
            $(#[doc = concat!("`", stringify!($code), "`")] pub const $name: freshet_status = $code;)+
        };
    }
    statuses! {
        OK = FRESHET_OK, INVALID_ARGUMENT = FRESHET_E_INVALID_ARGUMENT, MISUSE = FRESHET_E_MISUSE,
        NOT_FOUND = FRESHET_E_NOT_FOUND, UNSUPPORTED = FRESHET_E_UNSUPPORTED, POLICY_FAILED = FRESHET_E_POLICY_FAILED,
        EXCLUDED = FRESHET_E_EXCLUDED, BUSY = FRESHET_E_BUSY, CANCELLED = FRESHET_E_CANCELLED,
        TIMEOUT = FRESHET_E_TIMEOUT, NETWORK = FRESHET_E_NETWORK, RATE_LIMITED = FRESHET_E_RATE_LIMITED,
        REMOTE = FRESHET_E_REMOTE, DENIED = FRESHET_E_DENIED, BLOCKED = FRESHET_E_BLOCKED, GONE = FRESHET_E_GONE,
        LIMIT = FRESHET_E_LIMIT, PARSE = FRESHET_E_PARSE, HELD = FRESHET_E_HELD, IO = FRESHET_E_IO,
        FULL = FRESHET_E_FULL, CORRUPT = FRESHET_E_CORRUPT, VERSION = FRESHET_E_VERSION, PLUGIN = FRESHET_E_PLUGIN,
        OUT_OF_MEMORY = FRESHET_E_OUT_OF_MEMORY, INTERNAL = FRESHET_E_INTERNAL,
    }
}

/// Why a call fails: the status, one factual line, and the thing at fault. Without a line the host knows why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub status: freshet_status,
    pub message: String,
    pub subject: String,
    /// How long a service asked to be left alone.
    pub retry_after: Option<std::time::Duration>,
}

/// What every function of a plugin gives.
pub type Result<T> = std::result::Result<T, Failure>;

/// A failure with its line, and the thing at fault or "".
pub fn failure(status: freshet_status, message: impl Into<String>, subject: impl Into<String>) -> Failure {
    Failure { status, message: message.into(), subject: subject.into(), retry_after: None }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.subject.as_str(), self.message.as_str()) {
            ("", "") => write!(out, "status {}", self.status),
            ("", message) => out.write_str(message),
            (subject, message) => write!(out, "{subject}: {message}"),
        }
    }
}
impl std::error::Error for Failure {}

/// What a sink answered: anything but OK ends the work.
pub(crate) fn heed(status: freshet_status) -> Result<()> {
    match status {
        FRESHET_OK => Ok(()),
        status => Err(failure(status, "", "")),
    }
}
