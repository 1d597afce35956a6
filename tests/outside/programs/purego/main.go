// A tour of the C API without a C compiler: github.com/ebitengine/purego, CGO_ENABLED=0.
//
// Usage: tour LIBRARY WORK FOLDER
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"
	"unsafe"

	"github.com/ebitengine/purego"
)

// Handles and texts of the library are numbers here: the collector of Go has no business with them.
type handle = uintptr

type event struct {
	size                               uintptr
	kind, outcome, level, status       int32
	timeMs                             int64
	done, total, dropped               uint64
	source, uri, message, reason, subj uintptr
	retryAfterMs                       int64
	attempts, _                        int32
}
type known struct {
	size                               uintptr
	uri, metadata, flags               uintptr
	ingested, checked, changed, listed int64
	exists, triggered                  int32
}
type decision struct {
	size       uintptr
	refresh, _ int32
	askAgainMs int64
	reason     [96]byte
}
type customPolicy struct{ size, payload, decide, accept, release uintptr }
type callOptions struct {
	size             uintptr
	cancel           handle
	timeoutMs        int64
	onEvent, payload uintptr
}
type counts struct {
	size                                                               uintptr
	listed, refreshed, unchanged, skipped, removed, busy, failed, held uint64
	chunks, embedded                                                   [3]uint64
	upserts, removals, pending, requests, notModified, bytes           uint64
}
type section struct {
	size                 uintptr
	id, title, url, text uintptr
	textSize             uintptr
	span                 [2]uint64
	parent, childCount   uint32
	level, _             int32
}
type writeResult struct {
	size                          uintptr
	added, removed, kept, updated uint64
	created, _                    int32
}
type hit struct {
	size                                           uintptr
	score                                          float64
	text, uri, title, path, url, chunkID, metadata uintptr
}

var (
	errorCode     func(handle) int32
	errorSubject  func(handle) string
	errorText     func(handle) string
	errorFree     func(handle)
	statusName    func(int32) string
	outcomeName   func(int32) string
	stringFree    func(uintptr)
	cancelNew     func(*handle, *handle) int32
	cancelRequest func(handle, *handle) int32
	cancelFree    func(handle)
	open          func(directory string, options uintptr, out *handle, err *handle) int32
	closeAll      func(handle)
	writeDocument func(r, document handle, options uintptr, out *writeResult, chunks *handle, err *handle) int32
	removeRoot    func(r handle, uri string, out *uint64, err *handle) int32
	verify        func(r handle, options, call uintptr, out *uintptr, err *handle) int32
	policyCustom  func(*customPolicy, *handle, *handle) int32
	policyFree    func(handle)
	start         func(r handle, config string, policy handle, call *callOptions, out *handle, err *handle) int32
	runToEnd      func(r handle, config string, policy handle, call *callOptions, out *handle, err *handle) int32
	nextEvent     func(run handle, timeoutMs int64, out *event, err *handle) int32
	wait          func(run handle, timeoutMs int64, err *handle) int32
	cancel        func(run handle, err *handle) int32
	countsGet     func(run handle, out *counts, err *handle) int32
	exitCode      func(run handle, out *int32, err *handle) int32
	refreshFree   func(handle)
	query         func(r handle, text, options string, call uintptr, out *handle, err *handle) int32
	hitsCount     func(handle) uintptr
	hitsGet       func(hits handle, index uintptr, out *hit, err *handle) int32
	hitsFree      func(handle)
	documentNew   func(uri, title string, out *handle, err *handle) int32
	addSection    func(d handle, parent uint32, title string, url uintptr, level int32, out *uint32, err *handle) int32
	setText       func(d handle, section uint32, text string, size uintptr, err *handle) int32
	finish        func(d handle, err *handle) int32
	sectionCount  func(handle) uint32
	sectionGet    func(d handle, number uint32, out *section, err *handle) int32
	documentFree  func(handle)
)

