package freshet

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

// Run is one refresh, from listing to delivery, that goes on in threads of its own, or has ended.
type Run struct {
	raw freshet_refresh
	// open is held for reading while texts are copied that the run lends, and for writing when it is freed.
	open   sync.RWMutex
	closed bool
	events sync.Mutex // one polls
	roots  sync.Mutex // one reads the report's roots
	stop   func()     // ends what its context is watched by
}

// Refresh starts a run, and returns at once. The configuration is a [Config], or what encodes to such an object; the
// policy is that of every source that names none, or nil. The run ends when ctx is done.
func (r *Repository) Refresh(ctx context.Context, config any, policy *Policy) (*Run, error) {
	if ctx.Err() != nil {
		return nil, ended(ctx)
	}
	var args arena
	defer args.free()
	defer runtime.KeepAlive(r)
	defer runtime.KeepAlive(policy)
	text, err := args.json(config)
	if err != nil {
		return nil, err
	}
	run := &Run{}
	options := freshet_call_options{struct_size: unsafe.Sizeof(freshet_call_options{}), timeout_ms: timeout(ctx)}
	if run.stop, err = cancelWith(ctx, &options); err != nil {
		return nil, err
	}
	var raw freshet_refresh // by itself: cgo looks at all of what an address lies in
	err = write(func(failure *freshet_error) freshet_status {
		return freshet_refresh_start(r.handle(), text, policy.handle(), &options, &raw, failure)
	})
	run.raw = raw
	if err != nil {
		run.stop()
		return nil, err
	}
	runtime.SetFinalizer(run, func(run *Run) { go run.Close() }) // it waits for the end of the run
	return run, nil
}

// RefreshAndWait runs and waits. A run that was stopped is an error; for its account start it with Refresh.
func (r *Repository) RefreshAndWait(ctx context.Context, config any, policy *Policy) (*Run, error) {
	run, err := r.Refresh(ctx, config, policy)
	if err != nil {
		return nil, err
	}
	if err := run.Wait(ctx); err != nil {
		run.Close()
		return nil, err
	}
	if ctx.Err() != nil {
		run.Close()
		return nil, ended(ctx)
	}
	return run, nil
}

// use lends the handle: it is not freed meanwhile.
func (r *Run) use(call func() error) error {
	r.open.RLock()
	defer r.open.RUnlock()
	if r.closed {
		return closed("run")
	}
	return call()
}

// Close cancels the run where it goes on, waits for its end and frees it. A second one does nothing.
func (r *Run) Close() error {
	freshet_refresh_cancel(r.raw, nil) // whoever holds the lock and waits for an event gets the last one soon
	r.open.Lock()
	defer r.open.Unlock()
	if !r.closed {
		r.closed = true
		freshet_refresh_free(r.raw)
		r.stop()
	}
	return nil
}

// Cancel asks the run to stop, and returns at once. What is committed stays.
func (r *Run) Cancel() error {
	defer runtime.KeepAlive(r)
	return check(func(failure *freshet_error) freshet_status { return freshet_refresh_cancel(r.raw, failure) })
}

// poll gives the next event without waiting: errNothing where there is none yet, and nil after the last one.
func (r *Run) poll() (event *Event, err error) {
	r.events.Lock()
	defer r.events.Unlock()
	err = r.use(func() error {
		raw := freshet_event{struct_size: unsafe.Sizeof(freshet_event{})}
		err := check(func(failure *freshet_error) freshet_status {
			return freshet_refresh_next_event(r.raw, 0, &raw, failure)
		})
		if err == nil && EventKind(raw.kind) != noEvent {
			got := eventOf(&raw)
			event = &got
		}
		return err
	})
	return event, err
}

// descriptor is one of our own that is readable while an event waits, for Go's poller.
func (r *Run) descriptor() (*os.File, error) {
	var fd int32
	err := r.use(func() error {
		err := check(func(failure *freshet_error) freshet_status {
			return freshet_refresh_event_fd(r.raw, &fd, failure)
		})
		if err != nil {
			return err
		}
		own, _, errno := syscall.Syscall(syscall.SYS_FCNTL, uintptr(fd), syscall.F_DUPFD_CLOEXEC, 0)
		if errno != 0 {
			return &Error{Code: Limit, Subject: "event_fd", Message: errno.Error(), RetryAfter: -1}
		}
		fd = int32(own)
		return nil
	})
	if err != nil {
		return nil, err
	}
	syscall.SetNonblock(int(fd), true)
	return os.NewFile(uintptr(fd), "events"), nil
}

// Events gives the events until the run has ended, or ctx is done, which is the error then. No thread waits for them.
// Each event comes once.
func (r *Run) Events(ctx context.Context) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		file, err := r.descriptor()
		if err != nil {
			yield(Event{}, err)
			return
		}
		defer file.Close()
		stop := context.AfterFunc(ctx, func() { file.SetReadDeadline(time.Unix(1, 0)) })
		defer stop()
		waiter, err := file.SyscallConn()
		if err != nil {
			yield(Event{}, err)
			return
		}
		for {
			event, err := r.wait(ctx, waiter)
			if err == nil && event == nil {
				return
			}
			if err != nil {
				yield(Event{}, err)
				return
			}
			if !yield(*event, nil) {
				return
			}
		}
	}
}

