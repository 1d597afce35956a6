//! Runs: from the sources' listings to the store.
use crate::raw::{check, made, ms, number, parse, text};
use crate::{Error, Event, EventKind, Outcome, Report, Result};
use freshet_sys::*;
use serde::de::DeserializeOwned;
use std::ptr::null;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

/// A run that goes on in threads of its own, or has ended. Dropping it cancels it, and waits.
#[derive(Debug)]
pub struct Run {
    pub(crate) raw: *mut freshet_refresh,
    /// Texts of an event are borrowed until the next one is asked for, so one thread asks at a time.
    events: Mutex<()>,
    roots: Mutex<()>,
}

// SAFETY: any thread may use it, several at once; what one thread alone may do is behind a lock.
unsafe impl Send for Run {}
unsafe impl Sync for Run {}

impl Drop for Run {
    fn drop(&mut self) {
        // SAFETY: it is ours, and nothing that borrows from it is left.
        unsafe { freshet_refresh_free(self.raw) }
    }
}

fn lock(mutex: &Mutex<()>) -> MutexGuard<'_, ()> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// How far a run is, or what it did.
pub type Counts = freshet_refresh_counts;

/// What a run did with one root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootResult {
    pub uri: String,
    pub outcome: Outcome,
    /// The policy's.
    pub reason: String,
    /// Why it failed.
    pub error: Option<Error>,
    pub attempts: u32,
}

impl Run {
    pub(crate) fn new(raw: *mut freshet_refresh) -> Self {
        Run { raw, events: Mutex::new(()), roots: Mutex::new(()) }
    }

    /// The events until the run has ended, waiting for each. Any thread; each event comes once.
    pub fn events(&self) -> Events<'_> {
        Events(self)
    }

    /// Waits for an event and lends it to `look`; `None` after the last one, `Err` with [`crate::Code::Timeout`] where nothing
    /// happened in that time. No text is copied.
    pub fn with_event<T>(&self, timeout: Option<Duration>, look: impl FnOnce(&Event<'_>) -> T) -> Result<Option<T>> {
        let _one = lock(&self.events);
        let mut event = freshet_event::default();
        // SAFETY: it lives, and the texts until events are asked for again, which the lock forbids.
        check(|error| unsafe { freshet_refresh_next_event(self.raw, ms(timeout), &mut event, error) })?;
        if event.kind == FRESHET_EVENT_NONE {
            return Ok(None);
        }
        let event = unsafe { Event::borrow(&event) };
        if event.kind == EventKind::Log {
            crate::trace::event(&event);
        }
        Ok(Some(look(&event)))
    }

    /// The next event, or `None` after the last one.
    pub fn next_event(&self, timeout: Option<Duration>) -> Result<Option<Event<'static>>> {
        self.with_event(timeout, |event| event.clone().into_owned())
    }

    /// A descriptor that is readable while an event waits, and for good when the run has ended. Borrowed.
    pub fn event_fd(&self) -> Result<std::os::fd::BorrowedFd<'_>> {
        let fd = number(|out, error| unsafe { freshet_refresh_event_fd(self.raw, out, error) })?;
        // SAFETY: it is open for as long as the run lives.
        Ok(unsafe { std::os::fd::BorrowedFd::borrow_raw(fd) })
    }

    /// Waits until the run has ended, whether events were read or not.
    pub fn wait(&self, timeout: Option<Duration>) -> Result<()> {
        let _span = crate::trace::span("wait");
        // SAFETY: it lives.
        check(|error| unsafe { freshet_refresh_wait(self.raw, ms(timeout), error) })
    }

    /// Asks the run to stop, and returns at once. What is committed stays.
    pub fn cancel(&self) -> Result<()> {
        // SAFETY: it lives.
        check(|error| unsafe { freshet_refresh_cancel(self.raw, error) })
    }

    pub fn counts(&self) -> Result<Counts> {
        // SAFETY: it lives.
        number(|out, error| unsafe { freshet_refresh_counts_get(self.raw, out, error) })
    }

    /// What a program should exit with after this run.
    pub fn exit_code(&self) -> Result<i32> {
        // SAFETY: it lives.
        number(|out, error| unsafe { freshet_refresh_exit_code(self.raw, out, error) })
    }

    /// The account of a run that has ended, as the library wrote it: borrowed, in a mapped file.
    pub fn report_json(&self) -> Result<&str> {
        let (mut json, mut size) = (null(), 0);
        // SAFETY: it lives, and the text as long as it.
        check(|error| unsafe { freshet_refresh_report(self.raw, &mut json, &mut size, error) })?;
        Ok(unsafe { text(json) })
    }

    /// The same, read.
    pub fn report(&self) -> Result<Report> {
        self.report_as()
    }

    /// The same, read into a type of the application's.
    pub fn report_as<T: DeserializeOwned>(&self) -> Result<T> {
        parse(self.report_json()?)
    }

    /// The roots of the report one after the other, each once.
    pub fn roots(&self) -> RootResults<'_> {
        RootResults(self)
    }

    fn next_root(&self) -> Result<Option<RootResult>> {
        let _one = lock(&self.roots);
        let mut root = freshet_root_result::default();
        // SAFETY: it lives, and the texts until the next is asked for, which the lock forbids.
        check(|error| unsafe { freshet_refresh_next_root(self.raw, &mut root, error) })?;
        if root.outcome == 0 {
            return Ok(None);
        }
        let own = |from| unsafe { text(from) }.to_string();
        let failed = (root.status != FRESHET_OK).then(|| {
            let mut error = Error::new(root.status.into(), own(root.message), own(root.subject));
            error.retry_after = u64::try_from(root.retry_after_ms).ok().map(Duration::from_millis);
            error.attempts = root.attempts.max(0) as u32;
            error
        });
        Ok(Some(RootResult {
            uri: own(root.uri),
            outcome: root.outcome.into(),
            reason: own(root.reason),
            error: failed,
            attempts: root.attempts.max(0) as u32,
        }))
    }
}