// functions is where each of them is found.
var functions = map[string]any{
	"freshet_error_code":                             &errorCode,
	"freshet_error_subject":                          &errorSubject,
	"freshet_error_to_string":                        &errorText,
	"freshet_error_free":                             &errorFree,
	"freshet_status_name":                            &statusName,
	"freshet_outcome_name":                           &outcomeName,
	"freshet_string_free":                            &stringFree,
	"freshet_cancel_new":                             &cancelNew,
	"freshet_cancel_request":                         &cancelRequest,
	"freshet_cancel_free":                            &cancelFree,
	"freshet_repository_open":                        &open,
	"freshet_repository_close":                       &closeAll,
	"freshet_repository_write_document":              &writeDocument,
	"freshet_repository_delete_root_and_descendants": &removeRoot,
	"freshet_store_verify":                           &verify,
	"freshet_policy_custom":                          &policyCustom,
	"freshet_policy_free":                            &policyFree,
	"freshet_refresh_start":                          &start,
	"freshet_refresh_run":                            &runToEnd,
	"freshet_refresh_next_event":                     &nextEvent,
	"freshet_refresh_wait":                           &wait,
	"freshet_refresh_cancel":                         &cancel,
	"freshet_refresh_counts_get":                     &countsGet,
	"freshet_refresh_exit_code":                      &exitCode,
	"freshet_refresh_free":                           &refreshFree,
	"freshet_query_run":                              &query,
	"freshet_hits_count":                             &hitsCount,
	"freshet_hits_get":                               &hitsGet,
	"freshet_hits_free":                              &hitsFree,
	"freshet_document_new":                           &documentNew,
	"freshet_document_add_section":                   &addSection,
	"freshet_document_set_text":                      &setText,
	"freshet_document_finish":                        &finish,
	"freshet_document_section_count":                 &sectionCount,
	"freshet_document_section":                       &sectionGet,
	"freshet_document_free":                          &documentFree,
}

// Error is what freshet_error says, copied.
type Error struct{ Name, Subject, Text string }

func (e *Error) Error() string { return e.Text }

