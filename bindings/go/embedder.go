package freshet

/*
#include "bridge.h"
*/
import "C"

import (
	"runtime/cgo"
	"unsafe"
)

// VectorSink takes what becomes of each text, in any order, from any goroutine.
type VectorSink struct{ sink *C.freshet_vector_sink }

// Give gives the vector of the text index.
func (v *VectorSink) Give(index int, vector []float32) error {
	numbers, count := floats(vector)
	return heed(C.freshet_go_vector(v.sink, C.size_t(index), numbers, count))
}

// Reject says that the text index will not be embedded however often it is asked for.
func (v *VectorSink) Reject(index int, code Code, why string) error {
	var args arena
	defer args.free()
	return heed(C.freshet_go_reject(v.sink, C.size_t(index), C.freshet_status(code), args.text(why)))
}

// Used says that so many tokens were used; several calls add up.
func (v *VectorSink) Used(tokens uint64) error {
	return heed(C.freshet_go_usage(v.sink, C.uint64_t(tokens)))
}

//export freshetGoEmbedderInfo
func freshetGoEmbedderInfo(handle C.uintptr_t, call *C.freshet_call, out *C.freshet_embedder_info) C.freshet_status {
	it := cgo.Handle(handle).Value().(*instance)
	return serve(it.host, call, func(*callContext) error {
		it.once.Do(func() {
			it.info = it.of.(Embedder).Info()
			it.model, it.tokenizer = it.texts.text(it.info.Model), it.texts.optional(it.info.Tokenizer)
		})
		out.model, out.tokenizer = it.model, it.tokenizer
		out.max_bytes = C.uint64_t(it.info.MaxBytes)
		out.dimension = C.uint32_t(it.info.Dimension)
		out.max_inputs = C.uint32_t(it.info.MaxInputs)
		out.max_tokens = C.uint32_t(it.info.MaxTokens)
		out.max_text_tokens = C.uint32_t(it.info.MaxTextTokens)
		return nil
	})
}

//export freshetGoEmbed
func freshetGoEmbed(handle C.uintptr_t, call *C.freshet_call, request *C.freshet_embed_request, sink *C.freshet_vector_sink) C.freshet_status {
	it := cgo.Handle(handle).Value().(*instance)
	return serve(it.host, call, func(ctx *callContext) error {
		count := int(request.count)
		texts := make([]string, count)
		sizes := unsafe.Slice(request.sizes, count)
		for i, text := range unsafe.Slice(request.texts, count) {
			texts[i] = C.GoStringN(text, C.int(sizes[i]))
		}
		return it.of.(Embedder).Embed(ctx, Purpose(request.purpose), texts, &VectorSink{sink})
	})
}
