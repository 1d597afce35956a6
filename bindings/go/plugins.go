package freshet

/*
#include "bridge.h"
*/
import "C"

import (
	"context"
	"encoding/json"
)

// Provided is one thing that a plugin provides.
type Provided struct {
	Kind, Name, Plugin, Version, Description string
	Manifest, Library                        string // absolute paths; "" for what is registered in code
	Schema                                   string // JSON Schema of its options
}

// Plugins looks for plugins: what they provide, and all of it as JSON, with the search path and what was refused. The
// options are nil, or {"directories":[…]}: looked in first.
func Plugins(options any) ([]Provided, json.RawMessage, error) {
	var args arena
	defer args.free()
	how, err := args.json(options)
	if err != nil {
		return nil, nil, err
	}
	var raw *C.freshet_plugins
	err = write(func(failure **C.freshet_error) C.freshet_status { return C.freshet_plugins_open(how, &raw, failure) })
	if err != nil {
		return nil, nil, err
	}
	defer C.freshet_plugins_free(raw)
	var all []Provided
	for i := range int(C.freshet_plugins_count(raw)) {
		info := C.freshet_plugin_info{struct_size: C.sizeof_freshet_plugin_info}
		err := check(func(failure **C.freshet_error) C.freshet_status {
			return C.freshet_plugins_get(raw, C.size_t(i), &info, failure)
		})
		if err != nil {
			return nil, nil, err
		}
		all = append(all, Provided{C.GoString(info.kind), C.GoString(info.name), C.GoString(info.plugin),
			C.GoString(info.version), C.GoString(info.description), C.GoString(info.manifest), C.GoString(info.library),
			C.GoString(info.schema)})
	}
	text, err := jsonFrom(func(out **C.char, failure **C.freshet_error) C.freshet_status {
		return C.freshet_plugins_list(raw, out, failure)
	})
	return all, text, err
}

// CheckPlugin runs the conformance cases of a plugin: its file, or the name of one that is registered.
func CheckPlugin(ctx context.Context, manifest string, options any) (report json.RawMessage, err error) {
	var args arena
	defer args.free()
	how, err := args.json(options)
	if err != nil {
		return nil, err
	}
	err = limited(ctx, func(call *C.freshet_call_options) (e error) {
		report, e = jsonFrom(func(out **C.char, failure **C.freshet_error) C.freshet_status {
			return C.freshet_plugins_check(args.text(manifest), how, call, out, failure)
		})
		return e
	})
	return report, err
}
