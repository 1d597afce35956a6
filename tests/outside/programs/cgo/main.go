// A tour of the C API by cgo, from include/freshet alone.
//
// Usage: tour WORK FOLDER
package main

/*
#cgo pkg-config: freshet
#include <stdlib.h>
#include <freshet/freshet.h>

extern freshet_status goDecide(void*, freshet_known*, int64_t, freshet_decision*);
extern void goRelease(void*);

// What cgo cannot say: a macro with braces, a const in the type of a callback, a number as a payload.
static inline freshet_event event_init(void) { freshet_event e = FRESHET_EVENT_INIT; return e; }
static inline freshet_refresh_counts counts_init(void) { freshet_refresh_counts c = FRESHET_REFRESH_COUNTS_INIT; return c; }
static inline freshet_section section_init(void) { freshet_section s = FRESHET_SECTION_INIT; return s; }
static inline freshet_write_result result_init(void) { freshet_write_result r = FRESHET_WRITE_RESULT_INIT; return r; }
static inline freshet_hit hit_init(void) { freshet_hit h = FRESHET_HIT_INIT; return h; }
static inline freshet_call_options call_init(void) { freshet_call_options c = FRESHET_CALL_OPTIONS_INIT; return c; }
static inline freshet_refresh *foreign(uintptr_t number) { return (freshet_refresh *)number; }
static inline freshet_status make_policy(uintptr_t handle, freshet_policy **out, freshet_error **err) {
  freshet_custom_policy f = FRESHET_CUSTOM_POLICY_INIT;
  f.payload = (void *)handle;
  f.decide = (freshet_status (*)(void *, const freshet_known *, int64_t, freshet_decision *))goDecide;
  f.release = goRelease;
  return freshet_policy_custom(&f, out, err);
}
*/
import "C"

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime/cgo"
	"sort"
	"strings"
	"unsafe"
)

// Error is what freshet_error says, copied.
type Error struct{ Name, Subject, Text string }

func (e *Error) Error() string { return e.Text }

