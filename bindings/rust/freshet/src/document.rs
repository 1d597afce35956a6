//! Documents: a title, metadata, and a tree of sections; and readers that make them.
use crate::raw::*;
use crate::repository::path;
use crate::{Error, Limits, Repository, Result};
use freshet_sys::*;
use serde::Serialize;
use serde_json::Value;
use std::any::Any;
use std::ffi::{c_char, c_void};
use std::mem::ManuallyDrop;
use std::path::Path;
use std::ptr::null;

handle! {
    /// A finished document. It does not change any more.
    Document, freshet_document, freshet_document_free
}

/// One section. Its texts are borrowed from the [`Document`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section<'a> {
    /// From 1.
    pub number: u32,
    /// The section it is in; 0: the document.
    pub parent: u32,
    /// Of the heading, 1 to 6; 0: none.
    pub level: i32,
    pub id: &'a str,
    /// "" for text before the first heading.
    pub title: &'a str,
    pub url: &'a str,
    /// Of a leaf; "" for a container.
    pub text: &'a str,
    /// Byte offsets in the document's text.
    pub span: std::ops::Range<u64>,
    pub child_count: u32,
}

impl Document {
    /// Begins a document by hand.
    pub fn build(uri: &str, title: &str) -> Result<DocumentBuilder> {
        let (uri, title) = (c("uri", uri)?, c("title", title)?);
        // SAFETY: what is passed in is read during the call only; so it is in all that follow.
        made(|out, error| unsafe { freshet_document_new(uri.as_ptr(), title.as_ptr(), out, error) })
            .map(|raw| DocumentBuilder(Document(raw)))
    }

    /// From the JSON that [`Document::to_json`] makes.
    pub fn from_json(json: &str) -> Result<Self> {
        let json = c("json", json)?;
        made(|out, error| unsafe { freshet_document_from_json(json.as_ptr(), out, error) }).map(Document)
    }

    pub fn to_json(&self) -> Result<String> {
        owned_text(|out, error| unsafe { freshet_document_to_json(self.0, out, error) })
    }

    pub fn uri(&self) -> &str {
        unsafe { text(freshet_document_uri(self.0)) }
    }

    pub fn title(&self) -> &str {
        unsafe { text(freshet_document_title(self.0)) }
    }

    /// Its leaves in order, joined by blank lines.
    pub fn text(&self) -> Result<&str> {
        let (mut out, mut size) = (null(), 0);
        check(|error| unsafe { freshet_document_text(self.0, &mut out, &mut size, error) })?;
        Ok(unsafe { text(out) })
    }

    pub fn metadata(&self) -> Result<Value> {
        json(|out, error| unsafe { freshet_document_metadata(self.0, out, error) })
    }

    /// How many sections there are.
    pub fn len(&self) -> u32 {
        unsafe { freshet_document_section_count(self.0) }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Section `number`, from 1.
    pub fn section(&self, number: u32) -> Result<Section<'_>> {
        let info: freshet_section =
            crate::raw::number(|out, error| unsafe { freshet_document_section(self.0, number, out, error) })?;
        let text = |from| unsafe { text(from) };
        Ok(Section {
            number,
            parent: info.parent,
            level: info.level,
            id: text(info.id),
            title: text(info.title),
            url: text(info.url),
            text: text(info.text),
            span: info.span_begin..info.span_end,
            child_count: info.child_count,
        })
    }

    /// All sections, in document order: a parent always comes before its children.
    pub fn sections(&self) -> impl Iterator<Item = Section<'_>> + '_ {
        (1..=self.len()).map(|number| self.section(number).expect("a number up to the count"))
    }
}

/// A document that is being built, section by section.
#[derive(Debug)]
pub struct DocumentBuilder(Document);

impl DocumentBuilder {
    /// Adds a section as the last child of `parent` (0: of the document), and gives its number.
    pub fn section(&mut self, parent: u32, title: &str, url: Option<&str>, level: i32) -> Result<u32> {
        let (title, url) = (c("title", title)?, c_optional("url", url)?);
        number(|out, error| unsafe {
            freshet_document_add_section(self.0 .0, parent, title.as_ptr(), pointer(&url), level, out, error)
        })
    }

    /// Sets the text of a section, in place of the one it had.
    pub fn text(&mut self, section: u32, text: &str) -> Result<()> {
        check(|error| unsafe {
            freshet_document_set_text(self.0 .0, section, text.as_ptr() as *const c_char, text.len(), error)
        })
    }