// check copies and frees an error of the library.
func check(status int32, err handle) error {
	if status == 0 {
		return nil
	}
	defer errorFree(err)
	return &Error{statusName(status), errorSubject(err), errorText(err)}
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func cText(at uintptr, size int) string {
	return string(unsafe.Slice((*byte)(*(*unsafe.Pointer)(unsafe.Pointer(&at))), size))
}

func text(at uintptr) string {
	for size := 0; ; size++ {
		if whole := cText(at, size+1); whole[size] == 0 {
			return whole[:size]
		}
	}
}

// newPolicy makes a policy of a function, which may panic: that is a failure of the policy.
func newPolicy(ask func(uri string, exists bool) bool) (made handle, released chan struct{}) {
	released = make(chan struct{})
	functions := customPolicy{size: unsafe.Sizeof(customPolicy{})}
	functions.decide = purego.NewCallback(func(_ uintptr, root *known, _ int64, out *decision) (status int32) {
		defer func() {
			if recover() != nil {
				status = 1005
			}
		}()
		if ask(text(root.uri), root.exists != 0) {
			out.refresh = 1
			copy(out.reason[:], "new to the tour")
		}
		return 0
	})
	functions.release = purego.NewCallback(func(uintptr) { close(released) })
	var err handle
	must(check(policyCustom(&functions, &made, &err), err))
	return
}

func base(uri string) string { return uri[strings.LastIndex(uri, "/")+1:] }

func toJSON(value any) string {
	made, err := json.Marshal(value)
	must(err)
	return string(made)
}

type ran struct {
	counts counts
	lines  []string
	code   int32
	ended  string
}

// follow reads the events of a run to the last, and frees it.
func follow(run handle) ran {
	defer refreshFree(run)
	result := ran{counts: counts{size: unsafe.Sizeof(counts{})}}
	var err handle
	for next := (event{size: unsafe.Sizeof(event{})}); ; {
		must(check(nextEvent(run, -1, &next, &err), err))
		if next.kind == 0 {
			break
		}
		if next.kind == 4 {
			why := text(next.reason)
			if next.status != 0 {
				why = statusName(next.status)
			}
			result.lines = append(result.lines, fmt.Sprintf("%s: %s (%s)", base(text(next.uri)), outcomeName(next.outcome), why))
		}
		if next.kind == 8 {
			result.ended = statusName(next.status)
		}
	}
	sort.Strings(result.lines)
	must(check(wait(run, -1, &err), err))
	must(check(countsGet(run, &result.counts, &err), err))
	must(check(exitCode(run, &result.code, &err), err))
	return result
}

func begin(repository handle, config any, policy handle) (run handle, e error) {
	var err handle
	e = check(start(repository, toJSON(config), policy, nil, &run, &err), err)
	return
}

func runAll(repository handle, config any, policy handle) (ran, error) {
	run, e := begin(repository, config, policy)
	if e != nil {
		return ran{}, e
	}
	return follow(run), nil
}

func ask(repository handle, question string) (found []string, e error) {
	var hits, err handle
	e = check(query(repository, question, `{"limit":1,"mode":"text"}`, 0, &hits, &err), err)
	for i := uintptr(0); i < hitsCount(hits); i++ {
		one := hit{size: unsafe.Sizeof(hit{})}
		must(check(hitsGet(hits, i, &one, &err), err))
		found = append(found, base(text(one.uri))+" "+text(one.title))
	}
	hitsFree(hits)
	return
}

func count(repository handle, question string) int {
	found, e := ask(repository, question)
	must(e)
	return len(found)
}

func refused(what string, e error) {
	if e == nil {
		fmt.Printf("%s: was not refused\n", what)
		return
	}
	fmt.Println(strings.TrimSpace(fmt.Sprintf("%s: %s %s", what, e.(*Error).Name, e.(*Error).Subject)))
}

type object = map[string]any

func source(folder string, more object) object {
	made := object{"loader": "files", "name": "docs", "options": object{"path": folder}}
	for key, value := range more {
		made[key] = value
	}
	return object{"sources": []any{made}, "embedder": "hash"}
}

func refreshTwice(repository handle, folder string, policy handle) {
	for _, title := range []string{"-- a first run", "-- again"} {
		result, e := runAll(repository, source(folder, nil), policy)
		must(e)
		n := result.counts
		fmt.Printf("%s\n%s\n", title, strings.Join(result.lines, "\n"))
		fmt.Printf("listed %d refreshed %d skipped %d failed %d, exit code %d\n", n.listed, n.refreshed, n.skipped, n.failed, result.code)
	}
	found, e := ask(repository, "glacier")
	must(e)
	fmt.Printf("-- a question\n%s\n", strings.Join(found, "\n"))
}

func mistakes(repository handle, folder string) {
	fmt.Println("-- what is wrong is named")
	for _, wrong := range []struct {
		what   string
		config any
	}{
		{"key", object{"sorces": []any{}}},
		{"loader", source(folder, object{"loader": "fils"})},
		{"option", source(folder, object{"options": object{"path": folder, "max_depht": 3}})},
		{"policy", source(folder, object{"policy": object{"ttl": "1 day"}})},
		{"number", object{"jobs": 0}},
	} {
		_, e := runAll(repository, wrong.config, 0)
		refused(wrong.what, e)
	}
	var err handle
	for _, each := range []struct {
		what string
		run  handle
	}{{"nothing", 0}, {"a foreign handle", 12345}, {"another type", repository}} {
		refused(each.what, check(cancel(each.run, &err), err))
	}
}

func stop(repository handle, folder string, policy handle) {
	fmt.Println("-- stopped by")
	var stopper, err handle
	must(check(cancelNew(&stopper, &err), err))
	must(check(cancelRequest(stopper, &err), err))
	size := unsafe.Sizeof(callOptions{})
	run := func(what string, call callOptions) {
		refused(what, check(runToEnd(repository, toJSON(source(folder, nil)), policy, &call, nil, &err), err))
	}
	run("a cancel", callOptions{size: size, cancel: stopper, timeoutMs: -1})
	run("a time limit", callOptions{size: size, timeoutMs: 0})
	cancelFree(stopper)

	asked, goOn := make(chan struct{}, 100), make(chan struct{})
	waits, _ := newPolicy(func(string, bool) bool { asked <- struct{}{}; <-goOn; return true })
	handle, e := begin(repository, source(folder, nil), waits)
	must(e)
	<-asked
	must(check(cancel(handle, &err), err))
	close(goOn)
	fmt.Println("another thread:", follow(handle).ended)
	policyFree(waits)
}

func documentByHand() (document handle) {
	var err handle
	must(check(documentNew("hand:/one", "Übersicht", &document, &err), err))
	add := func(parent uint32, title string, level int32) (number uint32) {
		must(check(addSection(document, parent, title, 0, level, &number, &err), err))
		return
	}
	chapter := add(0, "Chapter", 1)
	for _, each := range [][2]string{{"One", "The first text is about walruses."}, {"Two", "The second text is about seals."}} {
		must(check(setText(document, add(chapter, each[0], 2), each[1], uintptr(len(each[1])), &err), err))
	}
	must(check(finish(document, &err), err))
	return
}

func walk(document handle) {
	var err handle
	for i := uint32(1); i <= sectionCount(document); i++ {
		s := section{size: unsafe.Sizeof(section{})}
		must(check(sectionGet(document, i, &s, &err), err))
		fmt.Printf("%d in %d, level %d: %s [%s]\n", i, s.parent, s.level, text(s.title), cText(s.text, int(s.textSize)))
	}
}

func writeAndRemove(repository handle) {
	fmt.Println("-- a document by hand")
	var err handle
	document, result := documentByHand(), writeResult{size: unsafe.Sizeof(writeResult{})}
	walk(document)
	must(check(writeDocument(repository, document, 0, &result, nil, &err), err))
	documentFree(document)
	fmt.Printf("added %d, created %d; found %d\n", result.added, result.created, count(repository, "walruses"))
	delivered, e := runAll(repository, object{"sources": []any{}}, 0)
	must(e)
	fmt.Printf("delivered %d; found %d\n", delivered.counts.upserts, count(repository, "walruses"))
	var removed uint64
	must(check(removeRoot(repository, "hand:/one", &removed, &err), err))
	_, e = runAll(repository, object{"sources": []any{}}, 0)
	must(e)
	fmt.Printf("removed %d; found %d\n", removed, count(repository, "walruses"))
}

func verifyStore(repository handle) {
	var report uintptr
	var err handle
	must(check(verify(repository, 0, 0, &report, &err), err))
	defer stringFree(report)
	var parsed struct {
		InStep bool `json:"in_step"`
	}
	must(json.Unmarshal([]byte(text(report)), &parsed))
	fmt.Println(map[bool]string{true: "in step", false: "out of step"}[parsed.InStep])
}

func main() {
	library, e := purego.Dlopen(os.Args[1], purego.RTLD_NOW)
	must(e)
	for name, function := range functions {
		purego.RegisterLibFunc(function, library, name)
	}
	work, folder := os.Args[2], os.Args[3]
	var repository, err handle
	must(check(open(work+"/repository", 0, &repository, &err), err))
	policy, released := newPolicy(func(uri string, exists bool) bool {
		if strings.HasSuffix(uri, "poison.md") {
			panic("no opinion on poison")
		}
		return !exists
	})
	refreshTwice(repository, folder, policy)
	mistakes(repository, folder)
	stop(repository, folder, policy)
	writeAndRemove(repository)
	verifyStore(repository)
	policyFree(policy)
	<-released
	fmt.Println("policy released")
	closeAll(repository)
	_, e = ask(repository, "glacier")
	refused("closed", e)
}
