//go:build !cgo || freshet_dlopen

package freshet

import (
	"os"
	"sync"

	"github.com/ebitengine/purego"
)

var loading = sync.OnceValue(func() error {
	name := os.Getenv("FRESHET_LIBRARY")
	if name == "" {
		name = "libfreshet.so.0"
	}
	refuse := func(why error) error {
		return &Error{Code: NotFound, Subject: name, RetryAfter: -1, Message: "cannot be opened: " + why.Error() +
			"; FRESHET_LIBRARY may name the library"}
	}
	library, err := purego.Dlopen(name, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return refuse(err)
	}
	for symbol, at := range symbols {
		if *at, err = purego.Dlsym(library, symbol); err != nil {
			return refuse(err)
		}
	}
	return nil
})

// ready opens the library, once.
func ready() error { return loading() }

// load is for what cannot fail: without the library it cannot be.
func load() {
	if err := loading(); err != nil {
		panic(err)
	}
}

var (
	made   [len(functions)]uintptr
	making sync.Mutex
)

// callback is a function that C can call.
func callback(which int) uintptr {
	making.Lock()
	defer making.Unlock()
	if made[which] == 0 {
		made[which] = purego.NewCallback(functions[which])
	}
	return made[which]
}