// fail copies and frees an error of the library.
func fail(status C.freshet_status, err *C.freshet_error) error {
	if status == C.FRESHET_OK {
		return nil
	}
	defer C.freshet_error_free(err)
	return &Error{C.GoString(C.freshet_status_name(status)), C.GoString(C.freshet_error_subject(err)),
		C.GoString(C.freshet_error_to_string(err))}
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// with lends a C text to a function.
func with[T any](text string, use func(*C.char) T) T {
	c := C.CString(text)
	defer C.free(unsafe.Pointer(c))
	return use(c)
}

// Policy answers whether a root is refreshed. It may panic: that is a failure of the policy.
type Policy struct {
	ask      func(uri string, exists bool) bool
	released chan struct{}
}

//export goDecide
func goDecide(payload unsafe.Pointer, known *C.freshet_known, _ C.int64_t, out *C.freshet_decision) (status C.freshet_status) {
	defer func() {
		if recover() != nil {
			status = C.FRESHET_E_POLICY_FAILED
		}
	}()
	policy := cgo.Handle(uintptr(payload)).Value().(*Policy)
	if policy.ask(C.GoString(known.uri), known.exists != 0) {
		out.refresh = 1
		for i, letter := range []byte("new to the tour") {
			out.reason[i] = C.char(letter)
		}
	}
	return C.FRESHET_OK
}

//export goRelease
func goRelease(payload unsafe.Pointer) {
	handle := cgo.Handle(uintptr(payload))
	close(handle.Value().(*Policy).released)
	handle.Delete()
}

func newPolicy(ask func(uri string, exists bool) bool) (*C.freshet_policy, *Policy) {
	policy := &Policy{ask, make(chan struct{})}
	var made *C.freshet_policy
	var err *C.freshet_error
	must(fail(C.make_policy(C.uintptr_t(cgo.NewHandle(policy)), &made, &err), err))
	return made, policy
}

func base(uri string) string { return uri[strings.LastIndex(uri, "/")+1:] }

func toJSON(value any) string {
	text, err := json.Marshal(value)
	must(err)
	return string(text)
}

type ran struct {
	counts C.freshet_refresh_counts
	lines  []string
	code   C.int32_t
	ended  string
}

func start(repository *C.freshet_repository, config any, policy *C.freshet_policy) (run *C.freshet_refresh, e error) {
	var err *C.freshet_error
	e = with(toJSON(config), func(c *C.char) error {
		return fail(C.freshet_refresh_start(repository, c, policy, nil, &run, &err), err)
	})
	return
}

// follow reads the events of a run to the last, and frees it.
func follow(run *C.freshet_refresh) ran {
	defer C.freshet_refresh_free(run)
	result := ran{counts: C.counts_init()}
	var err *C.freshet_error
	for event := C.event_init(); ; {
		must(fail(C.freshet_refresh_next_event(run, -1, &event, &err), err))
		if event.kind == C.FRESHET_EVENT_NONE {
			break
		}
		switch event.kind {
		case C.FRESHET_EVENT_ROOT_DONE:
			why := C.GoString(event.reason)
			if event.status != C.FRESHET_OK {
				why = C.GoString(C.freshet_status_name(event.status))
			}
			outcome := C.GoString(C.freshet_outcome_name(event.outcome))
			result.lines = append(result.lines, fmt.Sprintf("%s: %s (%s)", base(C.GoString(event.uri)), outcome, why))
		case C.FRESHET_EVENT_RUN_ENDED:
			result.ended = C.GoString(C.freshet_status_name(event.status))
		}
	}
	sort.Strings(result.lines)
	must(fail(C.freshet_refresh_wait(run, -1, &err), err))
	must(fail(C.freshet_refresh_counts_get(run, &result.counts, &err), err))
	must(fail(C.freshet_refresh_exit_code(run, &result.code, &err), err))
	return result
}

func runAll(repository *C.freshet_repository, config any, policy *C.freshet_policy) (ran, error) {
	run, e := start(repository, config, policy)
	if e != nil {
		return ran{}, e
	}
	return follow(run), nil
}

func ask(repository *C.freshet_repository, question string) (found []string, e error) {
	var hits *C.freshet_hits
	var err *C.freshet_error
	e = with(question, func(text *C.char) error {
		return with(`{"limit":1,"mode":"text"}`, func(options *C.char) error {
			return fail(C.freshet_query_run(repository, text, options, nil, &hits, &err), err)
		})
	})
	for i := C.size_t(0); i < C.freshet_hits_count(hits); i++ {
		hit := C.hit_init()
		must(fail(C.freshet_hits_get(hits, i, &hit, &err), err))
		found = append(found, base(C.GoString(hit.uri))+" "+C.GoString(hit.title))
	}
	C.freshet_hits_free(hits)
	return
}

func count(repository *C.freshet_repository, question string) int {
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

func refreshTwice(repository *C.freshet_repository, folder string, policy *C.freshet_policy) {
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

func mistakes(repository *C.freshet_repository, folder string) {
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
		_, e := runAll(repository, wrong.config, nil)
		refused(wrong.what, e)
	}
	var err *C.freshet_error
	refused("nothing", fail(C.freshet_refresh_cancel(nil, &err), err))
	refused("a foreign handle", fail(C.freshet_refresh_cancel(C.foreign(12345), &err), err))
	refused("another type", fail(C.freshet_refresh_cancel((*C.freshet_refresh)(unsafe.Pointer(repository)), &err), err))
}

func stop(repository *C.freshet_repository, folder string, policy *C.freshet_policy) {
	fmt.Println("-- stopped by")
	var cancel *C.freshet_cancel
	var err *C.freshet_error
	must(fail(C.freshet_cancel_new(&cancel, &err), err))
	must(fail(C.freshet_cancel_request(cancel, &err), err))
	run := func(what string, call C.freshet_call_options) {
		refused(what, with(toJSON(source(folder, nil)), func(c *C.char) error {
			return fail(C.freshet_refresh_run(repository, c, policy, &call, nil, &err), err)
		}))
	}
	cancelled, late := C.call_init(), C.call_init()
	cancelled.cancel, late.timeout_ms = cancel, 0
	run("a cancel", cancelled)
	run("a time limit", late)
	C.freshet_cancel_free(cancel)

	asked, goOn := make(chan struct{}, 100), make(chan struct{})
	waits, _ := newPolicy(func(string, bool) bool { asked <- struct{}{}; <-goOn; return true })
	handle, e := start(repository, source(folder, nil), waits)
	must(e)
	<-asked
	must(fail(C.freshet_refresh_cancel(handle, &err), err))
	close(goOn)
	fmt.Println("another thread:", follow(handle).ended)
	C.freshet_policy_free(waits)
}

func documentByHand() *C.freshet_document {
	var document *C.freshet_document
	var err *C.freshet_error
	must(with("hand:/one", func(uri *C.char) error {
		return with("Übersicht", func(title *C.char) error {
			return fail(C.freshet_document_new(uri, title, &document, &err), err)
		})
	}))
	add := func(parent C.uint32_t, title string, level C.int32_t) (number C.uint32_t) {
		must(with(title, func(c *C.char) error {
			return fail(C.freshet_document_add_section(document, parent, c, nil, level, &number, &err), err)
		}))
		return
	}
	chapter := add(0, "Chapter", 1)
	for _, each := range [][2]string{{"One", "The first text is about walruses."}, {"Two", "The second text is about seals."}} {
		number := add(chapter, each[0], 2)
		must(with(each[1], func(body *C.char) error {
			return fail(C.freshet_document_set_text(document, number, body, C.size_t(len(each[1])), &err), err)
		}))
	}
	must(fail(C.freshet_document_finish(document, &err), err))
	return document
}

func walk(document *C.freshet_document) {
	var err *C.freshet_error
	for i := C.uint32_t(1); i <= C.freshet_document_section_count(document); i++ {
		s := C.section_init()
		must(fail(C.freshet_document_section(document, i, &s, &err), err))
		fmt.Printf("%d in %d, level %d: %s [%s]\n", i, s.parent, s.level, C.GoString(s.title), C.GoStringN(s.text, C.int(s.text_size)))
	}
}

func writeAndRemove(repository *C.freshet_repository) {
	fmt.Println("-- a document by hand")
	var err *C.freshet_error
	document, result := documentByHand(), C.result_init()
	walk(document)
	must(fail(C.freshet_repository_write_document(repository, document, nil, &result, nil, &err), err))
	C.freshet_document_free(document)
	fmt.Printf("added %d, created %d; found %d\n", result.added, result.created, count(repository, "walruses"))
	delivered, e := runAll(repository, object{"sources": []any{}}, nil)
	must(e)
	fmt.Printf("delivered %d; found %d\n", delivered.counts.upserts, count(repository, "walruses"))
	var removed C.uint64_t
	must(with("hand:/one", func(uri *C.char) error {
		return fail(C.freshet_repository_delete_root_and_descendants(repository, uri, &removed, &err), err)
	}))
	_, e = runAll(repository, object{"sources": []any{}}, nil)
	must(e)
	fmt.Printf("removed %d; found %d\n", removed, count(repository, "walruses"))
}

func verify(repository *C.freshet_repository) {
	var report *C.char
	var err *C.freshet_error
	must(fail(C.freshet_store_verify(repository, nil, nil, &report, &err), err))
	defer C.freshet_string_free(report)
	var parsed struct {
		InStep bool `json:"in_step"`
	}
	must(json.Unmarshal([]byte(C.GoString(report)), &parsed))
	fmt.Println(map[bool]string{true: "in step", false: "out of step"}[parsed.InStep])
}

func main() {
	work, folder := os.Args[1], os.Args[2]
	var repository *C.freshet_repository
	var err *C.freshet_error
	must(with(work+"/repository", func(directory *C.char) error {
		return fail(C.freshet_repository_open(directory, nil, &repository, &err), err)
	}))
	handle, policy := newPolicy(func(uri string, exists bool) bool {
		if strings.HasSuffix(uri, "poison.md") {
			panic("no opinion on poison")
		}
		return !exists
	})
	refreshTwice(repository, folder, handle)
	mistakes(repository, folder)
	stop(repository, folder, handle)
	writeAndRemove(repository)
	verify(repository)
	C.freshet_policy_free(handle)
	<-policy.released
	fmt.Println("policy released")
	C.freshet_repository_close(repository)
	_, e := ask(repository, "glacier")
	refused("closed", e)
}
