package main

import (
	"context"
	"encoding/json"
	"math"
	"sort"
	"strings"
	"sync"

	"freshet"
)

type space struct {
	dimension uint32
	model     string
	rows      map[string]freshet.Row
	was       string // the name under which it was filled
	newest    uint64
}

// memory keeps rows, by the name of a place, so that an instance that is opened again finds what was there.
type memory struct {
	mutex  *sync.Mutex
	spaces map[string]*space
	fences map[string]uint64 // the largest one that wrote
	fence  uint64            // of this instance
}

var (
	lock   sync.Mutex
	places = map[string]*memory{}
)

func openMemory(_ context.Context, text json.RawMessage) (*memory, error) {
	var options struct{ Place string }
	if err := json.Unmarshal(text, &options); err != nil {
		return nil, freshet.Fail(freshet.InvalidArgument, err.Error(), "options")
	}
	lock.Lock()
	defer lock.Unlock()
	there := places[options.Place]
	if there == nil {
		there = &memory{mutex: &sync.Mutex{}, spaces: map[string]*space{}, fences: map[string]uint64{}}
		places[options.Place] = there
	}
	own := *there
	return &own, nil
}

func (m *memory) Info() freshet.StoreInfo {
	return freshet.StoreInfo{Capabilities: freshet.TextSearch | freshet.VectorSearch | freshet.Ordered, MaxBatch: 50, ConcurrentWrites: 2}
}

// in runs body on a namespace, under the lock.
func (m *memory) in(namespace string, body func(*space) error) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	there := m.spaces[namespace]
	if there == nil {
		return freshet.Fail(freshet.NotFound, "there is no such namespace", namespace)
	}
	return body(there)
}

// writes looks at the fence, as every write has to.
func (m *memory) writes(namespace string) error {
	if m.fence < m.fences[namespace] {
		return freshet.Fail(freshet.Busy, "another writes here", namespace)
	}
	m.fences[namespace] = m.fence
	return nil
}

func (m *memory) Ensure(_ context.Context, namespace string, dimension uint32, model string) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if err := m.writes(namespace); err != nil {
		return err
	}
	there := m.spaces[namespace]
	if there == nil {
		there = &space{dimension: dimension, model: model, rows: map[string]freshet.Row{}}
		m.spaces[namespace] = there
	}
	if there.dimension != dimension || there.model != model {
		return freshet.Fail(freshet.InvalidArgument, "has another dimension or model", namespace)
	}
	return nil
}

func (m *memory) Upsert(_ context.Context, namespace string, rows []freshet.Row) (stored []string, err error) {
	err = m.in(namespace, func(it *space) error {
		if err := m.writes(namespace); err != nil {
			return err
		}
		for _, row := range rows {
			it.rows[row.ID] = row
			stored = append(stored, row.ID)
		}
		return nil
	})
	return stored, err
}

func (m *memory) Remove(_ context.Context, namespace string, ids []string) ([]string, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if err := m.writes(namespace); err != nil {
		return nil, err
	}
	if it := m.spaces[namespace]; it != nil {
		for _, id := range ids {
			delete(it.rows, id)
		}
	}
	return ids, nil
}

func score(search freshet.Search, row freshet.Row) float64 {
	if search.Mode == freshet.ByVector {
		product, one, other := 0.0, 0.0, 0.0
		for i, value := range row.Vector {
			product += float64(value * search.Vector[i])
			one += float64(value * value)
			other += float64(search.Vector[i] * search.Vector[i])
		}
		return product / math.Sqrt(one*other)
	}
	found := 0.0
	for _, word := range strings.Fields(strings.ToLower(search.Text)) {
		if strings.Contains(strings.ToLower(row.Title+" "+row.Text), word) {
			found++
		}
	}
	return found
}

func (m *memory) Search(_ context.Context, namespace string, search freshet.Search) (found []freshet.Row, err error) {
	err = m.in(namespace, func(it *space) error {
		for _, row := range it.rows {
			if row.Score = score(search, row); row.Score > 0 || search.Mode == freshet.ByVector && row.Vector != nil {
				row.Vector = nil
				found = append(found, row)
			}
		}
		return nil
	})
	sort.Slice(found, func(i, j int) bool {
		if found[i].Score != found[j].Score {
			return found[i].Score > found[j].Score
		}
		return found[i].ID < found[j].ID
	})
	return found[:min(len(found), search.Limit)], err
}

func (m *memory) Get(_ context.Context, namespace string, ids []string) (found []freshet.Row, err error) {
	err = m.in(namespace, func(it *space) error {
		seen := map[string]bool{}
		for _, id := range ids {
			if row, is := it.rows[id]; is && !seen[id] {
				found = append(found, row)
			}
			seen[id] = true
		}
		return nil
	})
	return found, err
}

func (m *memory) List(_ context.Context, namespace, cursor string, limit int) (page freshet.Page, err error) {
	err = m.in(namespace, func(it *space) error {
		var later []string
		for id := range it.rows {
			if id > cursor {
				later = append(later, id)
			}
		}
		sort.Strings(later)
		for _, id := range later[:min(len(later), limit)] {
			page.Rows = append(page.Rows, [2]string{id, it.rows[id].Digest})
		}
		if len(later) > limit {
			page.Next = later[limit-1]
		}
		return nil
	})
	return page, err
}

func (m *memory) Count(_ context.Context, namespace string) (count uint64, err error) {
	err = m.in(namespace, func(it *space) error {
		count = uint64(len(it.rows))
		return nil
	})
	return count, err
}

func (m *memory) Reset(_ context.Context, namespace string) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if err := m.writes(namespace); err != nil {
		return err
	}
	delete(m.spaces, namespace)
	return nil
}

func (m *memory) Claim(_ context.Context, namespace string, fence uint64) (uint64, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.fence = fence
	return m.fences[namespace], nil
}

func (m *memory) Replace(_ context.Context, namespace, by string) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if err := m.writes(namespace); err != nil {
		return err
	}
	if filled := m.spaces[by]; filled != nil {
		filled.was = by
		m.spaces[namespace] = filled
		delete(m.spaces, by)
	} else if there := m.spaces[namespace]; there == nil || there.was != by {
		return freshet.Fail(freshet.NotFound, "there is no such namespace", by)
	}
	return nil
}

func (m *memory) Check(context.Context, string, bool) ([]string, error) { return nil, nil }

func (m *memory) Namespaces(context.Context) (names []string, err error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	for name := range m.spaces {
		names = append(names, name)
	}
	return names, nil
}

func (m *memory) Foreign(_ context.Context, namespace string, _ bool) (uint64, error) {
	return 0, m.in(namespace, func(*space) error { return nil })
}
