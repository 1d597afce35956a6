// Random calls of the package from many goroutines: valid and invalid, with what is used closed meanwhile, callbacks that
// panic, and contexts that end at random. Whatever fails is an *Error; at the end every callback is released, no goroutine
// is left, and the memory is what it was after a fifth of the calls. One call in twelve is work: a run, a query, an opening.
//
// Usage: random WORK FOLDER [CALLS [SEED]]
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"freshet"
)

var live, succeeded, refused, early atomic.Int64

type object = map[string]any

// counted counts itself until the library closes it.
type counted struct{}

func newCounted() counted {
	live.Add(1)
	return counted{}
}

func (counted) Close() error {
	live.Add(-1)
	return nil
}

type opinions struct {
	counted
	seed int
}

func (o opinions) Decide(known freshet.Known, _ time.Time) (freshet.Decision, error) {
	switch (len(known.URI) + o.seed) % 4 {
	case 0:
		panic("a policy that panics")
	case 1:
		return freshet.Decision{}, errors.New("has no opinion")
	case 2:
		return freshet.Decision{Reason: strings.Repeat("x", 200)}, nil
	}
	return freshet.Decision{Refresh: true, Reason: strings.Repeat("ü", 60)}, nil
}

func (o opinions) Accept(_ freshet.Known, document *freshet.Document) (bool, error) {
	return document.Len() > 0, nil
}

type pages struct {
	counted
	seed int
}

func (p pages) List(ctx context.Context, _ string, listing *freshet.Listing) (freshet.ListingKind, error) {
	for page := range p.seed % 6 {
		if page == 4 {
			panic("a loader that panics")
		}
		if err := errors.Join(ctx.Err(), listing.Entry(freshet.Entry{URI: fmt.Sprint("made:", page)})); err != nil {
			return 0, err
		}
	}
	return freshet.Whole, nil
}

func (p pages) Fetch(ctx context.Context, entry freshet.Entry, _ string) (*freshet.Content, error) {
	if strings.HasSuffix(entry.URI, "3") {
		panic("a fetch that panics")
	}
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	default:
		return &freshet.Content{Bytes: []byte("a river"), MediaType: "text/plain"}, nil
	}
}

// slots hold what goroutines share; what is put out is closed at once, whoever uses it.
type slots[T any] struct {
	mutex sync.Mutex
	all   [3]T
}

func (s *slots[T]) get(dice *rand.Rand) T {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.all[dice.IntN(len(s.all))]
}

func (s *slots[T]) put(dice *rand.Rand, value T) (was T) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	place := dice.IntN(len(s.all))
	was, s.all[place] = s.all[place], value
	return was
}

type world struct {
	docs, home   string
	repositories slots[*freshet.Repository]
	policies     slots[*freshet.Policy]
	runs         slots[*freshet.Run]
	documents    slots[*freshet.Document]
}

func text(dice *rand.Rand) string {
	return []string{"", "a\x00b", strings.Repeat("x", 3000), fmt.Sprint("made:", dice.IntN(8)), "\xff", "a river"}[dice.IntN(6)]
}

func options(dice *rand.Rand, valid any) any {
	return []any{object{"no_such_key": 1}, []int{1}, nil, valid, valid}[dice.IntN(5)]
}

func policy(dice *rand.Rand) (*freshet.Policy, error) {
	switch dice.IntN(5) {
	case 0:
		return freshet.TTL(time.Duration(dice.IntN(100)) * time.Millisecond)
	case 1:
		return freshet.PolicyFromJSON(options(dice, object{"any": []any{"always", object{"ttl": "1h"}}}))
	case 2:
		return freshet.Matching(func(uri string) bool {
			if strings.HasSuffix(uri, "2") {
				panic("a match that panics")
			}
			return true
		})
	}
	return freshet.Custom(opinions{newCounted(), dice.IntN(9)})
}

func drop[T any](_ T, err error) error { return err }

