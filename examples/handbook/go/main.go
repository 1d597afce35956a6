// An application with an embedder and a policy of its own: keeps a handbook fresh, whose archive is read once, and asks it a question.
//
// Usage: handbook REPOSITORY FOLDER QUESTION
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"strings"
	"time"

	"freshet"
)

const dimension = 256

// slot is a number below dimension for three letters that stand together.
func slot(trigram string) uint64 {
	hash := fnv.New64a()
	hash.Write([]byte(trigram))
	return hash.Sum64() % dimension
}

// trigrams finds texts near each other that share many groups of three letters: no model, but misspelt words are found.
type trigrams struct{}

func (trigrams) Info() freshet.EmbedderInfo {
	return freshet.EmbedderInfo{Model: "trigrams-256", Dimension: dimension, MaxInputs: 64}
}

func (trigrams) Embed(_ context.Context, _ freshet.Purpose, texts []string, vectors *freshet.VectorSink) error {
	for index, text := range texts {
		counts := make([]float32, dimension)
		counts[0] = 0.01 // a text of two letters has a direction, too
		letters := strings.ToLower(text)
		for start := 0; start+3 <= len(letters); start++ {
			counts[slot(letters[start:start+3])]++
		}
		if err := vectors.Give(index, counts); err != nil {
			return err
		}
	}
	return nil
}

// archiveStands reads what is in the archive once, and looks at the rest in each run.
type archiveStands struct{}

func (archiveStands) Decide(known freshet.Known, _ time.Time) (freshet.Decision, error) {
	if known.Exists && strings.Contains(known.URI, "/archive/") {
		return freshet.Decision{Reason: "the archive stands"}, nil
	}
	return freshet.Decision{Refresh: true, Reason: "is looked at in each run"}, nil
}

func run(ctx context.Context, directory, folder, question string) (err error) {
	embedder, err := freshet.RegisterEmbedder(freshet.Offer{Name: "trigrams"},
		func(context.Context, json.RawMessage) (freshet.Embedder, error) { return trigrams{}, nil })
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, embedder.Close()) }()
	repository, err := freshet.Open(directory, nil)
	if err != nil {
		return err
	}
	defer repository.Close()
	policy, err := freshet.Custom(archiveStands{})
	if err != nil {
		return err
	}
	defer policy.Close()
	config := freshet.Config{
		Sources:  []freshet.Source{{Loader: "files", Options: map[string]any{"path": folder}}},
		Embedder: "trigrams",
	}
	run, err := repository.Refresh(ctx, config, policy)
	if err != nil {
		return err
	}
	defer run.Close()
	if err := run.Wait(ctx); err != nil {
		return err
	}
	counts, err := run.Counts()
	if err != nil {
		return err
	}
	fmt.Printf("refreshed %d, unchanged %d, skipped %d\n", counts.Refreshed, counts.Unchanged, counts.Skipped)
	hits, err := repository.Query(ctx, question, freshet.QueryOptions{Limit: 2, Mode: "vector"})
	if err != nil {
		return err
	}
	for _, hit := range hits.All() {
		fmt.Println(hit.Text)
	}
	return nil
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: handbook REPOSITORY FOLDER QUESTION")
		os.Exit(2)
	}
	if err := run(context.Background(), os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "handbook:", err)
		os.Exit(1)
	}
}
