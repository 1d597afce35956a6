package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing/fstest"
	"time"

	"freshet"
)

func field(text json.RawMessage, key string) any {
	var all object
	try(json.Unmarshal(text, &all))
	return all[key]
}

// letters counts how often each letter is there.
type letters struct{}

func (letters) Info() freshet.EmbedderInfo {
	return freshet.EmbedderInfo{Model: "letters", Dimension: 27, MaxInputs: 16}
}

func (letters) Embed(_ context.Context, _ freshet.Purpose, texts []string, vectors *freshet.VectorSink) error {
	for index, text := range texts {
		counts := make([]float32, 27)
		counts[26] = 0.01 // no text is nothing
		for _, letter := range strings.ToLower(text) {
			if letter >= 'a' && letter <= 'z' {
				counts[letter-'a']++
			}
		}
		if err := vectors.Give(index, counts); err != nil {
			return err
		}
	}
	return nil
}

// notes are files of the program's own, of which one panics.
type notes struct{ freshet.FS }

func (n notes) Fetch(ctx context.Context, entry freshet.Entry, known string) (*freshet.Content, error) {
	if strings.HasSuffix(entry.URI, "poison") {
		panic("nobody reads poison")
	}
	return n.FS.Fetch(ctx, entry, known)
}

func openNotes(ctx context.Context, text json.RawMessage) (freshet.Loader, error) {
	var options struct{ Poison *bool }
	if err := json.Unmarshal(text, &options); err != nil || options.Poison == nil {
		return nil, freshet.Fail(freshet.InvalidArgument, "has no default", "poison")
	}
	at := time.Unix(1_700_000_000, 0)
	files := fstest.MapFS{
		"rivers":   {Data: []byte("A river carries water."), ModTime: at},
		"glaciers": {Data: []byte("A glacier carries ice."), ModTime: at},
	}
	if *options.Poison {
		files["poison"] = &fstest.MapFile{Data: []byte("Not to be read."), ModTime: at}
	}
	return notes{freshet.FS{Files: files, Base: "note:/"}}, ctx.Err()
}

func openLetters(context.Context, json.RawMessage) (freshet.Embedder, error) { return letters{}, nil }

func pluginsOfItsOwn(work string) {
	fmt.Println("-- a loader and an embedder of its own")
	schema := object{"type": "object", "properties": object{"poison": object{"type": "boolean", "default": false}}}
	loader := must(freshet.RegisterLoader(freshet.Offer{Name: "notes", Options: schema}, openNotes))
	embedder := must(freshet.RegisterEmbedder(freshet.Offer{Name: "letters"}, openLetters))
	_, err := freshet.RegisterEmbedder(freshet.Offer{Name: "letters"}, openLetters)
	refused("twice", err)
	for _, plugin := range []*freshet.Registration{loader, embedder} {
		report := must(freshet.CheckPlugin(background, plugin.Plugin(), nil))
		if field(report, "good") != true {
			fmt.Fprintln(os.Stderr, string(report))
		}
		fmt.Printf("%s: %s\n", plugin.Plugin(), map[bool]string{true: "good", false: "bad"}[field(report, "good") == true])
	}
	repository := must(freshet.Open(work+"/repository", freshet.OpenOptions{Namespace: "own"}))
	config := freshet.Config{Sources: []freshet.Source{{Loader: "notes", Options: object{"poison": true}}}, Embedder: "letters"}
	run := must(repository.Refresh(background, config, nil))
	printRun(run)
	try(run.Close())
	hits := must(repository.Query(background, "A glacier carries ice.", freshet.QueryOptions{Limit: 1, Mode: "vector"}))
	fmt.Println(hits.At(0).URI)
	try(errors.Join(loader.Close(), embedder.Close()))
	_, err = repository.Refresh(background, config, nil)
	refused("unregistered", err)
	try(repository.Close())
}

func count() int { return runtime.NumGoroutine() }

// noLeak waits until as many goroutines are there as before.
func noLeak(before int) {
	for begun := time.Now(); runtime.NumGoroutine() > before; runtime.Gosched() {
		if time.Since(begun) > 10*time.Second {
			fmt.Printf("%d goroutines, and %d before\n", runtime.NumGoroutine(), before)
			os.Exit(1)
		}
	}
}
