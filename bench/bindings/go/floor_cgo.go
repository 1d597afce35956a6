//go:build cgo && !freshet_dlopen

package main

// static int nothing(void) { return 1; }
import "C"

// nothing is a call of C that does nothing and belongs to nobody: what cgo takes for any.
func nothing() func() { return func() { C.nothing() } }
