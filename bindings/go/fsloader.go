package freshet

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"strings"
)

// FS is a [Loader] of any file system of Go: what is embedded in the program, in an archive, in a test. Base names its
// root, such as "app:/docs"; Match, where it is set, says which files are pages.
type FS struct {
	Files fs.FS
	Base  string
	Match func(name string) bool
}

func (f FS) uri(name string) string {
	return strings.TrimSuffix(f.Base, "/") + "/" + (&url.URL{Path: name}).EscapedPath()
}

func version(info fs.FileInfo) string {
	if info.ModTime().IsZero() {
		return "" // as of embed.FS: only the content tells
	}
	return fmt.Sprintf("%d-%d", info.ModTime().UnixNano(), info.Size())
}

// List lists every file.
func (f FS) List(ctx context.Context, _ string, listing *Listing) (ListingKind, error) {
	return Whole, fs.WalkDir(f.Files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		if !entry.Type().IsRegular() || f.Match != nil && !f.Match(name) {
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		return listing.Entry(Entry{URI: f.uri(name), Handle: name, Version: version(info), LastModified: info.ModTime(), Size: info.Size()})
	})
}

var mediaTypes = map[string]string{".md": "text/markdown", ".html": "text/html", ".htm": "text/html", ".txt": "text/plain"}

// Fetch reads one file.
func (f FS) Fetch(_ context.Context, entry Entry, known string) (*Content, error) {
	name := entry.Handle
	info, err := fs.Stat(f.Files, name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		return nil, ErrNotThere
	}
	if err != nil {
		return nil, Fail(IO, "cannot be read: "+err.Error(), entry.URI)
	}
	if known != "" && known == version(info) {
		return nil, ErrNotModified
	}
	bytes, err := fs.ReadFile(f.Files, name)
	if err != nil {
		return nil, Fail(IO, "cannot be read: "+err.Error(), entry.URI)
	}
	return &Content{Bytes: bytes, Version: version(info), MediaType: mediaTypes[path.Ext(name)]}, nil
}
