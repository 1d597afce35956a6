//! A reader, as freshet/plugin/reader.h wants it.
use crate::boundary::*;
use crate::failure::heed;
use crate::{Call, Open, Result, Value};
use freshet_sys::*;
use std::ffi::{c_char, c_void};
use std::mem::size_of;

/// What is to be read.
#[derive(Debug, Clone, Copy)]
pub struct ReadRequest<'a> {
    /// As they came.
    pub bytes: &'a [u8],
    /// Of the root.
    pub uri: &'a str,
    /// As declared or recognised; "": unknown.
    pub media_type: &'a str,
    /// As declared; "": not declared.
    pub charset: &'a str,
}

/// Turns the bytes of a media type into a document. One instance serves many threads at once.
pub trait Reader: Send + Sync + 'static {
    /// What cannot be read is `PARSE`, never a page about the error.
    fn read(&self, call: &Call, request: &ReadRequest<'_>, document: &DocumentBuilder<'_>) -> Result<()>;
}

/// Builds the document, in its order.
pub struct DocumentBuilder<'a>(&'a freshet_document_builder);

impl DocumentBuilder<'_> {
    pub fn title(&self, title: &str) -> Result<()> {
        // SAFETY: the builder lives as long as the call, and copies.
        heed(unsafe { self.0.title.expect("title")(self.0.payload, c_text(title).as_ptr()) })
    }

    /// A piece of metadata: any JSON value, at most 1 MiB.
    pub fn metadata(&self, key: &str, value: &Value) -> Result<()> {
        let (key, value) = (c_text(key), c_text(&value.to_string()));
        // SAFETY: as above.
        heed(unsafe { self.0.metadata.expect("metadata")(self.0.payload, key.as_ptr(), value.as_ptr()) })
    }

    /// Begins a section under the nearest open one of a lower level (1 to 6).
    pub fn section(&self, level: i32, title: &str, url: Option<&str>) -> Result<()> {
        let (title, url) = (c_text(title), c_option(url));
        // SAFETY: as above.
        heed(unsafe { self.0.section.expect("section")(self.0.payload, level, title.as_ptr(), pointer(&url)) })
    }

    /// Adds text to the section begun last, or before the first; a blank line separates paragraphs.
    pub fn text(&self, text: &str) -> Result<()> {
        // SAFETY: as above.
        heed(unsafe { self.0.text.expect("text")(self.0.payload, text.as_ptr() as *const c_char, text.len()) })
    }

    /// What follows stands on this page, from 1. A host that knows no pages is not told.
    pub fn page(&self, page: i32) -> Result<()> {
        // SAFETY: a smaller struct of an older host ends before it.
        if self.0.struct_size < std::mem::size_of::<freshet_document_builder>() {
            return Ok(());
        }
        // SAFETY: as above.
        match self.0.page {
            Some(page_of) => heed(unsafe { page_of(self.0.payload, page) }),
            None => Ok(()),
        }
    }
}

/// The table of a type, for a library.
pub const fn reader_table<T: Reader + Open>() -> freshet_reader_table {
    table::<T>(open_type::<T, T>)
}

/// The table of what a function of type `F` opens.
pub const fn reader_table_with<T: Reader, F: Fn(&Value, &Call) -> Result<T>>() -> freshet_reader_table {
    table::<T>(open_by::<T, T, F>)
}

const fn table<T: Reader>(open: OpenFunction) -> freshet_reader_table {
    freshet_reader_table {
        struct_size: size_of::<freshet_reader_table>(),
        open: Some(open),
        read: Some(read::<T>),
        close: Some(close::<T>),
    }
}

unsafe extern "C" fn read<T: Reader>(
    it: *mut c_void,
    call: *mut freshet_call,
    request: *const freshet_read_request,
    builder: *const freshet_document_builder,
) -> freshet_status {
    serve(it, call, |it: &T, call| {
        let request = &*request;
        let asked = ReadRequest {
            bytes: slice(request.bytes as *const u8, request.size),
            uri: text(request.uri)?,
            media_type: text(request.media_type)?,
            charset: text(request.charset)?,
        };
        it.read(call, &asked, &DocumentBuilder(&*builder))
    })
}
