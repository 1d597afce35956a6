package freshet

import (
	"context"
	"encoding/json"
	"unsafe"
)

// StoreCapabilities are what a store can do, or'ed.
type StoreCapabilities uint32

const (
	NeedsVectors StoreCapabilities = freshet_STORE_NEEDS_VECTORS
	TextSearch   StoreCapabilities = freshet_STORE_TEXT_SEARCH
	VectorSearch StoreCapabilities = freshet_STORE_VECTOR_SEARCH
	HybridSearch StoreCapabilities = freshet_STORE_HYBRID_SEARCH
	Ordered      StoreCapabilities = freshet_STORE_ORDERED // a listing comes in the order of the ids, as bytes compare
)

// Metric is what a store orders vectors by.
type Metric int32

const (
	Cosine Metric = freshet_STORE_METRIC_COSINE
	L2     Metric = freshet_STORE_METRIC_L2
	Dot    Metric = freshet_STORE_METRIC_DOT
)

// StoreInfo is what a store can do, and its limits; 0 is none, but of the last three.
type StoreInfo struct {
	Capabilities                           StoreCapabilities
	Metric                                 Metric
	Filters                                []string // operators that Search tests itself, such as "eq"; the library tests the others
	MaxTextBytes, MaxRequestBytes          uint32
	MaxBatch, MaxIDBytes, ConcurrentWrites uint32 // 0: 100, 64, 1
}

// Row is one row, as it is written and as it is found.
type Row struct {
	ID, Digest, Text, URI, Title, URL, Path string
	Metadata                                string // a JSON object, kept as it came
	Vector                                  []float32
	Score                                   float64 // of a search: higher is better
}

// SearchMode is how to search.
type SearchMode int32

const (
	ByText   SearchMode = freshet_SEARCH_TEXT
	ByVector SearchMode = freshet_SEARCH_VECTOR
	ByBoth   SearchMode = freshet_SEARCH_HYBRID
)

// Search is what to search for. Filter is nil, or a list of an operator and its operands as freshet/plugin/store.h has them, of those in
// [StoreInfo].Filters.
type Search struct {
	Mode   SearchMode
	Limit  int
	Text   string
	Vector []float32
	Filter json.RawMessage
}

// Page is one of a listing: ids with their digests, and where the next one begins; "": the listing ends.
type Page struct {
	Rows [][2]string
	Next string
}

// Store keeps the rows of namespaces and searches them. Every write is idempotent, and whole rows are replaced; an id is
// given back when it is stored, or gone, for good. Where a namespace does not exist, Search and List fail with [NotFound].
// Any number of goroutines call one at once.
type Store interface {
	Info() StoreInfo
	// Ensure creates the namespace where it is missing; InvalidArgument where it has another dimension or model.
	Ensure(ctx context.Context, namespace string, dimension uint32, model string) error
	Upsert(ctx context.Context, namespace string, rows []Row) (stored []string, err error)
	// Remove confirms an id that is not there, too.
	Remove(ctx context.Context, namespace string, ids []string) (gone []string, err error)
	// Search gives the best first; fewer than the limit only where there are no more.
	Search(ctx context.Context, namespace string, search Search) ([]Row, error)
	// Get gives each once; those that are not there are left out.
	Get(ctx context.Context, namespace string, ids []string) ([]Row, error)
	// List gives a page: cursor is what the page before gave, "" for the first.
	List(ctx context.Context, namespace, cursor string, limit int) (Page, error)
	Count(ctx context.Context, namespace string) (uint64, error)
	// Reset removes the namespace; one that is not there is no failure.
	Reset(ctx context.Context, namespace string) error
}

// What a Store may be, too: freshet/plugin/store.h says what each promises.
type (
	// Claimer gives the largest fence so far; a write under a smaller one is Busy.
	Claimer interface {
		Claim(ctx context.Context, namespace string, fence uint64) (newest uint64, err error)
	}
	// Replacer puts the namespace by in the place of another, at once.
	Replacer interface {
		Replace(ctx context.Context, namespace, by string) error
	}
	// Inspector gives a line for each thing that is wrong with the place itself.
	Inspector interface {
		Check(ctx context.Context, namespace string, deep bool) ([]string, error)
	}
	// NamespaceLister names all namespaces of the place.
	NamespaceLister interface {
		Namespaces(ctx context.Context) ([]string, error)
	}
	// ForeignCounter counts the rows that others wrote, and removes them where it is told to.
	ForeignCounter interface {
		Foreign(ctx context.Context, namespace string, remove bool) (uint64, error)
	}
)

