package freshet

import (
	"context"
	"encoding/json"
)

// TakeBackup writes what is new into a backup, a directory or "s3://BUCKET/PREFIX"; {"keep":14} keeps the last snapshots.
func (r *Repository) TakeBackup(ctx context.Context, target string, options any) (json.RawMessage, error) {
	var args arena
	defer args.free()
	return r.jsonLimited(ctx, options, func(raw freshet_repository, how *byte, call *freshet_call_options, out **byte, failure *freshet_error) freshet_status {
		return freshet_backup_take(raw, args.text(target), how, call, out, failure)
	})
}

// ListBackup tells the snapshots of a backup, oldest first.
func ListBackup(ctx context.Context, target string, options any) (json.RawMessage, error) {
	return backup(ctx, options, func(args *arena, how *byte, call *freshet_call_options, out **byte, failure *freshet_error) freshet_status {
		return freshet_backup_list(args.text(target), how, call, out, failure)
	})
}

// RestoreBackup makes a repository of a snapshot in a directory that is empty or missing.
func RestoreBackup(ctx context.Context, target, directory string, options any) (json.RawMessage, error) {
	return backup(ctx, options, func(args *arena, how *byte, call *freshet_call_options, out **byte, failure *freshet_error) freshet_status {
		return freshet_backup_restore(args.text(target), args.text(directory), how, call, out, failure)
	})
}

func backup(ctx context.Context, options any,
	call func(*arena, *byte, *freshet_call_options, **byte, *freshet_error) freshet_status,
) (report json.RawMessage, err error) {
	var args arena
	defer args.free()
	how, err := args.json(options)
	if err != nil {
		return nil, err
	}
	err = limited(ctx, func(limits *freshet_call_options) (e error) {
		report, e = jsonFrom(func(out **byte, failure *freshet_error) freshet_status {
			return call(&args, how, limits, out, failure)
		})
		return e
	})
	return report, err
}
