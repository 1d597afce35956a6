//! A tokenizer, as freshet/plugin/tokenizer.h wants it.
use crate::boundary::*;
use crate::failure::heed;
use crate::{Call, Open, Result, Value};
use freshet_sys::*;
use std::ffi::{c_char, c_void, CString};
use std::mem::size_of;
use std::sync::OnceLock;

/// Says how many tokens a text has, and where they end. One instance serves many threads at once.
pub trait Tokenizer: Send + Sync + 'static {
    /// As the publisher of the tokens calls them. Asked once.
    fn name(&self) -> String;
    /// Changes whenever the same text would have other tokens. Asked once.
    fn fingerprint(&self) -> String;
    /// As many as `split` gives.
    fn count(&self, text: &str) -> Result<u64>;
    /// Hands the ends of the tokens to `ends`, in order, by as many as is convenient.
    fn split(&self, text: &str, ends: &mut dyn FnMut(&[usize]) -> Result<()>) -> Result<()>;
}

struct Known<T> {
    of: T,
    info: OnceLock<(CString, CString)>,
}

impl<T> From<T> for Known<T> {
    fn from(of: T) -> Self {
        Known { of, info: OnceLock::new() }
    }
}

/// The table of a type, for a library.
pub const fn tokenizer_table<T: Tokenizer + Open>() -> freshet_tokenizer_table {
    table::<T>(open_type::<T, Known<T>>)
}

/// The table of what a function of type `F` opens.
pub const fn tokenizer_table_with<T: Tokenizer, F: Fn(&Value, &Call) -> Result<T>>() -> freshet_tokenizer_table {
    table::<T>(open_by::<T, Known<T>, F>)
}

const fn table<T: Tokenizer>(open: OpenFunction) -> freshet_tokenizer_table {
    freshet_tokenizer_table {
        struct_size: size_of::<freshet_tokenizer_table>(),
        open: Some(open),
        info: Some(info::<T>),
        count: Some(count::<T>),
        split: Some(split::<T>),
        close: Some(close::<Known<T>>),
    }
}

unsafe extern "C" fn info<T: Tokenizer>(
    it: *mut c_void,
    call: *mut freshet_call,
    out: *mut freshet_tokenizer_info,
) -> freshet_status {
    serve(it, call, |it: &Known<T>, _| {
        let (name, print) = it.info.get_or_init(|| (c_text(&it.of.name()), c_text(&it.of.fingerprint())));
        (*out).name = name.as_ptr();
        (*out).fingerprint = print.as_ptr();
        Ok(())
    })
}

unsafe extern "C" fn count<T: Tokenizer>(
    it: *mut c_void,
    call: *mut freshet_call,
    from: *const c_char,
    size: usize,
    out: *mut u64,
) -> freshet_status {
    serve(it, call, |it: &Known<T>, _| {
        *out = it.of.count(sized_text(from, size)?)?;
        Ok(())
    })
}

unsafe extern "C" fn split<T: Tokenizer>(
    it: *mut c_void,
    call: *mut freshet_call,
    from: *const c_char,
    size: usize,
    sink: *const freshet_token_sink,
) -> freshet_status {
    serve(it, call, |it: &Known<T>, _| {
        let give = (*sink).ends.expect("ends");
        it.of.split(sized_text(from, size)?, &mut |ends| heed(give((*sink).payload, ends.as_ptr(), ends.len())))
    })
}
