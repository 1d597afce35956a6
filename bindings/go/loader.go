package freshet

/*
#include "bridge.h"
*/
import "C"

import (
	"errors"
	"math"
	"runtime/cgo"
	"time"
)

// Listing takes what a listing brings. Each function may block; an error of it ends the work.
type Listing struct{ sink *C.freshet_listing_sink }

func lastModified(at time.Time) C.int64_t {
	if at.IsZero() {
		return math.MinInt64
	}
	return C.int64_t(at.UnixMilli())
}

// Entry hands an entry over.
func (l *Listing) Entry(entry Entry) error {
	var args arena
	defer args.free()
	raw := C.freshet_entry{
		struct_size: C.sizeof_freshet_entry, uri: args.text(entry.URI), version: args.optional(entry.Version),
		handle: args.optional(entry.Handle), title: args.optional(entry.Title), metadata: args.optional(entry.Metadata),
		last_modified_ms: lastModified(entry.LastModified), size: -1,
	}
	if entry.Size > 0 {
		raw.size = C.int64_t(entry.Size)
	}
	return heed(C.freshet_go_listing_entry(l.sink, &raw))
}

// Gone says that an entry is gone for good; for [ChangesOf] only.
func (l *Listing) Gone(uri string) error {
	var args arena
	defer args.free()
	return heed(C.freshet_go_listing_gone(l.sink, args.text(uri)))
}

// State is what the next listing is to be given; the last one counts.
func (l *Listing) State(text string) error {
	var args arena
	defer args.free()
	return heed(C.freshet_go_listing_state(l.sink, args.text(text)))
}

//export freshetGoList
func freshetGoList(handle C.uintptr_t, call *C.freshet_call, state *C.char, sink *C.freshet_listing_sink, out *C.int32_t) C.freshet_status {
	it := cgo.Handle(handle).Value().(*instance)
	return serve(it.host, call, func(ctx *callContext) error {
		kind, err := it.of.(Loader).List(ctx, optionalText(state), &Listing{sink})
		if err == nil {
			*out = C.int32_t(kind)
		}
		return err
	})
}

func entryOf(raw *C.freshet_entry) Entry {
	entry := Entry{
		URI: C.GoString(raw.uri), Version: optionalText(raw.version), Handle: optionalText(raw.handle),
		Title: optionalText(raw.title), Metadata: optionalText(raw.metadata), Size: max(int64(raw.size), 0),
	}
	if raw.last_modified_ms != math.MinInt64 {
		entry.LastModified = time.UnixMilli(int64(raw.last_modified_ms)).UTC()
	}
	return entry
}

//export freshetGoFetch
func freshetGoFetch(handle C.uintptr_t, call *C.freshet_call, entry *C.freshet_entry, known *C.char, sink *C.freshet_fetch_sink) C.freshet_status {
	it := cgo.Handle(handle).Value().(*instance)
	return serve(it.host, call, func(ctx *callContext) error {
		content, err := it.of.(Loader).Fetch(ctx, entryOf(entry), optionalText(known))
		switch {
		case errors.Is(err, ErrNotModified):
			return heed(C.freshet_go_fetch_not_modified(sink))
		case errors.Is(err, ErrGone):
			return heed(C.freshet_go_fetch_gone(sink, 1))
		case errors.Is(err, ErrNotThere):
			return heed(C.freshet_go_fetch_gone(sink, 0))
		case err != nil:
			return err
		case content == nil:
			return Fail(PluginError, "gave neither content nor an error", "")
		}
		return give(content, sink)
	})
}

func give(content *Content, sink *C.freshet_fetch_sink) error {
	var args arena
	defer args.free()
	raw := C.freshet_content{
		struct_size: C.sizeof_freshet_content, bytes: args.bytes(content.Bytes), size: C.size_t(len(content.Bytes)),
		media_type: args.optional(content.MediaType), charset: args.optional(content.Charset),
		version: args.optional(content.Version), canonical_uri: args.optional(content.CanonicalURI),
		title: args.optional(content.Title), metadata: args.optional(content.Metadata),
		attempts: C.int32_t(max(content.Attempts, 1)),
	}
	return heed(C.freshet_go_fetch_content(sink, &raw))
}
