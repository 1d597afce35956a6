//! Runs for any executor: what waits is the event descriptor, and no thread. Every other call that blocks belongs on the
//! executor's threads for such calls, with a [`crate::Cancel`] that is requested when the future is dropped
//! ([`crate::Cancel::on_drop`]).
use crate::{Code, Event, Result, Run};
use async_io::Async;
use futures_core::Stream;
use std::os::fd::OwnedFd;
use std::pin::Pin;
use std::task::{ready, Context, Poll};
use std::time::Duration;

/// The events of a run as a stream: see [`Run::stream`].
#[derive(Debug)]
pub struct EventStream<'a> {
    run: &'a Run,
    readable: Async<OwnedFd>,
    ended: bool,
}

impl Run {
    /// The events until the run has ended.
    pub fn stream(&self) -> Result<EventStream<'_>> {
        let failed = |e| crate::Error::new(Code::Io, format!("cannot be waited for: {e}"), "event_fd");
        // A descriptor of its own, since one cannot be waited for twice at the same time.
        let descriptor = self.event_fd()?.try_clone_to_owned().map_err(failed)?;
        let readable = Async::new_nonblocking(descriptor).map_err(failed)?;
        Ok(EventStream { run: self, readable, ended: false })
    }

    /// Waits until the run has ended, reading what events nobody has read. Dropping the future does not cancel the run.
    pub async fn ended(&self) -> Result<()> {
        let mut stream = self.stream()?;
        while stream.next().await.is_some() {}
        self.wait(None)
    }
}

impl EventStream<'_> {
    /// The next event, for who has no `StreamExt`.
    pub async fn next(&mut self) -> Option<Event<'static>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl Stream for EventStream<'_> {
    type Item = Event<'static>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        while !this.ended {
            match this.run.next_event(Some(Duration::ZERO)) {
                Ok(Some(event)) => return Poll::Ready(Some(event)),
                Err(error) if error.code == Code::Timeout => {
                    if ready!(this.readable.poll_readable(context)).is_err() {
                        this.ended = true;
                    }
                }
                Ok(None) | Err(_) => this.ended = true,
            }
        }
        Poll::Ready(None)
    }
}
