// A tour of the package for Go.
//
// Usage: tour WORK FOLDER
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"freshet"
)

var background = context.Background()

type object = map[string]any

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintf(os.Stderr, "%v: %#v\n", err, err)
		os.Exit(1)
	}
	return value
}

func try(err error) { must(0, err) }

func base(uri string) string { return uri[strings.LastIndex(uri, "/")+1:] }

// once refreshes what is not there yet, and says when it is released.
type once struct{ released chan struct{} }

func (o once) Decide(known freshet.Known, _ time.Time) (freshet.Decision, error) {
	if strings.HasSuffix(known.URI, "poison.md") {
		panic("no opinion on poison")
	}
	if known.Exists {
		return freshet.Decision{Reason: "known"}, nil
	}
	return freshet.Decision{Refresh: true, Reason: "new to the tour"}, nil
}

func (o once) Close() error {
	close(o.released)
	return nil
}

func name(err error) string {
	var e *freshet.Error
	if errors.As(err, &e) {
		return e.Code.String()
	}
	return "ok"
}

// follow reads the events of a run to the last: its roots in order, and how it ended.
func follow(run *freshet.Run) (lines []string, ended string) {
	for event, err := range run.Events(background) {
		try(err)
		switch event.Kind {
		case freshet.RootDone:
			why := event.Reason
			if event.Err != nil {
				why = name(event.Err)
			}
			lines = append(lines, fmt.Sprintf("%s: %s (%s)", base(event.URI), event.Outcome, why))
		case freshet.RunEnded:
			ended = name(event.Err)
		}
	}
	slices.Sort(lines)
	return lines, ended
}

func printRun(run *freshet.Run) {
	lines, _ := follow(run)
	try(run.Wait(background))
	n := must(run.Counts())
	fmt.Println(strings.Join(lines, "\n"))
	fmt.Printf("listed %d refreshed %d skipped %d failed %d, exit code %d\n", n.Listed, n.Refreshed, n.Skipped, n.Failed, must(run.ExitCode()))
}

func refused(what string, err error) {
	var e *freshet.Error
	if !errors.As(err, &e) {
		fmt.Printf("%s: was not refused\n", what)
		return
	}
	fmt.Println(strings.TrimSpace(fmt.Sprintf("%s: %s %s", what, e.Code, e.Subject)))
}

func found(repository *freshet.Repository, question string) (lines []string) {
	for _, hit := range must(repository.Query(background, question, &freshet.QueryOptions{Limit: 1, Mode: "text"})).All() {
		lines = append(lines, base(hit.URI)+" "+hit.Title)
	}
	return lines
}

func refreshTwice(repository *freshet.Repository, config freshet.Config, policy *freshet.Policy) {
	for _, title := range []string{"-- a first run", "-- again"} {
		fmt.Println(title)
		run := must(repository.Refresh(background, config, policy))
		printRun(run)
		if report := must(run.Report()); report.Listed != 4 || report.Failed != 1 {
			panic(fmt.Sprint(report))
		}
		for root, err := range run.Roots() {
			try(err)
			if root.Err != nil && !strings.Contains(root.Err.Error(), "no opinion on poison") {
				panic(root.Err)
			}
		}
		try(run.Close())
	}
	fmt.Printf("-- a question\n%s\n", strings.Join(found(repository, "glacier"), "\n"))
}

func mistakes(repository *freshet.Repository, folder string) {
	fmt.Println("-- what is wrong is named")
	source := func(loader string, options object, policy any) object {
		return object{"sources": []any{freshet.Source{Loader: loader, Options: options, Policy: policy}}}
	}
	wrong := func(what string, config any) {
		_, err := repository.Refresh(background, config, nil)
		refused(what, err)
	}
	wrong("key", object{"sorces": []any{}})
	wrong("loader", source("fils", object{"path": folder}, nil))
	wrong("option", source("files", object{"path": folder, "max_depht": 3}, nil))
	wrong("policy", source("files", object{"path": folder}, object{"ttl": "1 day"}))
	wrong("number", object{"jobs": 0})
	_, err := repository.FindRoot("a\x00b")
	refused("a zero byte", err)
	_, err = repository.Refresh(background, object{"sorces": []any{}}, nil)
	fmt.Println(err)
	_, err = freshet.ListBackup(background, "s3://bucket/place", object{"access_key": "env:NO_SUCH_KEY"})
	var e, cause *freshet.Error
	if !errors.As(err, &e) || !errors.As(errors.Unwrap(err), &cause) {
		panic(err)
	}
	fmt.Println(e.Subject, "because of", cause.Subject)
}

