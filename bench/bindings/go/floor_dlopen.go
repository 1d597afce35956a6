//go:build !cgo || freshet_dlopen

package main

import "github.com/ebitengine/purego"

// nothing is a call of C that does next to nothing and belongs to nobody: what purego takes for any.
func nothing() func() {
	library := must(purego.Dlopen("libc.so.6", purego.RTLD_NOW))
	abs := must(purego.Dlsym(library, "abs"))
	return func() { purego.SyscallN(abs, 1) }
}
