package freshet

/*
#include <stdlib.h>
#include "bridge.h"
*/
import "C"

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/cgo"
	"sync"
	"time"
	"unsafe"
)

// Offer says what a program offers, as the manifest of a library does (docs/plugins.md).
type Offer struct {
	Name        string // what configurations call it
	Version     string // "": "1.0"
	Description string
	Options     any      // the schema of its options; nil: it takes any
	Identity    []string // the options that name a source for good
}

// ListingKind says what a listing was.
type ListingKind int32

const (
	Part      ListingKind = C.FRESHET_LISTING_PART      // entries may be missing
	Whole     ListingKind = C.FRESHET_LISTING_WHOLE     // what was not listed is gone: a promise
	AsBefore  ListingKind = C.FRESHET_LISTING_UNCHANGED // nothing was listed: it is as it was at the state
	ChangesOf ListingKind = C.FRESHET_LISTING_CHANGES   // what is new, changed or gone since the state
)

// Entry is one line of a listing. "" stands for none.
type Entry struct {
	URI          string // canonical: it names the root
	Version      string // equal version, unchanged content
	Handle       string // what is wanted back to fetch the entry
	Title        string
	Metadata     string // a JSON object
	LastModified time.Time
	Size         int64 // 0: unknown
}

// Content is what was fetched. "" stands for none.
type Content struct {
	Bytes        []byte
	MediaType    string // as declared, without parameters
	Charset      string
	Version      string // to be handed back as known
	CanonicalURI string
	Title        string
	Metadata     string // a JSON object
	Attempts     int
}

// What a Fetch may end with beside content: the known version still is the version; the source says that it does not
// exist, for good or only "not found".
var (
	ErrNotModified = errors.New("not modified")
	ErrGone        = errors.New("gone for good")
	ErrNotThere    = errors.New("not found")
)

// Loader lists the entries of a source and fetches one of them. Any number of goroutines call one at once. A failure with
// a code is an *[Error], made by [Fail]; any other error is a failure of the plugin.
type Loader interface {
	// List hands every entry to the listing. state is what the last one gave as its own.
	List(ctx context.Context, state string, listing *Listing) (ListingKind, error)
	// Fetch fetches one entry. known is the version of an earlier fetch; "": fetch it whatever happens.
	Fetch(ctx context.Context, entry Entry, known string) (*Content, error)
}

// EmbedderInfo is what an embedder is. 0 stands for no limit, but for the second and third.
type EmbedderInfo struct {
	Model                    string // equal model, comparable vectors
	Dimension, MaxInputs     uint32
	MaxTokens, MaxTextTokens uint32
	MaxBytes                 uint64
	Tokenizer                string
}

// Embedder turns texts into vectors. Any number of goroutines call one at once.
type Embedder interface {
	Info() EmbedderInfo
	// Embed gives each text exactly one vector or one rejection.
	Embed(ctx context.Context, purpose Purpose, texts []string, vectors *VectorSink) error
}

// Fail is how a plugin fails: a code, one factual line, and the thing at fault or "".
func Fail(code Code, message, subject string) error {
	return &Error{Code: code, Message: message, Subject: subject, RetryAfter: -1}
}

// registration is the payload of a provider: one thing by one name.
type registration struct {
	kind, name string
	table      func() unsafe.Pointer
	open       func(ctx context.Context, options json.RawMessage) (any, error)
}

// Registration is what is registered: by its name any repository of the process finds it, before files.
type Registration struct{ plugin string }

// Plugin is its name, such as "loader_tickets": what [CheckPlugin] takes.
func (r *Registration) Plugin() string { return r.plugin }

// Close takes it out. What was opened from it goes on until it is closed.
func (r *Registration) Close() error {
	var args arena
	defer args.free()
	return check(func(failure **C.freshet_error) C.freshet_status {
		return C.freshet_plugins_unregister(args.text(r.plugin), failure)
	})
}

