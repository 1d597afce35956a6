//! What a running refresh tells.
use crate::raw::{instant, text};
use crate::Code;
use freshet_sys::*;
use std::borrow::Cow;
use std::time::{Duration, SystemTime};

macro_rules! numbers {
    ($(#[$about:meta])* $name:ident: $($variant:ident = $number:ident),+; $other:ident) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = concat!("`", stringify!($number), "`")] $variant,)+
            /// One that this version does not know, or none.
            $other,
        }
        impl From<i32> for $name {
            fn from(number: i32) -> Self {
                match number {
                    $($number => $name::$variant,)+
                    _ => $name::$other,
                }
            }
        }
    };
}
pub(crate) use numbers;

numbers! {
    /// What an event tells.
    EventKind: RunStarted = FRESHET_EVENT_RUN_STARTED, ListingStarted = FRESHET_EVENT_LISTING_STARTED,
    ListingEnded = FRESHET_EVENT_LISTING_ENDED, RootDone = FRESHET_EVENT_ROOT_DONE,
    Progress = FRESHET_EVENT_PROGRESS, Delivery = FRESHET_EVENT_DELIVERY, Log = FRESHET_EVENT_LOG,
    RunEnded = FRESHET_EVENT_RUN_ENDED; Other
}
numbers! {
    /// What a run did with a root.
    Outcome: Refreshed = FRESHET_OUTCOME_REFRESHED, Unchanged = FRESHET_OUTCOME_UNCHANGED,
    Skipped = FRESHET_OUTCOME_SKIPPED, Removed = FRESHET_OUTCOME_REMOVED, Busy = FRESHET_OUTCOME_BUSY,
    Failed = FRESHET_OUTCOME_FAILED, Excluded = FRESHET_OUTCOME_EXCLUDED; Other
}

impl Outcome {
    /// As reports show it: `refreshed`.
    pub fn name(self) -> &'static str {
        let number = match self {
            Outcome::Refreshed => FRESHET_OUTCOME_REFRESHED,
            Outcome::Unchanged => FRESHET_OUTCOME_UNCHANGED,
            Outcome::Skipped => FRESHET_OUTCOME_SKIPPED,
            Outcome::Removed => FRESHET_OUTCOME_REMOVED,
            Outcome::Busy => FRESHET_OUTCOME_BUSY,
            Outcome::Failed => FRESHET_OUTCOME_FAILED,
            Outcome::Excluded => FRESHET_OUTCOME_EXCLUDED,
            Outcome::Other => 0,
        };
        // SAFETY: the text is static.
        unsafe { text(freshet_outcome_name(number)) }
    }
}

/// How loud a log line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    Debug,
    Info,
    Warning,
    Error,
}

impl From<i32> for Level {
    fn from(number: i32) -> Self {
        match number {
            ..=FRESHET_LEVEL_DEBUG => Level::Debug,
            FRESHET_LEVEL_INFO => Level::Info,
            FRESHET_LEVEL_WARNING => Level::Warning,
            FRESHET_LEVEL_ERROR.. => Level::Error,
        }
    }
}

/// One event. Those that [`crate::Run::events`] gives own their texts; those of [`crate::Run::with_event`] borrow them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event<'a> {
    pub kind: EventKind,
    /// Of a root that is done.
    pub outcome: Outcome,
    pub level: Level,
    /// The code of the error that the event tells of.
    pub error: Option<Code>,
    pub time: SystemTime,
    pub done: u64,
    pub total: u64,
    /// Events before this one that were dropped since the last one read.
    pub dropped: u64,
    pub source: Cow<'a, str>,
    pub uri: Cow<'a, str>,
    /// The whole error as one line, where there is one.
    pub message: Cow<'a, str>,
    pub reason: Cow<'a, str>,
    pub subject: Cow<'a, str>,
    pub retry_after: Option<Duration>,
    pub attempts: u32,
    /// Of the run or, where there is a URI, of the root, as `labels` of the configuration makes it.
    pub label: Cow<'a, str>,
}

impl<'a> Event<'a> {
    /// # Safety
    /// The texts of `from` live as long as `'a`.
    pub(crate) unsafe fn borrow(from: &freshet_event) -> Event<'a> {
        let lent = |from| Cow::Borrowed(text(from));
        Event {
            kind: from.kind.into(),
            outcome: from.outcome.into(),
            level: from.level.into(),
            error: (from.status != FRESHET_OK).then(|| from.status.into()),
            time: instant(from.time_ms),
            done: from.done,
            total: from.total,
            dropped: from.dropped,
            source: lent(from.source),
            uri: lent(from.uri),
            message: lent(from.message),
            reason: lent(from.reason),
            subject: lent(from.subject),
            retry_after: u64::try_from(from.retry_after_ms).ok().map(Duration::from_millis),
            attempts: from.attempts.max(0) as u32,
            label: lent(from.label),
        }
    }

    /// The same with texts of its own.
    pub fn into_owned(self) -> Event<'static> {
        let own = |text: Cow<'a, str>| Cow::Owned(text.into_owned());
        Event {
            kind: self.kind,
            outcome: self.outcome,
            level: self.level,
            error: self.error,
            time: self.time,
            done: self.done,
            total: self.total,
            dropped: self.dropped,
            source: own(self.source),
            uri: own(self.uri),
            message: own(self.message),
            reason: own(self.reason),
            subject: own(self.subject),
            retry_after: self.retry_after,
            attempts: self.attempts,
            label: own(self.label),
        }
    }
}
