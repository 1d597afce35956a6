//! What went wrong, as freshet/error.h has it, copied and then independent of the library.
use crate::raw::text;
use freshet_sys::*;
use std::fmt;
use std::time::Duration;

macro_rules! codes {
    ($($name:ident = $code:ident, $what:literal;)+) => {
        /// The codes of `freshet/status.h`. A code never changes its number; new ones are only added.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $what] $name,)+
            /// A code that this version of the binding does not know.
            Other(i32),
        }

        impl From<freshet_status> for Code {
            fn from(status: freshet_status) -> Self {
                match status {
                    $($code => Code::$name,)+
                    other => Code::Other(other),
                }
            }
        }

        impl From<Code> for freshet_status {
            fn from(code: Code) -> Self {
                match code {
                    $(Code::$name => $code,)+
                    Code::Other(number) => number,
                }
            }
        }
    };
}

codes! {
    InvalidArgument = FRESHET_E_INVALID_ARGUMENT, "A value, an option or a configuration is wrong.";
    Misuse = FRESHET_E_MISUSE, "Use after fork, or a call from where it may not come.";
    NotFound = FRESHET_E_NOT_FOUND, "What was named does not exist.";
    Unsupported = FRESHET_E_UNSUPPORTED, "This plugin, store or media type cannot do that.";
    PolicyFailed = FRESHET_E_POLICY_FAILED, "A function of a custom policy failed.";
    Excluded = FRESHET_E_EXCLUDED, "Somebody decided that this URI stays out.";
    Busy = FRESHET_E_BUSY, "Another run or process holds it.";
    Cancelled = FRESHET_E_CANCELLED, "Somebody asked for it to stop.";
    Timeout = FRESHET_E_TIMEOUT, "A time limit passed.";
    Network = FRESHET_E_NETWORK, "Name, connection or transfer failed.";
    RateLimited = FRESHET_E_RATE_LIMITED, "The server asked for fewer requests.";
    Remote = FRESHET_E_REMOTE, "The server failed, or answered nonsense.";
    Denied = FRESHET_E_DENIED, "A right or a secret is missing.";
    Blocked = FRESHET_E_BLOCKED, "The address guard refused the connection.";
    Gone = FRESHET_E_GONE, "The source says that it does not exist.";
    Limit = FRESHET_E_LIMIT, "Larger, deeper or longer than a limit allows.";
    Parse = FRESHET_E_PARSE, "The content could not be read as what it claims to be.";
    Held = FRESHET_E_HELD, "Withheld to protect data; an operator has to accept it.";
    Io = FRESHET_E_IO, "A file or a disk failed.";
    Full = FRESHET_E_FULL, "The disk, or the repository's map, is full.";
    Corrupt = FRESHET_E_CORRUPT, "Stored data is damaged.";
    Version = FRESHET_E_VERSION, "Made by a newer or a foreign version.";
    Plugin = FRESHET_E_PLUGIN, "A plugin is missing, refused, or broke its contract.";
    OutOfMemory = FRESHET_E_OUT_OF_MEMORY, "No memory, or no thread could be started.";
    Internal = FRESHET_E_INTERNAL, "A defect in freshet.";
}

impl Code {
    /// As reports show it: `rate_limited`.
    pub fn name(self) -> &'static str {
        // SAFETY: the text is static.
        unsafe { text(freshet_status_name(self.into())) }
    }

    /// Whether the same call may succeed later.
    pub fn is_transient(self) -> bool {
        // SAFETY: any number may be asked about.
        unsafe { freshet_status_is_transient(self.into()) != 0 }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// Why a call failed: a code, one factual line, the thing at fault, and what caused it ([`std::error::Error::source`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    pub code: Code,
    /// One line, lower case, without a final stop.
    pub message: String,
    /// A URI, the path of an option, a file, a plugin, or the name of an argument; "".
    pub subject: String,
    /// The plugin that failed; "".
    pub plugin: String,
    /// How long to wait before trying again, where somebody said.
    pub retry_after: Option<Duration>,
    /// How often it was tried; 0 where attempts were not counted.
    pub attempts: u32,
    cause: Option<Box<Error>>,
}

/// What every call gives that can fail.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error of the binding's own, or of an application's callback.
    pub fn new(code: Code, message: impl Into<String>, subject: impl Into<String>) -> Self {
        Error {
            code,
            message: message.into(),
            subject: subject.into(),
            plugin: String::new(),
            retry_after: None,
            attempts: 0,
            cause: None,
        }
    }

    /// # Safety
    /// `error` is a live error.
    unsafe fn copy(error: *const freshet_error) -> Self {
        let cause = freshet_error_cause(error);
        Error {
            code: freshet_error_code(error).into(),
            message: text(freshet_error_message(error)).into(),
            subject: text(freshet_error_subject(error)).into(),
            plugin: text(freshet_error_plugin(error)).into(),
            retry_after: u64::try_from(freshet_error_retry_after_ms(error)).ok().map(Duration::from_millis),
            attempts: freshet_error_attempts(error).max(0) as u32,
            cause: (!cause.is_null()).then(|| Box::new(Error::copy(cause))),
        }
    }

    /// Copies and frees what a call gave.
    pub(crate) fn take(status: freshet_status, error: *mut freshet_error) -> Self {
        if error.is_null() {
            return Error::new(status.into(), "no error came with the status", "");
        }
        // SAFETY: a call that fails gives a live error, which is the caller's.
        unsafe {
            let copy = Error::copy(error);
            freshet_error_free(error);
            copy
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.subject.is_empty() {
            write!(out, "{}: ", self.subject)?;
        }
        out.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}
