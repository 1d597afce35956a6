//! Roots, chunks and elements, as they were when they were asked for.
use crate::event::numbers;
use crate::raw::*;
use crate::{Code, Result};
use freshet_sys::*;
use std::time::SystemTime;

handle! {
    /// What was known of one root.
    Root, freshet_root, freshet_root_free
}

/// One root. Its texts are borrowed from the [`Root`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootInfo<'a> {
    pub uri: &'a str,
    pub title: &'a str,
    pub media_type: &'a str,
    /// The source's validator of the content held.
    pub version: &'a str,
    /// A JSON object, from the content.
    pub metadata: &'a str,
    /// A JSON object, set by people.
    pub flags: &'a str,
    /// The URI of the root that holds this one's content; "" if it has its own.
    pub alias_of: &'a str,
    /// Of the last attempt, and its line.
    pub error: Option<(Code, &'a str)>,
    pub ingested: Option<SystemTime>,
    pub checked: Option<SystemTime>,
    pub changed: Option<SystemTime>,
    /// When its policy is asked again; none: not by itself.
    pub ask_again: Option<SystemTime>,
    pub failed: Option<SystemTime>,
    pub chunks: u32,
    pub elements: u32,
    /// In a row.
    pub failures: u32,
}

impl Root {
    pub fn info(&self) -> Result<RootInfo<'_>> {
        // SAFETY: it lives, and its texts as long as it; so in all that follow.
        let info: freshet_root_info = number(|out, error| unsafe { freshet_root_get(self.0, out, error) })?;
        let text = |from| unsafe { text(from) };
        Ok(RootInfo {
            uri: text(info.uri),
            title: text(info.title),
            media_type: text(info.media_type),
            version: text(info.version),
            metadata: text(info.metadata),
            flags: text(info.flags),
            alias_of: text(info.alias_of),
            error: (info.error_code != FRESHET_OK).then(|| (info.error_code.into(), text(info.error))),
            ingested: time(info.ingested_ms),
            checked: time(info.checked_ms),
            changed: time(info.changed_ms),
            ask_again: time(info.ask_again_ms),
            failed: time(info.failed_ms),
            chunks: info.chunks,
            elements: info.elements,
            failures: info.failures,
        })
    }
}

/// A listing of roots, page by page. For one thread at a time.
#[derive(Debug)]
pub struct Roots(pub(crate) *mut freshet_roots);

// SAFETY: it may move to another thread; it is not shared, since it is asked by &mut alone.
unsafe impl Send for Roots {}

impl Drop for Roots {
    fn drop(&mut self) {
        unsafe { freshet_roots_free(self.0) }
    }
}

impl Iterator for Roots {
    type Item = Result<Root>;

    fn next(&mut self) -> Option<Self::Item> {
        match made(|out, error| unsafe { freshet_roots_next(self.0, out, error) }) {
            Ok(root) if root.is_null() => None,
            Ok(root) => Some(Ok(Root(root))),
            Err(error) => Some(Err(error)),
        }
    }
}

handle! {
    /// Some chunks, in order.
    Chunks, freshet_chunks, freshet_chunks_free
}

/// One chunk, and where it stands in its document. Its texts are borrowed from the [`Chunks`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk<'a> {
    /// 32 hexadecimal digits; the same as long as root and text are.
    pub id: &'a str,
    pub text: &'a str,
    /// Before transformers.
    pub urtext: &'a str,
    pub parent_id: &'a str,
    /// The nearest anchor.
    pub url: &'a str,
    /// The titles of the sections down to it.
    pub path: &'a str,
    /// A JSON object.
    pub metadata: &'a str,
    pub root_id: &'a str,
    pub root_title: &'a str,
    pub container_id: &'a str,
    pub container_title: &'a str,
    pub container_url: &'a str,
    pub leaf_id: &'a str,
    pub leaf_title: &'a str,
    pub leaf_url: &'a str,
    /// Of the urtext, in the document's text.
    pub span: std::ops::Range<u64>,
    /// In its document, from 0.
    pub sequence_number: i32,
    /// Among the chunks of its leaf, from 0.
    pub chunk_index: i32,
    pub total_chunks: i32,
}

impl Chunks {
    pub fn len(&self) -> usize {
        unsafe { freshet_chunks_count(self.0) }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn get(&self, index: usize) -> Result<Chunk<'_>> {
        let info: freshet_chunk_info = number(|out, error| unsafe { freshet_chunks_get(self.0, index, out, error) })?;
        let text = |from| unsafe { text(from) };
        Ok(Chunk {
            id: text(info.id),
            text: text(info.text),
            urtext: text(info.urtext),
            parent_id: text(info.parent_id),
            url: text(info.url),
            path: text(info.path),
            metadata: text(info.metadata),
            root_id: text(info.root_id),
            root_title: text(info.root_title),
            container_id: text(info.container_id),
            container_title: text(info.container_title),
            container_url: text(info.container_url),
            leaf_id: text(info.leaf_id),
            leaf_title: text(info.leaf_title),
            leaf_url: text(info.leaf_url),
            span: info.span_begin..info.span_end,
            sequence_number: info.sequence_number,
            chunk_index: info.chunk_index,
            total_chunks: info.total_chunks,
        })
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = Chunk<'_>> + '_ {
        (0..self.len()).map(|index| self.get(index).expect("an index below the count"))
    }
}

handle! {
    /// A root or section of a stored document.
    Element, freshet_element, freshet_element_free
}

numbers! {
    /// What an element is.
    ElementKind: Root = FRESHET_ELEMENT_ROOT, Container = FRESHET_ELEMENT_CONTAINER, Leaf = FRESHET_ELEMENT_LEAF; Other
}

/// An element. Its texts are borrowed from the [`Element`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElementInfo<'a> {
    pub id: &'a str,
    /// "" for a root.
    pub parent_id: &'a str,
    pub root_id: &'a str,
    pub title: &'a str,
    pub url: &'a str,
    /// Of a leaf; else "".
    pub text: &'a str,
    pub span: std::ops::Range<u64>,
    pub kind: ElementKind,
    pub level: i32,
    /// In document order.
    pub ordinal: u32,
}

impl Element {
    pub fn info(&self) -> Result<ElementInfo<'_>> {
        let info: freshet_element_info = number(|out, error| unsafe { freshet_element_get(self.0, out, error) })?;
        let text = |from| unsafe { text(from) };
        Ok(ElementInfo {
            id: text(info.id),
            parent_id: text(info.parent_id),
            root_id: text(info.root_id),
            title: text(info.title),
            url: text(info.url),
            text: text(info.text),
            span: info.span_begin..info.span_end,
            kind: info.kind.into(),
            level: info.level,
            ordinal: info.ordinal,
        })
    }
}