// RegisterLoader registers a loader of the program's own. open makes an instance, whose Close is called where it is an
// io.Closer.
func RegisterLoader(offer Offer, open func(ctx context.Context, options json.RawMessage) (Loader, error)) (*Registration, error) {
	return register(offer, "loader", registration{
		kind: C.FRESHET_PLUGIN_LOADER, table: func() unsafe.Pointer { return C.freshet_go_loader_table() },
		open: func(ctx context.Context, options json.RawMessage) (any, error) { return open(ctx, options) },
	})
}

// RegisterEmbedder registers an embedder of the program's own, as RegisterLoader does a loader.
func RegisterEmbedder(offer Offer, open func(ctx context.Context, options json.RawMessage) (Embedder, error)) (*Registration, error) {
	return register(offer, "embedder", registration{
		kind: C.FRESHET_PLUGIN_EMBEDDER, table: func() unsafe.Pointer { return C.freshet_go_embedder_table() },
		open: func(ctx context.Context, options json.RawMessage) (any, error) { return open(ctx, options) },
	})
}

func register(offer Offer, kind string, payload registration) (*Registration, error) {
	payload.name = offer.Name
	provides := map[string]any{"kind": kind, "name": offer.Name, "options": offer.Options}
	if offer.Options == nil {
		provides["options"] = map[string]any{"type": "object"}
	}
	if offer.Description != "" {
		provides["description"] = offer.Description
	}
	if offer.Identity != nil {
		provides["identity"] = offer.Identity
	}
	if offer.Version == "" {
		offer.Version = "1.0"
	}
	plugin := kind + "_" + offer.Name
	var args arena
	defer args.free()
	manifest, err := args.json(map[string]any{"manifest": 1, "name": plugin, "version": offer.Version, "abi": C.FRESHET_PLUGIN_ABI, "provides": []any{provides}})
	if err != nil {
		return nil, err
	}
	handle := cgo.NewHandle(&payload)
	err = check(func(failure **C.freshet_error) C.freshet_status {
		return C.freshet_go_register(manifest, C.uintptr_t(handle), failure)
	})
	if err != nil {
		return nil, err
	}
	return &Registration{plugin}, nil
}

// instance is what was opened, and its host.
type instance struct {
	host             *C.freshet_host
	of               any
	once             sync.Once // of info
	info             EmbedderInfo
	texts            arena // what its info lends
	model, tokenizer *C.char
}

// callContext is the context of a call into a plugin: done when the host wants no more. Its Done asks every 50 ms, for as
// long as the call goes on, and only where somebody asks for it.
type callContext struct {
	context.Context
	host  *C.freshet_host
	call  *C.freshet_call
	mutex sync.Mutex
	over  bool // the call has ended: the host must not be asked
	err   error
	done  chan struct{}
	end   chan struct{}
}

func newCall(host *C.freshet_host, call *C.freshet_call) *callContext {
	return &callContext{Context: inside(context.Background()), host: host, call: call, end: make(chan struct{})}
}

// Err looks at the host. A look is a sign of life, too.
func (c *callContext) Err() error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.err == nil && (c.over || C.freshet_go_cancelled(c.host, c.call) != 0) {
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
		raw := C.int32_t(C.FRESHET_LEVEL_ERROR)
		switch {
		case level < slog.LevelInfo:
			raw = C.FRESHET_LEVEL_DEBUG
		case level < slog.LevelWarn:
			raw = C.FRESHET_LEVEL_INFO
		case level < slog.LevelError:
			raw = C.FRESHET_LEVEL_WARNING
		}
		C.freshet_go_host_log(c.host, raw, args.text(message))
	})
}

// Now is the time by the host's clock, from within a call of a plugin; elsewhere it is time.Now.
func Now(ctx context.Context) time.Time {
	now := time.Now()
	onCall(ctx, func(c *callContext) { now = time.UnixMilli(int64(C.freshet_go_now_ms(c.host))).UTC() })
	return now
}