// wait polls until there is an event; nil after the last one.
func (r *Run) wait(ctx context.Context, waiter syscall.RawConn) (event *Event, err error) {
	ready := waiter.Read(func(uintptr) bool {
		event, err = r.poll()
		return !errors.Is(err, Timeout)
	})
	if ready != nil { // the deadline that the context has set
		if ctx.Err() != nil {
			return nil, ended(ctx)
		}
		return nil, &Error{Code: IO, Subject: "event_fd", Message: ready.Error(), RetryAfter: -1}
	}
	return event, err
}

// Wait waits until the run has ended, or ctx is done, reading what events nobody has read. The run goes on when only this
// context is done.
func (r *Run) Wait(ctx context.Context) error {
	for _, err := range r.Events(ctx) {
		if err != nil {
			return err
		}
	}
	return r.use(func() error {
		return check(func(failure *freshet_error) freshet_status { return freshet_refresh_wait(r.raw, -1, failure) })
	})
}

// Counts is how far a run is, or what it did.
type Counts struct {
	Listed, Refreshed, Unchanged, Skipped, Removed, Busy, Failed, Held uint64
	ChunksAdded, ChunksRemoved, ChunksKept                             uint64
	EmbeddedTexts, EmbeddedCached, EmbeddedTokens                      uint64
	Upserts, Removals, Pending                                         uint64
	Requests, NotModified, Bytes                                       uint64
	Excluded                                                           uint64
}

// Counts says how far it is.
func (r *Run) Counts() (Counts, error) {
	defer runtime.KeepAlive(r)
	raw := freshet_refresh_counts{struct_size: unsafe.Sizeof(freshet_refresh_counts{})}
	err := check(func(failure *freshet_error) freshet_status {
		return freshet_refresh_counts_get(r.raw, &raw, failure)
	})
	return Counts{
		uint64(raw.listed), uint64(raw.refreshed), uint64(raw.unchanged), uint64(raw.skipped), uint64(raw.removed),
		uint64(raw.busy), uint64(raw.failed), uint64(raw.held), uint64(raw.chunks_added), uint64(raw.chunks_removed),
		uint64(raw.chunks_kept), uint64(raw.embedded_texts), uint64(raw.embedded_cached), uint64(raw.embedded_tokens),
		uint64(raw.upserts), uint64(raw.removals), uint64(raw.pending), uint64(raw.requests), uint64(raw.not_modified),
		uint64(raw.bytes), uint64(raw.excluded),
	}, err
}

// ExitCode is what a program should exit with after this run.
func (r *Run) ExitCode() (int, error) {
	defer runtime.KeepAlive(r)
	var code int32
	err := check(func(failure *freshet_error) freshet_status {
		return freshet_refresh_exit_code(r.raw, &code, failure)
	})
	return int(code), err
}

// ReportJSON is the account of a run that has ended, as the library wrote it.
func (r *Run) ReportJSON() (report json.RawMessage, err error) {
	err = r.use(func() error {
		var text *byte
		var size uintptr
		err := check(func(failure *freshet_error) freshet_status {
			return freshet_refresh_report(r.raw, &text, &size, failure)
		})
		if err == nil {
			report = json.RawMessage(textOfSize(text, size))
		}
		return err
	})
	return report, err
}

// Report is the same, read.
func (r *Run) Report() (report Report, err error) {
	text, err := r.ReportJSON()
	if err == nil {
		err = json.Unmarshal(text, &report)
	}
	return report, err
}

// RootResult is what a run did with one root.
type RootResult struct {
	URI      string
	Outcome  Outcome
	Reason   string // the policy's
	Err      error  // why it failed
	Attempts int
}

// Roots gives the roots of the report one after the other, each once. An error ends it.
func (r *Run) Roots() iter.Seq2[RootResult, error] {
	return func(yield func(RootResult, error) bool) {
		for {
			root, err := r.nextRoot()
			if err == nil && root == nil {
				return
			}
			if err != nil {
				yield(RootResult{}, err)
				return
			}
			if !yield(*root, nil) {
				return
			}
		}
	}
}

func (r *Run) nextRoot() (root *RootResult, err error) {
	r.roots.Lock()
	defer r.roots.Unlock()
	err = r.use(func() error {
		raw := freshet_root_result{struct_size: unsafe.Sizeof(freshet_root_result{})}
		err := check(func(failure *freshet_error) freshet_status {
			return freshet_refresh_next_root(r.raw, &raw, failure)
		})
		if err != nil || raw.outcome == 0 {
			return err
		}
		root = &RootResult{URI: textOf(raw.uri), Outcome: Outcome(raw.outcome), Reason: textOf(raw.reason), Attempts: int(raw.attempts)}
		if raw.status != freshet_OK {
			root.Err = told(raw.status, textOf(raw.message), raw.subject, raw.retry_after_ms, raw.attempts)
		}
		return nil
	})
	return root, err
}
