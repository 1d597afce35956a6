//! Rows that come, and rows that are found.
use crate::boundary::*;
use crate::failure::heed;
use crate::Result;
use freshet_sys::*;
use std::mem::size_of;

/// One row. "" where there is no text.
#[derive(Debug, Clone, Copy, Default)]
pub struct Row<'a> {
    /// 32 hexadecimal digits.
    pub id: &'a str,
    /// Of the row: kept with it and listed.
    pub digest: &'a str,
    pub text: &'a str,
    /// Of the root.
    pub uri: &'a str,
    pub title: &'a str,
    pub url: &'a str,
    pub path: &'a str,
    /// A JSON object.
    pub metadata: &'a str,
    pub vector: Option<&'a [f32]>,
}

impl<'a> Row<'a> {
    pub(super) unsafe fn new(from: &freshet_row) -> Result<Row<'a>> {
        Ok(Row {
            id: text(from.id)?,
            digest: text(from.digest)?,
            text: sized_text(from.text, from.text_size)?,
            uri: text(from.uri)?,
            title: text(from.title)?,
            url: text(from.url)?,
            path: text(from.path)?,
            metadata: text(from.metadata)?,
            vector: (!from.vector.is_null()).then(|| slice(from.vector, from.dimension)),
        })
    }
}

/// Takes the id of a row that is stored, or gone, for good.
pub struct Confirm<'a>(pub(super) &'a freshet_confirm_sink);

impl Confirm<'_> {
    pub fn confirmed(&self, id: &str) -> Result<()> {
        // SAFETY: the sink lives as long as the call.
        heed(unsafe { self.0.confirmed.expect("confirmed")(self.0.payload, c_text(id).as_ptr()) })
    }
}

/// One row found: what was stored, and how well it fits.
#[derive(Debug, Clone, Copy, Default)]
pub struct Found<'a> {
    /// Higher is better.
    pub score: f64,
    /// The vector counts from `get` only, where it is kept exactly.
    pub row: Row<'a>,
}

/// Takes rows: best first from `search`, in any order from `get`.
pub struct FoundRows<'a>(pub(super) &'a freshet_found_sink);

impl FoundRows<'_> {
    pub fn row(&self, found: &Found<'_>) -> Result<()> {
        let row = &found.row;
        let [id, digest, text, uri, title, url, path, metadata] =
            [row.id, row.digest, row.text, row.uri, row.title, row.url, row.path, row.metadata].map(c_text);
        let raw = freshet_found {
            struct_size: size_of::<freshet_found>(),
            score: found.score,
            id: id.as_ptr(),
            digest: digest.as_ptr(),
            text: text.as_ptr(),
            uri: uri.as_ptr(),
            title: title.as_ptr(),
            url: url.as_ptr(),
            path: path.as_ptr(),
            metadata: metadata.as_ptr(),
            vector: row.vector.map_or(std::ptr::null(), <[f32]>::as_ptr),
            dimension: row.vector.map_or(0, <[f32]>::len),
        };
        // SAFETY: the sink lives as long as the call, and the texts until it returns.
        heed(unsafe { self.0.row.expect("row")(self.0.payload, &raw) })
    }
}

/// Takes a page of a listing.
pub struct Page<'a>(pub(super) &'a freshet_list_sink);

impl Page<'_> {
    pub fn row(&self, id: &str, digest: &str) -> Result<()> {
        let (id, digest) = (c_text(id), c_text(digest));
        // SAFETY: as above.
        heed(unsafe { self.0.row.expect("row")(self.0.payload, id.as_ptr(), digest.as_ptr()) })
    }

    /// Where the next page begins; without it the listing ends.
    pub fn next(&self, cursor: &str) -> Result<()> {
        // SAFETY: as above.
        heed(unsafe { self.0.next.expect("next")(self.0.payload, c_text(cursor).as_ptr()) })
    }
}
