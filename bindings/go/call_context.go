package freshet

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// callContext is the context of a call into a plugin: done when the host wants no more. Its Done asks every 50 ms, for as
// long as the call goes on, and only where somebody asks for it.
type callContext struct {
	context.Context
	host  *freshet_host
	call  freshet_call
	mutex sync.Mutex
	over  bool // the call has ended: the host must not be asked
	err   error
	done  chan struct{}
	end   chan struct{}
}

func newCall(host *freshet_host, call freshet_call) *callContext {
	return &callContext{Context: inside(context.Background()), host: host, call: call, end: make(chan struct{})}
}

// Err looks at the host. A look is a sign of life, too.
func (c *callContext) Err() error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.err == nil && (c.over || c.host.callCancelled(c.call) != 0) {
		c.err = context.Canceled
		if c.done != nil {
			close(c.done)
		}
	}
	return c.err
}

func (c *callContext) Done() <-chan struct{} {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.done == nil {
		c.done = make(chan struct{})
		if c.err != nil {
			close(c.done)
		} else {
			go c.look()
		}
	}
	return c.done
}

func (c *callContext) look() {
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for c.Err() == nil {
		select {
		case <-ticker.C:
		case <-c.end:
		}
	}
}

func (c *callContext) finish() {
	c.mutex.Lock()
	c.over = true
	c.mutex.Unlock()
	close(c.end)
}

// Log writes a log line of a plugin, from within a call of it; ctx is the one that the call was given. Known secrets are
// removed.
func Log(ctx context.Context, level slog.Level, message string) {
	onCall(ctx, func(c *callContext) {
		var args arena
		defer args.free()
		raw := int32(freshet_LOG_ERROR)
		switch {
		case level < slog.LevelInfo:
			raw = freshet_LOG_DEBUG
		case level < slog.LevelWarn:
			raw = freshet_LOG_INFO
		case level < slog.LevelError:
			raw = freshet_LOG_WARNING
		}
		c.host.callLog(c.host.self, raw, args.text(message))
	})
}

// Now is the time by the host's clock, from within a call of a plugin; elsewhere it is time.Now.
func Now(ctx context.Context) time.Time {
	now := time.Now()
	onCall(ctx, func(c *callContext) { now = time.UnixMilli(int64(c.host.callNowMs(c.host.self))).UTC() })
	return now
}

// Secret is the secret behind "env:NAME" or "file:/path", from within a call of a plugin. Never log it.
func Secret(ctx context.Context, reference string) (secret string, err error) {
	err = Fail(Misuse, "is not the context of a call into a plugin", "ctx")
	onCall(ctx, func(c *callContext) {
		var args arena
		defer args.free()
		handle := handleOf(&secret)
		defer forget(handle)
		err = nil
		if status := c.host.callSecret(c.call, args.text(reference), callback(callOnText), handle); status != freshet_OK {
			err = &Error{Code: Code(status), Subject: reference, Message: "there is no such secret", RetryAfter: -1}
		}
	})
	return secret, err
}

// ResolveURL is what reference means on the page base, or by itself where base is "", written as the library writes URLs, from within a
// call of a plugin.
func ResolveURL(ctx context.Context, base, reference string) (url string, err error) {
	err = Fail(Misuse, "is not the context of a call into a plugin", "ctx")
	onCall(ctx, func(c *callContext) {
		var args arena
		defer args.free()
		handle := handleOf(&url)
		defer forget(handle)
		err = nil
		status := c.host.callUrlResolve(c.host.self, args.optional(base), args.text(reference), callback(callOnText), handle)
		if status != freshet_OK {
			err = &Error{Code: Code(status), Subject: reference, Message: "is no URL of http or https", RetryAfter: -1}
		}
	})
	return url, err
}

type callKey struct{}

// Value finds the call again behind contexts that were made of it.
func (c *callContext) Value(key any) any {
	if key == (callKey{}) {
		return c
	}
	return c.Context.Value(key)
}

// onCall runs body while the call goes on.
func onCall(ctx context.Context, body func(*callContext)) {
	c, is := ctx.Value(callKey{}).(*callContext)
	if !is {
		return
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if !c.over {
		body(c)
	}
}

// serve makes an error or a panic of a plugin a status, and tells the host why.
func serve(host *freshet_host, call freshet_call, body func(ctx *callContext) error) (status freshet_status) {
	ctx := newCall(host, call)
	defer ctx.finish()
	defer func() {
		if said := recover(); said != nil {
			status = tell(host, call, &Error{Code: PluginError, Message: fmt.Sprint("a panic: ", said), RetryAfter: -1})
		}
	}()
	return tell(host, call, body(ctx))
}

func tell(host *freshet_host, call freshet_call, err error) freshet_status {
	if err == nil {
		return freshet_OK
	}
	var told heeded
	if errors.As(err, &told) {
		return freshet_status(told)
	}
	var e *Error
	if !errors.As(err, &e) {
		e = &Error{Code: PluginError, Message: err.Error(), RetryAfter: -1}
		if errors.Is(err, context.Canceled) {
			return freshet_E_CANCELLED
		}
	}
	var args arena
	defer args.free()
	host.callFail(call, freshet_status(e.Code), args.text(e.Message), args.optional(e.Subject), milliseconds(e.RetryAfter))
	return freshet_status(e.Code)
}

// heeded is what a sink answered: the host knows why.
type heeded freshet_status

func (h heeded) Error() string { return "the host ends the call: " + Code(h).String() }

func heed(status freshet_status) error {
	if status == freshet_OK {
		return nil
	}
	return heeded(status)
}

func onText(handle uintptr, text *byte) freshet_status {
	*valueOf(handle).(*string) = textOf(text)
	return freshet_OK
}
