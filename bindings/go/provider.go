package freshet

import (
	"context"
	"encoding/json"
	"io"
	"reflect"
	"runtime"
	"sync"
	"unsafe"
)

// Offer says what a program offers, as the manifest of a library does (docs/plugins.md).
type Offer struct {
	Name        string // what configurations call it
	Version     string // "": "1.0"
	Description string
	Options     any      // the schema of its options; nil: it takes any
	Identity    []string // the options that name a source for good
	MediaTypes  []string // of a reader: what it reads
	Extensions  []string // of a reader: names of files that it reads, such as ".csv"
	ByDefault   bool     // of a reader: runs that name no readers use it; else those do that name it
}

// Fail is how a plugin fails: a code, one factual line, and the thing at fault or "".
func Fail(code Code, message, subject string) error {
	return &Error{Code: code, Message: message, Subject: subject, RetryAfter: -1}
}

// Opener makes an instance of what is offered, with the options of one configuration.
type Opener[T any] func(ctx context.Context, options json.RawMessage) (T, error)

// registration is the payload of a provider: one thing by one name.
type registration struct {
	kind, name string
	table      uintptr
	pins       runtime.Pinner // of the table, until C lets go
	open       func(ctx context.Context, options json.RawMessage) (any, error)
	recover    func(ctx context.Context, options json.RawMessage) ([]string, error) // of a store, or nil
}

// Registration is what is registered: by its name any repository of the process finds it, before files.
type Registration struct{ plugin string }

// Plugin is its name, such as "loader_tickets": what [CheckPlugin] takes.
func (r *Registration) Plugin() string { return r.plugin }

// Close takes it out. What was opened from it goes on until it is closed.
func (r *Registration) Close() error {
	var args arena
	defer args.free()
	return check(func(failure *freshet_error) freshet_status {
		return freshet_plugins_unregister(args.text(r.plugin), failure)
	})
}

// offers says whether what is registered can do more than it has to.
func offers[T, More any]() bool { return reflect.TypeFor[T]().Implements(reflect.TypeFor[More]()) }

func register[T, Table any](offer Offer, kind, of string, table Table, open Opener[T]) (*Registration, error) {
	return registerAll(offer, kind, table, &registration{
		kind: of, name: offer.Name,
		open: func(ctx context.Context, options json.RawMessage) (any, error) { return open(ctx, options) },
	})
}

func registerAll[Table any](offer Offer, kind string, table Table, payload *registration) (*Registration, error) {
	if err := ready(); err != nil {
		return nil, err
	}
	plugin := kind + "_" + offer.Name
	var args arena
	defer args.free()
	manifest, err := args.json(offer.manifest(kind, plugin))
	if err != nil {
		return nil, err
	}
	payload.pins.Pin(&table)
	payload.table = uintptr(unsafe.Pointer(&table))
	provider := freshet_provider{
		struct_size: unsafe.Sizeof(freshet_provider{}), payload: handleOf(payload), get: callback(callOnTable),
		release: callback(callOnRelease),
	}
	err = check(func(failure *freshet_error) freshet_status {
		return freshet_plugins_register(manifest, &provider, failure)
	})
	if err != nil {
		return nil, err
	}
	return &Registration{plugin}, nil
}

func (o Offer) manifest(kind, plugin string) any {
	provides := map[string]any{"kind": kind, "name": o.Name, "options": o.Options}
	if o.Options == nil {
		provides["options"] = map[string]any{"type": "object"}
	}
	if o.Description != "" {
		provides["description"] = o.Description
	}
	if o.ByDefault {
		provides["default"] = true
	}
	for key, texts := range map[string][]string{"identity": o.Identity, "media_types": o.MediaTypes, "extensions": o.Extensions} {
		if texts != nil {
			provides[key] = texts
		}
	}
	version := o.Version
	if version == "" {
		version = "1.0"
	}
	return map[string]any{"manifest": 1, "name": plugin, "version": version, "abi": freshet_PLUGIN_ABI, "provides": []any{provides}}
}

// instance is what was opened, and its host.
type instance struct {
	host  *freshet_host
	of    any
	once  sync.Once // of what it says of itself
	texts arena     // what that lends
	told  any
}

func instanceOf(handle uintptr) *instance { return valueOf(handle).(*instance) }

func onRelease(handle uintptr) {
	defer func() { _ = recover() }()
	value := valueOf(handle)
	defer forget(handle)
	if it, is := value.(*registration); is {
		it.pins.Unpin()
	}
	if closer, is := value.(io.Closer); is {
		closer.Close()
	}
}

func onTable(handle uintptr, kind, name *byte) uintptr {
	payload := valueOf(handle).(*registration)
	if textOf(kind) != payload.kind || textOf(name) != payload.name {
		return 0
	}
	return payload.table
}

func onOpen(handle uintptr, host *freshet_host, call freshet_call, options *byte, out *uintptr) freshet_status {
	return serve(host, call, func(ctx *callContext) error {
		opened, err := valueOf(handle).(*registration).open(ctx, json.RawMessage(textOf(options)))
		if err == nil {
			*out = handleOf(&instance{host: host, of: opened})
		}
		return err
	})
}

func onClose(handle uintptr) {
	defer func() { _ = recover() }()
	it := instanceOf(handle)
	forget(handle)
	it.texts.free()
	if closer, is := it.of.(io.Closer); is {
		closer.Close()
	}
}
