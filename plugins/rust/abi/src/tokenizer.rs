//! A tokenizer, as freshet/plugin/tokenizer.h wants it.
use crate::ffi::*;
use crate::{heed, open, serve, text, Call, Result};
use serde_json::Value;
use std::ffi::{c_char, c_void, CStr};
use std::mem::size_of;

pub const KIND: &CStr = c"freshet.tokenizer/1";

/// One instance serves many threads at once.
pub trait Tokenizer: Sized + Send + Sync + 'static {
    fn open(options: &Value, call: &Call) -> Result<Self>;
    /// As the publisher of the tokens calls them.
    fn name(&self) -> &CStr;
    /// Changes whenever the same text would have other tokens.
    fn fingerprint(&self) -> &CStr;
    fn count(&self, text: &str) -> Result<u64>;
    /// Hands the ends of the tokens to `ends`, in order, by as many as is convenient.
    fn split(&self, text: &str, ends: &mut dyn FnMut(&[usize]) -> Result<()>) -> Result<()>;
}

pub const fn tokenizer_table<T: Tokenizer>() -> TokenizerTable {
    TokenizerTable {
        struct_size: size_of::<TokenizerTable>(),
        open: open_one::<T>,
        info: info::<T>,
        count: count::<T>,
        split: split::<T>,
        close: crate::close::<T>,
    }
}

unsafe extern "C" fn open_one<T: Tokenizer>(
    _: *mut c_void,
    host: *const Host,
    call: *mut RawCall,
    options: *const c_char,
    out: *mut *mut c_void,
) -> Status {
    open(host, call, options, out, T::open)
}

unsafe extern "C" fn info<T: Tokenizer>(it: *mut c_void, call: *mut RawCall, out: *mut TokenizerInfo) -> Status {
    serve(it, call, |it: &T, _| {
        (*out).name = it.name().as_ptr();
        (*out).fingerprint = it.fingerprint().as_ptr();
        Ok(())
    })
}

unsafe extern "C" fn count<T: Tokenizer>(
    it: *mut c_void,
    call: *mut RawCall,
    from: *const c_char,
    size: usize,
    out: *mut u64,
) -> Status {
    serve(it, call, |it: &T, _| {
        *out = it.count(text(from, size)?)?;
        Ok(())
    })
}

unsafe extern "C" fn split<T: Tokenizer>(
    it: *mut c_void,
    call: *mut RawCall,
    from: *const c_char,
    size: usize,
    sink: *const TokenSink,
) -> Status {
    serve(it, call, |it: &T, _| {
        it.split(text(from, size)?, &mut |ends| heed(((*sink).ends)((*sink).payload, ends.as_ptr(), ends.len())))
    })
}
