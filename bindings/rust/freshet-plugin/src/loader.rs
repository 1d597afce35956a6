//! A loader, as freshet/plugin/loader.h wants it.
use crate::boundary::*;
use crate::call::missing;
use crate::failure::heed;
use crate::{Call, Open, Result, Value};
use freshet_sys::*;
use std::ffi::{c_char, c_void};
use std::mem::size_of;

/// One line of a listing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// Canonical: it names the root.
    pub uri: String,
    /// A validator that the listing itself bears: equal version, unchanged content.
    pub version: Option<String>,
    /// What is wanted back to fetch the entry; at most 1024 bytes.
    pub handle: Option<String>,
    /// Of a document whose content has none.
    pub title: Option<String>,
    /// A JSON object, at most 16 KiB.
    pub metadata: Option<String>,
    pub last_modified_ms: Option<i64>,
    /// Bytes.
    pub size: Option<u64>,
}

/// What a listing was. The last two only where a state was handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum ListingKind {
    /// Entries may be missing.
    Part = FRESHET_LISTING_PART,
    /// What was not listed is gone: a promise.
    Whole = FRESHET_LISTING_WHOLE,
    Unchanged = FRESHET_LISTING_UNCHANGED,
    Changes = FRESHET_LISTING_CHANGES,
}

/// What was fetched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    pub bytes: Vec<u8>,
    /// As declared, without parameters.
    pub media_type: Option<String>,
    pub charset: Option<String>,
    /// To be handed back as the known version.
    pub version: Option<String>,
    /// The name that the source itself gives this content, where it differs from the entry's.
    pub canonical_uri: Option<String>,
    pub title: Option<String>,
    pub metadata: Option<String>,
    /// How often it was asked for.
    pub attempts: i32,
}

/// What became of a fetch. A failure is an error: an error page is never content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    Content(Content),
    /// The known version still is the version.
    NotModified,
    /// The source says that it does not exist: for good (410), or only "not found".
    Gone {
        confirmed: bool,
    },
}

/// Lists the entries of a source and fetches one of them. One instance serves many threads at once.
///
/// What is optional has a constant that says whether it is there.
pub trait Loader: Send + Sync + 'static {
    const PREPARES: bool = false;

    /// `state` is what the last listing gave as its own. Only where a listing is known to be whole is a missing entry
    /// evidence that it is gone.
    fn list(&self, call: &Call, state: Option<&str>, listing: &Listing<'_>) -> Result<ListingKind>;
    /// `known` is the version of an earlier fetch; none: fetch it whatever happens.
    fn fetch(&self, call: &Call, entry: &Entry, known: Option<&str>) -> Result<Fetched>;

    /// With `PREPARES`: these are about to be fetched, so that what they need can come in one request. Not all of them need
    /// be fetched then. `known` has the version of an earlier fetch of each, as `fetch` is told it. A failure is told by the
    /// fetches.
    fn prepare(&self, _call: &Call, _entries: &[Entry], _known: &[Option<&str>]) {}
}

/// Takes what a listing brings. Each may block.
pub struct Listing<'a>(&'a freshet_listing_sink);

impl Listing<'_> {
    pub fn entry(&self, entry: &Entry) -> Result<()> {
        let uri = c_text(&entry.uri);
        let [version, handle, title, metadata] =
            [&entry.version, &entry.handle, &entry.title, &entry.metadata].map(|it| c_option(it.as_deref()));
        let raw = freshet_entry {
            struct_size: size_of::<freshet_entry>(),
            uri: uri.as_ptr(),
            version: pointer(&version),
            handle: pointer(&handle),
            title: pointer(&title),
            metadata: pointer(&metadata),
            last_modified_ms: entry.last_modified_ms.unwrap_or(i64::MIN),
            size: entry.size.map_or(-1, |it| it.min(i64::MAX as u64) as i64),
        };
        // SAFETY: the sink lives as long as the call, and the texts until it returns.
        heed(unsafe { self.0.entry.expect("entry")(self.0.payload, &raw) })
    }

    /// An entry is gone for good; for [`ListingKind::Changes`] only.
    pub fn gone(&self, uri: &str) -> Result<()> {
        // SAFETY: as above.
        heed(unsafe { self.0.gone.expect("gone")(self.0.payload, c_text(uri).as_ptr()) })
    }

    /// How the listing came about, in one line, for reports.
    pub fn way(&self, text: &str) -> Result<()> {
        let way = self.0.way.ok_or_else(missing)?;
        // SAFETY: as above.
        heed(unsafe { way(self.0.payload, c_text(text).as_ptr()) })
    }

    /// What the next listing is to be given, at most 64 KiB; the last one counts.
    pub fn state(&self, text: &str) -> Result<()> {
        // SAFETY: as above.
        heed(unsafe { self.0.state.expect("state")(self.0.payload, c_text(text).as_ptr()) })
    }
}

