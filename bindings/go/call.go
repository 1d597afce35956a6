package freshet

import (
	"context"
	"time"
	"unsafe"
)

// most is how many calls into C may block at once: each holds a thread, and Go gives up at 10,000.
const most = 1024

var (
	gate   = make(chan struct{}, most) // calls with a context, which callbacks of Go may be part of
	writes = make(chan struct{}, most) // calls that wait for the disk alone
)

type insideKey struct{}

// inside marks the context of a callback: a call that it makes must not wait for the call that it belongs to.
func inside(ctx context.Context) context.Context { return context.WithValue(ctx, insideKey{}, true) }

func isInside(ctx context.Context) bool { return ctx.Value(insideKey{}) != nil }

// enter waits for a place among the calls that block.
func enter(ctx context.Context) (func(), error) {
	if isInside(ctx) {
		return func() {}, nil
	}
	select {
	case gate <- struct{}{}:
		return func() { <-gate }, nil
	case <-ctx.Done():
		return nil, ended(ctx)
	}
}

func ended(ctx context.Context) error {
	code := Cancelled
	if ctx.Err() == context.DeadlineExceeded {
		code = Timeout
	}
	return &Error{Code: code, Subject: "call", Message: ctx.Err().Error(), RetryAfter: -1, cause: context.Cause(ctx)}
}

// write makes a call that waits for the disk alone.
func write(call func(*freshet_error) freshet_status) error {
	writes <- struct{}{}
	defer func() { <-writes }()
	return check(call)
}

// limited makes a call that ends when the context is done.
func limited(ctx context.Context, call func(*freshet_call_options) error) error {
	if ctx.Err() != nil {
		return ended(ctx)
	}
	leave, err := enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	options := freshet_call_options{struct_size: unsafe.Sizeof(freshet_call_options{}), timeout_ms: timeout(ctx)}
	stop, err := cancelWith(ctx, &options)
	if err != nil {
		return err
	}
	defer stop()
	return byContext(ctx, call(&options))
}

// timeout is what is left until the deadline. Rounded up, so that the context is over, too, when it has passed.
func timeout(ctx context.Context) int64 {
	deadline, has := ctx.Deadline()
	if !has {
		return -1
	}
	return int64(max(time.Until(deadline), 0).Milliseconds() + 1)
}

// cancelWith gives the options a cancel that the context requests. A request that comes when it is freed does nothing.
func cancelWith(ctx context.Context, options *freshet_call_options) (func(), error) {
	if ctx.Done() == nil {
		return func() {}, nil
	}
	var cancel freshet_cancel
	err := check(func(raw *freshet_error) freshet_status { return freshet_cancel_new(&cancel, raw) })
	if err != nil {
		return nil, err
	}
	options.cancel = cancel
	stop := context.AfterFunc(ctx, func() { freshet_cancel_request(cancel, nil) })
	return func() {
		stop()
		freshet_cancel_free(cancel)
	}, nil
}

// instant is nil-free: the zero time stands for "never yet" and "never again".
func instant(ms int64) time.Time {
	if ms <= 0 || ms == freshet_NEVER {
		return time.Time{}
	}
	return time.UnixMilli(int64(ms)).UTC()
}

func milliseconds(wait time.Duration) int64 {
	if wait < 0 {
		return -1
	}
	return int64(wait.Milliseconds())
}
