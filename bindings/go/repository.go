package freshet

import (
	"context"
	"encoding/json"
	"iter"
	"runtime"
	"unsafe"
)

// Repository is one namespace of one directory.
type Repository struct {
	raw freshet_repository // never changes: the library knows what is closed
}

// Open opens the repository in directory, made where missing. The options are an *[OpenOptions], what encodes to such an
// object, or nil.
func Open(directory string, options any) (*Repository, error) {
	var args arena
	defer args.free()
	how, err := args.json(options)
	if err != nil {
		return nil, err
	}
	repository := &Repository{}
	err = write(func(failure *freshet_error) freshet_status {
		return freshet_repository_open(args.text(directory), how, &repository.raw, failure)
	})
	if err != nil {
		return nil, err
	}
	runtime.SetFinalizer(repository, (*Repository).Close)
	return repository, nil
}

// Close closes it; calls and runs that go on keep what they need. A second one does nothing.
func (r *Repository) Close() error {
	freshet_repository_close(r.raw)
	return nil
}

// handle is NULL of none, which the library calls a misuse, as it does what is closed.
func (r *Repository) handle() freshet_repository {
	if r == nil {
		return 0
	}
	return r.raw
}

// json makes a call that gives JSON.
func (r *Repository) json(call func(freshet_repository, **byte, *freshet_error) freshet_status) (json.RawMessage, error) {
	defer runtime.KeepAlive(r)
	return jsonFrom(func(out **byte, raw *freshet_error) freshet_status { return call(r.handle(), out, raw) })
}

// jsonLimited is the same with a context and options.
func (r *Repository) jsonLimited(ctx context.Context, options any,
	call func(freshet_repository, *byte, *freshet_call_options, **byte, *freshet_error) freshet_status,
) (result json.RawMessage, err error) {
	var args arena
	defer args.free()
	defer runtime.KeepAlive(r)
	how, err := args.json(options)
	if err != nil {
		return nil, err
	}
	err = limited(ctx, func(limits *freshet_call_options) (e error) {
		result, e = jsonFrom(func(out **byte, raw *freshet_error) freshet_status {
			return call(r.handle(), how, limits, out, raw)
		})
		return e
	})
	return result, err
}

// Info is what a repository holds.
type Info struct {
	Chunks, Documents, Elements, Roots, Failing, Deliveries, Vectors uint64
	HasEmbeddings, Persistent                                        bool
}

// Info says what it holds.
func (r *Repository) Info() (Info, error) {
	defer runtime.KeepAlive(r)
	raw := freshet_repository_info{struct_size: unsafe.Sizeof(freshet_repository_info{})}
	err := check(func(failure *freshet_error) freshet_status {
		return freshet_repository_info_get(r.handle(), &raw, failure)
	})
	return Info{uint64(raw.chunks), uint64(raw.documents), uint64(raw.elements), uint64(raw.roots), uint64(raw.failing),
		uint64(raw.deliveries), uint64(raw.vectors), raw.has_embeddings != 0, raw.persistent != 0}, err
}

// Status says how fresh it is, as `freshet status --json` does.
func (r *Repository) Status() (json.RawMessage, error) {
	return r.json(func(raw freshet_repository, out **byte, failure *freshet_error) freshet_status {
		return freshet_repository_status(raw, out, failure)
	})
}

// CheckConfig tells all that a run would say against a configuration. The repository may be nil.
func (r *Repository) CheckConfig(config, options any) (json.RawMessage, error) {
	var args arena
	defer args.free()
	text, err := args.json(config)
	if err != nil {
		return nil, err
	}
	if text == nil {
		text = args.text("null")
	}
	how, err := args.json(options)
	if err != nil {
		return nil, err
	}
	return r.json(func(raw freshet_repository, out **byte, failure *freshet_error) freshet_status {
		return freshet_config_check(raw, text, how, out, failure)
	})
}

