package freshet

import (
	"context"
	"unsafe"
)

// EmbedderInfo is what an embedder is. 0 stands for no limit, but for the second and third.
type EmbedderInfo struct {
	Model                    string // equal model, comparable vectors
	Dimension, MaxInputs     uint32
	MaxTokens, MaxTextTokens uint32
	MaxBytes                 uint64
	Tokenizer                string
}

// Embedder turns texts into vectors. Any number of goroutines call one at once.
type Embedder interface {
	Info() EmbedderInfo
	// Embed gives each text exactly one vector or one rejection.
	Embed(ctx context.Context, purpose Purpose, texts []string, vectors *VectorSink) error
}

// RegisterEmbedder registers an embedder of the program's own, as RegisterLoader does a loader.
func RegisterEmbedder[E Embedder](offer Offer, open Opener[E]) (*Registration, error) {
	table := freshet_embedder_table{
		struct_size: unsafe.Sizeof(freshet_embedder_table{}), open: callback(callOnOpen), info: callback(callOnEmbedderInfo),
		embed: callback(callOnEmbed), close: callback(callOnClose),
	}
	return register(offer, "embedder", freshet_PLUGIN_EMBEDDER, table, open)
}

// VectorSink takes what becomes of each text, in any order, from any goroutine.
type VectorSink struct{ sink *freshet_vector_sink }

// Give gives the vector of the text index.
func (v *VectorSink) Give(index int, vector []float32) error {
	var args arena
	defer args.free()
	numbers, count := lendAll(&args, vector)
	return heed(v.sink.callVector(v.sink.payload, uintptr(index), numbers, count))
}

// Reject says that the text index will not be embedded however often it is asked for.
func (v *VectorSink) Reject(index int, code Code, why string) error {
	var args arena
	defer args.free()
	return heed(v.sink.callReject(v.sink.payload, uintptr(index), freshet_status(code), args.text(why)))
}

// Used says that so many tokens were used; several calls add up.
func (v *VectorSink) Used(tokens uint64) error {
	return heed(v.sink.callUsage(v.sink.payload, uint64(tokens)))
}

func onEmbedderInfo(handle uintptr, call freshet_call, out *freshet_embedder_info) freshet_status {
	it := instanceOf(handle)
	return serve(it.host, call, func(*callContext) error {
		it.once.Do(func() {
			info := it.of.(Embedder).Info()
			it.told = freshet_embedder_info{
				model: it.texts.text(info.Model), tokenizer: it.texts.optional(info.Tokenizer), max_bytes: info.MaxBytes,
				dimension: info.Dimension, max_inputs: info.MaxInputs, max_tokens: info.MaxTokens,
				max_text_tokens: info.MaxTextTokens,
			}
		})
		told := it.told.(freshet_embedder_info)
		out.model, out.tokenizer, out.max_bytes, out.dimension = told.model, told.tokenizer, told.max_bytes, told.dimension
		out.max_inputs, out.max_tokens, out.max_text_tokens = told.max_inputs, told.max_tokens, told.max_text_tokens
		return nil
	})
}

func onEmbed(handle uintptr, call freshet_call, request *freshet_embed_request, sink *freshet_vector_sink) freshet_status {
	it := instanceOf(handle)
	return serve(it.host, call, func(ctx *callContext) error {
		count := int(request.count)
		texts := make([]string, count)
		sizes := unsafe.Slice(request.sizes, count)
		for i, text := range unsafe.Slice(request.texts, count) {
			texts[i] = textOfSize(text, sizes[i])
		}
		purpose := ForDocument
		if request.purpose == freshet_EMBED_QUERY {
			purpose = ForQuery
		}
		return it.of.(Embedder).Embed(ctx, purpose, texts, &VectorSink{sink})
	})
}
