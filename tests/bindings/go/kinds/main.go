// Every kind of plugin, written in Go and registered: each keeps its contract, and a run goes through all of them.
//
// Usage: kinds WORK
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"freshet"
)

type object = map[string]any

var background = context.Background()

func must[T any](value T, err error) T {
	try(err)
	return value
}

func try(err error) {
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
}

// shelf has the pages of its options.
type shelf struct{ pages map[string]string }

var prepared atomic.Int64

func openShelf(_ context.Context, text json.RawMessage) (*shelf, error) {
	var options struct{ Pages map[string]string }
	err := json.Unmarshal(text, &options)
	return &shelf{options.Pages}, err
}

func version(text string) string { return fmt.Sprint(len(text), "-", text[:min(len(text), 20)]) }

func (s *shelf) List(ctx context.Context, _ string, listing *freshet.Listing) (freshet.ListingKind, error) {
	if url, err := freshet.ResolveURL(ctx, "https://Example.org/a/b", "../c"); err != nil || url != "https://example.org/c" {
		return 0, fmt.Errorf("%q, %w", url, err)
	}
	if _, err := freshet.ResolveURL(ctx, "", "ftp://example.org"); !errors.Is(err, freshet.InvalidArgument) {
		return 0, fmt.Errorf("of a scheme that the host does not have: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(s.pages)) {
		text := s.pages[name]
		if err := listing.Entry(freshet.Entry{URI: "shelf:/" + name, Version: version(text), Title: name}); err != nil {
			return 0, err
		}
	}
	return freshet.Whole, ctx.Err()
}

func (s *shelf) Prepare(_ context.Context, entries []freshet.Entry, _ []string) {
	prepared.Add(int64(len(entries)))
}

func (s *shelf) Fetch(_ context.Context, entry freshet.Entry, known string) (*freshet.Content, error) {
	text, is := s.pages[strings.TrimPrefix(entry.URI, "shelf:/")]
	switch {
	case !is:
		return nil, freshet.ErrGone
	case known == version(text):
		return nil, freshet.ErrNotModified
	}
	return &freshet.Content{Bytes: []byte(text), MediaType: "text/x-lines", Version: version(text)}, nil
}

// lines reads each line as a paragraph; one that begins with "=" as a heading.
type lines struct{}

func (lines) Read(_ context.Context, request freshet.ReadRequest, builder *freshet.Builder) error {
	text := strings.ReplaceAll(string(request.Bytes), "\x00", "")
	if !utf8.ValidString(text) {
		return freshet.Fail(freshet.Parse, "is not UTF-8", "")
	}
	try(builder.Title(request.URI))
	try(builder.Metadata("lines", strings.Count(text, "\n")))
	for _, line := range strings.Split(text, "\n") {
		var err error
		if heading, is := strings.CutPrefix(line, "="); is {
			err = builder.Section(1, strings.TrimSpace(heading), "")
		} else if strings.TrimSpace(line) != "" {
			err = builder.Text(line + "\n\n")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// words takes each word as a token, and what stands before it belongs to it.
type words struct{}

var word = regexp.MustCompile(`\s*\S+`)

func (words) Info() freshet.TokenizerInfo { return freshet.TokenizerInfo{Name: "words"} }

func (words) Split(_ context.Context, text string) (ends []int, err error) {
	for _, each := range word.FindAllStringIndex(text, -1) {
		ends = append(ends, each[1])
	}
	switch last := len(ends) - 1; {
	case last >= 0:
		ends[last] = len(text)
	case text != "":
		ends = []int{len(text)}
	}
	return ends, nil
}

// shouting puts the section's title before the text, in capitals.
type shouting struct{}

func (shouting) Info() freshet.TransformerInfo {
	return freshet.TransformerInfo{MaxChunks: 8, Fingerprint: "1"}
}

func (shouting) Transform(ctx context.Context, chunks []freshet.TransformChunk, out *freshet.TransformSink) error {
	for i, chunk := range chunks {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if chunk.Section != "" {
			if err := out.Text(i, strings.ToUpper(chunk.Section)+"\n"+chunk.Text); err != nil {
				return err
			}
		}
		if err := out.Metadata(i, object{"shouted": true}); err != nil {
			return err
		}
	}
	return nil
}

// letters counts how often each letter is there.
type letters struct{}

func (letters) Info() freshet.EmbedderInfo {
	return freshet.EmbedderInfo{Model: "letters-27", Dimension: 27, MaxInputs: 16}
}

func (letters) Embed(ctx context.Context, _ freshet.Purpose, texts []string, vectors *freshet.VectorSink) error {
	freshet.Log(ctx, slog.LevelWarn, fmt.Sprint("is asked for ", texts))
	for i, text := range texts {
		counts := make([]float32, 27)
		counts[26] = 1
		for _, letter := range strings.ToLower(text) {
			if letter >= 'a' && letter <= 'z' {
				counts[letter-'a']++
			}
		}
		if err := vectors.Give(i, counts); err != nil {
			return err
		}
	}
	return nil
}

func openOne[T any](one T) freshet.Opener[T] {
	return func(context.Context, json.RawMessage) (T, error) { return one, nil }
}

func check(plugin *freshet.Registration, how object) {
	report := must(freshet.CheckPlugin(background, plugin.Plugin(), how))
	var read struct {
		Good    bool
		Untried []any
		Cases   []struct{ Subject, Case, Verdict, Detail string }
	}
	try(json.Unmarshal(report, &read))
	passed := 0
	for _, each := range read.Cases {
		switch each.Verdict {
		case "pass":
			passed++
		case "skip":
		default:
			fmt.Fprintln(os.Stderr, each)
		}
	}
	fmt.Printf("%s: good %v, any passed %v, untried %v\n", plugin.Plugin(), read.Good, passed > 0, read.Untried)
}

// logged asks outside of a run: what a plugin says then goes to the logger of the process.
func logged(repository *freshet.Repository) {
	var lines strings.Builder
	try(freshet.SetLogger(slog.New(slog.NewTextHandler(&lines, nil))))
	_, model, err := repository.Embed(background, nil, freshet.ForQuery, "ice")
	try(err)
	try(freshet.SetLogger(nil))
	if model != "letters-27" || !strings.Contains(lines.String(), `level=WARN msg="is asked for [ice]" plugin=embedder_letters`) {
		try(fmt.Errorf("model %q, and logged %q", model, lines.String()))
	}
}

func main() {
	work := os.Args[1]
	pages := object{}
	for i, text := range []string{"rivers carry water", "glaciers carry ice", "deserts have no rain"} {
		pages[fmt.Sprint("p", i)] = fmt.Sprintf("= Page %d\n%s\n", i, text)
	}
	sample := work + "/a.lines"
	try(os.WriteFile(sample, []byte("= Rivers\nA river carries water.\n= Ice\nA glacier carries ice.\n"), 0o600))
	schema := object{"type": "object", "required": []string{"pages"}, "properties": object{"pages": object{"type": "object", "additionalProperties": object{"type": "string"}}}}
	place := object{"type": "object", "properties": object{"place": object{"type": "string", "default": "here"}}}
	all := []*freshet.Registration{
		must(freshet.RegisterLoader(freshet.Offer{Name: "shelf", Options: schema}, openShelf)),
		must(freshet.RegisterReader(freshet.Offer{Name: "lines", MediaTypes: []string{"text/x-lines"}, Extensions: []string{".lines"}, ByDefault: true}, openOne(lines{}))),
		must(freshet.RegisterTokenizer(freshet.Offer{Name: "words"}, openOne(words{}))),
		must(freshet.RegisterTransformer(freshet.Offer{Name: "shouting"}, openOne(shouting{}))),
		must(freshet.RegisterEmbedder(freshet.Offer{Name: "letters"}, openOne(letters{}))),
		must(freshet.RegisterStore(freshet.Offer{Name: "memory", Options: place, Identity: []string{"place"}}, openMemory)),
	}
	many := object{}
	for i := range 12 {
		many[fmt.Sprint("m", i)] = fmt.Sprintf("= Page %d\nThis is page %d.\n", i, i)
	}
	how := object{"options": object{"loader shelf": object{"pages": many}}, "samples": object{"reader lines": sample}}
	for _, plugin := range all {
		check(plugin, how)
	}
	repository := must(freshet.Open(work+"/repository", nil))
	config := freshet.Config{
		Sources: []freshet.Source{{Loader: "shelf", Options: object{"pages": pages}}}, Embedder: "letters", Store: "memory",
		More: object{"chunker": object{"transform": []string{"shouting"}, "tokenizer": "words"}},
	}
	run := must(repository.RefreshAndWait(background, config, nil))
	counts := must(run.Counts())
	fmt.Println("refreshed", counts.Refreshed, "failed", counts.Failed, "upserts", counts.Upserts, "prepared", prepared.Load() >= 3)
	try(run.Close())
	for _, mode := range []string{"text", "vector"} {
		hits := must(repository.Query(background, "ice", freshet.QueryOptions{Limit: 1, Mode: mode}))
		fmt.Println(mode, hits.At(0).URI, hits.At(0).Metadata)
	}
	logged(repository)
	verified := must(repository.VerifyStore(background, object{"deep": true}))
	var told struct {
		InStep bool `json:"in_step"`
	}
	try(json.Unmarshal(verified, &told))
	fmt.Println("in step", told.InStep)
	try(repository.Close())
	for _, plugin := range all {
		try(plugin.Close())
	}
}