// Exists says whether content is stored under uri.
func (r *Repository) Exists(uri string) (bool, error) {
	var args arena
	defer args.free()
	defer runtime.KeepAlive(r)
	var exists int32
	err := check(func(failure *freshet_error) freshet_status {
		return freshet_repository_exists_root(r.handle(), args.text(uri), &exists, failure)
	})
	return exists != 0, err
}

// FindRoot gives what is known of a root.
func (r *Repository) FindRoot(uri string) (*Root, error) {
	var args arena
	defer args.free()
	defer runtime.KeepAlive(r)
	var raw freshet_root
	err := check(func(failure *freshet_error) freshet_status {
		return freshet_repository_find_root(r.handle(), args.text(uri), &raw, failure)
	})
	if err != nil {
		return nil, err
	}
	return rootOf(raw)
}

// Roots gives all roots, in no particular but always the same order. An error ends it.
func (r *Repository) Roots() iter.Seq2[*Root, error] {
	return func(yield func(*Root, error) bool) {
		var roots freshet_roots
		err := check(func(failure *freshet_error) freshet_status {
			return freshet_repository_list_roots(r.handle(), &roots, failure)
		})
		runtime.KeepAlive(r)
		if err != nil {
			yield(nil, err)
			return
		}
		defer freshet_roots_free(roots)
		for {
			var raw freshet_root
			err := check(func(failure *freshet_error) freshet_status {
				return freshet_roots_next(roots, &raw, failure)
			})
			if err == nil && raw == 0 {
				return
			}
			var root *Root
			if err == nil {
				root, err = rootOf(raw)
			}
			if !yield(root, err) || err != nil {
				return
			}
		}
	}
}

// DeleteRoot removes a root with its sections and chunks: how many there were.
func (r *Repository) DeleteRoot(uri string) (uint64, error) {
	var args arena
	defer args.free()
	defer runtime.KeepAlive(r)
	var count uint64
	err := write(func(failure *freshet_error) freshet_status {
		return freshet_repository_delete_root_and_descendants(r.handle(), args.text(uri), &count, failure)
	})
	return uint64(count), err
}

// SetFlags merges an object into the flags of a root; a null removes a flag.
func (r *Repository) SetFlags(uri string, flags any) error {
	var args arena
	defer args.free()
	defer runtime.KeepAlive(r)
	text, err := args.json(flags)
	if err != nil {
		return err
	}
	return write(func(failure *freshet_error) freshet_status {
		return freshet_repository_set_flags(r.handle(), args.text(uri), text, failure)
	})
}

// Written is what WriteDocument changed.
type Written struct {
	Added, Removed, Kept, Updated uint64
	Created                       bool
}

// WriteDocument chunks a finished document and stores it in place of what its URI held.
func (r *Repository) WriteDocument(document *Document, options any) (Written, []Chunk, error) {
	var args arena
	defer args.free()
	defer runtime.KeepAlive(r)
	how, err := args.json(options)
	if err != nil {
		return Written{}, nil, err
	}
	result := freshet_write_result{struct_size: unsafe.Sizeof(freshet_write_result{})}
	var chunks freshet_chunks
	err = document.use(func(raw freshet_document) error {
		return write(func(failure *freshet_error) freshet_status {
			return freshet_repository_write_document(r.handle(), raw, how, &result, &chunks, failure)
		})
	})
	if err != nil {
		return Written{}, nil, err
	}
	all, err := chunksOf(chunks)
	return Written{uint64(result.added), uint64(result.removed), uint64(result.kept), uint64(result.updated),
		result.created != 0}, all, err
}

// ReadDocument gives the stored document named uri, reassembled from its sections.
func (r *Repository) ReadDocument(uri string) (*Document, error) {
	var args arena
	defer args.free()
	defer runtime.KeepAlive(r)
	return documentFrom(func(out *freshet_document, failure *freshet_error) freshet_status {
		return freshet_repository_read_document(r.handle(), args.text(uri), out, failure)
	})
}

