package freshet

import (
	"time"
	"unsafe"
)

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
func rootOf(root freshet_root) (*Root, error) {
	defer freshet_root_free(root)
	raw := freshet_root_info{struct_size: unsafe.Sizeof(freshet_root_info{})}
	err := check(func(failure *freshet_error) freshet_status { return freshet_root_get(root, &raw, failure) })
	if err != nil {
		return nil, err
	}
	result := &Root{
		URI: textOf(raw.uri), Title: textOf(raw.title), MediaType: textOf(raw.media_type),
		Version: textOf(raw.version), Metadata: textOf(raw.metadata), Flags: textOf(raw.flags),
		AliasOf:  textOf(raw.alias_of),
		Ingested: instant(raw.ingested_ms), Checked: instant(raw.checked_ms), Changed: instant(raw.changed_ms),
		AskAgain: instant(raw.ask_again_ms), Failed: instant(raw.failed_ms),
		Chunks: uint32(raw.chunks), Elements: uint32(raw.elements), Failures: uint32(raw.failures),
	}
	if raw.error_code != freshet_OK {
		result.Err = told(raw.error_code, textOf(raw.error), raw.uri, -1, 0)
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
func chunksOf(chunks freshet_chunks) ([]Chunk, error) {
	defer freshet_chunks_free(chunks)
	all := make([]Chunk, 0, int(freshet_chunks_count(chunks)))
	for i := range cap(all) {
		raw := freshet_chunk_info{struct_size: unsafe.Sizeof(freshet_chunk_info{})}
		err := check(func(failure *freshet_error) freshet_status {
			return freshet_chunks_get(chunks, uintptr(i), &raw, failure)
		})
		if err != nil {
			return nil, err
		}
		all = append(all, Chunk{
			ID: textOf(raw.id), Text: textOf(raw.text), Urtext: textOf(raw.urtext),
			ParentID: textOf(raw.parent_id), URL: textOf(raw.url), Path: textOf(raw.path),
			Metadata: textOf(raw.metadata), RootID: textOf(raw.root_id), RootTitle: textOf(raw.root_title),
			ContainerID: textOf(raw.container_id), ContainerTitle: textOf(raw.container_title),
			ContainerURL: textOf(raw.container_url), LeafID: textOf(raw.leaf_id),
			LeafTitle: textOf(raw.leaf_title), LeafURL: textOf(raw.leaf_url),
			SpanBegin: uint64(raw.span_begin), SpanEnd: uint64(raw.span_end), SequenceNumber: int(raw.sequence_number),
			ChunkIndex: int(raw.chunk_index), TotalChunks: int(raw.total_chunks),
		})
	}
	return all, nil
}

// ElementKind is what an element is.
type ElementKind int32

const (
	ElementRoot      ElementKind = freshet_ELEMENT_ROOT
	ElementContainer ElementKind = freshet_ELEMENT_CONTAINER
	ElementLeaf      ElementKind = freshet_ELEMENT_LEAF
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
func elementOf(element freshet_element) (*Element, error) {
	defer freshet_element_free(element)
	raw := freshet_element_info{struct_size: unsafe.Sizeof(freshet_element_info{})}
	err := check(func(failure *freshet_error) freshet_status { return freshet_element_get(element, &raw, failure) })
	if err != nil {
		return nil, err
	}
	return &Element{
		ID: textOf(raw.id), ParentID: textOf(raw.parent_id), RootID: textOf(raw.root_id),
		Title: textOf(raw.title), URL: textOf(raw.url), Text: textOf(raw.text),
		SpanBegin: uint64(raw.span_begin), SpanEnd: uint64(raw.span_end), Kind: ElementKind(raw.kind),
		Level: int(raw.level), Ordinal: uint32(raw.ordinal),
	}, nil
}
