//! Keeping sources fresh for as long as the process lives, by their schedules.
use crate::raw::*;
use crate::{Event, Repository, Result};
use freshet_sys::*;
use serde::Serialize;
use serde_json::Value;
use std::sync::Mutex;
use std::time::Duration;

/// A service. Dropping it stops it, and waits.
#[derive(Debug)]
pub struct Service {
    raw: *mut freshet_service,
    events: Mutex<()>,
}

// SAFETY: any thread may use it, several at once; polling, which one thread alone may do, is behind a lock.
unsafe impl Send for Service {}
unsafe impl Sync for Service {}

impl Drop for Service {
    fn drop(&mut self) {
        unsafe { freshet_service_free(self.raw) }
    }
}

impl Service {
    /// Reads and checks a configuration; nothing runs yet.
    pub fn open(repository: &Repository, config: &(impl Serialize + ?Sized)) -> Result<Self> {
        let config = options(config)?.unwrap_or_default();
        // SAFETY: what is passed in is read during the call only; so it is in all that follow.
        made(|out, error| unsafe { freshet_service_open(repository.0, config.as_ptr(), out, error) })
            .map(|raw| Service { raw, events: Mutex::new(()) })
    }

    /// Begins, and returns at once; also again after it was stopped.
    pub fn start(&self) -> Result<()> {
        check(|error| unsafe { freshet_service_start(self.raw, error) })
    }

    /// Begins nothing more, cancels what is under way, and waits for its end.
    pub fn stop(&self, timeout: Option<Duration>) -> Result<()> {
        check(|error| unsafe { freshet_service_stop(self.raw, ms(timeout), error) })
    }

    /// Asks for a run of a source, or of all, as soon as a worker is free.
    pub fn trigger(&self, source: Option<&str>) -> Result<()> {
        let source = c_optional("source", source)?;
        check(|error| unsafe { freshet_service_trigger(self.raw, pointer(&source), error) })
    }

    /// Puts another configuration in the place of the present one, which goes on where this fails.
    pub fn reload(&self, config: &(impl Serialize + ?Sized)) -> Result<()> {
        let config = options(config)?.unwrap_or_default();
        check(|error| unsafe { freshet_service_reload(self.raw, config.as_ptr(), error) })
    }

    pub fn statistics(&self) -> Result<Value> {
        json(|out, error| unsafe { freshet_service_statistics(self.raw, out, error) })
    }

    /// The next event of any of its runs; `None` after it has stopped and all are read, `Err` with
    /// [`crate::Code::Timeout`] where nothing happened in that time.
    pub fn next_event(&self, timeout: Option<Duration>) -> Result<Option<Event<'static>>> {
        let _one = self.events.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let mut event = freshet_event::default();
        check(|error| unsafe { freshet_service_next_event(self.raw, ms(timeout), &mut event, error) })?;
        Ok((event.kind != FRESHET_EVENT_NONE).then(|| unsafe { Event::borrow(&event) }.into_owned()))
    }

    /// The events until it has stopped, waiting for each.
    pub fn events(&self) -> impl Iterator<Item = Event<'static>> + '_ {
        std::iter::from_fn(|| self.next_event(None).ok().flatten())
    }
}
