package freshet

import (
	"context"
	"encoding/json"
	"runtime"
)

// Exclude excludes URIs, known or not, and removes their roots: how many elements and chunks.
func (r *Repository) Exclude(why string, uris ...string) (uint64, error) {
	var args arena
	defer args.free()
	defer runtime.KeepAlive(r)
	texts, count := args.texts(uris)
	var removed uint64
	err := write(func(failure *freshet_error) freshet_status {
		return freshet_repository_exclude(r.handle(), texts, count, args.optional(why), &removed, failure)
	})
	return uint64(removed), err
}

// Include ends exclusions, all in one transaction.
func (r *Repository) Include(uris ...string) error {
	var args arena
	defer args.free()
	defer runtime.KeepAlive(r)
	texts, count := args.texts(uris)
	return write(func(failure *freshet_error) freshet_status {
		return freshet_repository_include(r.handle(), texts, count, failure)
	})
}

// Excluded tells all that is excluded.
func (r *Repository) Excluded() (json.RawMessage, error) {
	return r.json(func(raw freshet_repository, out **byte, failure *freshet_error) freshet_status {
		return freshet_repository_list_excluded(raw, out, failure)
	})
}

// Trigger asks for a refresh of one root, known or not; durable.
func (r *Repository) Trigger(uri, reason string) error {
	var args arena
	defer args.free()
	defer runtime.KeepAlive(r)
	return write(func(failure *freshet_error) freshet_status {
		return freshet_trigger_root(r.handle(), args.text(uri), args.optional(reason), failure)
	})
}

// TriggerPrefix does so for every known root whose URI begins so: how many there were.
func (r *Repository) TriggerPrefix(prefix, reason string) (uint64, error) {
	var args arena
	defer args.free()
	defer runtime.KeepAlive(r)
	var count uint64
	err := write(func(failure *freshet_error) freshet_status {
		return freshet_trigger_prefix(r.handle(), args.text(prefix), args.optional(reason), &count, failure)
	})
	return uint64(count), err
}

// Triggers tells those that are not answered yet.
func (r *Repository) Triggers(limit int) (json.RawMessage, error) {
	return r.json(func(raw freshet_repository, out **byte, failure *freshet_error) freshet_status {
		return freshet_trigger_list(raw, uintptr(max(limit, 0)), out, failure)
	})
}

// Runs tells the accounts of past runs, newest first: those before an id, 0 for the newest.
func (r *Repository) Runs(before uint64, limit int) (json.RawMessage, error) {
	return r.json(func(raw freshet_repository, out **byte, failure *freshet_error) freshet_status {
		return freshet_runs_list(raw, uint64(before), uintptr(max(limit, 0)), out, failure)
	})
}

// PastRun tells one of them, with its failures.
func (r *Repository) PastRun(id uint64) (json.RawMessage, error) {
	return r.json(func(raw freshet_repository, out **byte, failure *freshet_error) freshet_status {
		return freshet_runs_get(raw, uint64(id), out, failure)
	})
}

// Explain tells why a root is as it is, and what comes next. The configuration may be nil.
func (r *Repository) Explain(ctx context.Context, uri string, config any) (json.RawMessage, error) {
	var args arena
	defer args.free()
	return r.jsonLimited(ctx, config, func(raw freshet_repository, config *byte, call *freshet_call_options, out **byte, failure *freshet_error) freshet_status {
		return freshet_explain_root(raw, args.text(uri), config, call, out, failure)
	})
}

// Namespaces tells those of the directory.
func (r *Repository) Namespaces() (json.RawMessage, error) {
	return r.json(func(raw freshet_repository, out **byte, failure *freshet_error) freshet_status {
		return freshet_namespaces_list(raw, out, failure)
	})
}

// DropNamespace takes a namespace away, from the store, too.
func (r *Repository) DropNamespace(ctx context.Context, name string, options any) error {
	var args arena
	defer args.free()
	defer runtime.KeepAlive(r)
	how, err := args.json(options)
	if err != nil {
		return err
	}
	return limited(ctx, func(call *freshet_call_options) error {
		return check(func(failure *freshet_error) freshet_status {
			return freshet_namespaces_drop(r.handle(), args.text(name), how, call, failure)
		})
	})
}

// MoveShards moves what the shards of options' "from" have to as many new ones as its "to" names, and tells what these have then.
func MoveShards(ctx context.Context, options any) (report json.RawMessage, err error) {
	var args arena
	defer args.free()
	how, err := args.json(options)
	if err != nil {
		return nil, err
	}
	err = limited(ctx, func(call *freshet_call_options) (e error) {
		report, e = jsonFrom(func(out **byte, failure *freshet_error) freshet_status {
			return freshet_shards_move(how, call, out, failure)
		})
		return e
	})
	return report, err
}

// VerifyStore compares the store with the repository; {"deep":true} compares all contents.
func (r *Repository) VerifyStore(ctx context.Context, options any) (json.RawMessage, error) {
	return r.jsonLimited(ctx, options, func(raw freshet_repository, how *byte, call *freshet_call_options, out **byte, failure *freshet_error) freshet_status {
		return freshet_store_verify(raw, how, call, out, failure)
	})
}

// RepairStore compares everything, and brings the store back in step.
func (r *Repository) RepairStore(ctx context.Context) (json.RawMessage, error) {
	return r.jsonLimited(ctx, nil, func(raw freshet_repository, _ *byte, call *freshet_call_options, out **byte, failure *freshet_error) freshet_status {
		return freshet_store_repair(raw, call, out, failure)
	})
}

// Deliver delivers what is pending, without looking at any source.
func (r *Repository) Deliver(ctx context.Context) (json.RawMessage, error) {
	return r.jsonLimited(ctx, nil, func(raw freshet_repository, _ *byte, call *freshet_call_options, out **byte, failure *freshet_error) freshet_status {
		return freshet_store_deliver(raw, call, out, failure)
	})
}

// ResetStore empties the namespace in the store; the next refresh fills it again.
func (r *Repository) ResetStore(ctx context.Context) error {
	defer runtime.KeepAlive(r)
	return limited(ctx, func(call *freshet_call_options) error {
		return check(func(failure *freshet_error) freshet_status {
			return freshet_store_reset(r.handle(), call, failure)
		})
	})
}
