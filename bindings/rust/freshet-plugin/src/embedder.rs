//! An embedder, as freshet/plugin/embedder.h wants it.
use crate::boundary::*;
use crate::failure::heed;
use crate::{Call, Open, Result, Value};
use freshet_sys::*;
use std::ffi::{c_void, CString};
use std::mem::size_of;
use std::sync::OnceLock;

/// Many models embed a question otherwise than what answers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Document,
    Query,
}

/// What an instance is. It is asked once.
#[derive(Debug, Clone, Default)]
pub struct EmbedderInfo {
    /// Names the vector space: equal model, comparable vectors.
    pub model: String,
    /// What its tokens are counted with, as its publisher calls it.
    pub tokenizer: Option<String>,
    pub dimension: u32,
    /// Texts a request; at least 1.
    pub max_inputs: u32,
    /// Of all texts of a request; 0: no limit. So are the next two.
    pub max_bytes: u64,
    pub max_tokens: u32,
    pub max_text_tokens: u32,
}

/// Texts to vectors. One instance serves many threads at once.
pub trait Embedder: Send + Sync + 'static {
    fn info(&self) -> EmbedderInfo;
    /// For each text exactly one vector or one rejection. What was given before a failure is kept.
    fn embed(&self, call: &Call, texts: &[&str], purpose: Purpose, vectors: &Vectors<'_>) -> Result<()>;
}

/// Takes what becomes of each text, in any order, from any thread.
pub struct Vectors<'a>(&'a freshet_vector_sink);

// SAFETY: freshet/plugin/embedder.h says so.
unsafe impl Send for Vectors<'_> {}
unsafe impl Sync for Vectors<'_> {}

impl Vectors<'_> {
    /// The vector of the text `index`.
    pub fn give(&self, index: usize, vector: &[f32]) -> Result<()> {
        // SAFETY: the sink lives as long as the call, and copies.
        heed(unsafe { self.0.vector.expect("vector")(self.0.payload, index, vector.as_ptr(), vector.len()) })
    }

    /// The text `index` will not be embedded however often it is asked for.
    pub fn reject(&self, index: usize, status: freshet_status, why: &str) -> Result<()> {
        // SAFETY: as above.
        heed(unsafe { self.0.reject.expect("reject")(self.0.payload, index, status, c_text(why).as_ptr()) })
    }

    /// So many tokens were used, as the service counts them; several calls add up.
    pub fn used(&self, tokens: u64) -> Result<()> {
        // SAFETY: as above.
        heed(unsafe { self.0.usage.expect("usage")(self.0.payload, tokens) })
    }
}

/// An embedder, and what it said of itself: the host borrows the texts until it is closed.
struct Known<T> {
    of: T,
    info: OnceLock<(EmbedderInfo, CString, Option<CString>)>,
}

impl<T> From<T> for Known<T> {
    fn from(of: T) -> Self {
        Known { of, info: OnceLock::new() }
    }
}

/// The table of a type, for a library.
pub const fn embedder_table<T: Embedder + Open>() -> freshet_embedder_table {
    table::<T>(open_type::<T, Known<T>>)
}

/// The table of what a function of type `F` opens.
pub const fn embedder_table_with<T: Embedder, F: Fn(&Value, &Call) -> Result<T>>() -> freshet_embedder_table {
    table::<T>(open_by::<T, Known<T>, F>)
}

const fn table<T: Embedder>(open: OpenFunction) -> freshet_embedder_table {
    freshet_embedder_table {
        struct_size: size_of::<freshet_embedder_table>(),
        open: Some(open),
        info: Some(info::<T>),
        embed: Some(embed::<T>),
        close: Some(close::<Known<T>>),
    }
}

unsafe extern "C" fn info<T: Embedder>(
    it: *mut c_void,
    call: *mut freshet_call,
    out: *mut freshet_embedder_info,
) -> freshet_status {
    serve(it, call, |it: &Known<T>, _| {
        let (info, model, tokenizer) = it.info.get_or_init(|| {
            let info = it.of.info();
            let texts = (c_text(&info.model), c_option(info.tokenizer.as_deref()));
            (info, texts.0, texts.1)
        });
        let out = &mut *out;
        out.model = model.as_ptr();
        out.tokenizer = pointer(tokenizer);
        out.max_bytes = info.max_bytes;
        out.dimension = info.dimension;
        out.max_inputs = info.max_inputs;
        out.max_tokens = info.max_tokens;
        out.max_text_tokens = info.max_text_tokens;
        Ok(())
    })
}

unsafe extern "C" fn embed<T: Embedder>(
    it: *mut c_void,
    call: *mut freshet_call,
    request: *const freshet_embed_request,
    sink: *const freshet_vector_sink,
) -> freshet_status {
    serve(it, call, |it: &Known<T>, call| {
        let request = &*request;
        let sizes = slice(request.sizes, request.count);
        let pairs = slice(request.texts, request.count).iter().zip(sizes);
        let texts: Vec<&str> = pairs.map(|(text, size)| sized_text(*text, *size)).collect::<Result<_>>()?;
        let purpose = if request.purpose == FRESHET_EMBED_QUERY { Purpose::Query } else { Purpose::Document };
        it.of.embed(call, &texts, purpose, &Vectors(&*sink))
    })
}
