// Package freshet keeps a knowledge base fresh: it reads from sources what is new, and only that, and leaves a vector
// store exactly in step.
//
//	repository, err := freshet.Open("/var/lib/docs", nil)
//	if err != nil { ... }
//	defer repository.Close()
//	run, err := repository.Refresh(ctx, freshet.Config{
//		Sources:  []freshet.Source{{Loader: "files", Options: map[string]any{"path": "/srv/docs"}}},
//		Embedder: "hash",
//	}, nil)
//	for event, err := range run.Events(ctx) { ... }
//	hits, err := repository.Query(ctx, "ferries", &freshet.QueryOptions{Limit: 3})
//	for _, hit := range hits.All() { ... }
//
// Every call that may take long takes a context: when it is done, the call ends, and its error is the context's as well
// as one with a [Code]. All types may be used by any number of goroutines. What has a Close is closed once or more; a
// call on what is closed is an error, and nothing else. Callbacks may panic: a policy or a plugin that does has failed.
//
// A call into C that blocks holds a thread of the operating system, so no more than 1,024 of them go on at once; others
// wait. Waiting for the events of a run takes none.
package freshet

import (
	"encoding/json"
)

// Version is the version of the library that runs: "0.1.0".
func Version() string { return textOf(freshet_version()) }

// VersionNumber is the same as one number that grows: 0.1.0 is 100.
func VersionNumber() int { return int(freshet_version_number()) }

// Redact gives a text as people may see it: what is known to be a secret, and what has the shape of one, replaced by ***.
func Redact(text string) (string, error) {
	var args arena
	defer args.free()
	return textFrom(func(out **byte, err *freshet_error) freshet_status {
		return freshet_string_redact(args.text(text), out, err)
	})
}

// textFrom is what a call gives through a char **out.
func textFrom(call func(**byte, *freshet_error) freshet_status) (string, error) {
	if err := ready(); err != nil {
		return "", err
	}
	var out *byte
	var raw freshet_error
	if err := failed(call(&out, &raw), raw); err != nil {
		return "", err
	}
	defer freshet_string_free(out)
	return textOf(out), nil
}

// jsonFrom is the same, as the JSON that it is.
func jsonFrom(call func(**byte, *freshet_error) freshet_status) (json.RawMessage, error) {
	text, err := textFrom(call)
	if err != nil {
		return nil, err
	}
	return json.RawMessage(text), nil
}

// check makes a call that gives nothing.
func check(call func(*freshet_error) freshet_status) error {
	if err := ready(); err != nil {
		return err
	}
	var raw freshet_error
	return failed(call(&raw), raw)
}