func (w *world) refresh(ctx context.Context, dice *rand.Rand, repository *freshet.Repository, policy *freshet.Policy) error {
	source := freshet.Source{Loader: "files", Options: object{"path": w.docs}}
	if dice.IntN(2) == 0 {
		source = freshet.Source{Loader: "pages", Options: object{"seed": dice.IntN(7)}}
	}
	run, err := repository.Refresh(ctx, options(dice, freshet.Config{Sources: []freshet.Source{source}, Embedder: "hash"}), policy)
	if err != nil {
		return err
	}
	if was := w.runs.put(dice, run); was != nil {
		return was.Close()
	}
	return nil
}

func (w *world) follow(ctx context.Context, dice *rand.Rand, run *freshet.Run) error {
	if run == nil {
		return nil
	}
	switch dice.IntN(6) {
	case 0:
		return run.Cancel()
	case 1:
		return run.Wait(ctx)
	case 2:
		return drop(run.Counts())
	case 3:
		return drop(run.Report())
	case 4:
		for _, err := range run.Roots() {
			return err
		}
		return nil
	}
	for _, err := range run.Events(ctx) {
		if err != nil || dice.IntN(4) == 0 {
			return err
		}
	}
	return nil
}

func (w *world) document(dice *rand.Rand) error {
	document, err := freshet.NewDocument(fmt.Sprint("made:", dice.IntN(8)), text(dice))
	if err != nil {
		return err
	}
	section, err := document.AddSection(uint32(dice.IntN(3)), "Title", "", dice.IntN(9))
	err = errors.Join(err, document.SetText(section, text(dice)), document.Finish())
	if was := w.documents.put(dice, document); was != nil {
		was.Close()
	}
	return err
}

func (w *world) one(ctx context.Context, dice *rand.Rand) error {
	repository, chosen := w.repositories.get(dice), w.policies.get(dice)
	if dice.IntN(12) == 0 {
		return w.work(ctx, dice, repository, chosen)
	}
	return w.look(ctx, dice, repository, chosen)
}

// work is what plugins are asked for.
func (w *world) work(ctx context.Context, dice *rand.Rand, repository *freshet.Repository, chosen *freshet.Policy) error {
	word := text(dice)
	switch dice.IntN(8) {
	case 0:
		opened, err := freshet.Open(w.home, options(dice, freshet.OpenOptions{Namespace: fmt.Sprint("n", dice.IntN(3))}))
		if err != nil {
			return err
		}
		return w.repositories.put(dice, opened).Close()
	case 1, 2:
		return w.refresh(ctx, dice, repository, chosen)
	case 3, 4:
		return drop(repository.Query(ctx, word, options(dice, freshet.QueryOptions{Limit: 3})))
	case 5:
		if document := w.documents.get(dice); document != nil {
			_, _, err := repository.WriteDocument(document, nil)
			return err
		}
		return nil
	case 6:
		_, _, err := repository.Embed(ctx, object{"embedder": "hash"}, freshet.ForQuery, word)
		return err
	}
	return drop(repository.VerifyStore(ctx, options(dice, object{"deep": true})))
}

// look is what the repository answers by itself.
func (w *world) look(ctx context.Context, dice *rand.Rand, repository *freshet.Repository, chosen *freshet.Policy) error {
	word := text(dice)
	switch dice.IntN(16) {
	case 0, 1:
		made, err := policy(dice)
		if err != nil {
			return err
		}
		return w.policies.put(dice, made).Close()
	case 2, 3, 4, 5:
		return w.follow(ctx, dice, w.runs.get(dice))
	case 6:
		return drop(repository.FindRoot(word))
	case 7:
		for _, err := range repository.Roots() {
			return err
		}
		return nil
	case 8:
		return drop(repository.Status())
	case 9:
		return drop(repository.RootChunks(word))
	case 10:
		return drop(repository.Exclude("at random", word))
	case 11:
		return repository.Include(word)
	case 12:
		return repository.Trigger(word, "")
	case 13:
		return drop(chosen.Decide(repository, word))
	case 14:
		return w.document(dice)
	}
	return drop(freshet.Redact(word))
}

