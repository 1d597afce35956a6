//! An embedder, as freshet/plugin/embedder.h wants it.
use crate::ffi::*;
use crate::{c_text, heed, open, serve, text, Call, Result};
use serde_json::Value;
use std::ffi::{c_char, c_void, CStr};
use std::mem::size_of;

pub const KIND: &CStr = c"freshet.embedder/1";

#[derive(Clone, Copy, PartialEq)]
pub enum Purpose {
    Document,
    Query,
}

/// Takes what becomes of each text; used on the thread of the call.
pub struct Vectors<'a>(&'a VectorSink);

impl Vectors<'_> {
    pub fn give(&self, index: usize, vector: &[f32]) -> Result<()> {
        heed(unsafe { (self.0.vector)(self.0.payload, index, vector.as_ptr(), vector.len()) })
    }
    pub fn reject(&self, index: usize, status: Status, why: &str) -> Result<()> {
        heed(unsafe { (self.0.reject)(self.0.payload, index, status, c_text(why).as_ptr()) })
    }
    pub fn used(&self, tokens: u64) -> Result<()> {
        heed(unsafe { (self.0.usage)(self.0.payload, tokens) })
    }
}

pub struct Info<'a> {
    pub model: &'a CStr,
    pub tokenizer: &'a CStr,
    pub dimension: usize,
    pub max_inputs: usize,
    pub max_text_tokens: usize,
}

/// One instance serves many threads at once.
pub trait Embedder: Sized + Send + Sync + 'static {
    fn open(options: &Value, call: &Call) -> Result<Self>;
    fn info(&self) -> Info<'_>;
    fn embed(&self, call: &Call, texts: &[&str], purpose: Purpose, vectors: &Vectors) -> Result<()>;
}

pub const fn embedder_table<T: Embedder>() -> EmbedderTable {
    EmbedderTable {
        struct_size: size_of::<EmbedderTable>(),
        open: open_one::<T>,
        info: info::<T>,
        embed: embed::<T>,
        close: crate::close::<T>,
    }
}

unsafe extern "C" fn open_one<T: Embedder>(
    _: *mut c_void,
    host: *const Host,
    call: *mut RawCall,
    options: *const c_char,
    out: *mut *mut c_void,
) -> Status {
    open(host, call, options, out, T::open)
}

unsafe extern "C" fn info<T: Embedder>(it: *mut c_void, call: *mut RawCall, out: *mut EmbedderInfo) -> Status {
    serve(it, call, |it: &T, _| {
        let info = it.info();
        (*out).model = info.model.as_ptr();
        (*out).tokenizer = info.tokenizer.as_ptr();
        (*out).max_bytes = 0;
        (*out).dimension = info.dimension as u32;
        (*out).max_inputs = info.max_inputs as u32;
        (*out).max_tokens = 0;
        (*out).max_text_tokens = info.max_text_tokens as u32;
        Ok(())
    })
}

unsafe extern "C" fn embed<T: Embedder>(
    it: *mut c_void,
    call: *mut RawCall,
    request: *const EmbedRequest,
    sink: *const VectorSink,
) -> Status {
    serve(it, call, |it: &T, call| {
        let request = &*request;
        let texts: Vec<&str> =
            (0..request.count).map(|i| text(*request.texts.add(i), *request.sizes.add(i))).collect::<Result<_>>()?;
        let purpose = if request.purpose == EMBED_QUERY { Purpose::Query } else { Purpose::Document };
        it.embed(call, &texts, purpose, &Vectors(&*sink))
    })
}