/// The events of a run: see [`Run::events`].
#[derive(Debug)]
pub struct Events<'a>(&'a Run);

impl Iterator for Events<'_> {
    type Item = Event<'static>;

    /// Ends where the run cannot be asked, as after a fork: [`Run::wait`] says why.
    fn next(&mut self) -> Option<Self::Item> {
        self.0.next_event(None).ok().flatten()
    }
}

/// The roots of a report: see [`Run::roots`].
#[derive(Debug)]
pub struct RootResults<'a>(&'a Run);

impl Iterator for RootResults<'_> {
    type Item = Result<RootResult>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next_root().transpose()
    }
}

/// Starts a run of `repository`.
pub(crate) fn start(
    repository: &crate::Repository,
    config: &std::ffi::CString,
    policy: Option<&crate::Policy>,
    limits: &crate::Limits<'_>,
) -> Result<Run> {
    let policy = policy.map_or(null(), |policy| policy.0 as *const _);
    let call = limits.of_run();
    // SAFETY: all that is passed in lives until the call returns.
    made(|out, error| unsafe { freshet_refresh_start(repository.0, config.as_ptr(), policy, &call, out, error) })
        .map(Run::new)
}

/// Runs and waits.
pub(crate) fn run(
    repository: &crate::Repository,
    config: &std::ffi::CString,
    policy: Option<&crate::Policy>,
    limits: &crate::Limits<'_>,
) -> Result<Run> {
    let policy = policy.map_or(null(), |policy| policy.0 as *const _);
    let _span = crate::trace::span("refresh");
    let call = limits.of_run();
    // SAFETY: as above.
    made(|out, error| unsafe { freshet_refresh_run(repository.0, config.as_ptr(), policy, &call, out, error) })
        .map(Run::new)
}
