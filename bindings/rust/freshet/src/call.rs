//! How a call that may take long is stopped, limited and listened to.
use crate::raw::{check, handle, made, ms};
use crate::{Event, Result};
use freshet_sys::*;
use std::any::Any;
use std::cell::RefCell;
use std::ffi::c_void;
use std::ptr::null_mut;
use std::time::Duration;

handle! {
    /// What calls are stopped with, any number of them. Once requested it stays so.
    Cancel, freshet_cancel, freshet_cancel_free
}

impl Cancel {
    pub fn new() -> Result<Self> {
        // SAFETY: the parameters are where it may write.
        made(|out, error| unsafe { freshet_cancel_new(out, error) }).map(Cancel)
    }

    /// Asks all calls that were given it to stop, and returns at once.
    pub fn request(&self) -> Result<()> {
        // SAFETY: it lives.
        check(|error| unsafe { freshet_cancel_request(self.0, error) })
    }

    /// Requests it when the guard is dropped, as when a future is that waits for a call on another thread.
    pub fn on_drop(&self) -> CancelOnDrop<'_> {
        CancelOnDrop(self)
    }
}

/// See [`Cancel::on_drop`].
#[derive(Debug)]
pub struct CancelOnDrop<'a>(&'a Cancel);

impl Drop for CancelOnDrop<'_> {
    fn drop(&mut self) {
        let _ = self.0.request();
    }
}

/// Limits of one call. The default has none.
#[derive(Clone, Copy, Default)]
pub struct Limits<'a> {
    pub cancel: Option<&'a Cancel>,
    pub timeout: Option<Duration>,
    /// Takes the log lines of the plugins that the call uses, on the calling thread. A panic of it goes on when the call
    /// has returned. Runs tell their events by [`crate::Run::events`] instead.
    pub on_event: Option<&'a dyn Fn(&Event<'_>)>,
}

impl std::fmt::Debug for Limits<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Limits {{ cancel: {}, timeout: {:?} }}", self.cancel.is_some(), self.timeout)
    }
}

impl<'a> Limits<'a> {
    pub fn timeout(timeout: Duration) -> Self {
        Limits { timeout: Some(timeout), ..Default::default() }
    }

    pub fn cancelled_by(cancel: &'a Cancel) -> Self {
        Limits { cancel: Some(cancel), ..Default::default() }
    }

    fn raw(&self) -> freshet_call_options {
        freshet_call_options {
            cancel: self.cancel.map_or(null_mut(), |cancel| cancel.0),
            timeout_ms: ms(self.timeout),
            ..Default::default()
        }
    }

    /// For a run: its events are polled.
    pub(crate) fn of_run(&self) -> freshet_call_options {
        self.raw()
    }

    /// Makes a call with these limits, whose events go to `on_event`, or to the log of the crate `tracing`.
    pub(crate) fn around<T>(
        &self,
        name: &'static str,
        call: impl FnOnce(*const freshet_call_options) -> Result<T>,
    ) -> Result<T> {
        let _span = crate::trace::span(name);
        let listener = Listener { on_event: self.on_event, panic: RefCell::new(None) };
        let mut options = self.raw();
        if self.on_event.is_some() || crate::trace::ENABLED {
            options.on_event = Some(hear);
            options.payload = &raw const listener as *mut c_void;
        }
        let result = call(&options);
        if let Some(panic) = listener.panic.into_inner() {
            std::panic::resume_unwind(panic);
        }
        result
    }
}

struct Listener<'a> {
    on_event: Option<&'a dyn Fn(&Event<'_>)>,
    panic: RefCell<Option<Box<dyn Any + Send>>>,
}

unsafe extern "C" fn hear(payload: *mut c_void, event: *const freshet_event) {
    let listener = &*(payload as *const Listener<'_>);
    let heard = crate::raw::caught(|| {
        let event = Event::borrow(&*event);
        crate::trace::event(&event);
        if let Some(on_event) = listener.on_event {
            on_event(&event);
        }
    });
    if let Err(panic) = heard {
        *listener.panic.borrow_mut() = Some(panic);
    }
}