/// The table of a type, for a library.
pub const fn loader_table<T: Loader + Open>() -> freshet_loader_table {
    table::<T>(open_type::<T, T>)
}

/// The table of what a function of type `F` opens; a pointer to it is the payload of the provider.
pub const fn loader_table_with<T: Loader, F: Fn(&Value, &Call) -> Result<T>>() -> freshet_loader_table {
    table::<T>(open_by::<T, T, F>)
}

const fn table<T: Loader>(open: OpenFunction) -> freshet_loader_table {
    freshet_loader_table {
        struct_size: size_of::<freshet_loader_table>(),
        open: Some(open),
        list: Some(list::<T>),
        fetch: Some(fetch::<T>),
        close: Some(close::<T>),
        prepare: if T::PREPARES { Some(prepare::<T>) } else { None },
    }
}

unsafe extern "C" fn list<T: Loader>(
    it: *mut c_void,
    call: *mut freshet_call,
    request: *const freshet_listing_request,
    sink: *const freshet_listing_sink,
    out_kind: *mut i32,
) -> freshet_status {
    serve(it, call, |it: &T, call| {
        *out_kind = it.list(call, optional((*request).state)?, &Listing(&*sink))? as i32;
        Ok(())
    })
}

unsafe fn entry(from: &freshet_entry) -> Result<Entry> {
    let owned = |text| optional(text).map(|it| it.map(str::to_string));
    Ok(Entry {
        uri: text(from.uri)?.to_string(),
        version: owned(from.version)?,
        handle: owned(from.handle)?,
        title: owned(from.title)?,
        metadata: owned(from.metadata)?,
        last_modified_ms: (from.last_modified_ms != i64::MIN).then_some(from.last_modified_ms),
        size: u64::try_from(from.size).ok(),
    })
}

unsafe extern "C" fn fetch<T: Loader>(
    it: *mut c_void,
    call: *mut freshet_call,
    from: *const freshet_entry,
    known: *const c_char,
    sink: *const freshet_fetch_sink,
) -> freshet_status {
    serve(it, call, |it: &T, call| {
        let sink = &*sink;
        heed(match it.fetch(call, &entry(&*from)?, optional(known)?)? {
            Fetched::Content(content) => give(&content, sink),
            Fetched::NotModified => sink.not_modified.expect("not_modified")(sink.payload),
            Fetched::Gone { confirmed } => sink.gone.expect("gone")(sink.payload, confirmed as i32),
        })
    })
}

unsafe extern "C" fn prepare<T: Loader>(
    it: *mut c_void,
    call: *mut freshet_call,
    entries: *const *const freshet_entry,
    known_versions: *const *const c_char,
    count: usize,
) -> freshet_status {
    serve(it, call, |it: &T, call| {
        let soon: Vec<Entry> = slice(entries, count).iter().map(|each| entry(&**each)).collect::<Result<_>>()?;
        let known: Vec<Option<&str>> =
            slice(known_versions, count).iter().map(|each| optional(*each)).collect::<Result<_>>()?;
        it.prepare(call, &soon, &known);
        Ok(())
    })
}

unsafe fn give(content: &Content, sink: &freshet_fetch_sink) -> freshet_status {
    let [media_type, charset, version, canonical_uri, title, metadata] = [
        &content.media_type,
        &content.charset,
        &content.version,
        &content.canonical_uri,
        &content.title,
        &content.metadata,
    ]
    .map(|it| c_option(it.as_deref()));
    let raw = freshet_content {
        struct_size: size_of::<freshet_content>(),
        bytes: content.bytes.as_ptr() as *const c_void,
        size: content.bytes.len(),
        media_type: pointer(&media_type),
        charset: pointer(&charset),
        version: pointer(&version),
        canonical_uri: pointer(&canonical_uri),
        title: pointer(&title),
        metadata: pointer(&metadata),
        attempts: content.attempts.max(1),
        reserved: 0,
    };
    sink.content.expect("content")(sink.payload, &raw)
}
