//! Jobs on all cores, with the results on the thread that called.
use freshet_plugin::{failure, status, Call, Result};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{channel, RecvTimeoutError};
use std::time::Duration;

/// How often the caller looks whether it is still to go on.
const LOOK: Duration = Duration::from_millis(50);

/// Does each of `jobs` on one of at most `threads` threads, which has a space of its own, and hands each result to
/// `take` here. The first failure, of a job or of `take`, ends it all; so does a call that is cancelled.
pub fn run<Job: Sync, Space: Default, Done: Send>(
    threads: usize,
    call: &Call,
    jobs: &[Job],
    work: impl Fn(&mut Space, &Job, &AtomicBool) -> Result<Done> + Sync,
    mut take: impl FnMut(Done) -> Result<()>,
) -> Result<()> {
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let (send, receive) = channel();
        let worker = || {
            let (send, next, stop, work) = (send.clone(), &next, &stop, &work);
            move || {
                let mut space = Space::default();
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if stop.load(Ordering::Relaxed) || send.send(work(&mut space, job, stop)).is_err() {
                        return;
                    }
                }
            }
        };
        let started = (0..threads.min(jobs.len()))
            .map_while(|_| std::thread::Builder::new().name("freshet-local".into()).spawn_scoped(scope, worker()).ok())
            .count();
        drop(send);
        if started == 0 && !jobs.is_empty() {
            return Err(failure(status::OUT_OF_MEMORY, "no thread could be started", ""));
        }
        let outcome = loop {
            let went = match receive.recv_timeout(LOOK) {
                Ok(done) => done.and_then(&mut take).and_then(|()| call.check()),
                Err(RecvTimeoutError::Timeout) => call.check(),
                Err(RecvTimeoutError::Disconnected) => break Ok(()),
            };
            if went.is_err() {
                break went;
            }
        };
        stop.store(true, Ordering::Relaxed);
        outcome
    })
}