    /// Sets the document's metadata: an object.
    pub fn metadata(&mut self, object: &(impl Serialize + ?Sized)) -> Result<()> {
        let object = options(object)?;
        check(|error| unsafe { freshet_document_set_metadata(self.0 .0, pointer(&object), error) })
    }

    /// Ends the building.
    pub fn finish(self) -> Result<Document> {
        check(|error| unsafe { freshet_document_finish(self.0 .0, error) })?;
        Ok(self.0)
    }
}

handle! {
    /// Turns bytes, files, URLs and folders into documents.
    Reader, freshet_reader, freshet_reader_free
}

impl Reader {
    /// `how`: the object below "reader" of a configuration, or `&()`.
    pub fn new(how: &(impl Serialize + ?Sized)) -> Result<Self> {
        let how = options(how)?;
        made(|out, error| unsafe { freshet_reader_new(pointer(&how), out, error) }).map(Reader)
    }

    /// Reads bytes. Without a media type or charset they are found out.
    pub fn read(&self, bytes: &[u8], uri: &str, media_type: Option<&str>, charset: Option<&str>) -> Result<Document> {
        let (uri, media_type, charset) =
            (c("uri", uri)?, c_optional("media_type", media_type)?, c_optional("charset", charset)?);
        made(|out, error| unsafe {
            freshet_reader_read(
                self.0,
                bytes.as_ptr() as *const c_void,
                bytes.len(),
                uri.as_ptr(),
                pointer(&media_type),
                pointer(&charset),
                out,
                error,
            )
        })
        .map(Document)
    }

    /// Reads one regular file. Without a `uri` its file:// URI names the document.
    pub fn read_file(&self, file: impl AsRef<Path>, uri: Option<&str>) -> Result<Document> {
        let (file, uri) = (path(file.as_ref())?, c_optional("uri", uri)?);
        made(|out, error| unsafe { freshet_reader_read_file(self.0, file.as_ptr(), pointer(&uri), out, error) })
            .map(Document)
    }

    /// Fetches a URL with the HTTP client of `repository` and reads the answer.
    pub fn read_url(&self, repository: &Repository, url: &str, limits: &Limits<'_>) -> Result<Document> {
        let url = c("url", url)?;
        limits.around("read_url", |call| {
            made(|out, error| unsafe { freshet_reader_read_url(self.0, repository.0, url.as_ptr(), call, out, error) })
                .map(Document)
        })
    }

    /// Reads the files below `folder` and lends each document to `on_document`; an error of it ends the walk. The report
    /// says what could not be read.
    pub fn read_directory(
        &self,
        folder: impl AsRef<Path>,
        how: &(impl Serialize + ?Sized),
        mut on_document: impl FnMut(&Document) -> Result<()>,
        limits: &Limits<'_>,
    ) -> Result<Value> {
        let (folder, how) = (path(folder.as_ref())?, options(how)?);
        let mut walk = Walk { on_document: &mut on_document, ended: None };
        let result = limits.around("read_directory", |call| {
            json(|out, error| unsafe {
                freshet_reader_read_directory(
                    self.0,
                    folder.as_ptr(),
                    pointer(&how),
                    Some(take),
                    &raw mut walk as *mut c_void,
                    call,
                    out,
                    error,
                )
            })
        });
        match walk.ended {
            Some(Ended::Error(error)) => Err(error),
            Some(Ended::Panic(panic)) => std::panic::resume_unwind(panic),
            None => result,
        }
    }
}

enum Ended {
    Error(Error),
    Panic(Box<dyn Any + Send>),
}

struct Walk<'a> {
    on_document: &'a mut dyn FnMut(&Document) -> Result<()>,
    ended: Option<Ended>,
}

unsafe extern "C" fn take(payload: *mut c_void, document: *const freshet_document) -> freshet_status {
    let walk = &mut *(payload as *mut Walk<'_>);
    let document = lend(document);
    match caught(|| (walk.on_document)(&document)) {
        Ok(Ok(())) => return FRESHET_OK,
        Ok(Err(error)) => walk.ended = Some(Ended::Error(error)),
        Err(panic) => walk.ended = Some(Ended::Panic(panic)),
    }
    FRESHET_E_CANCELLED
}

/// A document that is the library's.
pub(crate) fn lend(document: *const freshet_document) -> ManuallyDrop<Document> {
    ManuallyDrop::new(Document(document as *mut _))
}