// chunks makes a call that gives chunks.
func (r *Repository) chunks(call func(freshet_repository, *freshet_chunks, *freshet_error) freshet_status) ([]Chunk, error) {
	defer runtime.KeepAlive(r)
	var raw freshet_chunks
	err := check(func(failure *freshet_error) freshet_status { return call(r.handle(), &raw, failure) })
	if err != nil {
		return nil, err
	}
	return chunksOf(raw)
}

// FindChunks gives the chunks with these ids, in their order; unknown ids are left out.
func (r *Repository) FindChunks(ids ...string) ([]Chunk, error) {
	var args arena
	defer args.free()
	texts, count := args.texts(ids)
	return r.chunks(func(raw freshet_repository, out *freshet_chunks, failure *freshet_error) freshet_status {
		return freshet_repository_find_chunks(raw, texts, count, out, failure)
	})
}

// RootChunks gives the chunks of a root, by sequence number.
func (r *Repository) RootChunks(uri string) ([]Chunk, error) {
	var args arena
	defer args.free()
	return r.chunks(func(raw freshet_repository, out *freshet_chunks, failure *freshet_error) freshet_status {
		return freshet_repository_root_chunks(raw, args.text(uri), out, failure)
	})
}

// Expand gives a chunk with up to so many neighbours of its document.
func (r *Repository) Expand(chunkID string, before, after uint32) ([]Chunk, error) {
	var args arena
	defer args.free()
	return r.chunks(func(raw freshet_repository, out *freshet_chunks, failure *freshet_error) freshet_status {
		return freshet_repository_expand(raw, args.text(chunkID), uint32(before), uint32(after), out, failure)
	})
}

// FindElement gives a root or section by its id.
func (r *Repository) FindElement(id string) (*Element, error) {
	var args arena
	defer args.free()
	defer runtime.KeepAlive(r)
	var raw freshet_element
	err := check(func(failure *freshet_error) freshet_status {
		return freshet_repository_find_element(r.handle(), args.text(id), &raw, failure)
	})
	if err != nil {
		return nil, err
	}
	return elementOf(raw)
}

// PathFromRoot gives the ids from the root down to an element or a chunk.
func (r *Repository) PathFromRoot(id string) (path []string, err error) {
	var args arena
	defer args.free()
	text, err := r.json(func(raw freshet_repository, out **byte, failure *freshet_error) freshet_status {
		return freshet_repository_path_from_root(raw, args.text(id), out, failure)
	})
	if err == nil {
		err = json.Unmarshal(text, &path)
	}
	return path, err
}

// Check reads everything: checksums, references, counters, order. Damage is in the report.
func (r *Repository) Check(ctx context.Context) (json.RawMessage, error) {
	return r.jsonLimited(ctx, nil, func(raw freshet_repository, _ *byte, call *freshet_call_options, out **byte, failure *freshet_error) freshet_status {
		return freshet_repository_check(raw, call, out, failure)
	})
}

// Backup writes a compacted copy of all namespaces into a directory that is empty or missing.
func (r *Repository) Backup(ctx context.Context, directory string) error {
	var args arena
	defer args.free()
	defer runtime.KeepAlive(r)
	return limited(ctx, func(call *freshet_call_options) error {
		return check(func(failure *freshet_error) freshet_status {
			return freshet_repository_backup(r.handle(), args.text(directory), call, failure)
		})
	})
}

// NamePolicy names a policy for the configurations of runs: {"custom":"name"}. nil takes the name away.
func (r *Repository) NamePolicy(name string, policy *Policy) error {
	var args arena
	defer args.free()
	defer runtime.KeepAlive(r)
	defer runtime.KeepAlive(policy)
	return check(func(failure *freshet_error) freshet_status {
		return freshet_repository_name_policy(r.handle(), args.text(name), policy.handle(), failure)
	})
}
