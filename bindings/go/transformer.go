package freshet

import (
	"context"
	"encoding/json"
	"unsafe"
)

// TransformerInfo is what a transformer is. Fingerprint changes whenever the same chunks would be transformed differently;
// "": its version and its options say it all.
type TransformerInfo struct {
	Fingerprint string
	MaxChunks   uint32 // a request; at least 1
}

// TransformDocument is the document that chunks are of.
type TransformDocument struct {
	URI, Title, Text string
	Metadata         string // a JSON object
}

// TransformChunk is a chunk to be transformed.
type TransformChunk struct {
	Document           *TransformDocument
	Text               string // as the transformers before this one have left it
	Section, URL       string
	SpanBegin, SpanEnd uint64 // in the document's text
}

// Transformer enriches the texts and the metadata of chunks before these are embedded and stored. Give equal chunks equal
// texts: another text is another chunk, which is embedded again. Any number of goroutines call one at once.
type Transformer interface {
	Info() TransformerInfo
	// Transform says what becomes of the chunks; one of which nothing is said stays as it is.
	Transform(ctx context.Context, chunks []TransformChunk, out *TransformSink) error
}

// RegisterTransformer registers a transformer of the program's own, as RegisterLoader does a loader.
func RegisterTransformer[T Transformer](offer Offer, open Opener[T]) (*Registration, error) {
	table := freshet_transformer_table{
		struct_size: unsafe.Sizeof(freshet_transformer_table{}), open: callback(callOnOpen),
		info: callback(callOnTransformerInfo), transform: callback(callOnTransform), close: callback(callOnClose),
	}
	return register(offer, "transformer", freshet_PLUGIN_TRANSFORMER, table, open)
}

// TransformSink takes what becomes of each chunk, in any order, from any goroutine: at most one text and one metadata, or a
// rejection.
type TransformSink struct{ sink *freshet_transform_sink }

// Text is the text of the chunk index from now on.
func (t *TransformSink) Text(index int, text string) error {
	var args arena
	defer args.free()
	bytes, size := args.sized(text)
	return heed(t.sink.callText(t.sink.payload, uintptr(index), bytes, size))
}

// Metadata adds an object, key by key.
func (t *TransformSink) Metadata(index int, object map[string]any) error {
	text, err := json.Marshal(object)
	if err != nil {
		return Fail(PluginError, "cannot be written as JSON: "+err.Error(), "metadata")
	}
	var args arena
	defer args.free()
	return heed(t.sink.callMetadata(t.sink.payload, uintptr(index), args.text(string(text))))
}

// Reject says that the chunk index will not be transformed however often it is asked for: its document fails.
func (t *TransformSink) Reject(index int, code Code, why string) error {
	var args arena
	defer args.free()
	return heed(t.sink.callReject(t.sink.payload, uintptr(index), freshet_status(code), args.text(why)))
}

func onTransformerInfo(handle uintptr, call freshet_call, out *freshet_transformer_info) freshet_status {
	it := instanceOf(handle)
	return serve(it.host, call, func(*callContext) error {
		it.once.Do(func() {
			info := it.of.(Transformer).Info()
			it.told = freshet_transformer_info{fingerprint: it.texts.optional(info.Fingerprint), max_chunks: max(info.MaxChunks, 1)}
		})
		told := it.told.(freshet_transformer_info)
		out.fingerprint, out.max_chunks = told.fingerprint, told.max_chunks
		return nil
	})
}

func onTransform(handle uintptr, call freshet_call, request *freshet_transform_request, sink *freshet_transform_sink) freshet_status {
	it := instanceOf(handle)
	return serve(it.host, call, func(ctx *callContext) error {
		documents := map[*freshet_transform_document]*TransformDocument{}
		chunks := make([]TransformChunk, request.count)
		for i, raw := range unsafe.Slice(request.chunks, request.count) {
			document := documents[raw.document]
			if document == nil {
				of := raw.document
				document = &TransformDocument{textOf(of.uri), textOf(of.title), textOfSize(of.text, of.size), textOf(of.metadata)}
				documents[raw.document] = document
			}
			chunks[i] = TransformChunk{document, textOfSize(raw.text, raw.size), textOf(raw.section), textOf(raw.url),
				raw.span_begin, raw.span_end}
		}
		return it.of.(Transformer).Transform(ctx, chunks, &TransformSink{sink})
	})
}