func stop(repository *freshet.Repository, config freshet.Config, policy *freshet.Policy) {
	fmt.Println("-- stopped by")
	run := func(what string, ctx context.Context, as error) {
		_, err := repository.RefreshAndWait(ctx, config, policy)
		refused(what, err)
		if !errors.Is(err, as) {
			panic(err)
		}
	}
	cancelled, cancel := context.WithCancel(background)
	cancel()
	run("a cancel", cancelled, context.Canceled)
	late, done := context.WithTimeout(background, 0)
	run("a time limit", late, context.DeadlineExceeded)
	done()

	asked, goOn := make(chan struct{}, 100), make(chan struct{})
	waits := must(freshet.Custom(freshet.DeciderFunc(func(freshet.Known, time.Time) (freshet.Decision, error) {
		asked <- struct{}{}
		<-goOn
		return freshet.Decision{Refresh: true}, nil
	})))
	ctx, end := context.WithCancel(background)
	handle := must(repository.Refresh(ctx, config, waits))
	<-asked
	end()
	go func() { // the policy goes on when the run knows of it
		<-ctx.Done()
		time.Sleep(50 * time.Millisecond)
		close(goOn)
	}()
	_, how := follow(handle)
	fmt.Println("another thread:", how)
	try(handle.Close())
	try(waits.Close())
}

func documentByHand() *freshet.Document {
	document := must(freshet.NewDocument("hand:/one", "Übersicht"))
	chapter := must(document.AddSection(0, "Chapter", "", 1))
	for _, each := range [][2]string{{"One", "The first text is about walruses."}, {"Two", "The second text is about seals."}} {
		try(document.SetText(must(document.AddSection(chapter, each[0], "", 2)), each[1]))
	}
	try(document.Finish())
	return document
}

func writeAndRemove(repository *freshet.Repository) {
	fmt.Println("-- a document by hand")
	document := documentByHand()
	defer document.Close()
	for it := range document.Sections() {
		fmt.Printf("%d in %d, level %d: %s [%s]\n", it.Number, it.Parent, it.Level, it.Title, it.Text)
	}
	written, chunks, err := repository.WriteDocument(document, nil)
	try(err)
	created := map[bool]int{true: 1}[written.Created]
	fmt.Printf("added %d, created %d; found %d\n", written.Added, created, len(found(repository, "walruses")))
	if uint64(len(chunks)) != written.Added {
		panic(chunks)
	}
	try(delivered(repository, "delivered"))
	removed := must(repository.DeleteRoot("hand:/one"))
	must(repository.Deliver(background))
	fmt.Printf("removed %d; found %d\n", removed, len(found(repository, "walruses")))
}

func delivered(repository *freshet.Repository, what string) error {
	report := must(repository.Deliver(background))
	fmt.Printf("%s %v; found %d\n", what, field(report, "upserts"), len(found(repository, "walruses")))
	return nil
}

// withoutBlocking waits in Go's poller alone.
func withoutBlocking(repository *freshet.Repository, config freshet.Config) {
	config.Force, config.More = true, object{"labels": object{"item": "{{uri}} of {{source}}"}}
	run := must(repository.Refresh(background, config, nil))
	defer run.Close()
	done := 0
	for event, err := range run.Events(background) {
		try(err)
		if event.Kind == freshet.RootDone && event.Label == event.URI+" of docs" {
			done++
		}
	}
	fmt.Printf("-- without blocking\n%d roots with their labels\n", done)
}

func main() {
	work, folder := os.Args[1], os.Args[2]
	goroutines := count()
	repository := must(freshet.Open(work+"/repository", nil))
	released := make(chan struct{})
	policy := must(freshet.Custom(once{released}))
	config := freshet.Config{
		Sources:  []freshet.Source{{Loader: "files", Name: "docs", Options: object{"path": folder}}},
		Embedder: "hash",
	}
	refreshTwice(repository, config, policy)
	mistakes(repository, folder)
	stop(repository, config, policy)
	writeAndRemove(repository)
	withoutBlocking(repository, config)
	store := must(repository.VerifyStore(background, nil))
	fmt.Println(map[bool]string{true: "in step", false: "out of step"}[field(store, "in_step") == true])
	pluginsOfItsOwn(work)
	try(policy.Close())
	<-released
	fmt.Println("policy released")
	try(repository.Close())
	if _, err := repository.Query(background, "glacier", nil); !errors.Is(err, freshet.Misuse) {
		panic(err)
	}
	noLeak(goroutines)
}
