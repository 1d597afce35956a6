//! A transformer, as freshet/plugin/transformer.h wants it.
use crate::boundary::*;
use crate::failure::heed;
use crate::{Call, Open, Result, Value};
use freshet_sys::*;
use std::ffi::{c_char, c_void, CString};
use std::mem::size_of;
use std::sync::OnceLock;

/// The document that chunks are of.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    pub uri: &'a str,
    pub title: &'a str,
    /// A JSON object.
    pub metadata: &'a str,
    /// All of it: the chunks were cut from this.
    pub text: &'a str,
}

/// A chunk to be transformed.
#[derive(Debug, Clone, Copy)]
pub struct Chunk<'a> {
    pub document: Document<'a>,
    /// As the transformers before this one have left it.
    pub text: &'a str,
    /// The title of the section that it is of; "": none.
    pub section: &'a str,
    pub url: &'a str,
    /// Where it stands in the document's text, in bytes.
    pub span: (u64, u64),
}

/// Enriches the texts and the metadata of chunks. One instance serves many threads at once.
pub trait Transformer: Send + Sync + 'static {
    /// Changes whenever the same chunks would be transformed differently. Asked once.
    fn fingerprint(&self) -> Option<String>;
    /// A request; at least 1.
    fn max_chunks(&self) -> u32 {
        64
    }
    /// A chunk of which nothing is said stays as it is. Give equal chunks equal texts.
    fn transform(&self, call: &Call, chunks: &[Chunk<'_>], transformed: &Transformed<'_>) -> Result<()>;
}

/// Takes what becomes of the chunks, in any order, from any thread.
pub struct Transformed<'a>(&'a freshet_transform_sink);

// SAFETY: freshet/plugin/transformer.h says so.
unsafe impl Send for Transformed<'_> {}
unsafe impl Sync for Transformed<'_> {}

impl Transformed<'_> {
    /// The text of the chunk `index` from now on, at most 1 MiB.
    pub fn text(&self, index: usize, text: &str) -> Result<()> {
        // SAFETY: the sink lives as long as the call, and copies.
        heed(unsafe { self.0.text.expect("text")(self.0.payload, index, text.as_ptr() as *const c_char, text.len()) })
    }

    /// What is added to its metadata, key by key: an object of at most 4 KiB.
    pub fn metadata(&self, index: usize, object: &Value) -> Result<()> {
        let json = c_text(&object.to_string());
        // SAFETY: as above.
        heed(unsafe { self.0.metadata.expect("metadata")(self.0.payload, index, json.as_ptr()) })
    }

    /// The chunk will not be transformed however often it is asked for: its document fails.
    pub fn reject(&self, index: usize, status: freshet_status, why: &str) -> Result<()> {
        // SAFETY: as above.
        heed(unsafe { self.0.reject.expect("reject")(self.0.payload, index, status, c_text(why).as_ptr()) })
    }
}

struct Known<T> {
    of: T,
    fingerprint: OnceLock<Option<CString>>,
}

impl<T> From<T> for Known<T> {
    fn from(of: T) -> Self {
        Known { of, fingerprint: OnceLock::new() }
    }
}

/// The table of a type, for a library.
pub const fn transformer_table<T: Transformer + Open>() -> freshet_transformer_table {
    table::<T>(open_type::<T, Known<T>>)
}

/// The table of what a function of type `F` opens.
pub const fn transformer_table_with<T: Transformer, F: Fn(&Value, &Call) -> Result<T>>() -> freshet_transformer_table {
    table::<T>(open_by::<T, Known<T>, F>)
}

const fn table<T: Transformer>(open: OpenFunction) -> freshet_transformer_table {
    freshet_transformer_table {
        struct_size: size_of::<freshet_transformer_table>(),
        open: Some(open),
        info: Some(info::<T>),
        transform: Some(transform::<T>),
        close: Some(close::<Known<T>>),
    }
}

unsafe extern "C" fn info<T: Transformer>(
    it: *mut c_void,
    call: *mut freshet_call,
    out: *mut freshet_transformer_info,
) -> freshet_status {
    serve(it, call, |it: &Known<T>, _| {
        (*out).fingerprint = pointer(it.fingerprint.get_or_init(|| c_option(it.of.fingerprint().as_deref())));
        (*out).max_chunks = it.of.max_chunks();
        Ok(())
    })
}

unsafe fn chunk<'a>(from: &freshet_transform_chunk) -> Result<Chunk<'a>> {
    let of: &freshet_transform_document = &*from.document;
    Ok(Chunk {
        document: Document {
            uri: text(of.uri)?,
            title: text(of.title)?,
            metadata: text(of.metadata)?,
            text: sized_text(of.text, of.size)?,
        },
        text: sized_text(from.text, from.size)?,
        section: text(from.section)?,
        url: text(from.url)?,
        span: (from.span_begin, from.span_end),
    })
}

unsafe extern "C" fn transform<T: Transformer>(
    it: *mut c_void,
    call: *mut freshet_call,
    request: *const freshet_transform_request,
    sink: *const freshet_transform_sink,
) -> freshet_status {
    serve(it, call, |it: &Known<T>, call| {
        let chunks = slice((*request).chunks, (*request).count);
        let chunks: Vec<Chunk> = chunks.iter().map(|each| chunk(&**each)).collect::<Result<_>>()?;
        it.of.transform(call, &chunks, &Transformed(&*sink))
    })
}
