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

/*
#cgo pkg-config: freshet
#include <stdlib.h>
#include "bridge.h"
*/
import "C"

import (
	"encoding/json"
	"strings"
	"unsafe"
)

// Version is the version of the library that runs: "0.1.0".
func Version() string { return C.GoString(C.freshet_version()) }

// VersionNumber is the same as one number that grows: 0.1.0 is 100.
func VersionNumber() int { return int(C.freshet_version_number()) }

// Redact gives a text as people may see it: what is known to be a secret, and what has the shape of one, replaced by ***.
func Redact(text string) (string, error) {
	var args arena
	defer args.free()
	return textFrom(func(out **C.char, err **C.freshet_error) C.freshet_status {
		return C.freshet_string_redact(args.text(text), out, err)
	})
}

// arena holds texts for C until a call has returned.
type arena struct{ held []unsafe.Pointer }

// text ends at the first zero byte: so that nothing is lost unseen, such a text becomes one that is no UTF-8, which the
// library refuses by the name of the argument.
func (a *arena) text(text string) *C.char {
	if strings.IndexByte(text, 0) >= 0 {
		text = "\xff"
	}
	c := C.CString(text)
	a.held = append(a.held, unsafe.Pointer(c))
	return c
}

// optional is NULL for "".
func (a *arena) optional(text string) *C.char {
	if text == "" {
		return nil
	}
	return a.text(text)
}

func (a *arena) texts(texts []string) (**C.char, C.size_t) {
	if len(texts) == 0 {
		return nil, 0
	}
	array := C.malloc(C.size_t(len(texts)) * C.size_t(unsafe.Sizeof(uintptr(0))))
	a.held = append(a.held, array)
	places := unsafe.Slice((**C.char)(array), len(texts))
	for i, text := range texts {
		places[i] = a.text(text)
	}
	return (**C.char)(array), C.size_t(len(texts))
}

func (a *arena) bytes(bytes []byte) unsafe.Pointer {
	if len(bytes) == 0 {
		return nil
	}
	c := C.CBytes(bytes)
	a.held = append(a.held, c)
	return c
}

// json is NULL for nil.
func (a *arena) json(value any) (*C.char, error) {
	if value == nil {
		return nil, nil
	}
	text, err := json.Marshal(value)
	if err != nil {
		return nil, &Error{Code: InvalidArgument, Subject: "options", Message: "cannot be written as JSON: " + err.Error()}
	}
	if string(text) == "null" {
		return nil, nil
	}
	return a.text(string(text)), nil
}

func (a *arena) free() {
	for _, each := range a.held {
		C.free(each)
	}
	a.held = nil
}

// textFrom is what a call gives through a char **out.
func textFrom(call func(**C.char, **C.freshet_error) C.freshet_status) (string, error) {
	var out *C.char
	var raw *C.freshet_error
	if err := failed(call(&out, &raw), raw); err != nil {
		return "", err
	}
	defer C.freshet_string_free(out)
	return C.GoString(out), nil
}

// jsonFrom is the same, as the JSON that it is.
func jsonFrom(call func(**C.char, **C.freshet_error) C.freshet_status) (json.RawMessage, error) {
	text, err := textFrom(call)
	if err != nil {
		return nil, err
	}
	return json.RawMessage(text), nil
}

// check makes a call that gives nothing.
func check(call func(**C.freshet_error) C.freshet_status) error {
	var raw *C.freshet_error
	return failed(call(&raw), raw)
}
