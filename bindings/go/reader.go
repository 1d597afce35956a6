package freshet

import (
	"context"
	"encoding/json"
	"unsafe"
)

// ReadRequest is what is to be read. "" stands for what nobody declared.
type ReadRequest struct {
	Bytes                   []byte
	URI, MediaType, Charset string
}

// DocumentReader turns the bytes of a media type into a document: those of [Offer].MediaTypes. What cannot be read is an
// error with the code [Parse], never a document about the error. Any number of goroutines call one at once.
type DocumentReader interface {
	Read(ctx context.Context, request ReadRequest, builder *Builder) error
}

// RegisterReader registers a reader of the program's own, as RegisterLoader does a loader.
func RegisterReader[R DocumentReader](offer Offer, open Opener[R]) (*Registration, error) {
	table := freshet_reader_table{
		struct_size: unsafe.Sizeof(freshet_reader_table{}), open: callback(callOnOpen), read: callback(callOnRead),
		close: callback(callOnClose),
	}
	return register(offer, "reader", freshet_PLUGIN_READER, table, open)
}

// Builder takes a document in its order.
type Builder struct{ raw *freshet_document_builder }

// Title sets the document's.
func (b *Builder) Title(title string) error {
	var args arena
	defer args.free()
	return heed(b.raw.callTitle(b.raw.payload, args.text(title)))
}

// Metadata adds what encodes to JSON.
func (b *Builder) Metadata(key string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return Fail(PluginError, "cannot be written as JSON: "+err.Error(), key)
	}
	var args arena
	defer args.free()
	return heed(b.raw.callMetadata(b.raw.payload, args.text(key), args.text(string(text))))
}

// Section begins a section under the nearest open one of a lower level (1 to 6). url may be "".
func (b *Builder) Section(level int, title, url string) error {
	var args arena
	defer args.free()
	return heed(b.raw.callSection(b.raw.payload, int32(level), args.text(title), args.optional(url)))
}

// Text adds text to the section begun last; a blank line separates paragraphs.
func (b *Builder) Text(text string) error {
	var args arena
	defer args.free()
	bytes, size := args.sized(text)
	return heed(b.raw.callText(b.raw.payload, bytes, size))
}

func onRead(handle uintptr, call freshet_call, request *freshet_read_request, builder *freshet_document_builder) freshet_status {
	it := instanceOf(handle)
	return serve(it.host, call, func(ctx *callContext) error {
		asked := ReadRequest{
			Bytes: []byte(textOfSize((*byte)(request.bytes), request.size)), URI: textOf(request.uri),
			MediaType: textOf(request.media_type), Charset: textOf(request.charset),
		}
		return it.of.(DocumentReader).Read(ctx, asked, &Builder{builder})
	})
}
