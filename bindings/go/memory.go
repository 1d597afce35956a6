package freshet

import (
	"encoding/json"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"
)

// textOf copies a text that C lends; NULL is "".
func textOf(text *byte) string {
	if text == nil {
		return ""
	}
	size := 0
	for *(*byte)(unsafe.Add(unsafe.Pointer(text), size)) != 0 {
		size++
	}
	return string(unsafe.Slice(text, size))
}

func textOfSize(text *byte, size uintptr) string {
	if text == nil {
		return ""
	}
	return string(unsafe.Slice(text, size))
}

// arena holds what is lent to C where it is, until a call has returned.
type arena struct{ pins runtime.Pinner }

// text ends at the first zero byte: so that nothing is lost unseen, such a text becomes one that is no UTF-8, which the
// library refuses by the name of the argument.
func (a *arena) text(text string) *byte {
	if strings.IndexByte(text, 0) >= 0 {
		text = "\xff"
	}
	bytes := make([]byte, len(text)+1)
	copy(bytes, text)
	a.pins.Pin(&bytes[0])
	return &bytes[0]
}

// optional is NULL for "".
func (a *arena) optional(text string) *byte {
	if text == "" {
		return nil
	}
	return a.text(text)
}

// sized lends a text that has its size beside it.
func (a *arena) sized(text string) (*byte, uintptr) {
	return a.bytes(unsafe.Slice(unsafe.StringData(text), len(text))), uintptr(len(text))
}

func (a *arena) texts(texts []string) (**byte, uintptr) {
	places := make([]*byte, len(texts))
	for i, text := range texts {
		places[i] = a.text(text)
	}
	return lendAll(a, places)
}

// lendAll lends a copy: what people pass may lie in something larger, whose pointers C must not see.
func lendAll[T any](a *arena, all []T) (*T, uintptr) {
	if len(all) == 0 {
		return nil, 0
	}
	own := append([]T(nil), all...)
	a.pins.Pin(&own[0])
	return &own[0], uintptr(len(own))
}

func (a *arena) bytes(bytes []byte) *byte {
	first, _ := lendAll(a, bytes)
	return first
}

// json is NULL for nil.
func (a *arena) json(value any) (*byte, error) {
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

func (a *arena) free() { a.pins.Unpin() }

// Values of Go are numbers to C.
var (
	values sync.Map
	last   atomic.Uintptr
)

func handleOf(value any) uintptr {
	handle := last.Add(1)
	values.Store(handle, value)
	return handle
}

func valueOf(handle uintptr) any {
	value, _ := values.Load(handle)
	return value
}

func forget(handle uintptr) { values.Delete(handle) }
