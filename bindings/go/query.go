package freshet

/*
#include "bridge.h"
*/
import "C"

import (
	"context"
	"iter"
	"runtime"
	"time"
	"unsafe"
)

// Hit is one chunk found.
type Hit struct {
	Score       float64 // higher is better; comparable within one query only
	Text        string
	URI         string // of the root
	Title       string
	Path        string // section titles, joined by " > "
	URL         string // the nearest anchor
	ChunkID     string
	Metadata    string // a JSON object
	Checked     time.Time
	Due         time.Time
	Unconfirmed string // why it is older than "max_age"; "" where it is not
}

// Hits is what was found, the best first.
type Hits struct {
	hits []Hit
	// EndedAfter is 0, or as how many of the best rows were held against the filter before the library stopped.
	EndedAfter int
}

// Len is how many there are.
func (h *Hits) Len() int { return len(h.hits) }

// At gives one of them.
func (h *Hits) At(index int) Hit { return h.hits[index] }

// All gives them by rank, from 0.
func (h *Hits) All() iter.Seq2[int, Hit] {
	return func(yield func(int, Hit) bool) {
		for rank, hit := range h.hits {
			if !yield(rank, hit) {
				return
			}
		}
	}
}

// hitsOf copies and frees them.
func hitsOf(hits *C.freshet_hits) (*Hits, error) {
	defer C.freshet_hits_free(hits)
	result := &Hits{EndedAfter: int(C.freshet_hits_ended_after(hits))}
	for i := range int(C.freshet_hits_count(hits)) {
		raw := C.freshet_hit{struct_size: C.sizeof_freshet_hit}
		err := check(func(failure **C.freshet_error) C.freshet_status {
			return C.freshet_hits_get(hits, C.size_t(i), &raw, failure)
		})
		if err != nil {
			return nil, err
		}
		result.hits = append(result.hits, Hit{
			Score: float64(raw.score), Text: C.GoString(raw.text), URI: C.GoString(raw.uri), Title: C.GoString(raw.title),
			Path: C.GoString(raw.path), URL: C.GoString(raw.url), ChunkID: C.GoString(raw.chunk_id),
			Metadata: C.GoString(raw.metadata), Checked: instant(raw.checked_ms), Due: instant(raw.due_ms),
			Unconfirmed: C.GoString(raw.unconfirmed),
		})
	}
	return result, nil
}

// Query searches. The options are a *[QueryOptions], what encodes to such an object, or nil.
func (r *Repository) Query(ctx context.Context, question string, options any) (*Hits, error) {
	var args arena
	defer args.free()
	defer runtime.KeepAlive(r)
	how, err := args.json(options)
	if err != nil {
		return nil, err
	}
	var raw *C.freshet_hits
	err = limited(ctx, func(call *C.freshet_call_options) error {
		return check(func(failure **C.freshet_error) C.freshet_status {
			return C.freshet_query_run(r.handle(), args.text(question), how, call, &raw, failure)
		})
	})
	if err != nil {
		return nil, err
	}
	return hitsOf(raw)
}

// QueryVector searches for the rows whose vectors are nearest.
func (r *Repository) QueryVector(ctx context.Context, vector []float32, options any) (*Hits, error) {
	var args arena
	defer args.free()
	defer runtime.KeepAlive(r)
	how, err := args.json(options)
	if err != nil {
		return nil, err
	}
	var raw *C.freshet_hits
	err = limited(ctx, func(call *C.freshet_call_options) error {
		return check(func(failure **C.freshet_error) C.freshet_status {
			numbers, count := floats(vector)
			return C.freshet_query_vector(r.handle(), numbers, count, how, call, &raw, failure)
		})
	})
	if err != nil {
		return nil, err
	}
	return hitsOf(raw)
}

// Purpose says what texts are embedded for.
type Purpose int32

const (
	ForDocument Purpose = C.FRESHET_PURPOSE_DOCUMENT
	ForQuery    Purpose = C.FRESHET_PURPOSE_QUERY
)

// Embed turns texts into vectors, by the embedder of config, or with nil by the one that the last refresh delivered with.
// Vectors of one model can be compared.
func (r *Repository) Embed(ctx context.Context, config any, purpose Purpose, texts ...string) (vectors [][]float32, model string, err error) {
	var args arena
	defer args.free()
	defer runtime.KeepAlive(r)
	how, err := args.json(config)
	if err != nil {
		return nil, "", err
	}
	array, count := args.texts(texts)
	var raw *C.freshet_vectors
	err = limited(ctx, func(call *C.freshet_call_options) error {
		return check(func(failure **C.freshet_error) C.freshet_status {
			return C.freshet_embed(r.handle(), how, array, count, C.int32_t(purpose), call, &raw, failure)
		})
	})
	if err != nil {
		return nil, "", err
	}
	defer C.freshet_vectors_free(raw)
	for i := range int(C.freshet_vectors_count(raw)) {
		var vector *C.float
		err := check(func(failure **C.freshet_error) C.freshet_status {
			return C.freshet_vectors_get(raw, C.size_t(i), &vector, failure)
		})
		if err != nil {
			return nil, "", err
		}
		numbers := unsafe.Slice((*float32)(unsafe.Pointer(vector)), int(C.freshet_vectors_dimension(raw)))
		vectors = append(vectors, append([]float32(nil), numbers...))
	}
	return vectors, C.GoString(C.freshet_vectors_model(raw)), nil
}
