package freshet

/*
#include "bridge.h"
*/
import "C"

import "time"

// Root is what was known of one root when it was asked for. Times that are zero are "never yet", but AskAgain: not by
// itself.
type Root struct {
	URI, Title, MediaType, Version string
	Metadata, Flags                string // JSON objects
	AliasOf                        string // the root that holds this one's content; "" if it has its own
	Err                            error  // of the last attempt
	Ingested, Checked, Changed     time.Time
	AskAgain, Failed               time.Time
	Chunks, Elements, Failures     uint32
}

// rootOf copies and frees it.
func rootOf(root *C.freshet_root) (*Root, error) {
	defer C.freshet_root_free(root)
	raw := C.freshet_root_info{struct_size: C.sizeof_freshet_root_info}
	err := check(func(failure **C.freshet_error) C.freshet_status { return C.freshet_root_get(root, &raw, failure) })
	if err != nil {
		return nil, err
	}
	result := &Root{
		URI: C.GoString(raw.uri), Title: C.GoString(raw.title), MediaType: C.GoString(raw.media_type),
		Version: C.GoString(raw.version), Metadata: C.GoString(raw.metadata), Flags: C.GoString(raw.flags),
		AliasOf:  C.GoString(raw.alias_of),
		Ingested: instant(raw.ingested_ms), Checked: instant(raw.checked_ms), Changed: instant(raw.changed_ms),
		AskAgain: instant(raw.ask_again_ms), Failed: instant(raw.failed_ms),
		Chunks: uint32(raw.chunks), Elements: uint32(raw.elements), Failures: uint32(raw.failures),
	}
	if raw.error_code != C.FRESHET_OK {
		result.Err = told(raw.error_code, C.GoString(raw.error), raw.uri, -1, 0)
	}
	return result, nil
}

// Chunk is one chunk, and where it stands in its document.
type Chunk struct {
	ID             string // 32 hexadecimal digits; the same as long as root and text are
	Text           string
	Urtext         string // before transformers
	ParentID       string
	URL, Path      string
	Metadata       string // a JSON object
	RootID         string
	RootTitle      string
	ContainerID    string // "" where there is none, as are the next five
	ContainerTitle string
	ContainerURL   string
	LeafID         string
	LeafTitle      string
	LeafURL        string
	SpanBegin      uint64 // of the urtext, in the document's text
	SpanEnd        uint64
	SequenceNumber int // in its document, from 0
	ChunkIndex     int // among the chunks of its leaf, from 0
	TotalChunks    int // of its leaf
}

// chunksOf copies and frees them.
func chunksOf(chunks *C.freshet_chunks) ([]Chunk, error) {
	defer C.freshet_chunks_free(chunks)
	all := make([]Chunk, 0, int(C.freshet_chunks_count(chunks)))
	for i := range cap(all) {
		raw := C.freshet_chunk_info{struct_size: C.sizeof_freshet_chunk_info}
		err := check(func(failure **C.freshet_error) C.freshet_status {
			return C.freshet_chunks_get(chunks, C.size_t(i), &raw, failure)
		})
		if err != nil {
			return nil, err
		}
		all = append(all, Chunk{
			ID: C.GoString(raw.id), Text: C.GoString(raw.text), Urtext: C.GoString(raw.urtext),
			ParentID: C.GoString(raw.parent_id), URL: C.GoString(raw.url), Path: C.GoString(raw.path),
			Metadata: C.GoString(raw.metadata), RootID: C.GoString(raw.root_id), RootTitle: C.GoString(raw.root_title),
			ContainerID: C.GoString(raw.container_id), ContainerTitle: C.GoString(raw.container_title),
			ContainerURL: C.GoString(raw.container_url), LeafID: C.GoString(raw.leaf_id),
			LeafTitle: C.GoString(raw.leaf_title), LeafURL: C.GoString(raw.leaf_url),
			SpanBegin: uint64(raw.span_begin), SpanEnd: uint64(raw.span_end), SequenceNumber: int(raw.sequence_number),
			ChunkIndex: int(raw.chunk_index), TotalChunks: int(raw.total_chunks),
		})
	}
	return all, nil
}

// ElementKind is what an element is.
type ElementKind int32

const (
	ElementRoot      ElementKind = C.FRESHET_ELEMENT_ROOT
	ElementContainer ElementKind = C.FRESHET_ELEMENT_CONTAINER
	ElementLeaf      ElementKind = C.FRESHET_ELEMENT_LEAF
)

// Element is a root or section of a stored document.
type Element struct {
	ID, ParentID, RootID, Title, URL string
	Text                             string // of a leaf
	SpanBegin, SpanEnd               uint64
	Kind                             ElementKind
	Level                            int
	Ordinal                          uint32 // in document order
}

// elementOf copies and frees it.
func elementOf(element *C.freshet_element) (*Element, error) {
	defer C.freshet_element_free(element)
	raw := C.freshet_element_info{struct_size: C.sizeof_freshet_element_info}
	err := check(func(failure **C.freshet_error) C.freshet_status { return C.freshet_element_get(element, &raw, failure) })
	if err != nil {
		return nil, err
	}
	return &Element{
		ID: C.GoString(raw.id), ParentID: C.GoString(raw.parent_id), RootID: C.GoString(raw.root_id),
		Title: C.GoString(raw.title), URL: C.GoString(raw.url), Text: C.GoString(raw.text),
		SpanBegin: uint64(raw.span_begin), SpanEnd: uint64(raw.span_end), Kind: ElementKind(raw.kind),
		Level: int(raw.level), Ordinal: uint32(raw.ordinal),
	}, nil
}