// resident is the memory in use, in MB.
func resident() int64 {
	var size, pages int64
	said, err := os.ReadFile("/proc/self/statm")
	try(err)
	_, err = fmt.Sscan(string(said), &size, &pages)
	try(err)
	return pages * int64(os.Getpagesize()) >> 20
}

func calls(w *world, seed uint64, count int) {
	dice := rand.New(rand.NewPCG(seed, 1))
	for done := range count {
		if done == count/5 {
			early.Store(max(early.Load(), resident()))
		}
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		if dice.IntN(4) == 0 {
			cancel()
			ctx, cancel = context.WithTimeout(context.Background(), time.Duration(dice.IntN(20))*time.Millisecond)
		}
		err := w.one(ctx, dice)
		cancel()
		var e *freshet.Error
		switch {
		case err == nil:
			succeeded.Add(1)
		case errors.Is(err, freshet.Internal) || !errors.As(err, &e):
			panic(err)
		default:
			refused.Add(1)
		}
	}
}

// crowd asks from 10,000 goroutines at once: Go would give up at as many threads.
func crowd(w *world) {
	repository, err := freshet.Open(w.home, nil)
	try(err)
	defer repository.Close()
	var all sync.WaitGroup
	for range 10_000 {
		all.Add(1)
		go func() {
			defer all.Done()
			_, err := repository.Query(context.Background(), "river", nil)
			// Where the machine is starved the store is busy for longer than anybody waits for it.
			if err != nil && !errors.Is(err, freshet.NotFound) && !errors.Is(err, freshet.Busy) {
				panic(err)
			}
		}()
	}
	all.Wait()
}

func number(place, otherwise int) int {
	if len(os.Args) <= place {
		return otherwise
	}
	value, err := strconv.Atoi(os.Args[place])
	try(err)
	return value
}

func try(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	const goroutines, mostGrowth = 16, 256
	count, seed := number(3, 4000), number(4, 1)
	before := runtime.NumGoroutine()
	w := &world{docs: os.Args[2], home: os.Args[1] + "/random"}
	loader, err := freshet.RegisterLoader(freshet.Offer{Name: "pages"}, func(_ context.Context, options json.RawMessage) (freshet.Loader, error) {
		var of struct{ Seed int }
		err := json.Unmarshal(options, &of)
		return pages{newCounted(), of.Seed}, err
	})
	try(err)
	for place := range w.repositories.all {
		w.repositories.all[place], err = freshet.Open(w.home, nil)
		try(err)
		w.policies.all[place], err = freshet.Always()
		try(err)
	}
	var all sync.WaitGroup
	for each := range goroutines {
		all.Add(1)
		go func() {
			defer all.Done()
			calls(w, uint64(seed*goroutines+each), count/goroutines)
		}()
	}
	all.Wait()
	late := resident()
	if late > early.Load()+mostGrowth {
		try(fmt.Errorf("seed %d: %d MB after a fifth of the calls, %d MB at the end", seed, early.Load(), late))
	}
	crowd(w)
	for place := range w.repositories.all {
		if w.runs.all[place] != nil {
			w.runs.all[place].Close()
		}
		w.policies.all[place].Close()
		w.repositories.all[place].Close()
	}
	try(loader.Close())
	for begun := time.Now(); live.Load() != 0 || runtime.NumGoroutine() > before; runtime.Gosched() {
		if time.Since(begun) > 20*time.Second {
			fmt.Fprintf(os.Stderr, "seed %d: %d callbacks not released, %d goroutines, and %d before\n", seed, live.Load(), runtime.NumGoroutine(), before)
			os.Exit(1)
		}
	}
	fmt.Printf("%d calls, %d succeeded, %d failed, all released; %d MB after a fifth, %d MB at the end\n",
		count, succeeded.Load(), refused.Load(), early.Load(), late)
}
