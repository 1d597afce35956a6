// What a call that does nothing, one that looks a root up, an event, a hit and a chunk cost in Go, where all texts are copied. Usage: bench WORK FOLDER PAGE
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"freshet"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func tell(what string, begun time.Time, count int) {
	fmt.Printf("%s %.2f\n", what, float64(time.Since(begun).Nanoseconds())/float64(count))
}

func main() {
	ctx := context.Background()
	repository := must(freshet.Open(os.Args[1], nil))
	config := freshet.Config{Sources: []freshet.Source{{Loader: "files", Options: map[string]any{"path": os.Args[2]}}}, Embedder: "hash"}
	run := must(repository.Refresh(ctx, config, nil))
	for { // ended, with all events still to be read
		if _, err := run.ExitCode(); err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}

	begun := time.Now()
	for range 5_000_000 {
		freshet.VersionNumber()
	}
	tell("nothing", begun, 5_000_000)

	floor := nothing()
	begun = time.Now()
	for range 5_000_000 {
		floor()
	}
	tell("floor", begun, 5_000_000)

	begun = time.Now()
	for range 100_000 {
		must(repository.Exists(os.Args[3]))
	}
	tell("call", begun, 100_000)

	begun, events := time.Now(), 0
	for _, err := range run.Events(ctx) {
		must(0, err)
		events++
	}
	tell("event", begun, events)

	options := &freshet.QueryOptions{Limit: 200, Mode: "text"}
	read := 0
	begun = time.Now()
	for range 50 {
		for range must(repository.Query(ctx, "river", options)).All() {
			read++
		}
	}
	tell("hit", begun, read)

	read, begun = 0, time.Now()
	for range 500 {
		read += len(must(repository.RootChunks(os.Args[3])))
	}
	tell("chunk", begun, read)
}
