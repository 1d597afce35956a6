package freshet

import (
	"context"
	"unsafe"
)

// TokenizerInfo is what a tokenizer is: its publisher's name for it, and what changes whenever the same text would have
// other tokens; "": its version and its options say it all.
type TokenizerInfo struct{ Name, Fingerprint string }

// Tokenizer says where the tokens of a text end. The same text has the same tokens each time. Any number of goroutines call
// one at once.
type Tokenizer interface {
	Info() TokenizerInfo
	// Split gives where each token ends: bytes from the beginning of the text, in order.
	Split(ctx context.Context, text string) ([]int, error)
}

// Counter is what a Tokenizer may be, too, where it counts faster than it splits: as many as Split gives.
type Counter interface {
	Count(ctx context.Context, text string) (int, error)
}

// RegisterTokenizer registers a tokenizer of the program's own, as RegisterLoader does a loader.
func RegisterTokenizer[T Tokenizer](offer Offer, open Opener[T]) (*Registration, error) {
	table := freshet_tokenizer_table{
		struct_size: unsafe.Sizeof(freshet_tokenizer_table{}), open: callback(callOnOpen), info: callback(callOnTokenizerInfo),
		count: callback(callOnCountTokens), split: callback(callOnSplit), close: callback(callOnClose),
	}
	return register(offer, "tokenizer", freshet_PLUGIN_TOKENIZER, table, open)
}

func onTokenizerInfo(handle uintptr, call freshet_call, out *freshet_tokenizer_info) freshet_status {
	it := instanceOf(handle)
	return serve(it.host, call, func(*callContext) error {
		it.once.Do(func() {
			info := it.of.(Tokenizer).Info()
			it.told = freshet_tokenizer_info{name: it.texts.text(info.Name), fingerprint: it.texts.optional(info.Fingerprint)}
		})
		told := it.told.(freshet_tokenizer_info)
		out.name, out.fingerprint = told.name, told.fingerprint
		return nil
	})
}

func onCountTokens(handle uintptr, call freshet_call, text *byte, size uintptr, out *uint64) freshet_status {
	it := instanceOf(handle)
	return serve(it.host, call, func(ctx *callContext) error {
		if counter, is := it.of.(Counter); is {
			count, err := counter.Count(ctx, textOfSize(text, size))
			*out = uint64(count)
			return err
		}
		ends, err := it.of.(Tokenizer).Split(ctx, textOfSize(text, size))
		*out = uint64(len(ends))
		return err
	})
}

func onSplit(handle uintptr, call freshet_call, text *byte, size uintptr, sink *freshet_token_sink) freshet_status {
	it := instanceOf(handle)
	return serve(it.host, call, func(ctx *callContext) error {
		ends, err := it.of.(Tokenizer).Split(ctx, textOfSize(text, size))
		if err != nil || len(ends) == 0 {
			return err
		}
		places := make([]uintptr, len(ends))
		for i, end := range ends {
			places[i] = uintptr(end)
		}
		return heed(sink.callEnds(sink.payload, &places[0], uintptr(len(places))))
	})
}
