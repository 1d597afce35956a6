package freshet

import (
	"context"
	"encoding/json"
	"iter"
	"runtime"
	"sync"
	"unsafe"
)

// Document is a title, metadata, and a tree of sections.
type Document struct {
	raw    freshet_document
	open   sync.RWMutex // held for reading while it lends texts, for writing when it is freed
	closed bool
}

func documentOf(raw freshet_document) *Document {
	document := &Document{raw: raw}
	runtime.SetFinalizer(document, (*Document).Close)
	return document
}

func documentFrom(call func(*freshet_document, *freshet_error) freshet_status) (*Document, error) {
	var raw freshet_document
	if err := check(func(failure *freshet_error) freshet_status { return call(&raw, failure) }); err != nil {
		return nil, err
	}
	return documentOf(raw), nil
}

// Close frees it. A second one does nothing.
func (d *Document) Close() error {
	d.open.Lock()
	defer d.open.Unlock()
	if !d.closed {
		d.closed = true
		freshet_document_free(d.raw)
	}
	return nil
}

func (d *Document) use(call func(freshet_document) error) error {
	if d == nil {
		return closed("document")
	}
	d.open.RLock()
	defer d.open.RUnlock()
	if d.closed {
		return closed("document")
	}
	return call(d.raw)
}

// NewDocument begins a document. Sections are added one by one; [Document.Finish] ends it.
func NewDocument(uri, title string) (*Document, error) {
	var args arena
	defer args.free()
	return documentFrom(func(out *freshet_document, failure *freshet_error) freshet_status {
		return freshet_document_new(args.text(uri), args.text(title), out, failure)
	})
}

// DocumentFromJSON makes one from what [Document.JSON] gives.
func DocumentFromJSON(text []byte) (*Document, error) {
	var args arena
	defer args.free()
	return documentFrom(func(out *freshet_document, failure *freshet_error) freshet_status {
		return freshet_document_from_json(args.text(string(text)), out, failure)
	})
}

// AddSection adds a section as the last child of parent (0: of the document), and gives its number.
func (d *Document) AddSection(parent uint32, title, url string, level int) (uint32, error) {
	var args arena
	defer args.free()
	var number uint32
	err := d.use(func(raw freshet_document) error {
		return check(func(failure *freshet_error) freshet_status {
			return freshet_document_add_section(raw, uint32(parent), args.text(title), args.optional(url), int32(level), &number, failure)
		})
	})
	return uint32(number), err
}

// SetText sets the text of a section, in place of the one it had.
func (d *Document) SetText(section uint32, text string) error {
	var args arena
	defer args.free()
	bytes, size := args.sized(text)
	return d.use(func(raw freshet_document) error {
		return check(func(failure *freshet_error) freshet_status {
			return freshet_document_set_text(raw, uint32(section), bytes, size, failure)
		})
	})
}

// SetMetadata sets the document's metadata: what encodes to a JSON object.
func (d *Document) SetMetadata(object any) error {
	var args arena
	defer args.free()
	text, err := args.json(object)
	if err != nil {
		return err
	}
	return d.use(func(raw freshet_document) error {
		return check(func(failure *freshet_error) freshet_status {
			return freshet_document_set_metadata(raw, text, failure)
		})
	})
}

// Finish ends the building.
func (d *Document) Finish() error {
	return d.use(func(raw freshet_document) error {
		return check(func(failure *freshet_error) freshet_status { return freshet_document_finish(raw, failure) })
	})
}

// URI names its root.
func (d *Document) URI() (uri string) {
	d.use(func(raw freshet_document) error {
		uri = textOf(freshet_document_uri(raw))
		return nil
	})
	return uri
}

// Title is "" where it has none.
func (d *Document) Title() (title string) {
	d.use(func(raw freshet_document) error {
		title = textOf(freshet_document_title(raw))
		return nil
	})
	return title
}

// Text is its leaves in order, joined by blank lines.
func (d *Document) Text() (text string, err error) {
	err = d.use(func(raw freshet_document) error {
		var out *byte
		var size uintptr
		err := check(func(failure *freshet_error) freshet_status {
			return freshet_document_text(raw, &out, &size, failure)
		})
		if err == nil {
			text = textOfSize(out, size)
		}
		return err
	})
	return text, err
}

func (d *Document) json(call func(freshet_document, **byte, *freshet_error) freshet_status) (text json.RawMessage, err error) {
	err = d.use(func(raw freshet_document) (e error) {
		text, e = jsonFrom(func(out **byte, failure *freshet_error) freshet_status { return call(raw, out, failure) })
		return e
	})
	return text, err
}

// Metadata is a JSON object.
func (d *Document) Metadata() (json.RawMessage, error) {
	return d.json(func(raw freshet_document, out **byte, failure *freshet_error) freshet_status {
		return freshet_document_metadata(raw, out, failure)
	})
}

// JSON is the whole of a finished document.
func (d *Document) JSON() (json.RawMessage, error) {
	return d.json(func(raw freshet_document, out **byte, failure *freshet_error) freshet_status {
		return freshet_document_to_json(raw, out, failure)
	})
}

// Section is one section of a finished document.
type Section struct {
	Number     uint32 // from 1
	Parent     uint32 // the section it is in; 0: the document
	Level      int    // of the heading, 1 to 6; 0: none
	ID         string
	Title      string // "" for text before the first heading
	URL        string
	Text       string // of a leaf; "" for a container
	SpanBegin  uint64 // in the document's text
	SpanEnd    uint64
	ChildCount uint32
}