// Secret is the secret behind "env:NAME" or "file:/path", from within a call of a plugin. Never log it.
func Secret(ctx context.Context, reference string) (secret string, err error) {
	err = Fail(Misuse, "is not the context of a call into a plugin", "ctx")
	onCall(ctx, func(c *callContext) {
		var args arena
		defer args.free()
		handle := cgo.NewHandle(&secret)
		defer handle.Delete()
		err = nil
		if status := C.freshet_go_secret(c.host, c.call, args.text(reference), C.uintptr_t(handle)); status != C.FRESHET_OK {
			err = &Error{Code: Code(status), Subject: reference, Message: "there is no such secret", RetryAfter: -1}
		}
	})
	return secret, err
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
func serve(host *C.freshet_host, call *C.freshet_call, body func(ctx *callContext) error) (status C.freshet_status) {
	ctx := newCall(host, call)
	defer ctx.finish()
	defer func() {
		if said := recover(); said != nil {
			status = tell(host, call, &Error{Code: PluginError, Message: fmt.Sprint("a panic: ", said), RetryAfter: -1})
		}
	}()
	return tell(host, call, body(ctx))
}

func tell(host *C.freshet_host, call *C.freshet_call, err error) C.freshet_status {
	if err == nil {
		return C.FRESHET_OK
	}
	var told heeded
	if errors.As(err, &told) {
		return C.freshet_status(told)
	}
	var e *Error
	if !errors.As(err, &e) {
		e = &Error{Code: PluginError, Message: err.Error(), RetryAfter: -1}
		if errors.Is(err, context.Canceled) {
			return C.FRESHET_E_CANCELLED
		}
	}
	var args arena
	defer args.free()
	C.freshet_go_fail(host, call, C.freshet_status(e.Code), args.text(e.Message), args.optional(e.Subject), milliseconds(e.RetryAfter))
	return C.freshet_status(e.Code)
}

// heeded is what a sink answered: the host knows why.
type heeded C.freshet_status

func (h heeded) Error() string { return "the host ends the call: " + Code(h).String() }

func heed(status C.freshet_status) error {
	if status == C.FRESHET_OK {
		return nil
	}
	return heeded(status)
}

func optionalText(text *C.char) string {
	if text == nil {
		return ""
	}
	return C.GoString(text)
}

//export freshetGoRelease
func freshetGoRelease(handle C.uintptr_t) {
	defer func() { _ = recover() }()
	value := cgo.Handle(handle).Value()
	defer cgo.Handle(handle).Delete()
	if closer, is := value.(io.Closer); is {
		closer.Close()
	}
}

//export freshetGoText
func freshetGoText(handle C.uintptr_t, text *C.char) C.freshet_status {
	*cgo.Handle(handle).Value().(*string) = C.GoString(text)
	return C.FRESHET_OK
}

//export freshetGoTable
func freshetGoTable(handle C.uintptr_t, kind, name *C.char) unsafe.Pointer {
	payload := cgo.Handle(handle).Value().(*registration)
	if C.GoString(kind) != payload.kind || C.GoString(name) != payload.name {
		return nil
	}
	return payload.table()
}

//export freshetGoOpen
func freshetGoOpen(handle C.uintptr_t, host *C.freshet_host, call *C.freshet_call, options *C.char, out *C.uintptr_t) C.freshet_status {
	return serve(host, call, func(ctx *callContext) error {
		opened, err := cgo.Handle(handle).Value().(*registration).open(ctx, json.RawMessage(C.GoString(options)))
		if err == nil {
			*out = C.uintptr_t(cgo.NewHandle(&instance{host: host, of: opened}))
		}
		return err
	})
}

//export freshetGoClose
func freshetGoClose(handle C.uintptr_t) {
	defer func() { _ = recover() }()
	it := cgo.Handle(handle).Value().(*instance)
	cgo.Handle(handle).Delete()
	it.texts.free()
	if closer, is := it.of.(io.Closer); is {
		closer.Close()
	}
}
