package freshet

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
func hitsOf(hits freshet_hits) (*Hits, error) {
	defer freshet_hits_free(hits)
	result := &Hits{EndedAfter: int(freshet_hits_ended_after(hits))}
	for i := range int(freshet_hits_count(hits)) {
		raw := freshet_hit{struct_size: unsafe.Sizeof(freshet_hit{})}
		err := check(func(failure *freshet_error) freshet_status {
			return freshet_hits_get(hits, uintptr(i), &raw, failure)
		})
		if err != nil {
			return nil, err
		}
		result.hits = append(result.hits, Hit{
			Score: float64(raw.score), Text: textOf(raw.text), URI: textOf(raw.uri), Title: textOf(raw.title),
			Path: textOf(raw.path), URL: textOf(raw.url), ChunkID: textOf(raw.chunk_id),
			Metadata: textOf(raw.metadata), Checked: instant(raw.checked_ms), Due: instant(raw.due_ms),
			Unconfirmed: textOf(raw.unconfirmed),
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
	var raw freshet_hits
	err = limited(ctx, func(call *freshet_call_options) error {
		return check(func(failure *freshet_error) freshet_status {
			return freshet_query_run(r.handle(), args.text(question), how, call, &raw, failure)
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
	var raw freshet_hits
	err = limited(ctx, func(call *freshet_call_options) error {
		return check(func(failure *freshet_error) freshet_status {
			numbers, count := lendAll(&args, vector)
			return freshet_query_vector(r.handle(), numbers, count, how, call, &raw, failure)
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
	ForDocument Purpose = freshet_PURPOSE_DOCUMENT
	ForQuery    Purpose = freshet_PURPOSE_QUERY
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
	var raw freshet_vectors
	err = limited(ctx, func(call *freshet_call_options) error {
		return check(func(failure *freshet_error) freshet_status {
			return freshet_embed(r.handle(), how, array, count, int32(purpose), call, &raw, failure)
		})
	})
	if err != nil {
		return nil, "", err
	}
	defer freshet_vectors_free(raw)
	for i := range int(freshet_vectors_count(raw)) {
		var vector *float32
		err := check(func(failure *freshet_error) freshet_status {
			return freshet_vectors_get(raw, uintptr(i), &vector, failure)
		})
		if err != nil {
			return nil, "", err
		}
		numbers := unsafe.Slice((*float32)(unsafe.Pointer(vector)), int(freshet_vectors_dimension(raw)))
		vectors = append(vectors, append([]float32(nil), numbers...))
	}
	return vectors, textOf(freshet_vectors_model(raw)), nil
}