// RegisterStore registers a store of the program's own, as RegisterLoader does a loader. What S can do beside a [Store] is
// offered.
func RegisterStore[S Store](offer Offer, open Opener[S]) (*Registration, error) {
	table := freshet_store_table{
		struct_size: unsafe.Sizeof(freshet_store_table{}), open: callback(callOnOpen), info: callback(callOnStoreInfo),
		ensure: callback(callOnEnsure), upsert: callback(callOnUpsert), remove: callback(callOnRemove),
		search: callback(callOnSearch), get: callback(callOnGet), list: callback(callOnListRows), count: callback(callOnCount),
		reset: callback(callOnReset), close: callback(callOnClose),
	}
	if offers[S, Claimer]() {
		table.claim = callback(callOnClaim)
	}
	if offers[S, Replacer]() {
		table.replace = callback(callOnReplace)
	}
	if offers[S, Inspector]() {
		table.check = callback(callOnCheck)
	}
	if offers[S, NamespaceLister]() {
		table.namespaces = callback(callOnNamespaces)
	}
	if offers[S, ForeignCounter]() {
		table.foreign = callback(callOnForeign)
	}
	return register(offer, "store", freshet_PLUGIN_STORE, table, open)
}

var filters = map[string]uint32{
	"and": freshet_FILTER_AND, "or": freshet_FILTER_OR, "not": freshet_FILTER_NOT, "eq": freshet_FILTER_EQ,
	"ne": freshet_FILTER_NE, "gt": freshet_FILTER_GT, "gte": freshet_FILTER_GTE, "lt": freshet_FILTER_LT,
	"lte": freshet_FILTER_LTE, "in": freshet_FILTER_IN, "nin": freshet_FILTER_NIN, "contains": freshet_FILTER_CONTAINS,
	"icontains": freshet_FILTER_ICONTAINS, "ieq": freshet_FILTER_IEQ, "starts_with": freshet_FILTER_STARTS_WITH,
	"ends_with": freshet_FILTER_ENDS_WITH, "like": freshet_FILTER_LIKE, "has": freshet_FILTER_HAS,
}

func orElse(value, otherwise uint32) uint32 {
	if value == 0 {
		return otherwise
	}
	return value
}

// store serves a call of one.
func store(handle uintptr, call freshet_call, body func(*callContext, Store) error) freshet_status {
	it := instanceOf(handle)
	return serve(it.host, call, func(ctx *callContext) error { return body(ctx, it.of.(Store)) })
}

func onStoreInfo(handle uintptr, call freshet_call, out *freshet_store_info) freshet_status {
	return store(handle, call, func(_ *callContext, it Store) error {
		info := it.Info()
		for _, name := range info.Filters {
			bit, known := filters[name]
			if !known {
				return Fail(PluginError, "is no operator of filters", name)
			}
			out.filter_operators |= bit
		}
		out.capabilities, out.metric = uint32(info.Capabilities), int32(info.Metric)
		out.max_batch, out.max_id_bytes = orElse(info.MaxBatch, 100), orElse(info.MaxIDBytes, 64)
		out.max_text_bytes, out.max_request_bytes = info.MaxTextBytes, info.MaxRequestBytes
		out.concurrent_writes = orElse(info.ConcurrentWrites, 1)
		return nil
	})
}

func vectorOf(values *float32, dimension uintptr) []float32 {
	if values == nil || dimension == 0 {
		return nil
	}
	return append([]float32(nil), unsafe.Slice(values, dimension)...)
}

func textsOf(texts **byte, count uintptr) []string {
	all := make([]string, count)
	for i, text := range unsafe.Slice(texts, count) {
		all[i] = textOf(text)
	}
	return all
}

func onEnsure(handle uintptr, call freshet_call, ns *freshet_store_namespace) freshet_status {
	return store(handle, call, func(ctx *callContext, it Store) error {
		return it.Ensure(ctx, textOf(ns.name), ns.dimension, textOf(ns.model))
	})
}

// confirm tells those that are done, also where the rest failed.
func confirm(sink *freshet_confirm_sink, ids []string, err error) error {
	var args arena
	defer args.free()
	for _, id := range ids {
		if told := heed(sink.callConfirmed(sink.payload, args.text(id))); told != nil {
			return told
		}
	}
	return err
}

func onUpsert(handle uintptr, call freshet_call, ns *byte, rows **freshet_row, count uintptr, sink *freshet_confirm_sink) freshet_status {
	return store(handle, call, func(ctx *callContext, it Store) error {
		all := make([]Row, count)
		for i, raw := range unsafe.Slice(rows, count) {
			all[i] = Row{
				ID: textOf(raw.id), Digest: textOf(raw.digest), Text: textOfSize(raw.text, raw.text_size), URI: textOf(raw.uri),
				Title: textOf(raw.title), URL: textOf(raw.url), Path: textOf(raw.path), Metadata: textOf(raw.metadata),
				Vector: vectorOf(raw.vector, raw.dimension),
			}
		}
		stored, err := it.Upsert(ctx, textOf(ns), all)
		return confirm(sink, stored, err)
	})
}