// Sections gives them in document order: a parent always comes before its children.
func (d *Document) Sections() iter.Seq[Section] {
	return func(yield func(Section) bool) {
		for number := uint32(1); ; number++ {
			section, err := d.section(number)
			if err != nil || !yield(section) {
				return
			}
		}
	}
}

// Len is how many sections a finished document has.
func (d *Document) Len() (count int) {
	d.use(func(raw freshet_document) error {
		count = int(freshet_document_section_count(raw))
		return nil
	})
	return count
}

func (d *Document) section(number uint32) (section Section, err error) {
	err = d.use(func(document freshet_document) error {
		raw := freshet_section{struct_size: unsafe.Sizeof(freshet_section{})}
		err := check(func(failure *freshet_error) freshet_status {
			return freshet_document_section(document, uint32(number), &raw, failure)
		})
		if err == nil {
			section = Section{
				Number: number, Parent: uint32(raw.parent), Level: int(raw.level), ID: textOf(raw.id),
				Title: textOf(raw.title), URL: textOf(raw.url), Text: textOfSize(raw.text, raw.text_size),
				SpanBegin: uint64(raw.span_begin), SpanEnd: uint64(raw.span_end), ChildCount: uint32(raw.child_count),
			}
		}
		return err
	})
	return section, err
}

// Reader turns bytes, files, URLs and folders into documents.
type Reader struct{ raw freshet_reader }

// NewReader makes one from the object below "reader" of a configuration, or nil.
func NewReader(options any) (*Reader, error) {
	var args arena
	defer args.free()
	how, err := args.json(options)
	if err != nil {
		return nil, err
	}
	reader := &Reader{}
	err = check(func(failure *freshet_error) freshet_status {
		return freshet_reader_new(how, &reader.raw, failure)
	})
	if err != nil {
		return nil, err
	}
	runtime.SetFinalizer(reader, (*Reader).Close)
	return reader, nil
}

// Close frees it. A second one does nothing.
func (r *Reader) Close() error {
	freshet_reader_free(r.raw)
	return nil
}

// Read reads bytes; without a media type or charset they are found out.
func (r *Reader) Read(bytes []byte, uri, mediaType, charset string) (*Document, error) {
	var args arena
	defer args.free()
	defer runtime.KeepAlive(r)
	return documentFrom(func(out *freshet_document, failure *freshet_error) freshet_status {
		return freshet_reader_read(r.raw, unsafe.Pointer(args.bytes(bytes)), uintptr(len(bytes)), args.text(uri), args.optional(mediaType),
			args.optional(charset), out, failure)
	})
}

// ReadFile reads one regular file; without a uri its file:// URI names the document.
func (r *Reader) ReadFile(path, uri string) (*Document, error) {
	var args arena
	defer args.free()
	defer runtime.KeepAlive(r)
	return documentFrom(func(out *freshet_document, failure *freshet_error) freshet_status {
		return freshet_reader_read_file(r.raw, args.text(path), args.optional(uri), out, failure)
	})
}

// ReadURL fetches a URL with the HTTP client of the repository and reads the answer.
func (r *Reader) ReadURL(ctx context.Context, repository *Repository, url string) (document *Document, err error) {
	var args arena
	defer args.free()
	defer runtime.KeepAlive(r)
	defer runtime.KeepAlive(repository)
	err = limited(ctx, func(call *freshet_call_options) (e error) {
		document, e = documentFrom(func(out *freshet_document, failure *freshet_error) freshet_status {
			return freshet_reader_read_url(r.raw, repository.handle(), args.text(url), call, out, failure)
		})
		return e
	})
	return document, err
}

// walk is one ReadDirectory.
type walk struct {
	onDocument func(*Document) error
	failure    error
	panicked   any
}

// ReadDirectory reads the files below path and lends each document to onDocument, until it returns; an error of it ends
// the walk. The report says what could not be read.
func (r *Reader) ReadDirectory(ctx context.Context, path string, options any, onDocument func(*Document) error) (report json.RawMessage, err error) {
	var args arena
	defer args.free()
	defer runtime.KeepAlive(r)
	how, err := args.json(options)
	if err != nil {
		return nil, err
	}
	one := &walk{onDocument: onDocument}
	handle := handleOf(one)
	defer forget(handle)
	err = limited(ctx, func(call *freshet_call_options) (e error) {
		report, e = jsonFrom(func(out **byte, failure *freshet_error) freshet_status {
			return freshet_reader_read_directory(r.raw, args.text(path), how, callback(callOnDocument), handle, call, out, failure)
		})
		return e
	})
	if one.panicked != nil {
		panic(one.panicked)
	}
	if one.failure != nil {
		return nil, one.failure
	}
	return report, err
}

func onDocument(handle uintptr, raw freshet_document) (status freshet_status) {
	one := valueOf(handle).(*walk)
	defer func() {
		if one.panicked = recover(); one.panicked != nil {
			status = freshet_E_CANCELLED
		}
	}()
	document := lend(raw)
	defer document.takeBack()
	if one.failure = one.onDocument(document); one.failure != nil {
		return freshet_E_CANCELLED
	}
	return freshet_OK
}

// lend wraps a document that is the library's, until takeBack.
func lend(raw freshet_document) *Document { return &Document{raw: raw} }

func (d *Document) takeBack() {
	d.open.Lock()
	defer d.open.Unlock()
	d.closed = true
}
