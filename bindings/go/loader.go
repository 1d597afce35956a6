package freshet

import (
	"context"
	"errors"
	"math"
	"time"
	"unsafe"
)

// ListingKind says what a listing was.
type ListingKind int32

const (
	Part      ListingKind = freshet_LISTING_PART      // entries may be missing
	Whole     ListingKind = freshet_LISTING_WHOLE     // what was not listed is gone: a promise
	AsBefore  ListingKind = freshet_LISTING_UNCHANGED // nothing was listed: it is as it was at the state
	ChangesOf ListingKind = freshet_LISTING_CHANGES   // what is new, changed or gone since the state
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

// Preparer is what a Loader may be, too: Prepare says that these entries are about to be fetched, so that what they need can
// come in one request. known has the version of an earlier fetch of each, as Fetch is told it. Not all of them need be fetched
// then. A failure is told by the fetches.
type Preparer interface {
	Prepare(ctx context.Context, entries []Entry, known []string)
}

// RegisterLoader registers a loader of the program's own. open makes an instance, whose Close is called where it is an
// io.Closer. Where L is a [Preparer], its Prepare is called.
func RegisterLoader[L Loader](offer Offer, open Opener[L]) (*Registration, error) {
	table := freshet_loader_table{
		struct_size: unsafe.Sizeof(freshet_loader_table{}), open: callback(callOnOpen), list: callback(callOnList),
		fetch: callback(callOnFetch), close: callback(callOnClose),
	}
	if offers[L, Preparer]() {
		table.prepare = callback(callOnPrepare)
	}
	return register(offer, "loader", freshet_PLUGIN_LOADER, table, open)
}

// Listing takes what a listing brings. Each function may block; an error of it ends the work.
type Listing struct{ sink *freshet_listing_sink }

func lastModified(at time.Time) int64 {
	if at.IsZero() {
		return math.MinInt64
	}
	return int64(at.UnixMilli())
}

// Entry hands an entry over.
func (l *Listing) Entry(entry Entry) error {
	var args arena
	defer args.free()
	raw := freshet_entry{
		struct_size: unsafe.Sizeof(freshet_entry{}), uri: args.text(entry.URI), version: args.optional(entry.Version),
		handle: args.optional(entry.Handle), title: args.optional(entry.Title), metadata: args.optional(entry.Metadata),
		last_modified_ms: lastModified(entry.LastModified), size: -1,
	}
	if entry.Size > 0 {
		raw.size = int64(entry.Size)
	}
	return heed(l.sink.callEntry(l.sink.payload, &raw))
}

// Gone says that an entry is gone for good; for [ChangesOf] only.
func (l *Listing) Gone(uri string) error {
	var args arena
	defer args.free()
	return heed(l.sink.callGone(l.sink.payload, args.text(uri)))
}

// Way says in one line how the listing came about, for reports.
func (l *Listing) Way(text string) error {
	var args arena
	defer args.free()
	return heed(l.sink.callWay(l.sink.payload, args.text(text)))
}

// State is what the next listing is to be given; the last one counts.
func (l *Listing) State(text string) error {
	var args arena
	defer args.free()
	return heed(l.sink.callState(l.sink.payload, args.text(text)))
}

func onList(handle uintptr, call freshet_call, request *freshet_listing_request, sink *freshet_listing_sink, out *int32) freshet_status {
	it := instanceOf(handle)
	return serve(it.host, call, func(ctx *callContext) error {
		kind, err := it.of.(Loader).List(ctx, textOf(request.state), &Listing{sink})
		if err == nil {
			*out = int32(kind)
		}
		return err
	})
}

func entryOf(raw *freshet_entry) Entry {
	entry := Entry{
		URI: textOf(raw.uri), Version: textOf(raw.version), Handle: textOf(raw.handle),
		Title: textOf(raw.title), Metadata: textOf(raw.metadata), Size: max(int64(raw.size), 0),
	}
	if raw.last_modified_ms != math.MinInt64 {
		entry.LastModified = time.UnixMilli(int64(raw.last_modified_ms)).UTC()
	}
	return entry
}

func onFetch(handle uintptr, call freshet_call, entry *freshet_entry, known *byte, sink *freshet_fetch_sink) freshet_status {
	it := instanceOf(handle)
	return serve(it.host, call, func(ctx *callContext) error {
		content, err := it.of.(Loader).Fetch(ctx, entryOf(entry), textOf(known))
		switch {
		case errors.Is(err, ErrNotModified):
			return heed(sink.callNotModified(sink.payload))
		case errors.Is(err, ErrGone):
			return heed(sink.callGone(sink.payload, 1))
		case errors.Is(err, ErrNotThere):
			return heed(sink.callGone(sink.payload, 0))
		case err != nil:
			return err
		case content == nil:
			return Fail(PluginError, "gave neither content nor an error", "")
		}
		return give(content, sink)
	})
}

func give(content *Content, sink *freshet_fetch_sink) error {
	var args arena
	defer args.free()
	raw := freshet_content{
		struct_size: unsafe.Sizeof(freshet_content{}), bytes: unsafe.Pointer(args.bytes(content.Bytes)), size: uintptr(len(content.Bytes)),
		media_type: args.optional(content.MediaType), charset: args.optional(content.Charset),
		version: args.optional(content.Version), canonical_uri: args.optional(content.CanonicalURI),
		title: args.optional(content.Title), metadata: args.optional(content.Metadata),
		attempts: int32(max(content.Attempts, 1)),
	}
	return heed(sink.callContent(sink.payload, &raw))
}

func onPrepare(handle uintptr, call freshet_call, entries **freshet_entry, known **byte, count uintptr) freshet_status {
	it := instanceOf(handle)
	return serve(it.host, call, func(ctx *callContext) error {
		soon, versions := make([]Entry, count), make([]string, count)
		for i, entry := range unsafe.Slice(entries, count) {
			soon[i] = entryOf(entry)
		}
		for i, version := range unsafe.Slice(known, count) {
			versions[i] = textOf(version)
		}
		it.of.(Preparer).Prepare(ctx, soon, versions)
		return nil
	})
}