func onRemove(handle uintptr, call freshet_call, ns *byte, ids **byte, count uintptr, sink *freshet_confirm_sink) freshet_status {
	return store(handle, call, func(ctx *callContext, it Store) error {
		gone, err := it.Remove(ctx, textOf(ns), textsOf(ids, count))
		return confirm(sink, gone, err)
	})
}

func hand(sink *freshet_found_sink, rows []Row) error {
	for _, row := range rows {
		if err := handOne(sink, row); err != nil {
			return err
		}
	}
	return nil
}

func handOne(sink *freshet_found_sink, row Row) error {
	var args arena
	defer args.free()
	vector, dimension := lendAll(&args, row.Vector)
	raw := freshet_found{
		struct_size: unsafe.Sizeof(freshet_found{}), score: row.Score, id: args.text(row.ID), digest: args.text(row.Digest),
		text: args.text(row.Text), uri: args.text(row.URI), title: args.text(row.Title), url: args.text(row.URL),
		path: args.text(row.Path), metadata: args.text(row.Metadata), vector: vector, dimension: dimension,
	}
	return heed(sink.callRow(sink.payload, &raw))
}

func onSearch(handle uintptr, call freshet_call, ns *byte, raw *freshet_search, sink *freshet_found_sink) freshet_status {
	return store(handle, call, func(ctx *callContext, it Store) error {
		search := Search{Mode: SearchMode(raw.mode), Limit: int(raw.limit), Text: textOf(raw.text), Vector: vectorOf(raw.vector, raw.dimension)}
		if raw.filter != nil {
			search.Filter = json.RawMessage(textOf(raw.filter))
		}
		found, err := it.Search(ctx, textOf(ns), search)
		if err != nil {
			return err
		}
		return hand(sink, found)
	})
}

func onGet(handle uintptr, call freshet_call, ns *byte, ids **byte, count uintptr, sink *freshet_found_sink) freshet_status {
	return store(handle, call, func(ctx *callContext, it Store) error {
		found, err := it.Get(ctx, textOf(ns), textsOf(ids, count))
		if err != nil {
			return err
		}
		return hand(sink, found)
	})
}

func onListRows(handle uintptr, call freshet_call, ns, cursor *byte, limit uint32, sink *freshet_list_sink) freshet_status {
	return store(handle, call, func(ctx *callContext, it Store) error {
		page, err := it.List(ctx, textOf(ns), textOf(cursor), int(limit))
		if err != nil {
			return err
		}
		var args arena
		defer args.free()
		for _, row := range page.Rows {
			if err := heed(sink.callRow(sink.payload, args.text(row[0]), args.text(row[1]))); err != nil {
				return err
			}
		}
		if page.Next == "" {
			return nil
		}
		return heed(sink.callNext(sink.payload, args.text(page.Next)))
	})
}

func onCount(handle uintptr, call freshet_call, ns *byte, out *uint64) freshet_status {
	return store(handle, call, func(ctx *callContext, it Store) (err error) {
		*out, err = it.Count(ctx, textOf(ns))
		return err
	})
}

func onReset(handle uintptr, call freshet_call, ns *byte) freshet_status {
	return store(handle, call, func(ctx *callContext, it Store) error { return it.Reset(ctx, textOf(ns)) })
}

func onClaim(handle uintptr, call freshet_call, ns *byte, fence uint64, out *uint64) freshet_status {
	return store(handle, call, func(ctx *callContext, it Store) (err error) {
		*out, err = it.(Claimer).Claim(ctx, textOf(ns), fence)
		return err
	})
}

func onReplace(handle uintptr, call freshet_call, ns, by *byte) freshet_status {
	return store(handle, call, func(ctx *callContext, it Store) error {
		return it.(Replacer).Replace(ctx, textOf(ns), textOf(by))
	})
}

func handLines(sink *freshet_text_sink, lines []string) error {
	var args arena
	defer args.free()
	for _, line := range lines {
		if err := heed(sink.callText(sink.payload, args.text(line))); err != nil {
			return err
		}
	}
	return nil
}

func onCheck(handle uintptr, call freshet_call, ns *freshet_store_namespace, deep int32, sink *freshet_text_sink) freshet_status {
	return store(handle, call, func(ctx *callContext, it Store) error {
		lines, err := it.(Inspector).Check(ctx, textOf(ns.name), deep != 0)
		if err != nil {
			return err
		}
		return handLines(sink, lines)
	})
}

func onNamespaces(handle uintptr, call freshet_call, sink *freshet_text_sink) freshet_status {
	return store(handle, call, func(ctx *callContext, it Store) error {
		names, err := it.(NamespaceLister).Namespaces(ctx)
		if err != nil {
			return err
		}
		return handLines(sink, names)
	})
}

func onForeign(handle uintptr, call freshet_call, ns *byte, remove int32, out *uint64) freshet_status {
	return store(handle, call, func(ctx *callContext, it Store) (err error) {
		*out, err = it.(ForeignCounter).Foreign(ctx, textOf(ns), remove != 0)
		return err
	})
}
