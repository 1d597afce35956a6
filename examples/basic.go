// Refreshes a folder of Markdown and asks a question about it: the C API by cgo, results as JSON.
//
// Usage: basic REPOSITORY FOLDER QUESTION
package main

/*
#cgo pkg-config: freshet
#include <freshet/freshet.h>
#include <stdlib.h>
*/
import "C"

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"unsafe"
)

// failure copies and frees an error of freshet; nil for success.
func failure(status C.freshet_status, err *C.freshet_error) error {
	if status == C.FRESHET_OK {
		return nil
	}
	defer C.freshet_error_free(err)
	return errors.New(C.GoString(C.freshet_error_to_string(err)))
}

// text is the caller's to free.
func text(value any) *C.char {
	if already, ok := value.(string); ok {
		return C.CString(already)
	}
	made, _ := json.Marshal(value)
	return C.CString(string(made))
}

func refresh(repository *C.freshet_repository, folder string) error {
	source := map[string]any{"loader": "files", "options": map[string]any{"path": folder}}
	config := text(map[string]any{"sources": []any{source}, "store": "sqlite"})
	defer C.free(unsafe.Pointer(config))
	var run *C.freshet_refresh
	var report *C.char // borrowed from the run
	var err *C.freshet_error
	if e := failure(C.freshet_refresh_run(repository, config, nil, nil, &run, &err), err); e != nil {
		return e
	}
	defer C.freshet_refresh_free(run)
	if e := failure(C.freshet_refresh_report(run, &report, nil, &err), err); e != nil {
		return e
	}
	var counts struct{ Refreshed, Unchanged, Failed int }
	if e := json.Unmarshal([]byte(C.GoString(report)), &counts); e != nil {
		return e
	}
	fmt.Printf("refreshed %d, unchanged %d, failed %d\n", counts.Refreshed, counts.Unchanged, counts.Failed)
	return nil
}

func ask(repository *C.freshet_repository, what string) error {
	question, options := text(what), text(map[string]any{"limit": 3, "mode": "text"})
	defer C.free(unsafe.Pointer(question))
	defer C.free(unsafe.Pointer(options))
	var hits *C.freshet_hits
	var found *C.char
	var err *C.freshet_error
	if e := failure(C.freshet_query_run(repository, question, options, nil, &hits, &err), err); e != nil {
		return e
	}
	defer C.freshet_hits_free(hits)
	if e := failure(C.freshet_hits_to_json(hits, &found, &err), err); e != nil {
		return e
	}
	defer C.freshet_string_free(found)
	var all struct {
		Hits []struct{ Title, Text string }
	}
	if e := json.Unmarshal([]byte(C.GoString(found)), &all); e != nil {
		return e
	}
	for i, hit := range all.Hits {
		fmt.Printf("%d. %s\n%s\n", i+1, hit.Title, hit.Text)
	}
	return nil
}

func run(directory, folder, question string) error {
	path := text(directory)
	defer C.free(unsafe.Pointer(path))
	var repository *C.freshet_repository
	var err *C.freshet_error
	if e := failure(C.freshet_repository_open(path, nil, &repository, &err), err); e != nil {
		return e
	}
	defer C.freshet_repository_close(repository)
	if e := refresh(repository, folder); e != nil {
		return e
	}
	return ask(repository, question)
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: basic REPOSITORY FOLDER QUESTION")
		os.Exit(2)
	}
	if e := run(os.Args[1], os.Args[2], os.Args[3]); e != nil {
		fmt.Fprintln(os.Stderr, e)
		os.Exit(1)
	}
}
