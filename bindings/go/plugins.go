package freshet

import (
	"context"
	"encoding/json"
	"unsafe"
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
	var raw freshet_plugins
	err = write(func(failure *freshet_error) freshet_status { return freshet_plugins_open(how, &raw, failure) })
	if err != nil {
		return nil, nil, err
	}
	defer freshet_plugins_free(raw)
	var all []Provided
	for i := range int(freshet_plugins_count(raw)) {
		info := freshet_plugin_info{struct_size: unsafe.Sizeof(freshet_plugin_info{})}
		err := check(func(failure *freshet_error) freshet_status {
			return freshet_plugins_get(raw, uintptr(i), &info, failure)
		})
		if err != nil {
			return nil, nil, err
		}
		all = append(all, Provided{textOf(info.kind), textOf(info.name), textOf(info.plugin),
			textOf(info.version), textOf(info.description), textOf(info.manifest), textOf(info.library),
			textOf(info.schema)})
	}
	text, err := jsonFrom(func(out **byte, failure *freshet_error) freshet_status {
		return freshet_plugins_list(raw, out, failure)
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
	err = limited(ctx, func(call *freshet_call_options) (e error) {
		report, e = jsonFrom(func(out **byte, failure *freshet_error) freshet_status {
			return freshet_plugins_check(args.text(manifest), how, call, out, failure)
		})
		return e
	})
	return report, err
}
